"""One task, one worker: what it is given, what it answers, and what its end means."""

import fcntl
import json
import logging
import os
import select
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from layers.apart.child import FAILED, FAULT, NO_ROOM, OUT_OF_MEMORY, PIECE, WHOLE
from layers.apart.limits import MB, Limits, UnavailableError

GRACE_S = 3.0  # how much later than the deadline a warden may tell
Send = Callable[[list[int]], None]
log = logging.getLogger(__name__)


class TooMuchError(Exception):
    """The task took more time or memory than it may; `what` is ``time`` or ``memory``."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class BrokenError(Exception):
    """The task ended without a usable answer: by a signal, or by an error of the program."""


class LostError(Exception):
    """Whoever should tell how a task ended is gone, and the task with it."""


def exchanged(job: bytes, folder: Path, send: Send, limits: Limits) -> bytes:
    """Return the answer of a worker to `job`.

    `send` starts one with four open files: its folder, the job, the answer, and where to tell how
    it ended.

    Raises
    ------
    TooMuchError, BrokenError
        As `Apart.run`.
    UnavailableError
        If the disk has no room for what it writes.
    LostError
        If nobody tells how it ended.
    """
    answer = os.memfd_create("answer")
    try:
        with _sent(job, folder, answer, send) as told:
            ended = _status(told, limits.wall_s + GRACE_S)
        _judge(ended, lambda: _content(answer))
        if os.fstat(answer).st_size > limits.answer_mb * MB:
            raise BrokenError("answer too long")
        return _content(answer)
    finally:
        os.close(answer)


def streamed(job: bytes, folder: Path, send: Send, limits: Limits) -> Iterator[bytearray]:
    """Yield the pieces of a worker's answer as they come, each of `answer_mb` at most.

    The worker waits while nobody takes them, and is ended where the iterator is closed. Errors as
    `exchanged`, at any moment; what was yielded before is then worth nothing.
    """
    ours, theirs = os.pipe()
    with ExitStack() as held:
        answer = held.enter_context(os.fdopen(ours, "rb", buffering=0))
        try:
            with suppress(OSError):  # the system may allow less
                fcntl.fcntl(ours, fcntl.F_SETPIPE_SZ, MB)
            told = held.enter_context(_sent(job, folder, theirs, send))
        finally:
            os.close(theirs)  # so that the worker's end is the end
        fault = b""
        while (piece := _piece(answer, limits)) is not None:
            kind, content = piece
            if kind == WHOLE:
                yield content
            else:
                fault = bytes(content)
        _judge(_status(told, GRACE_S), lambda: fault)


@contextmanager
def _sent(job: bytes, folder: Path, answer: int, send: Send) -> Iterator[int]:
    """Send a task; give where is told how it ended, which is given up afterwards."""
    with ExitStack() as held:
        place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        held.callback(os.close, place)
        given = os.memfd_create("job")
        held.callback(os.close, given)
        with os.fdopen(os.dup(given), "wb") as file:
            file.write(job)
        os.lseek(given, 0, os.SEEK_SET)
        told, status = os.pipe()
        held.callback(os.close, told)
        try:
            send([place, given, answer, status])
        finally:
            os.close(status)  # so that the end of all others ends the waiting
        yield told


def _piece(answer: BinaryIO, limits: Limits) -> tuple[int, bytearray] | None:
    """Return the kind of the next piece and what it holds; None at the end."""
    head = _filled(answer, PIECE.size)
    if not head:
        return None
    kind, length = PIECE.unpack(head) if len(head) == PIECE.size else (FAULT, 0)
    if length > limits.answer_mb * MB:
        raise BrokenError("answer too long")
    content = _filled(answer, length)
    # Where a piece breaks off, the status tells why.
    return (kind, content) if len(content) == length else None


def _filled(answer: BinaryIO, length: int) -> bytearray:
    """Return the next `length` bytes, fewer at the end."""
    content = bytearray(length)
    view, at = memoryview(content), 0
    while at < length and (got := answer.readinto(view[at:])):  # type: ignore[attr-defined]  # BinaryIO lacks readinto; a raw file has it
        at += got
    view.release()
    del content[at:]
    return content


def _status(told: int, within_s: float) -> dict[str, Any]:
    """Return what the warden says.

    Raises
    ------
    LostError
        If it is gone or silent.
    """
    waiting = select.poll()
    waiting.register(told, select.POLLIN)
    content = os.read(told, 4096) if waiting.poll(within_s * 1000) else b""
    if not content:
        raise LostError
    status: dict[str, Any] = json.loads(content)
    return status


def _judge(ended: Mapping[str, Any], fault: Callable[[], bytes]) -> None:
    """Raise what a worker's end means; nothing for a good one."""
    code = os.waitstatus_to_exitcode(ended["ended"])
    if code == 0 and not ended["late"]:
        return
    log.info("task apart ended", extra={"facts": {**ended, "code": code}})
    if ended["late"] or code == -signal.SIGXCPU:
        raise TooMuchError("time")
    # What nobody else has killed was killed for want of memory.
    if code in (OUT_OF_MEMORY, -signal.SIGKILL):
        raise TooMuchError("memory")
    if code == NO_ROOM:
        raise UnavailableError("the disk has no room for what a child writes")
    if code == FAILED:
        raise BrokenError(fault()[:500].decode("utf-8", "replace"))
    raise BrokenError(f"signal {-code}" if code < 0 else f"status {code}")


def _content(number: int) -> bytes:
    with os.fdopen(os.dup(number), "rb") as file:
        file.seek(0)
        return file.read()
