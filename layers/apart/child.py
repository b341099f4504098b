"""The child's side: a template that has everything imported, and one process for each task.

The template confines itself, imports, and waits. It keeps a warden and a worker at hand, forked
before the task comes: the warden ends the worker at the deadline and tells how it ended. A worker
serves one task and is gone.
"""

import faulthandler
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import stat
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from struct import Struct
from typing import Any, NoReturn

from layers.apart import kernel, landlock, seccomp
from layers.apart.limits import FULL, MB, Isolation, Limits

NO_ROOM, OUT_OF_MEMORY, FAILED = 72, 71, 70  # how a worker ends that could tell what went wrong
# The folder of a task. Another user may not come to it by its path: those above can be shut.
OWN = Path("/proc/self/cwd")
# What a task answers at once, or piece by piece; a fault ends the pieces.
Task = Callable[[bytes, Path], bytes | Iterator[bytes]]
PIECE, WHOLE, FAULT = Struct(">BQ"), 0, 1  # kind and length of what follows
ORDER = 1 << 16  # bytes
LOOK_S = 0.5  # how often a warden looks whether anybody still waits


@dataclass(frozen=True)
class Orders:
    """What a template is told when it is started; `task` and `warm` are ``module:function``."""

    task: str
    warm: str | None
    parent: int
    user: int | None
    readable: tuple[str, ...]
    limits: Limits

    @staticmethod
    def from_text(text: str) -> "Orders":
        """Return the orders written by `as_text`."""
        said = json.loads(text)
        return Orders(**{**said, "limits": Limits(**said["limits"])})

    def as_text(self) -> str:
        """Return them as JSON."""
        return json.dumps(asdict(self))


def main() -> None:
    """Serve the control socket whose number comes first, by the orders that come second."""
    control = socket.socket(fileno=int(sys.argv[1]))
    orders = Orders.from_text(sys.argv[2])
    network, calls, user = confined(orders)
    task: Task = _named(orders.task)
    if orders.warm:
        _named(orders.warm)()
    files = bool(landlock.version())
    isolation = Isolation(network, calls, files, user, orders.limits)
    gc.freeze()  # forks share what is there for as long as nobody looks at it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # wardens need no burial
    control.send(json.dumps(asdict(isolation)).encode())
    spare = _spare(orders, task, control)
    while True:
        order, given, _, _ = socket.recv_fds(control, ORDER, 4)
        if not order:
            return
        try:
            socket.send_fds(spare, [order], given)
        except OSError:  # it was ended meanwhile; nobody has begun with the task
            spare.close()
            spare = _spare(orders, task, control)
            socket.send_fds(spare, [order], given)
        for number in given:
            os.close(number)
        spare.close()
        spare = _spare(orders, task, control)


def _spare(orders: Orders, task: Task, control: socket.socket) -> socket.socket:
    """Fork a warden that waits for a task; return where it takes one, and ends if none comes."""
    own = os.getpid()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        control.close()
        ours.close()
        kernel.die_with(own)
        warden(orders, task, theirs)
    theirs.close()
    return ours


def confined(orders: Orders) -> tuple[str, bool, bool]:
    """Give up everything that is not needed any more: other users' files, privileges, network."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    user = orders.user is not None
    if orders.user is not None:
        os.setgroups([])
        os.setresgid(orders.user, orders.user, orders.user)
        os.setresuid(orders.user, orders.user, orders.user)
    kernel.no_new_privileges()
    # In a user namespace of its own even the superuser has no privilege outside it.
    away = kernel.unshared(kernel.NEWUSER | kernel.NEWNET) or kernel.unshared(kernel.NEWNET)
    calls = seccomp.deny(others=False)
    kernel.die_with(orders.parent)
    return "namespace" if away else "seccomp" if calls else "settings", calls, user


def _named(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def warden(orders: Orders, task: Task, place: socket.socket) -> NoReturn:
    """Start the worker, wait for a task, end the worker at the deadline, tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    own = os.getpid()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    worker = os.fork()
    if worker == 0:
        place.close()
        ours.close()
        _worker(orders, task, theirs, own)
    theirs.close()
    order, given, _, _ = socket.recv_fds(place, ORDER, 4)
    if not order:  # the template has another one, or is gone; the worker goes along
        os._exit(0)
    *for_worker, status = given
    try:
        socket.send_fds(ours, [order], for_worker)
    except OSError:  # it has died while it waited; as nobody tells, the task is tried once more
        os._exit(0)
    ours.close()
    for number in for_worker:
        os.close(number)
    late = not _ended(orders.limits.wall_s, status)
    if late:
        os.kill(worker, signal.SIGKILL)
    _, ended, used = os.wait4(worker, 0)
    told = {
        "ended": ended,
        "late": late,
        "cpu_s": used.ru_utime + used.ru_stime,
        "memory_mb": used.ru_maxrss / 1024,
    }
    with suppress(OSError):  # nobody waits any more
        os.write(status, json.dumps(told).encode())
    os._exit(0)


