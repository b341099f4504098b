"""A filter on system calls: no sockets, no programs, no look into other processes."""

import ctypes
import platform
from collections.abc import Iterable
from typing import NamedTuple

from layers.apart import kernel

ALLOW, DENY = 0x7FFF0000, 0x00050001  # the call fails with EPERM
UNKNOWN = 0x00050026  # with ENOSYS: the C library then tries the older call
LOAD, EQUAL, AT_LEAST, ANY_OF, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
CLONE_THREAD = 0x10000
FOREIGN_ABI = 0x40000000  # x32 on x86-64: the same calls under other numbers


class Calls(NamedTuple):
    """Numbers of system calls on one kind of machine.

    `world` is what no process here needs; `others` is what a process that starts and ends
    others does need.
    """

    architecture: int
    clone: int
    world: tuple[int, ...]
    others: tuple[int, ...]


CLONE3 = 435
# io_uring opens sockets past any filter; pidfd_getfd takes what others hold open.
EVERYWHERE = (425, 426, 427, 438)
MACHINES = {
    # world: socket, connect, bind; execve, execveat; ptrace, process_vm_*; mount,
    # keyctl, bpf, userfaultfd, unshare, setns, perf_event_open.
    # others: socketpair; fork, vfork; kill, tkill, tgkill, pidfd_send_signal.
    "x86_64": Calls(
        0xC000003E,
        56,
        (41, 42, 49, 59, 322, 101, 310, 311, 165, 250, 321, 323, 272, 308, 298),
        (53, 57, 58, 62, 200, 234, 424),
    ),
    "aarch64": Calls(
        0xC00000B7,
        220,
        (198, 203, 200, 221, 281, 117, 270, 271, 40, 219, 280, 282, 97, 268, 241),
        (199, 129, 130, 131, 424),
    ),
}


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("when", ctypes.c_ubyte),
        ("otherwise", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


Steps = list[tuple[int, int, int, int]]


def deny(*, others: bool) -> bool:
    """Deny this process the world outside, with `others` also to start or signal a process.

    Threads of its own it may have.

    Returns False where the filter is not to be had: another kind of machine, another kernel.
    """
    calls = MACHINES.get(platform.machine())
    return calls is not None and installed(_steps(calls, others=others))


def installed(steps: Steps) -> bool:
    """Put a filter on this thread and what it starts; tell whether that was allowed."""
    array = (_Step * len(steps))(*(_Step(*step) for step in steps))
    program = _Program(len(steps), array)
    try:
        kernel.no_new_privileges()
        kernel.call("prctl", kernel.SECCOMP, 2, ctypes.byref(program), 0, 0)
    except OSError:
        return False
    return True


def _steps(calls: Calls, *, others: bool) -> Steps:
    steps: Steps = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, calls.architecture),
        (RETURN, 0, 0, DENY),
        (LOAD, 0, 0, 0),
        (AT_LEAST, 0, 1, FOREIGN_ABI),
        (RETURN, 0, 0, DENY),
    ]
    steps += _returning(DENY, (*calls.world, *EVERYWHERE, *(calls.others if others else ())))
    if others:
        steps += _returning(UNKNOWN, (CLONE3,))
        steps += [
            (EQUAL, 0, 3, calls.clone),
            (LOAD, 0, 0, 16),  # the first argument
            (ANY_OF, 1, 0, CLONE_THREAD),
            (RETURN, 0, 0, DENY),
        ]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def _returning(answer: int, numbers: Iterable[int]) -> Steps:
    return [step for number in numbers for step in ((EQUAL, 0, 1, number), (RETURN, 0, 0, answer))]
