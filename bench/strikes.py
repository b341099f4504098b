"""A process that is struck at one counted call to the kernel, by strace, and what became of it."""

import os
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

# What makes something last, or leaves the process: "?" where a processor lacks one of them.
FILES = (
    "write", "?pwrite64", "?writev", "fsync", "?fdatasync", "?rename", "?renameat", "?renameat2",
    "?link", "?linkat", "?unlink", "?unlinkat", "?mkdir", "?mkdirat", "?ftruncate", "?fallocate",
)  # fmt: skip
SENDS = ("sendto", "?sendmsg")  # to the database, a statement or a commit each; to a mail server
KILL = "signal=SIGKILL"
PATIENCE_S = 60.0
CALL = re.compile(r"^(\d+) +([a-z0-9_]+)\(", re.MULTILINE)


class NoTracerError(RuntimeError):
    """Processes cannot be watched here."""


@dataclass(frozen=True, slots=True)
class Point:
    """The call of a kind with that number, as one thread counts."""

    call: str
    number: int

    def __str__(self) -> str:
        """Return it as it is told."""
        return f"{self.call} {self.number}"


@dataclass(frozen=True, slots=True)
class Struck:
    """What became of a process: what it acknowledged (None: nothing), how it ended, how many of
    the counted calls it had made (the most of one thread), and what went wrong in it.
    """

    told: str | None
    status: int  # 0: it came to its end; below 0: the signal that ended it
    calls: Mapping[str, int]
    error: str

    @property
    def points(self) -> list["Point"]:
        """Where a process that does the same can be struck: at every one of the calls."""
        return [Point(call, n + 1) for call, most in self.calls.items() for n in range(most)]


def tracer() -> str:
    """Return what processes are watched with.

    Raises
    ------
    NoTracerError
        If there is none, or it may not watch.
    """
    found = shutil.which("strace")
    if found is None:
        raise NoTracerError("no `strace` on this machine (apt-get install strace)")
    tried = subprocess.run(  # noqa: S603 - our own command
        [found, "-qq", "-o", os.devnull, "-e", "inject=getpid:retval=1", "true"],
        capture_output=True, check=False,
    )  # fmt: skip
    if tried.returncode:
        raise NoTracerError("strace may not watch processes here")
    return found


def struck(
    deed: Callable[[], str], folder: Path, at: Point | None = None, how: str = KILL
) -> Struck:
    """Do a deed in a process that is struck at a point, before that call is carried out; None:
    never, to count.

    The deed returns what it acknowledges; it opens whatever it needs itself. It must not be called
    where threads hold locks: the process is forked.
    """
    watched, (go, gone), (told, tell) = tracer(), os.pipe(), os.pipe()
    log, errors = folder / "calls", folder / "error"
    errors.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        os.close(gone)
        _do(deed, go, tell, errors)
    os.close(tell)
    os.close(go)
    wanted = ",".join((*FILES, *SENDS))
    command = [watched, "-f", "-qq", "-o", str(log), "-e", f"trace={wanted}", "-e", "signal=none"]
    if at:
        command += ["-e", f"inject={at.call}:{how}:when={at.number}"]
    with subprocess.Popen([*command, "-p", str(child)], stderr=subprocess.DEVNULL) as watch:  # noqa: S603 - our own command
        _watched(child)
        os.write(gone, b".")
        os.close(gone)
        with os.fdopen(told, "rb") as answers:
            answer = answers.read()
        _, status = os.waitpid(child, 0)
        watch.wait(PATIENCE_S)
    made = Counter(CALL.findall(log.read_text(encoding="utf-8", errors="replace")))
    most: dict[str, int] = {}
    for (_, call), number in made.items():
        most[call] = max(most.get(call, 0), number)
    error = errors.read_text(encoding="utf-8") if errors.exists() else ""
    return Struck(answer.decode() or None, os.waitstatus_to_exitcode(status), most, error)


def _do(deed: Callable[[], str], go: int, tell: int, errors: Path) -> None:
    """Wait until somebody watches, do it, and end without anything being tidied up."""
    status = 1
    try:
        os.read(go, 1)
        os.write(tell, deed().encode())
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, it is told
        errors.write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        sys.stdout.flush()
        os._exit(status)


def _watched(child: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text(encoding="ascii"):
        if time.monotonic() > end:
            raise NoTracerError("strace did not begin to watch")
        time.sleep(0.002)