def _ended(within_s: float, status: int) -> bool:
    """Tell whether the only child ends in time, while somebody waits for it; a stop is no end."""
    waiting = select.poll()
    waiting.register(status, 0)  # tells where nobody is left to read it
    deadline = time.monotonic() + within_s
    while (left := deadline - time.monotonic()) > 0 and not waiting.poll(0):
        signal.sigtimedwait({signal.SIGCHLD}, min(left, LOOK_S))
        if os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return True
    return False


def _worker(orders: Orders, task: Task, place: socket.socket, parent: int) -> NoReturn:
    """Do the one task that comes and end; what goes wrong ends this process and nothing else."""
    code, answer = FAILED, -1
    try:
        kernel.die_with(parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        order, given, _, _ = socket.recv_fds(place, ORDER, 3)
        place.close()
        folder, job, answer = given
        _shut_in(replace(orders, readable=(*orders.readable, *json.loads(order))), folder)
        with os.fdopen(job, "rb") as file:
            said = file.read()
        result = task(said, OWN)
        if isinstance(result, bytes):
            _put(answer, result)
        else:
            for piece in result:
                _add(answer, WHOLE, piece)
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - the parent is told where; nobody else could be
        if isinstance(error, OSError) and error.errno in FULL:
            code = NO_ROOM
        if answer >= 0:
            _fail(answer, _place(error).encode())
    finally:
        os._exit(code)


def _shut_in(orders: Orders, folder: int) -> None:
    """Leave nothing but the open folder; only now, because each task has another."""
    faulthandler.disable()  # of the process forked from, if at all
    silent = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silent, number)
    os.close(silent)
    os.fchdir(folder)
    os.close(folder)
    # Python's own, GDAL's and SQLite's names of the place for temporary files.
    for name in ("TMPDIR", "CPL_TMPDIR", "SQLITE_TMPDIR"):
        os.environ[name] = str(OWN)
    tempfile.tempdir = str(OWN)
    limits = orders.limits
    _limit(resource.RLIMIT_AS, _mapped() + limits.memory_mb * MB)
    _limit(resource.RLIMIT_FSIZE, limits.file_mb * MB)
    _limit(resource.RLIMIT_NOFILE, limits.files)
    # The first second beyond asks it to end, the next one ends it.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    if landlock.version() and not landlock.confine(map(Path, orders.readable), OWN):
        raise PermissionError("landlock")
    seccomp.deny(others=True)


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def _mapped() -> int:
    """Return how much address space this process has, bytes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _put(number: int, content: bytes) -> None:
    os.ftruncate(number, 0)
    _write(number, content)


def _add(number: int, kind: int, content: bytes) -> None:
    _write(number, PIECE.pack(kind, len(content)))
    _write(number, content)


def _fail(number: int, content: bytes) -> None:
    """Say what went wrong where the answer would stand: in a file, or as the last piece."""
    if stat.S_ISFIFO(os.fstat(number).st_mode):
        _add(number, FAULT, content)
    else:
        _put(number, content)


def _write(number: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(number, view) :]


def _place(error: BaseException) -> str:
    """Return what went wrong and where, without the message: that may hold what a file says."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} at {where}"


if __name__ == "__main__":
    main()
