"""The parent's side: hand a task over, wait, and say how it went."""

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.apart import surroundings
from layers.apart.child import FAILED, OUT_OF_MEMORY, Orders
from layers.apart.limits import MB, Isolation, Limits

GRACE_S = 3.0  # how much later than the deadline a warden may tell
START_S = 60.0  # for importing on a machine that has much else to do
log = logging.getLogger(__name__)


class TooMuchError(Exception):
    """The task took more time or memory than it may; `what` is ``time`` or ``memory``."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class BrokenError(Exception):
    """The task ended without a usable answer: by a signal, or by an error of the program."""


class UnavailableError(Exception):
    """No child can be started; nothing is wrong with the task."""


class LostError(Exception):
    """Whoever should tell how a task ended is gone, and the task with it."""


@dataclass(frozen=True)
class _Template:
    """A process that has everything imported, and the socket it listens to."""

    process: "subprocess.Popen[bytes]"
    control: socket.socket
    isolation: Isolation


class Apart:
    """Runs one function, named ``module:function``, on bytes of strangers, in processes of its own.

    Safe to use from several threads; `most` tasks run at a time, the others wait. Nothing is
    started before the first task (or `isolation`). To be closed; its end closes it at the latest.
    """

    def __init__(
        self,
        task: str,
        *,
        warm: str | None = None,
        limits: Limits | None = None,
        most: int | None = None,
        readable: tuple[Path, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.user = surroundings.user()
        self._task, self._warm = task, warm
        self._readable, self._environment = readable, dict(environment or {})
        self._turns = threading.BoundedSemaphore(most or (os.cpu_count() or 1) + 2)
        self._lock = threading.Lock()
        # A child ends with the thread that started it, so that thread has to stay.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="belang-apart")
        self._template: _Template | None = None

    def isolation(self) -> Isolation:
        """Return the means in force; starts the template where it does not run yet.

        Raises
        ------
        UnavailableError
            If it cannot be started.
        """
        return self._running().isolation

    def close(self) -> None:
        """End the template; tasks under way end with it."""
        with self._lock:
            template, self._template = self._template, None
        if template is not None:
            _end(template)
        self._keeper.shutdown()

    def run(self, job: bytes, folder: Path) -> bytes:
        """Return what the function makes of `job`, in a child that sees `folder` alone.

        Raises
        ------
        TooMuchError, BrokenError
            If the task was ended, or ended badly.
        UnavailableError
            If no child can be started.
        """
        if self.user is not None:
            surroundings.give(folder, self.user)
        with self._turns:
            try:
                return self._once(job, folder)
            except LostError:
                log.warning("the template of the sandbox was gone; starting another")
            try:
                return self._once(job, folder)
            except LostError as error:
                raise UnavailableError("the sandbox ended twice") from error

    def _once(self, job: bytes, folder: Path) -> bytes:
        template = self._running()

        def send(given: list[int]) -> None:
            socket.send_fds(template.control, [b"t"], given)

        try:
            return exchanged(job, folder, send, self.limits)
        except (OSError, LostError) as error:
            raise self._lost(template) from error

    def _lost(self, template: _Template) -> LostError:
        with self._lock:
            if self._template is template:
                self._template = None
        _end(template)
        return LostError()

    def _running(self) -> _Template:
        with self._lock:
            if self._template is None:
                self._template = self._keeper.submit(self._started).result()
                weakref.finalize(self, _end, self._template)  # where nobody closes
            return self._template

    def _started(self) -> _Template:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        readable = tuple(map(str, (*surroundings.readable(), *self._readable)))
        orders = Orders(
            self._task, self._warm, os.getpid(), self.user, readable, self.limits
        ).as_text()
        with theirs:
            number = theirs.fileno()
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-s", "-P", "-m", "layers.apart.child", str(number), orders],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**surroundings.environment(), **self._environment},
                pass_fds=(number,),
                cwd="/",
                start_new_session=True,
            )
        ours.settimeout(START_S)
        hello = b""
        with suppress(OSError):
            hello = ours.recv(4096)
        ours.settimeout(None)
        if not hello:
            process.kill()
            process.wait()
            ours.close()
            raise UnavailableError("the sandbox does not start; its reason is in the log")
        said = json.loads(hello)
        return _Template(process, ours, Isolation(**{**said, "limits": self.limits}))


def _end(template: _Template) -> None:
    """End a template; once more does no harm."""
    template.control.close()
    template.process.kill()
    template.process.wait()


def exchanged(job: bytes, folder: Path, send: Callable[[list[int]], None], limits: Limits) -> bytes:
    """Return the answer of a worker to `job`.

    `send` starts one with four open files: its folder, the job, the answer, and where to tell how
    it ended.

    Raises
    ------
    TooMuchError, BrokenError
        As `Apart.run`.
    LostError
        If nobody tells how it ended.
    """
    given, answer = os.memfd_create("job"), os.memfd_create("answer")
    told, status = os.pipe()
    place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        with os.fdopen(os.dup(given), "wb") as file:
            file.write(job)
        os.lseek(given, 0, os.SEEK_SET)
        try:
            send([place, given, answer, status])
        finally:
            os.close(status)  # so that the end of all others ends the waiting
        ended = _status(told, limits.wall_s + GRACE_S)
        if ended is None:
            raise LostError
        _judge(ended, answer)
        if os.fstat(answer).st_size > limits.answer_mb * MB:
            raise BrokenError("answer too long")
        return _content(answer)
    finally:
        for number in (place, given, answer, told):
            os.close(number)


def _status(told: int, within_s: float) -> dict[str, Any] | None:
    """Return what the warden says; None where it is gone or silent."""
    waiting = select.poll()
    waiting.register(told, select.POLLIN)
    content = os.read(told, 4096) if waiting.poll(within_s * 1000) else b""
    return json.loads(content) if content else None


def _judge(ended: Mapping[str, Any], answer: int) -> None:
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
    if code == FAILED:
        raise BrokenError(_content(answer)[:500].decode("utf-8", "replace"))
    raise BrokenError(f"signal {-code}" if code < 0 else f"status {code}")


def _content(number: int) -> bytes:
    with os.fdopen(os.dup(number), "rb") as file:
        file.seek(0)
        return file.read()
