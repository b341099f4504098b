"""Ways in which two geometries meet, told apart by what a shift within the tolerance would undo.

The boundary of one thing, digitised twice, wiggles across itself. Such a dip is shallow and long:
its depth passes the tolerance at a few vertices, its mean does not.
"""

from dataclasses import dataclass
from functools import cached_property
from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from gis.parts import line_strings, lines, merged, single
from gis.tolerance import SNAP_M

# A dip is at least this many times as long as it is deep; a corner poking in is not.
LONG = 4.0
SAMPLES = 64


@dataclass(frozen=True)
class Ground:
    """An area, or nothing but lines, whose edge is known to `eps_m`."""

    shape: BaseGeometry
    eps_m: float

    @cached_property
    def _outline(self) -> BaseGeometry:
        outline = self.shape.boundary
        shapely.prepare(outline)
        return outline

    def depths(self, places: NDArray[np.object_]) -> NDArray[np.float64]:
        """Return how far each of `places` (points inside) lies from the edge of an area, m."""
        return shapely.length(shapely.shortest_line(self._outline, places))

    def inner(self, near: BaseGeometry) -> BaseGeometry:
        """Return what is left around `near` when the edge moves in by the tolerance; maybe empty.

        Never of the whole: to erode a ragged forest by 20 m takes minutes.
        """
        return shapely.buffer(self.around(near, 3 * self.eps_m), -(self.eps_m - SNAP_M))

    def around(self, near: BaseGeometry, margin_m: float) -> BaseGeometry:
        """Return what lies in a box around `near`."""
        left, bottom, right, top = near.bounds
        box = shapely.box(left - margin_m, bottom - margin_m, right + margin_m, top + margin_m)
        return shapely.intersection(self.shape, box)


def lies_inside(thing: BaseGeometry, ground: BaseGeometry) -> bool:
    """Tell whether `thing` lies in `ground`, but for what rounding leaves outside."""
    if shapely.covered_by(thing, ground):
        return True
    left, bottom, right, top = thing.bounds
    box = shapely.box(left + SNAP_M, bottom + SNAP_M, right - SNAP_M, top - SNAP_M)
    if not shapely.covered_by(box, shapely.box(*ground.bounds)):
        return False
    rest = shapely.difference(thing, ground)
    if shapely.get_dimensions(thing) == 2:
        return bool(rest.area <= SNAP_M * rest.length)
    return bool(rest.length <= SNAP_M)


def reaches_into(thing: BaseGeometry, ground: Ground) -> bool:
    """Tell whether `thing` meets the eroded `ground` by more than dips of its edge; dips so wide
    that a disc as large as the tolerance fits in count all the same.
    """
    if shapely.get_dimensions(ground.shape) < 2:
        return False
    edges = _edges_inside(thing, ground.shape)
    plain = [edge for edge in edges if not _dips(edge, ground)]
    if any(_depths(edge, ground).max() >= ground.eps_m for edge in plain):
        return True
    shared = single(shapely.intersection(thing, ground.shape))
    return any(_deep(part, ground, edges, plain) for part in shared)


def _deep(
    shared: BaseGeometry, ground: Ground, edges: list[LineString], plain: list[LineString]
) -> bool:
    """Tell whether one piece of what is shared holds a disc, or lies deep but for dips."""
    eps = ground.eps_m - SNAP_M
    middle = shapely.point_on_surface(shared)
    if shapely.get_dimensions(shared) == 2 and middle.distance(shared.boundary) >= eps:
        return True
    left, bottom, right, top = shared.bounds
    if ground.depths(_vertices(shared)).min() + hypot(right - left, top - bottom) < eps:
        return False  # too small to reach deep; a ragged edge has hundreds of such pieces
    inner = ground.inner(shared)
    if not shapely.intersects(shared, inner):
        return False
    deep = [e for e in edges if shapely.dwithin(e, shared, SNAP_M) and shapely.intersects(e, inner)]
    if not deep or any(edge in plain for edge in deep):
        return True
    return not shapely.buffer(shared, -eps).is_empty


def _edges_inside(thing: BaseGeometry, ground: BaseGeometry) -> list[LineString]:
    """Return the edge of `thing` (a line is nothing else) as far as it runs inside `ground`."""
    edge = thing.boundary if shapely.get_dimensions(thing) == 2 else thing
    return line_strings(merged(lines(shapely.intersection(edge, ground))))


