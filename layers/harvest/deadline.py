"""A deadline for what cannot be interrupted otherwise: when it passes, the connection is cut."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def deadline(seconds: float, cut: Callable[[], None]) -> Iterator[threading.Event]:
    """Call `cut` when the block takes longer than `seconds`; the event tells that it did."""
    late = threading.Event()

    def passed() -> None:
        late.set()
        cut()

    timer = threading.Timer(seconds, passed)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def hang_up(connected: socket.socket) -> None:
    """End a connection so that whoever reads from it stops waiting."""
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed in the same moment: nothing left to cut
