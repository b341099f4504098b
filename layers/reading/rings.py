"""Rings as files hold them: open by a hair, too short, or without any area."""

from collections.abc import Sequence
from math import hypot

import shapely
from shapely import Polygon

from layers.reading.refusals import refuse, ring_gap

Point = tuple[float, float]
CLOSED = 0.001  # a gap up to a millimetre is rounding
DEGREES_CLOSED = 1e-8


def polygon(rings: Sequence[Sequence[Point]], accept: frozenset[str]) -> Polygon:
    """Return the polygon of a shell and its holes.

    Raises
    ------
    Refusal
        ``geometry-empty``, ``geometry-invalid`` (a ring of fewer than three places),
        ``geometry-zero-area``.
    Question
        ``ring-unclosed`` for a gap of more than 1 mm that nobody has agreed to close.
    """
    if not rings or not rings[0]:
        raise refuse("geometry-empty")
    closed = [ring(r, accept) for r in rings]
    return Polygon(closed[0], closed[1:])


def ring(points: Sequence[Point], accept: frozenset[str]) -> list[Point]:
    """Return the ring closed."""
    result = list(points)
    if len(result) < 3:
        raise refuse("geometry-invalid")
    if len(set(result)) < 3:
        raise refuse("geometry-zero-area")
    (x0, y0), (x1, y1) = result[0], result[-1]
    if (x0, y0) != (x1, y1):
        # In degrees a millimetre is 1e-8; numbers beyond 360 are metres.
        gap = hypot(x1 - x0, y1 - y0)
        rounding = gap <= (DEGREES_CLOSED if max(abs(x0), abs(y0)) <= 360 else CLOSED)
        if not rounding and "ring-unclosed" not in accept:
            raise ring_gap(gap)
        result[len(result) - rounding :] = [result[0]]
    if len(result) < 4:
        raise refuse("geometry-invalid")
    return result


def from_lines(line: shapely.LineString) -> Polygon | None:
    """Return the polygon a closed line encloses; None where it is open or too short."""
    if line.is_ring or (line.is_closed and len(line.coords) >= 4):
        return Polygon(line.coords)  # one at the same place throughout is told by its area
    return None
