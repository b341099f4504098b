"""How long workers have given no sign of life, by a clock of this process that never jumps.

A heartbeat is the database's time, which somebody may set: after an hour back a dead worker's lies
in the future, after an hour on those of all who live are old. So only this counts: whether it has
changed since it was looked at before.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf


@dataclass
class Silence:
    """Listens to all workers; of the time between two looks no more than `most_s` counts.

    Who has not listened for long, being halted or without a database, has heard nobody: it knows
    of no silence.
    """

    most_s: float = inf
    clock: Callable[[], float] = time.monotonic
    _heard: dict[int, tuple[datetime, float]] = field(default_factory=dict)
    _looked: float | None = None

    def of(self, beats: Mapping[int, datetime]) -> dict[int, float]:
        """Take the heartbeats there are; return for how many seconds each was seen unchanged."""
        now = self.clock()
        passed = 0.0 if self._looked is None else min(now - self._looked, self.most_s)
        self._looked = now
        self._heard = {number: self._since(number, at, passed) for number, at in beats.items()}
        return {number: seconds for number, (_, seconds) in self._heard.items()}

    def _since(self, number: int, at: datetime, passed: float) -> tuple[datetime, float]:
        before, seconds = self._heard.get(number, (None, 0.0))
        return (at, seconds + passed) if at == before else (at, 0.0)
