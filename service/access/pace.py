"""How often somebody may ask a map for what is searched or drawn for each question anew.

Counted in memory and kept nowhere: in the database a count would cost as much as what it guards,
and whoever only looks at a map shall leave nothing behind.
"""

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic

from service.access.throttle import too_often

MOST = 240  # a minute: no hand moves a map that often, and a whole office behind one address may
WITHIN_S = 60.0


class Pace:
    """Counts for each key by itself; who has not asked for a minute is forgotten."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._clock = most, clock
        self._asked: dict[str, deque[float]] = {}  # whoever asked last is the last
        self._lock = threading.Lock()

    def count(self, key: str) -> None:
        """Count one more of `key`.

        Raises
        ------
        TooManyError
            ``too-often``: there were as many within a minute; this one is not counted.
        """
        now = self._clock()
        with self._lock:
            self._forget(now - WITHIN_S)
            times = self._asked.get(key) or deque(maxlen=self._most)
            if len(times) == self._most and times[0] > now - WITHIN_S:
                raise too_often(int(times[0] + WITHIN_S - now) + 1)
            times.append(now)
            self._asked.pop(key, None)
            self._asked[key] = times

    def _forget(self, before: float) -> None:
        while self._asked:
            key = next(iter(self._asked))
            if self._asked[key][-1] > before:
                return
            del self._asked[key]
