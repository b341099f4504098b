"""How the layers are right now: looked at anew after half a minute, since that reads many files."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from gis.problem import Text
from layers.layer import Layer
from layers.published import State
from layers.quality import overdue
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from service.checks.by_hand import MANUAL
from service.district import District

FRESH_S = 30.0
MOST = 10_000
NEVER = State(None, None, None)


@dataclass(frozen=True, slots=True)
class LayerState:
    """A layer with the version in force (its hash), objects, and what is wrong with it; the largest
    dimension of its objects: 0 points, 1 lines, 2 areas.
    """

    layer: Layer
    version: str | None
    count: int | None
    state: State
    faults: tuple[Text, ...] = ()
    dimension: int = 2

    @property
    def mark(self) -> str:
        """In a word: refused, failing, overdue, by hand, fine."""
        if self.state.stale_since is not None:
            return "refused"
        if self.layer.source.type == MANUAL:
            return "manual"
        if self.version is None:
            return "failing"
        return "overdue" if self.faults else "fine"


@dataclass
class Watched:
    """Keeps what was seen of the layers of a district for a while, and what was counted of cases
    in a revision of theirs.
    """

    clock: Callable[[], float] = time.monotonic
    _seen: tuple[float, str, tuple[LayerState, ...]] | None = None
    _contradictions: dict[tuple[UUID, int], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def contradictions(self) -> dict[tuple[UUID, int], int]:
        """Open contradictions by case and revision; forgotten where there are too many."""
        if len(self._contradictions) > MOST:
            self._contradictions = {}
        return self._contradictions

    def states(self, district: District) -> tuple[LayerState, ...]:
        """Return how the layers are, in the order of the catalogue."""
        with self._lock:
            seen, of = self._seen, district.catalogue.sha256
            if seen is None or seen[1] != of or self.clock() - seen[0] > FRESH_S:
                today = date.today()
                found = [looked(district.store, one, today) for one in district.catalogue.layers]
                self._seen = seen = (self.clock(), of, tuple(found))
            return seen[2]

    def versions(self, district: District) -> dict[str, str | None]:
        """Return the hash of the version in force, by layer."""
        return {one.layer.code: one.version for one in self.states(district)}

    def forget(self) -> None:
        """Look again next time: something was changed."""
        with self._lock:
            self._seen = None


def looked(store: Store, layer: Layer, today: date) -> LayerState:
    """Return how one layer is today."""
    faults: list[Text | None] = [layer.fault]
    published, state, version, count = store.published(layer), NEVER, None, None
    dimension = 2
    try:
        state = published.state()
        if layer.source.type != MANUAL:
            found = store.version(layer)
            version, count = found.sha256, found.count
            dimension = max(found.dimensions, default=2)
    except LayerUnavailableError as error:
        faults.append(error.text)
    refreshed = None if state.refreshed is None else state.refreshed[:10]
    faults += [state.reason, overdue(layer, today, refreshed)]
    told = tuple(dict.fromkeys(text for text in faults if text is not None))
    return LayerState(layer, version, count, state, told, dimension)
