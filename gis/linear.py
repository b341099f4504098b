"""Positions along lines: stretches inside something, running alongside, places and sides.

Measures run in metres from the start of the axis, through its parts in their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from gis.parts import line_strings
from gis.tolerance import SNAP_M

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


@dataclass(frozen=True)
class Course:
    """The straight pieces of a line: both ends (n × 2 × 2), start along it, number of the run.

    A run is what can be travelled without a jump: parts that begin where the one before ends
    belong to it. `ends` holds where each run starts and stops, `closed` whether it is a loop.
    """

    pairs: NDArray[np.float64]
    starts: NDArray[np.float64]
    run: NDArray[np.int64]
    ends: NDArray[np.float64]
    closed: NDArray[np.bool_]

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """The pieces as lines."""
        return np.asarray(shapely.linestrings(self.pairs), dtype=object)

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """Their boxes, n × 4."""
        return np.hstack([self.pairs.min(axis=1), self.pairs.max(axis=1)])

    @cached_property
    def spans(self) -> NDArray[np.float64]:
        """From where to where each runs, n × 2, m; as `spans` has it of a piece that is whole."""
        lengths = shapely.distance(
            shapely.points(self.pairs[:, 0]), shapely.points(self.pairs[:, 1])
        )
        return np.stack([self.starts, self.starts + lengths], axis=1)


def course(line: BaseGeometry) -> Course:
    """Return the straight pieces of `line` (one or more lines of some length)."""
    runs: list[list[NDArray[np.float64]]] = []
    for part in line_strings(line):
        xy = shapely.get_coordinates(part)
        if runs and (runs[-1][-1][-1] == xy[0]).all():
            runs[-1].append(xy[1:])
        else:
            runs.append([xy])
    whole = [run[0] if len(run) == 1 else np.concatenate(run) for run in runs]
    pairs = np.concatenate([np.stack([xy[:-1], xy[1:]], axis=1) for xy in whole])
    lengths = np.hypot(*(pairs[:, 1] - pairs[:, 0]).T)
    stops = np.cumsum(lengths)
    counts = [len(xy) - 1 for xy in whole]
    last = np.concatenate([[0.0], stops[np.cumsum(counts) - 1]])
    keep = lengths > 0
    return Course(
        pairs[keep],
        (stops - lengths)[keep],
        np.repeat(np.arange(len(whole)), counts)[keep],
        np.stack([last[:-1], last[1:]], axis=1),
        np.array([(xy[0] == xy[-1]).all() for xy in whole]),
    )


def stretches(axis: BaseGeometry, ground: BaseGeometry) -> tuple[Stretch, ...]:
    """Return the pieces of `axis` inside `ground` (areas), in order, adjoining ones joined.

    Computed segment by segment, so an axis that crosses itself keeps its kilometres apart. What
    runs along the very edge counts as inside.
    """
    pieces = course(axis)
    shapely.prepare(ground)
    hit = np.flatnonzero(shapely.intersects(pieces.shapes, ground))
    return runs(pieces, hit, shapely.intersection(pieces.shapes[hit], ground))


def runs(pieces: Course, hit: NDArray[np.intp], shared: NDArray[np.object_]) -> tuple[Stretch, ...]:
    """Return as stretches what the straight pieces `hit` share with an area."""
    return joined_spans(spans(pieces, hit, shared)[0])


def spans(
    pieces: Course, hit: NDArray[np.intp], shared: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return from where to where (n × 2, m) each line runs that the straight pieces `hit` share
    with areas, and which of `shared` it is in.
    """
    inside, index = shapely.get_parts(shared, return_index=True)
    lines = shapely.length(inside) > SNAP_M
    inside, index = inside[lines], index[lines]
    origin = shapely.points(pieces.pairs[hit[index], 0])
    base = pieces.starts[hit[index]]
    first = base + shapely.distance(origin, shapely.get_point(inside, 0))
    last = base + shapely.distance(origin, shapely.get_point(inside, -1))
    return np.sort(np.stack([first, last], axis=1), axis=1), index


def joined(found: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Return `found` in order with overlapping and adjoining stretches made one."""
    if len(found) < 2:
        return tuple(found)
    return joined_spans(np.array([(s.from_m, s.to_m) for s in found]))


def joined_spans(found: NDArray[np.float64]) -> tuple[Stretch, ...]:
    """Return the same of stretches given from and to (n × 2)."""
    if len(found) < 2:
        return tuple(Stretch(first, last) for first, last in found.tolist())
    starts, stops = found[np.lexsort((found[:, 1], found[:, 0]))].T
    reached = np.maximum.accumulate(stops)
    begins = np.flatnonzero(np.append(True, starts[1:] > reached[:-1] + SAME_M))
    ends = np.append(begins[1:], len(starts)) - 1
    return tuple(map(Stretch, starts[begins].tolist(), reached[ends].tolist()))


def alongside(axis: BaseGeometry, line: BaseGeometry, *, within_m: float) -> tuple[Stretch, ...]:
    """Return the stretches of `axis` that stay within `within_m` of `line` (inclusive).

    A square crossing gives a stretch of twice the distance; running alongside gives more.
    """
    return stretches(axis, shapely.buffer(line, within_m + SNAP_M, quad_segs=16))


def position_m(line: BaseGeometry, point: Point) -> float:
    """Return how far along `line` the place nearest to `point` lies, m, through its parts."""
    return _nearest(line, point)[1]


def _nearest(line: BaseGeometry, point: Point) -> tuple[LineString, float, float]:
    """Return the part nearest to `point`, and where on the line and on the part that place is."""
    done, least = 0.0, inf
    best = (LineString(), 0.0, 0.0)
    for part in line_strings(line):
        apart = float(part.distance(point))
        if apart < least:
            on_part = float(part.project(point))
            least, best = apart, (part, done + on_part, on_part)
        done += float(part.length)
    return best


def point_at(line: BaseGeometry, at_m: float) -> Point:
    """Return the place `at_m` along `line`, through its parts; the ends beyond them."""
    end = Point()
    for part in line_strings(line):
        if at_m <= part.length:
            return Point(part.interpolate(max(at_m, 0.0)))
        at_m -= part.length
        end = Point(part.coords[-1])
    return end


def side_of(line: BaseGeometry, point: Point) -> str:
    """Return ``left`` or ``right``: where `point` lies, seen in the direction of `line`."""
    part, _, at = _nearest(line, point)
    ahead, behind = point_at(part, at + 0.5), point_at(part, at - 0.5)
    dx, dy = ahead.x - behind.x, ahead.y - behind.y
    return "left" if dx * (point.y - behind.y) - dy * (point.x - behind.x) >= 0 else "right"
