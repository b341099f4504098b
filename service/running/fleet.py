"""Worker processes beside the server: started again when one ends, stopped with it."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType

log = logging.getLogger(__name__)
LASTING_S = 60.0  # a worker that ran so long did not fail at its start
LONGEST_WAIT_S = 60.0
PATIENCE_S = 20.0  # for the job a worker is at


@dataclass
class Fleet:
    """`count` processes of one `belang` command; a context in which they load `module`, and then
    wait until they are told to work.

    One that ends is started again, at once and then after 1, 2, 4 … 60 seconds; one that ends while
    it waits, as soon as they are told.
    """

    command: Sequence[str]
    module: str
    count: int
    patience_s: float = PATIENCE_S
    first_wait_s: float = 1.0
    _running: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _told: threading.Event = field(default_factory=threading.Event)
    _environment: bytes = b""

    def __enter__(self) -> "Fleet":
        """Let them load."""
        try:
            for number in range(self.count):
                # Each child hangs on the thread that started it, as the kernel sees it.
                name = f"worker-{number}"
                thread = threading.Thread(target=self._keep, args=(number,), name=name, daemon=True)
                thread.start()
                self._threads.append(thread)
        except BaseException:  # a signal: nobody else would end them
            self._stop()
            raise
        return self

    @contextmanager
    def at_work(self, environment: Mapping[str, str]) -> Iterator[None]:
        """Let them work in this environment, those that are started again as well.

        In the end they may finish what they are at, for a while; then they are ended, for good.
        """
        self._environment = json.dumps(dict(environment)).encode()
        self._told.set()
        try:
            yield
        finally:
            self._stop()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End those that still run."""
        self._stop()

    def _stop(self) -> None:
        self._stopping.set()
        self._told.set()
        with self._lock:  # none is started any more
            running = list(self._running.values())
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self.patience_s
        for process in running:
            self._ended(process, deadline)
        for thread in self._threads:
            thread.join()

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that run now."""
        return [process.pid for process in self._running.values()]

    def _keep(self, number: int) -> None:
        wait = 0.0
        while not self._stopping.is_set():
            begun = time.monotonic()
            self._run(number)
            wait = 0.0 if time.monotonic() - begun > LASTING_S else wait
            self._stopping.wait(wait)
            wait = min(max(2 * wait, self.first_wait_s), LONGEST_WAIT_S)

    def _run(self, number: int) -> None:
        """Run one until it ends; one that cannot be started has ended at once."""
        try:
            process = self._start(number)
        except OSError as error:  # the system has no room for it just now
            log.error("worker not started", extra={"facts": {"error": str(error)}})
            return
        status = None if process is None else self._wait(process)
        if not self._stopping.is_set():
            log.warning("worker ended, starting it again", extra={"facts": {"status": status}})

    def _wait(self, process: "subprocess.Popen[bytes]") -> int:
        self._told.wait()
        process.communicate(self._environment)  # nothing, where we stop before anybody was told
        return process.returncode

    def _start(self, number: int) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._stopping.is_set():
                return None
            command = [
                sys.executable,
                "-m",
                "service.running.child",
                str(os.getpid()),
                self.module,
                *self.command,
            ]
            # A session of its own: Ctrl+C in a terminal reaches the server alone, which tells us.
            self._running[number] = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            return self._running[number]

    def _ended(self, process: "subprocess.Popen[bytes]", deadline: float) -> None:
        try:
            process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            log.warning("worker killed, it did not end in time")
            process.kill()
            process.wait()
