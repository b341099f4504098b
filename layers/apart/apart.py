"""The parent's side: hand a task over, wait, and say how it went."""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from layers.apart import surroundings
from layers.apart.child import Orders
from layers.apart.exchange import BrokenError, LostError, Send, TooMuchError, exchanged, streamed
from layers.apart.limits import Isolation, Limits, UnavailableError

__all__ = ["Apart", "BrokenError", "LostError", "TooMuchError", "UnavailableError"]

START_S = 60.0  # for importing on a machine that has much else to do
log = logging.getLogger(__name__)


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
            If no child can be started, or the disk has no room for what one writes.
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

    def stream(
        self, job: bytes, folder: Path, *, readable: Sequence[Path] = ()
    ) -> Generator[bytearray]:
        """Yield the pieces that the function yields, which may see what is `readable` as well.

        It waits while nobody takes them, and is ended where the iterator is closed. Errors as
        `run`, at any moment; what was yielded before is then worth nothing.
        """
        if self.user is not None:
            surroundings.give(folder, self.user)
        with self._turns:
            for _ in range(2):
                template, begun = self._running(), False
                try:
                    for piece in streamed(job, folder, _send(template, readable), self.limits):
                        begun = True
                        yield piece
                    return
                except LostError as error:
                    self._lost(template)
                    if begun:
                        raise BrokenError("the sandbox ended") from error
                log.warning("the template of the sandbox was gone; starting another")
            raise UnavailableError("the sandbox ended twice")

    def _once(self, job: bytes, folder: Path) -> bytes:
        template = self._running()
        try:
            return exchanged(job, folder, _send(template), self.limits)
        except LostError:
            self._lost(template)
            raise

    def _lost(self, template: _Template) -> None:
        with self._lock:
            if self._template is template:
                self._template = None
        _end(template)

    def _running(self) -> _Template:
        with self._lock:
            if self._template is None:
                try:
                    self._template = self._keeper.submit(self._started).result()
                except OSError as error:  # the system has no room for it just now
                    raise UnavailableError(f"no child can be started: {error}") from error
                weakref.finalize(self, _end, self._template)  # where nobody closes
            return self._template

    def _started(self) -> _Template:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        readable = tuple(map(str, (*surroundings.readable(), *self._readable)))
        orders = Orders(
            self._task, self._warm, os.getpid(), self.user, readable, self.limits
        ).as_text()
        with ExitStack() as held:
            held.callback(ours.close)
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
                raise UnavailableError("the sandbox does not start; its reason is in the log")
            held.pop_all()  # it stays open
        isolation = Isolation(**{**json.loads(hello), "limits": self.limits})
        if not isolation.complete:
            log.warning("children lack: %s", "; ".join(text.en for text in isolation.missing))
        return _Template(process, ours, isolation)


def _end(template: _Template) -> None:
    """End a template; once more does no harm."""
    template.control.close()
    template.process.kill()
    template.process.wait()


def _send(template: _Template, readable: Sequence[Path] = ()) -> Send:
    """Return what sends a task to a template, with what its worker may read besides."""
    order = json.dumps([str(path.absolute()) for path in readable]).encode()

    def send(given: list[int]) -> None:
        try:
            socket.send_fds(template.control, [order], given)
        except OSError as error:  # it is gone
            raise LostError from error

    return send