def _depths(edge: LineString, ground: Ground) -> NDArray[np.float64]:
    """Return how deep `edge` runs in `ground`, at places an equal way apart and at its vertices."""
    steps = (np.arange(SAMPLES) + 0.5) / SAMPLES
    between = shapely.line_interpolate_point(edge, steps, normalized=True)
    return ground.depths(np.concatenate([_vertices(edge), between]))


def _vertices(shape: BaseGeometry) -> NDArray[np.object_]:
    return np.atleast_1d(np.asarray(shapely.points(shapely.get_coordinates(shape))))


def _dips(edge: LineString, ground: Ground) -> bool:
    """Tell whether `edge`, inside `ground`, is what digitising a common boundary twice leaves."""
    depths, eps = _depths(edge, ground), ground.eps_m
    deepest, usual = float(depths.max()), float(depths[-SAMPLES:].mean())
    return deepest < 2 * eps and usual < eps - SNAP_M and edge.length > LONG * deepest


def passes(one: BaseGeometry, other: BaseGeometry, eps_m: float) -> bool:
    """Tell whether `one` passes through `other`: it goes on beyond it, and does more than graze it
    in at least one place.
    """
    if not shapely.intersects(one, other) or not ends_outside(one, other, eps_m):
        return False
    ground = Ground(other, eps_m)
    contacts = single(shapely.intersection(one, other))
    return any(not _grazes(contact, one, ground) for contact in contacts)


def ends_outside(one: BaseGeometry, other: BaseGeometry, eps_m: float) -> bool:
    """Tell whether `one` without `other` falls into two or more pieces.

    A piece that lies within the tolerance of `other` is a sliver of the boundary, not a side.
    """
    pieces = shapely.get_parts(shapely.difference(one, other))
    if len(pieces) < 2:
        return False
    ground = Ground(other, eps_m)
    return sum(_goes_beyond(piece, ground) for piece in pieces) > 1


def _goes_beyond(piece: BaseGeometry, ground: Ground) -> bool:
    if not np.all(shapely.dwithin(ground.shape, _vertices(piece), ground.eps_m + SNAP_M)):
        return True
    near = ground.around(piece, 1.5 * ground.eps_m)
    return not shapely.covered_by(piece, shapely.buffer(near, ground.eps_m))


def _grazes(contact: BaseGeometry, one: BaseGeometry, other: Ground) -> bool:
    """Tell whether `one` only cuts a sliver off the edge of `other` here: were that edge drawn
    back by the tolerance, or by twice as much for a dip, the contact would be gone.
    """
    eps = other.eps_m
    return _undone(contact, one, other.shape, eps) or (
        _only_dips(contact, one, other) and _undone(contact, one, other.shape, 2 * eps)
    )


def _undone(contact: BaseGeometry, one: BaseGeometry, other: BaseGeometry, by_m: float) -> bool:
    """Tell whether all of `other` around the contact lies within `by_m` of one of the sides that
    `one` leaves of it. A side goes on beyond the contact.
    """
    around = shapely.buffer(contact, 1.5 * by_m)
    near = shapely.intersection(one, around)
    # A line does not cut an area in GEOS; a hair does.
    knife = shapely.buffer(near, 10 * SNAP_M) if shapely.get_dimensions(one) == 1 else near
    reach = shapely.buffer(contact, by_m)
    return any(
        not shapely.covered_by(side, reach)
        and shapely.covered_by(local, shapely.buffer(side, by_m))
        for local in single(shapely.intersection(other, around))
        if shapely.dwithin(local, contact, SNAP_M)
        for side in single(shapely.difference(local, knife))
    )


def _only_dips(contact: BaseGeometry, one: BaseGeometry, other: Ground) -> bool:
    """Tell whether all edges of `one` inside `other` at this contact are dips."""
    edges = [e for e in _edges_inside(one, other.shape) if shapely.dwithin(e, contact, SNAP_M)]
    return bool(edges) and all(_dips(edge, other) for edge in edges)


def runs_inside(line: BaseGeometry, strip: Ground) -> bool:
    """Tell whether `line` runs along inside a strip too narrow to be eroded.

    What lies farther from the eroded strip than the tolerance is a narrow place; corners among
    them are shorter than the two tolerances asked for here.
    """
    eps = strip.eps_m
    run = lines(shapely.intersection(line, strip.shape))
    if run.length <= 2 * eps:
        return False
    wide = shapely.intersection(strip.inner(run), shapely.buffer(run, 1.02 * eps))
    if not wide.is_empty:
        run = lines(shapely.difference(run, shapely.buffer(wide, 1.01 * eps)))
    return any(part.length > 2 * eps for part in single(merged(run)))
