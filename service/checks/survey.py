"""One plan held against all layers at once: what lies near, and how it lies to the plan.

The answers are those of `gis.meeting`, layer by layer; only asked together (`gis.survey`). A layer
whose answer is missing here is checked on its own, by the definition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.footprint import require_same_crs
from gis.meeting import Meeting, Total
from gis.probe import Probe
from gis.survey import Surveyor, Things
from layers.layer import Layer
from layers.version import LayerVersion
from service.checks.finding import Demand
from service.checks.tolerance import eps_of
from service.plans.plan import Plan

OUTWARDS = np.array([-1.0, -1.0, 1.0, 1.0])
NOTHING = np.zeros(0)


class Asked(NamedTuple):
    """A layer to be looked at, in a version, for what rules want to know of it."""

    layer: Layer
    version: LayerVersion
    demand: Demand

    def margin_m(self, eps_m: float) -> float:
        """Return how far around the plan an object's axis may lie and still matter, m."""
        half = self.layer.half_width
        widest = 0.0
        if half is not None:
            name = half.attribute or ""
            widest = half.of({name: self.version.maximum(name)})
        return max(self.demand.reach_m, eps_m) + widest + 1.0


@dataclass(frozen=True)
class Sighted:
    """What lies near the plan, decoded as far as it was asked for."""

    version: LayerVersion
    raw: Sequence[tuple[bytes, bytes]]
    geometries: NDArray[np.object_]
    _rows: dict[int, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)

    def row(self, i: int) -> tuple[str, Mapping[str, Any]]:
        """Return id and attributes of an object."""
        if i not in self._rows:
            self._rows[i] = self.version.row(self.raw[i][0])
        return self._rows[i]


@dataclass(frozen=True)
class Survey:
    """What was found of one layer, for which the plan has the tolerance `eps_m`: `looked_at`
    counts the objects in the window.
    """

    surveyor: Surveyor
    eps_m: float
    looked_at: int
    found: Sighted
    half_widths_m: NDArray[np.float64]
    met: Sequence[Meeting]

    @property
    def probe(self) -> Probe:
        """The plan with its tolerance."""
        return self.surveyor.probe(self.eps_m)

    def total(self) -> Total:
        """Return what all that overlaps comes to."""
        return self.surveyor.total(self.met, self.found.geometries)


def surveyed(plan: Plan, asked: Sequence[Asked]) -> dict[str, Survey]:
    """Return what lies near the plan, by layer code.

    Raises
    ------
    gis.meeting.UncheckableError, shapely.errors.GEOSException, ValueError
        If that cannot be told of all of them together.
    """
    surveyor = Surveyor(plan.geometry)
    eps = [eps_of(plan, each.layer, each.version) for each in asked]
    margins = np.array([each.margin_m(of) for each, of in zip(asked, eps, strict=True)])
    around = margins[:, None] * OUTWARDS
    windows = surveyor.bounds + around
    looked = [_look(surveyor, *each) for each in zip(asked, around, windows, strict=True)]
    shapes = shapely.from_wkb([wkb for _, raw in looked for _, wkb in raw])
    shapes = np.asarray(shapes, dtype=object).reshape(-1)
    widths = [_half_widths(a, raw) for a, (_, raw) in zip(asked, looked, strict=True)]
    counts = np.array([len(raw) for _, raw in looked], dtype=np.intp)
    things = Things(
        np.arange(len(shapes)) - np.repeat(np.cumsum(counts) - counts, counts),
        shapes,
        np.concatenate(widths),
        np.repeat(np.array(eps), counts),
        np.repeat(np.array([a.demand.reach_m for a in asked]), counts),
    )
    meetings = surveyor.meetings(things)
    found, end = {}, 0
    for each, of, (number, raw), half in zip(asked, eps, looked, widths, strict=True):
        first, end = end, end + len(raw)
        met = [m for m in meetings[first:end] if m is not None]
        sighted = Sighted(each.version, raw, shapes[first:end])
        found[each.layer.code] = Survey(surveyor, of, number, sighted, half, met)
    return found


def _look(
    surveyor: Surveyor, asked: Asked, around: NDArray[np.float64], window: NDArray[np.float64]
) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return how many objects are in the window, and those near the plan, not decoded yet."""
    require_same_crs(surveyor.plan.crs, asked.version.crs)
    boxes = surveyor.boxes
    parts = boxes + around if len(boxes) > 1 else window[None]
    looked_at, rows = asked.version.near(window, parts)
    return looked_at, asked.version.raw(rows) if len(rows) else []


def _half_widths(asked: Asked, raw: Sequence[tuple[bytes, bytes]]) -> NDArray[np.float64]:
    half = asked.layer.half_width
    if half is None:
        return np.zeros(len(raw)) if raw else NOTHING
    if half.attribute is None:
        return np.full(len(raw), half.of({}))
    return np.array([half.of(asked.version.row(row)[1]) for row, _ in raw])
