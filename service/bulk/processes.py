"""Checking on this machine: a few processes, each with one part at a time.

Each has a pipe of its own, so that one that dies loses its part and nothing else; the standard
library's pool would lose everything under way.
"""

import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import TracebackType

from service.bulk.assessing import assessed
from service.bulk.fanning import Answer, Part
from service.bulk.job import Job

LOOK_S = 1.0
STOP_S = 5.0


class _Worker:
    """A process and what it is at."""

    def __init__(self, setup: bytes) -> None:
        here, there = _context().Pipe()
        self.pipe: Connection[Sequence[Job], Answer] = here
        self.part: Part | None = None
        self.process: ForkServerProcess = _context().Process(
            target=_serve, args=(there, setup), daemon=True
        )
        self.process.start()
        there.close()

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join(STOP_S)


class Processes:
    """`size` processes that check; a context that runs them."""

    def __init__(self, setup: bytes, size: int | None = None) -> None:
        self.setup = setup
        self.size = size or len(os.sched_getaffinity(0))
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Processes":
        """Start them."""
        self._workers = [_Worker(self.setup) for _ in range(self.size)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End them, whatever they are at."""
        for worker in self._workers:
            worker.end()

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that run now."""
        return [worker.process.pid or 0 for worker in self._workers]

    def room(self) -> int:
        """Return how many processes have nothing to do."""
        return sum(worker.part is None for worker in self._workers)

    def submit(self, part: Part) -> None:
        """Give a part to a process that has nothing to do."""
        worker = next(worker for worker in self._workers if worker.part is None)
        worker.part = part
        with suppress(OSError):  # it is dead; its end tells
            worker.pipe.send(part.jobs)

    def ended(self) -> list[tuple[Part, Answer]]:
        """Return the parts that ended within a moment; a process that is gone is replaced."""
        busy = {worker.pipe: worker for worker in self._workers if worker.part is not None}
        found = []
        for pipe in connection.wait(list(busy), LOOK_S):
            worker = busy[pipe]  # type: ignore[index]  # only our pipes were waited for
            part, worker.part = worker.part, None
            answer = self._answer(worker)
            if part is not None:
                found.append((part, answer))
        return found

    def _answer(self, worker: _Worker) -> Answer:
        try:
            return worker.pipe.recv()
        except (EOFError, OSError):
            worker.end()
            self._workers[self._workers.index(worker)] = _Worker(self.setup)
            return None


@cache
def _context() -> ForkServerContext:
    """Return how processes are started: from one that has everything imported, and no threads."""
    made = get_context("forkserver")
    made.set_forkserver_preload([__name__])
    return made


# --- in the process beside --------------------------------------------------------------------


def _serve(pipe: "Connection[Answer, Sequence[Job]]", setup: bytes) -> None:
    """Check what comes until nothing comes any more; end with whoever started this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(assessed(setup, pipe.recv()))
    os._exit(0)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
    os._exit(0)
