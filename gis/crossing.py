"""Where two lines meet: on which kilometre, at which angle, and whether one changes sides."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, inf, pi, sin, sqrt
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis import pages
from gis.linear import SAME_M, Course, course

# Two directions closer than this (radians) are one: 1 mm on a kilometre.
ALIGNED = 1e-6


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where an axis and a line meet.

    `kind` is ``crosses``, ``touches`` (same side before and after) or ``meets`` (one of them ends
    there). `angle_deg` is the acute angle between them, 0 to 90; at a bend a line's direction is
    halfway between before and after. `side_before` is the side of the line, seen in its own
    direction, from which the axis comes: ``left`` or ``right``. A loop has no end: inf.
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
class _Place:
    """A point on a line: how far along, how far from its ends, and the two ways to go on.

    `back` and `ahead` are directions in radians, None where the line ends.
    """

    at_m: float
    from_end_m: float
    back: float | None
    ahead: float | None

    @property
    def direction(self) -> float:
        """Where the line heads here; at a bend halfway between the two ways."""
        if self.back is None or self.ahead is None:
            return self.ahead if self.ahead is not None else (self.back or 0.0) + pi
        turn = (self.ahead - self.back - pi + pi) % (2 * pi) - pi
        return self.back + pi + turn / 2

    def runs_on(self, ray: float | None) -> bool:
        """Tell whether a way out of here lies on top of this line."""
        return ray is not None and any(
            way is not None and abs((ray - way + pi) % (2 * pi) - pi) < ALIGNED
            for way in (self.back, self.ahead)
        )

    def is_left(self, ray: float) -> bool:
        """Tell whether a way out of here lies left of this line; an end is thought straight on."""
        ahead = self.ahead if self.ahead is not None else self.direction
        back = self.back if self.back is not None else self.direction + pi
        return (ray - ahead) % (2 * pi) < (back - ahead) % (2 * pi)


@dataclass(frozen=True, slots=True)
class _Meet:
    """One point of both lines."""

    point: tuple[float, float]
    axis: _Place
    line: _Place


def crossings(axis: BaseGeometry, line: BaseGeometry) -> tuple[Crossing, ...]:
    """Return where `axis` meets `line` (both lines), in the order of the axis.

    A stretch where both run on top of each other counts once, at its start, and crosses where the
    axis leaves it to the other side.
    """
    whole = course(axis)
    return crossings_at(whole, np.arange(len(whole.shapes)), course(line))


def crossings_at(axis: Course, pieces: NDArray[np.intp], line: Course) -> tuple[Crossing, ...]:
    """Return the same, where only these `pieces` of the axis (in order) can meet the line."""
    found = _told(_distinct(_meets(axis, pieces, line)))
    return tuple(sorted(found, key=lambda c: (c.at_m, c.on_line_m)))


def _meets(axis: Course, pieces: NDArray[np.intp], line: Course) -> Iterator[_Meet]:
    near, theirs = np.nonzero(pages.meet(axis.boxes[pieces, None], line.boxes[None]))
    mine = pieces[near]
    one = axis.shapes[mine]
    other: Any = shapely.linestrings(line.pairs[theirs])  # one for each pair of ends
    hit = shapely.intersects(one, other)
    met, index = shapely.get_coordinates(
        shapely.intersection(one[hit], other[hit]), return_index=True
    )
    # One point, or the ends of a shared stretch.
    for xy, i, j in zip(met.tolist(), mine[hit][index].tolist(), theirs[hit][index].tolist(),
                        strict=True):  # fmt: skip
        yield _Meet((xy[0], xy[1]), _place(axis, i, xy), _place(line, j, xy))


def _place(course: Course, i: int, xy: Sequence[float]) -> _Place:
    run = course.run[i]
    start, end = course.ends[run].tolist()
    begun = float(course.starts[i])
    (x1, y1), (x2, y2) = course.pairs[i].tolist()
    loop = bool(course.closed[run])
    at = begun + sqrt((x1 - xy[0]) ** 2 + (y1 - xy[1]) ** 2)
    at_start, at_end = at - start < SAME_M / 2, end - at < SAME_M / 2
    length = sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
    behind = i - 1 if at - begun < SAME_M / 2 else i
    beyond = i + 1 if begun + length - at < SAME_M / 2 else i
    back = None if at_start else _bearing(course, behind, xy, 0)
    ahead = None if at_end else _bearing(course, beyond, xy, -1)
    if loop and at_start:
        back = _bearing(course, int(course.run.searchsorted(run, "right")) - 1, xy, 0)
    if loop and at_end:
        at, ahead = start, _bearing(course, int(course.run.searchsorted(run)), xy, -1)
    return _Place(at, inf if loop else min(at - start, end - at), back, ahead)


def _bearing(course: Course, i: int, xy: Sequence[float], end: int) -> float:
    x, y = course.pairs[i, end].tolist()
    return atan2(y - xy[1], x - xy[0])


def _distinct(found: Iterable[_Meet]) -> Iterator[_Meet]:
    """Yield in the order of the axis; a place found by several segments once."""
    kept: list[_Meet] = []
    for meet in sorted(found, key=lambda m: (m.axis.at_m, m.line.at_m)):
        here = [k for k in kept if meet.axis.at_m - k.axis.at_m < SAME_M]
        if all(abs(k.line.at_m - meet.line.at_m) >= SAME_M for k in here):
            here.append(meet)
            yield meet
        kept = here


def _told(meets: Iterable[_Meet]) -> Iterator[Crossing]:
    """Yield the crossings; what lies between joining and leaving a line is one with the joining."""
    joined: _Meet | None = None
    left: _Meet | None = None  # where a loop, begun on top of the line, leaves it
    for meet in meets:
        comes_on = meet.line.runs_on(meet.axis.back)
        goes_on = meet.line.runs_on(meet.axis.ahead)
        if goes_on and not comes_on:
            joined = meet
        elif comes_on and not goes_on:
            if joined is None:
                left = meet
            else:
                yield _crossing(joined, meet)
                joined = None
        elif not comes_on:
            yield _crossing(meet, meet)
    if joined is not None and left is not None:
        yield _crossing(joined, left)


def _crossing(first: _Meet, last: _Meet) -> Crossing:
    """Describe where the axis comes to the line (`first`) and leaves it again (`last`)."""
    comes, goes = first.axis.back, last.axis.ahead
    ways = (comes, goes, first.line.back, first.line.ahead, last.line.back, last.line.ahead)
    kind = "meets"
    if comes is not None and goes is not None and None not in ways:
        sides = {first.line.is_left(comes), last.line.is_left(goes)}
        kind = "crosses" if len(sides) == 2 else "touches"
    return Crossing(
        first.axis.at_m,
        first.line.at_m,
        _acute(first.axis.direction - first.line.direction),
        kind,
        _side_before(first, last),
        Point(first.point),
        min(first.axis.from_end_m, last.axis.from_end_m),
        min(first.line.from_end_m, last.line.from_end_m),
    )


def _side_before(first: _Meet, last: _Meet) -> str:
    """Name the side the axis comes from; where it starts on the line, the one it does not go to."""
    if first.axis.back is not None:
        return "left" if first.line.is_left(first.axis.back) else "right"
    leaves = last.axis.ahead
    return "right" if leaves is not None and last.line.is_left(leaves) else "left"


def _acute(angle: float) -> float:
    return abs(degrees(atan2(abs(sin(angle)), abs(cos(angle)))))
