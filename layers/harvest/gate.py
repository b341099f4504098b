"""One gate a server, so that all harvests of a process together stay polite to it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from layers.harvest.manners import Manners


@dataclass(eq=False)
class Gate:
    """Lets `parallel` requests through at a time, and `per_second` starts in a second."""

    parallel: int
    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0

    def __post_init__(self) -> None:
        """Make the turnstile."""
        self._inside = threading.BoundedSemaphore(self.parallel)
        self._lock = threading.Lock()

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Wait for a turn; the turn lasts as long as the body."""
        with self._inside:
            self.sleep(self._due())
            yield

    def _due(self) -> float:
        """Take the next free start; return the seconds until then."""
        with self._lock:
            now = self.clock()
            start = max(now, self._next)
            self._next = start + 1 / self.per_second
            return start - now


@dataclass(eq=False)
class Gates:
    """The gates of all servers a process talks to."""

    _gates: dict[str, Gate] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, origin: str, manners: Manners) -> Gate:
        """Return the gate of a server (scheme, host, port); the first harvest sets its limits."""
        with self._lock:
            if origin not in self._gates:
                self._gates[origin] = Gate(manners.parallel, manners.per_second)
            return self._gates[origin]


GATES = Gates()  # of this process; a limit on rate means nothing if every harvest has its own
