"""Rings as files hold them: open by a hair, too short, or without any area."""

from collections.abc import Iterable, Sequence
from math import dist

import shapely
from shapely import Polygon

from layers.reading.refusals import refuse, ring_gap

Point = tuple[float, float]
CLOSED = 0.001  # a gap up to a millimetre is rounding
DEGREES_CLOSED = 1e-8
NEARLY = 0.01  # of its length: a line whose ends lie no farther apart is meant as an outline


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


def rounding(place: Point) -> float:
    """Return up to which gap two places are one, by a place of them.

    In degrees a millimetre is 1e-8; numbers beyond 360 are metres.
    """
    return DEGREES_CLOSED if max(map(abs, place)) <= 360 else CLOSED


def joined(pieces: Iterable[Sequence[Point]], accept: frozenset[str]) -> list[Point]:
    """Return the line through pieces, each of which begins where the one before it ends.

    Raises
    ------
    Question
        ``ring-unclosed`` for a gap of more than 1 mm that nobody has agreed to close.
    """
    line: list[Point] = []
    for piece in pieces:
        gap = dist(line[-1], piece[0]) if line and piece else None
        meet = gap is not None and gap <= rounding(line[-1])
        if gap is not None and not meet and "ring-unclosed" not in accept:
            raise ring_gap(gap)
        line += piece[meet:]
    return line


def ring(points: Sequence[Point], accept: frozenset[str]) -> list[Point]:
    """Return the ring closed."""
    result = list(points)
    if len(result) < 3:
        raise refuse("geometry-invalid")
    if len(set(result)) < 3:
        raise refuse("geometry-zero-area")
    if result[0] != result[-1]:
        gap = dist(result[0], result[-1])
        meet = gap <= rounding(result[0])
        if not meet and "ring-unclosed" not in accept:
            raise ring_gap(gap)
        result[len(result) - meet :] = [result[0]]
    if len(result) < 4:
        raise refuse("geometry-invalid")
    return result


def from_lines(line: shapely.LineString, accept: frozenset[str]) -> Polygon | None:
    """Return the polygon a closed line encloses; None where it is open or too short.

    Raises
    ------
    Question
        ``ring-unclosed`` for a line that nearly closes.
    """
    if line.is_ring or (line.is_closed and len(line.coords) >= 4):
        return Polygon(line.coords)  # one at the same place throughout is told by its area
    points = [(x, y) for x, y, *_ in line.coords]
    if len(points) > 3 and dist(points[0], points[-1]) <= NEARLY * line.length:
        return Polygon(ring(points, accept))
    return None
