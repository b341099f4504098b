"""Positions along lines: stretches inside something, crossings, running alongside.

Measures run in metres from the start of the axis, through its parts in their order.
"""

from dataclasses import dataclass
from math import atan2, degrees, pi

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, STRtree
from shapely.geometry.base import BaseGeometry

# Two positions closer than this are one: a crossing at a vertex is found by both segments.
SAME_M = 1e-3


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of an axis, from and to in metres along it."""

    from_m: float
    to_m: float

    @property
    def length_m(self) -> float:
        """How long it is, m."""
        return self.to_m - self.from_m


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where an axis and a line meet.

    `kind` is ``crosses``, ``touches`` (same side before and after) or ``meets`` (one of them ends
    there). `angle_deg` is the acute angle between them, 0 to 90. `side_before` is the side of the
    line, seen in its own direction, from which the axis comes: ``left`` or ``right``.
    """

    at_m: float
    on_line_m: float
    angle_deg: float
    kind: str
    side_before: str
    point: Point
    from_axis_end_m: float
    from_line_end_m: float


@dataclass(frozen=True, slots=True)
class _Segments:
    """The straight pieces of a line: shapes, start and length along it, number of the part."""

    shapes: NDArray[np.object_]
    starts: NDArray[np.float64]
    part: NDArray[np.int64]
    part_ends: NDArray[np.float64]  # from, to of every part, shape (parts, 2)


def _segments(line: BaseGeometry) -> _Segments:
    shapes, starts, owner, ends = [], [], [], []
    done = 0.0
    for number, part in enumerate(shapely.get_parts(line)):
        xy = shapely.get_coordinates(part)
        steps = np.hypot(*np.diff(xy, axis=0).T)
        keep = steps > 0
        pairs = np.stack([xy[:-1], xy[1:]], axis=1)
        shapes.append(np.atleast_1d(np.asarray(shapely.linestrings(pairs)))[keep])
        starts.append((done + np.concatenate([[0.0], np.cumsum(steps)[:-1]]))[keep])
        owner.append(np.full(int(keep.sum()), number))
        ends.append((done, done + float(steps.sum())))
        done += float(steps.sum())
    return _Segments(
        np.concatenate(shapes), np.concatenate(starts), np.concatenate(owner), np.array(ends)
    )


def stretches(axis: BaseGeometry, ground: BaseGeometry) -> tuple[Stretch, ...]:
    """Return the pieces of `axis` inside `ground` (areas), in order, adjoining ones joined.

    Computed segment by segment, so an axis that crosses itself keeps its kilometres apart.
    """
    segments = _segments(axis)
    shapely.prepare(ground)
    hit = shapely.intersects(segments.shapes, ground)
    pieces, index = shapely.get_parts(
        shapely.intersection(segments.shapes[hit], ground), return_index=True
    )
    lines = shapely.get_dimensions(pieces) == 1
    origin = shapely.get_point(segments.shapes[hit], 0)[index[lines]]
    base = segments.starts[hit][index[lines]]
    first = base + shapely.distance(origin, shapely.get_point(pieces[lines], 0))
    last = base + shapely.distance(origin, shapely.get_point(pieces[lines], -1))
    spans = np.sort(np.stack([first, last], axis=1), axis=1)
    return joined([Stretch(float(a), float(b)) for a, b in spans])


def joined(found: list[Stretch]) -> tuple[Stretch, ...]:
    """Return `found` in order with overlapping and adjoining stretches made one."""
    result: list[Stretch] = []
    for stretch in sorted(found, key=lambda s: (s.from_m, s.to_m)):
        if result and stretch.from_m <= result[-1].to_m + SAME_M:
            result[-1] = Stretch(result[-1].from_m, max(result[-1].to_m, stretch.to_m))
        else:
            result.append(stretch)
    return tuple(result)


def crossings(axis: BaseGeometry, line: BaseGeometry) -> tuple[Crossing, ...]:
    """Return where `axis` meets `line` (both lines), in the order of the axis.

    Stretches where both run on top of each other are no crossings.
    """
    along, across = _segments(axis), _segments(line)
    mine, theirs = STRtree(across.shapes).query(along.shapes, predicate="intersects")
    met = shapely.intersection(along.shapes[mine], across.shapes[theirs])
    found: list[Crossing] = []
    for i, j, point in zip(mine, theirs, met, strict=True):
        if isinstance(point, Point):
            crossing = _crossing(along, int(i), across, int(j), point)
            if not any(
                abs(crossing.at_m - known.at_m) < SAME_M
                and abs(crossing.on_line_m - known.on_line_m) < SAME_M
                for known in found
            ):
                found.append(crossing)
    return tuple(sorted(found, key=lambda c: (c.at_m, c.on_line_m)))


