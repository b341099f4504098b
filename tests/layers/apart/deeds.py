"""What children are made to do in tests: good, bad, too much."""

import ctypes
import errno
import json
import mmap
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SAID = "what the file says"


def echo(job: bytes, folder: Path) -> bytes:
    return job


def process(job: bytes, folder: Path) -> bytes:
    return str(os.getpid()).encode()


def listing(job: bytes, folder: Path) -> bytes:
    return json.dumps({p.name: p.read_text() for p in folder.iterdir()}).encode()


def surroundings(job: bytes, folder: Path) -> bytes:
    said = {**os.environ, "cwd": os.getcwd(), "uid": os.getuid()}
    said["temporary"] = os.path.realpath(os.environ["TMPDIR"])
    return json.dumps(said).encode()


def flood(job: bytes, folder: Path) -> bytes:
    raise OSError(errno.ENOSPC, "No space left on device")


def hunger(job: bytes, folder: Path) -> bytes:
    held = []
    while True:
        held.append(bytearray(16 << 20))


def mapping(job: bytes, folder: Path) -> bytes:
    """Take as much as asked for, MB, and give it back."""
    with mmap.mmap(-1, int(job) << 20):
        return b"had it"


def loop(job: bytes, folder: Path) -> bytes:
    while True:
        pass


def sleep(job: bytes, folder: Path) -> bytes:
    time.sleep(float(job))
    return b"awake"


def fall(job: bytes, folder: Path) -> bytes:
    return ctypes.string_at(0)


def err(job: bytes, folder: Path) -> bytes:
    raise ValueError(SAID)


def leave(job: bytes, folder: Path) -> bytes:
    os._exit(int(job))


def swell(job: bytes, folder: Path) -> bytes:
    return bytes(int(job))


def nonsense(job: bytes, folder: Path) -> bytes:
    return b"\0\0\0\0\0\0\0\2{}"


def attempts(job: bytes, folder: Path) -> bytes:
    """Try what must not be possible; return what came of each attempt."""
    said = json.loads(job)
    tries: dict[str, Callable[[], Any]] = {
        "inet": lambda: _called(socket.AF_INET, ("127.0.0.1", said["port"])),
        "inet6": lambda: _called(socket.AF_INET6, ("::1", said["port"])),
        "unix": lambda: _called(socket.AF_UNIX, said["unix"]),
        "read": lambda: Path(said["secret"]).read_text(),
        "list": lambda: os.listdir(said["outside"]),
        "write": lambda: Path(said["outside"], "left").write_text("here"),
        "link": lambda: os.link(said["secret"], folder / "link"),
        "environment": lambda: Path(f"/proc/{said['parent']}/environ").read_bytes(),
        "fork": _forked,
        "run": lambda: subprocess.run(["/bin/true"], check=True),
        "exec": lambda: _forked(_become),
        "kill": lambda: os.kill(said["parent"], 0),
        "large": lambda: (folder / "large").write_bytes(bytes(2 << 20)),
        "thread": _threaded,
        "own": lambda: (folder / "own").write_text("kept"),
        "open": lambda: [os.dup(0) for _ in range(100)],  # last: none is left for others
    }
    return json.dumps({name: _outcome(attempt) for name, attempt in tries.items()}).encode()


def _called(family: int, address: Any) -> None:
    with socket.socket(family) as caller:
        caller.settimeout(1)
        caller.connect(address)
        caller.sendall(b"from inside")


def _threaded() -> None:
    thread = threading.Thread(target=time.sleep, args=(0,))
    thread.start()
    thread.join()


def _forked(then: Callable[[], Any] = lambda: None) -> None:
    """Do something in a child; in this very process where there can be none."""
    try:
        child = os.fork()
    except OSError:
        then()
        raise
    if child:
        failed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if failed:
            raise OSError(failed, os.strerror(failed))
        return
    try:
        then()
    except OSError as error:
        os._exit(error.errno or 1)
    os._exit(0)


def _become() -> None:
    os.execv("/bin/true", ["true"])  # noqa: S606


def _outcome(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return "done"


# --- piece by piece ------------------------------------------------------------------------


def pieces(job: bytes, folder: Path) -> Iterator[bytes]:
    """Give as many pieces as asked for, each larger than a pipe holds but the last."""
    for number in range(int(job)):
        yield bytes([number]) * (3 << 20)
    yield b""


def endless(job: bytes, folder: Path) -> Iterator[bytes]:
    while True:
        yield b"more"


def ponder(job: bytes, folder: Path) -> Iterator[bytes]:
    yield str(os.getpid()).encode()
    loop(job, folder)


def err_midway(job: bytes, folder: Path) -> Iterator[bytes]:
    yield b"first"
    raise ValueError(SAID)


def die_midway(job: bytes, folder: Path) -> Iterator[bytes]:
    yield b"first"
    ctypes.string_at(0)


def looks(job: bytes, folder: Path) -> Iterator[bytes]:
    """Try to read what is named; give what is in it, or what it failed with."""
    for name in json.loads(job):
        try:
            yield Path(name).read_bytes()
        except OSError as error:
            yield errno.errorcode.get(error.errno or 0, "?").encode()
