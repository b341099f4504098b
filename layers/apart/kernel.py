"""The kernel's calls that Python has no function for."""

import ctypes
import os
import signal
from typing import Any

NO_NEW_PRIVS, PDEATHSIG, SECCOMP = 38, 1, 22  # of prctl
NEWUSER, NEWNET = 0x10000000, 0x40000000  # of unshare

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> int:
    """Call a function of the C library.

    Raises
    ------
    OSError
        If it fails.
    """
    result = int(getattr(_libc, name)(*arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def no_new_privileges() -> None:
    """Make sure that no program started from here gains rights."""
    call("prctl", NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with(parent: int) -> None:
    """End this process when the thread that started it ends; at once if that is over already."""
    call("prctl", PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def unshared(flags: int) -> bool:
    """Leave the namespaces in `flags` for new ones; tell whether that was allowed."""
    try:
        call("unshare", flags)
    except OSError:
        return False
    return True
