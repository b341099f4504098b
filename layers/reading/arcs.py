"""Circular arcs as short straight lines, which keep 1 mm up to a radius of 420 m.

Beyond, a step is 0.25°, which keeps 2.4 mm at 1,000 m.
"""

from collections.abc import Sequence
from math import acos, atan2, ceil, cos, hypot, pi, radians, sin

from layers.reading.refusals import refuse
from layers.reading.rings import rounding

Point = tuple[float, ...]
FINEST, COARSEST = radians(0.25), radians(2.5)  # a step


def circular(points: Sequence[Point]) -> list[tuple[float, float]]:
    """Return the line through arcs given as start, middle, end, middle, end, …

    Raises
    ------
    Refusal
        ``geometry-invalid`` where the last arc lacks its end.
    """
    if len(points) < 3 or len(points) % 2 == 0:
        raise refuse("geometry-invalid")
    result = [(points[0][0], points[0][1])]
    for i in range(0, len(points) - 2, 2):
        result += arc(points[i], points[i + 1], points[i + 2])[1:]
    return result


def arc(start: Point, middle: Point, end: Point) -> list[tuple[float, float]]:
    """Return the line along one arc, both ends exact; a full circle where start equals end."""
    first, last = (start[0], start[1]), (end[0], end[1])
    if first == last:
        between = ((first[0] + middle[0]) / 2, (first[1] + middle[1]) / 2)
        return _along(first, last, between, 2 * pi)
    hub = centre(start, middle, end)
    if hub is None:
        return [first, (middle[0], middle[1]), last]
    a, m, b = (atan2(p[1] - hub[1], p[0] - hub[0]) for p in (start, middle, end))
    sweep = (b - a) % (2 * pi)
    if (m - a) % (2 * pi) > sweep:
        sweep -= 2 * pi
    return _along(first, last, hub, sweep)


def _along(
    first: tuple[float, float], last: tuple[float, float], hub: tuple[float, float], sweep: float
) -> list[tuple[float, float]]:
    radius = hypot(first[0] - hub[0], first[1] - hub[1])
    begin = atan2(first[1] - hub[1], first[0] - hub[0])
    steps = max(2, ceil(abs(sweep) / _step(radius, rounding(first))))
    between = [
        (hub[0] + radius * cos(begin + sweep * i / steps),
         hub[1] + radius * sin(begin + sweep * i / steps))
        for i in range(1, steps)
    ]  # fmt: skip
    return [first, *between, last]


def _step(radius: float, off: float) -> float:
    """Return the angle of a piece that is at most `off` away from its arc, within limits."""
    wide = 2 * acos(1 - off / radius) if radius > off else COARSEST
    return min(max(wide, FINEST), COARSEST)


def centre(a: Point, b: Point, c: Point) -> tuple[float, float] | None:
    """Return the centre of the circle through three points; None where they lie on a line."""
    # Relative to a: coordinates of 10^6 m would cost the digits that matter.
    bx, by, cx, cy = b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]
    twice = 2 * (bx * cy - by * cx)
    if abs(twice) < 1e-9 * (hypot(bx, by) * hypot(cx, cy) or 1.0):
        return None
    square_b, square_c = bx * bx + by * by, cx * cx + cy * cy
    return (
        a[0] + (cy * square_b - by * square_c) / twice,
        a[1] + (bx * square_c - cx * square_b) / twice,
    )