def _crossing(along: _Segments, i: int, across: _Segments, j: int, point: Point) -> Crossing:
    at = float(along.starts[i]) + float(shapely.get_point(along.shapes[i], 0).distance(point))
    on = float(across.starts[j]) + float(shapely.get_point(across.shapes[j], 0).distance(point))
    axis_end = _from_end(along, i, at)
    line_end = _from_end(across, j, on)
    before, after = _rays(along, i, at, point)
    back, ahead = _rays(across, j, on, point)
    kind = "meets"
    if before is not None and after is not None and back is not None and ahead is not None:
        kind = (
            "crosses"
            if _between(before, back, ahead) != _between(after, back, ahead)
            else "touches"
        )
    return Crossing(
        at,
        on,
        _acute(along.shapes[i], across.shapes[j]),
        kind,
        _side(before if before is not None else after, back, ahead, turned=before is None),
        point,
        axis_end,
        line_end,
    )


def _from_end(segments: _Segments, i: int, at: float) -> float:
    start, end = segments.part_ends[segments.part[i]]
    return float(min(at - start, end - at))


def _rays(
    segments: _Segments, i: int, at: float, point: Point
) -> tuple[float | None, float | None]:
    """Return the directions (radians) in which a line leaves `point` backwards and forwards."""
    start, end = segments.part_ends[segments.part[i]]
    previous = i - 1 if at - segments.starts[i] < SAME_M / 2 else i
    length = float(shapely.length(segments.shapes[i]))
    following = i + 1 if at - segments.starts[i] > length - SAME_M / 2 else i
    back = None if at - start < SAME_M / 2 else _bearing(segments.shapes[previous], point, 0)
    ahead = None if end - at < SAME_M / 2 else _bearing(segments.shapes[following], point, -1)
    return back, ahead


def _bearing(segment: LineString, point: Point, end: int) -> float:
    x, y = segment.coords[end]
    return atan2(y - point.y, x - point.x)


def _between(ray: float, back: float, ahead: float) -> bool:
    """Tell whether `ray` lies left of a line that comes from `back` and goes to `ahead`."""
    return (ray - ahead) % (2 * pi) < (back - ahead) % (2 * pi)


def _side(ray: float | None, back: float | None, ahead: float | None, *, turned: bool) -> str:
    """Name the side of the line on which `ray` lies; the other one when the axis starts here."""
    if ray is None or (back is None and ahead is None):
        return "left"
    if ahead is None:
        ahead = back + pi if back is not None else 0.0
    if back is None:
        back = ahead + pi
    return "left" if _between(ray, back, ahead) != turned else "right"


def _acute(first: LineString, second: LineString) -> float:
    (ax, ay), (bx, by) = (np.subtract(s.coords[-1], s.coords[0]) for s in (first, second))
    angle = abs(degrees(atan2(ax * by - ay * bx, ax * bx + ay * by)))
    return float(min(angle, 180 - angle))


def alongside(axis: BaseGeometry, line: BaseGeometry, *, within_m: float) -> tuple[Stretch, ...]:
    """Return the stretches of `axis` that stay within `within_m` of `line` (inclusive).

    A square crossing gives a stretch of twice the distance; running alongside gives more.
    """
    return stretches(axis, shapely.buffer(line, within_m, quad_segs=16))


def position_m(line: BaseGeometry, point: Point) -> float:
    """Return how far along `line` the place nearest to `point` lies, m, through its parts."""
    done, best = 0.0, (np.inf, 0.0)
    for part in shapely.get_parts(line):
        candidate = (part.distance(point), done + shapely.line_locate_point(part, point))
        best = min(best, candidate, key=lambda c: c[0])
        done += part.length
    return float(best[1])


def point_at(line: BaseGeometry, at_m: float) -> Point:
    """Return the place `at_m` along `line`, through its parts; the ends beyond them."""
    for part in shapely.get_parts(line):
        if at_m <= part.length:
            return Point(shapely.line_interpolate_point(part, max(at_m, 0.0)))
        at_m -= part.length
    return Point(shapely.get_point(shapely.get_parts(line)[-1], -1))


def side_of(line: BaseGeometry, point: Point) -> str:
    """Return ``left`` or ``right``: where `point` lies, seen in the direction of `line`."""
    at = position_m(line, point)
    ahead, behind = point_at(line, at + 0.5), point_at(line, at - 0.5)
    dx, dy = ahead.x - behind.x, ahead.y - behind.y
    return "left" if dx * (point.y - behind.y) - dy * (point.x - behind.x) >= 0 else "right"
