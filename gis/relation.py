"""Does an object meet a plan: the verdict, with the tolerance of both.

An object *overlaps* when the meeting is wider than the tolerance, when one lies inside the other,
or when one passes through the other; it *borders* when a shift within the tolerance would undo the
contact; it is *near* within an asked distance. Width tells a digitising sliver from an overlap;
area does not: along 100 m of a boundary digitised twice with 30 cm accuracy lie some 13 m² of
slivers.
"""

from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from gis.contact import Ground, ends_outside, lies_inside, passes, reaches_into, runs_inside
from gis.crossing import crossings
from gis.parts import lines, merged, single
from gis.probe import Probe
from gis.tolerance import FLOOR_M, SNAP_M


class Relation(StrEnum):
    """How an object lies to a plan, strongest first."""

    OVERLAPS = "overlaps"
    BORDERS = "borders"
    NEAR = "near"


def relation(
    probe: Probe, thing: BaseGeometry, *, distance_m: float, reach_m: float
) -> Relation | None:
    """Return how `thing` lies to the plan, None where it is farther than `reach_m`.

    `thing` is a valid geometry of any kind with its full width (an axis already buffered);
    `distance_m` is its distance from the plan's ground, m; both distances are inclusive.
    """
    if distance_m <= SNAP_M and overlaps(probe, thing):
        return Relation.OVERLAPS
    if distance_m <= probe.eps_m + SNAP_M:
        return Relation.BORDERS
    return Relation.NEAR if distance_m <= reach_m + SNAP_M else None


def overlaps(probe: Probe, thing: BaseGeometry) -> bool:
    """Tell whether any piece of `thing` meets the plan by more than the tolerance."""
    pieces = [p for p in single(thing) if shapely.get_dimensions(p) != 1]
    pieces += list(single(merged(lines(thing))))
    return any(_overlaps(probe, piece) for piece in pieces)


def _overlaps(probe: Probe, piece: BaseGeometry) -> bool:
    if not shapely.dwithin(probe.ground, piece, SNAP_M):
        return False
    dimension = int(shapely.get_dimensions(piece))
    if dimension == 0:
        return True
    ground = probe.plan.closed
    if lies_inside(piece, ground) or any(lies_inside(part, piece) for part in probe.parts):
        return True
    near = _window(piece, probe.bounds(4 * probe.eps_m))
    if dimension == 1:
        return _line_overlaps(probe, piece, near)
    return _area_overlaps(probe, piece, near)


def _line_overlaps(probe: Probe, line: BaseGeometry, near: list[BaseGeometry]) -> bool:
    """Tell whether a line reaches into the plan, passes through it, runs along inside it or
    crosses its bare axis.
    """
    if probe.area_m2:
        return (
            any(reaches_into(piece, probe.solid) for piece in near)
            or runs_inside(line, probe.solid)
            or _pass_through(probe, near)
        )
    axis = merged(probe.axis) if probe.axis is not None else None
    return axis is not None and (
        runs_inside(line, Ground(axis, probe.eps_m)) or _crosses(axis, line, probe.eps_m)
    )


def _crosses(axis: BaseGeometry, line: BaseGeometry, eps_m: float) -> bool:
    """Tell whether two lines cross where neither could be drawn too long by the tolerance."""
    return any(
        c.kind == "crosses" and c.from_axis_end_m > eps_m and c.from_line_end_m > eps_m
        for c in crossings(axis, line)
    )


def _area_overlaps(probe: Probe, area: BaseGeometry, near: list[BaseGeometry]) -> bool:
    """Tell whether an area and the plan reach into each other, one passes through the other, a
    route's axis runs inside, or a site's centre lies in it.
    """
    if probe.points is not None and shapely.intersects(probe.points, area):
        return True
    for piece in near:
        ground = Ground(piece, probe.eps_m)
        if (
            _axis_inside(probe, ground)
            or reaches_into(probe.plan.closed, ground)
            or reaches_into(piece, probe.solid)
        ):
            return True
    return _pass_through(probe, near)


def _axis_inside(probe: Probe, ground: Ground) -> bool:
    """Tell whether a route's axis lies in an area, enters and leaves it, or runs along a strip.

    What runs on the very edge does not: an axis may be drawn along a boundary.
    """
    if probe.axis is None:
        return False
    sure = shapely.buffer(ground.shape, -FLOOR_M)
    return any(
        lies_inside(part, ground.shape)
        or (shapely.intersects(part, sure) and ends_outside(part, ground.shape, ground.eps_m))
        or passes(part, ground.shape, ground.eps_m)
        or runs_inside(part, ground)
        for part in single(merged(probe.axis))
    )


def _pass_through(probe: Probe, near: list[BaseGeometry]) -> bool:
    """Tell whether the object (its pieces near the plan) and the plan pass through each other."""
    eps = probe.eps_m
    for piece in near:
        left, bottom, right, top = piece.bounds
        around = (left - 4 * eps, bottom - 4 * eps, right + 4 * eps, top + 4 * eps)
        for part in probe.parts:
            for ground in _window(part, around):
                if passes(piece, ground, eps) or passes(ground, piece, eps):
                    return True
    return False


def _window(piece: BaseGeometry, bounds: tuple[float, float, float, float]) -> list[BaseGeometry]:
    """Return what of `piece` lies in a box around the other side: a forest of 30,000 vertices
    need not be eroded, and a ring road is a strip where it passes through.
    """
    dimension = shapely.get_dimensions(piece)
    cut = shapely.intersection(piece, shapely.box(*bounds))
    return [part for part in single(cut) if shapely.get_dimensions(part) == dimension]
