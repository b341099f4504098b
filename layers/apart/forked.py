"""A child forked from this very process: for a command that reads one file and ends.

It costs a few hundredths of a second, since everything is imported here already. What is in the
memory of this process is in the child's, too: nothing for a service that holds others' data.
"""

import itertools
import os
import socket
import warnings
from collections.abc import Iterable
from pathlib import Path

from layers.apart import surroundings
from layers.apart.child import Orders, Task, confined, warden
from layers.apart.exchange import BrokenError, LostError, exchanged
from layers.apart.limits import Limits


def run(
    task: Task, job: bytes, folder: Path, *, readable: Iterable[Path] = (), limits: Limits
) -> bytes:
    """Return what `task` makes of `job`, in a child that sees `folder` and what is `readable`.

    Raises
    ------
    TooMuchError, BrokenError
        As `layers.apart.apart.Apart.run`.
    """
    seen = tuple(map(str, (*surroundings.readable(), *readable)))
    orders = Orders("", None, os.getpid(), None, seen, limits)
    started: list[int] = []

    def start(given: list[int]) -> None:
        with warnings.catch_warnings():
            # Other threads are not carried over; what they hold is not needed there.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            try:
                _keep_only(given)
                confined(orders)
                warden(orders, task, _place(given))
            finally:
                os._exit(1)
        started.append(child)

    try:
        return exchanged(job, folder, start, limits)
    except LostError as error:
        raise BrokenError("nobody told how it ended") from error
    finally:
        for child in started:
            os.waitpid(child, 0)


def _place(given: list[int]) -> socket.socket:
    """Return where a warden finds what is given, which nobody else holds any more."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    socket.send_fds(ours, [b"[]"], given)
    ours.close()
    for number in given:
        os.close(number)
    return theirs


def _keep_only(files: list[int]) -> None:
    """Close whatever else was open: it is nobody's business, and counts among the files allowed."""
    kept = sorted({0, 1, 2, *files})
    for before, after in itertools.pairwise([*kept, os.sysconf("SC_OPEN_MAX")]):
        os.closerange(before + 1, after)
