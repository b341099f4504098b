"""Which files a process may see: those it needs to run, and one folder of its own."""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from layers.apart import kernel

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same on every machine
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights on files a version knows; later 16
# Everything but running programs and making devices, sockets and pipes.
OWN = sum(1 << bit for bit in (1, 2, 3, 4, 5, 7, 8, 12, 13, 14))
TCP, SCOPES = 0b11, 0b11  # binding and connecting; abstract sockets and signals to others


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return which version the kernel has; 0 for none."""
    try:
        return kernel.call("syscall", CREATE, None, ctypes.c_size_t(0), 1)
    except OSError:
        return 0


def confine(readable: Iterable[Path], own: Path) -> bool:
    """Leave this process nothing but reading `readable` and writing in `own`.

    Returns False where the kernel cannot do that.
    """
    known = version()
    if not known:
        return False
    handled = (1 << RIGHTS.get(known, 16)) - 1
    rules = _Ruleset(handled, TCP if known >= 4 else 0, SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    try:
        kernel.no_new_privileges()
        ruleset = kernel.call("syscall", CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
        for path in readable:
            _allow(ruleset, path, READ_FILE | READ_FOLDER)
        _allow(ruleset, own, OWN & handled)
        kernel.call("syscall", RESTRICT, ruleset, 0)
        os.close(ruleset)
    except OSError:
        return False
    return True


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there need not be allowed
        return
    rule = _Beneath(rights if path.is_dir() else rights & READ_FILE, place)
    try:
        kernel.call("syscall", ADD, ruleset, 1, ctypes.byref(rule), 0)
    finally:
        os.close(place)
