"""Does an object meet a plan: the verdict, with the tolerance of both.

An object *overlaps* when the meeting is wider than the tolerance, or passes through; it *borders*
when a shift within the tolerance would undo the contact; it is *near* within an asked distance.
Width tells a digitising sliver from an overlap; area does not: along 100 m of a boundary
digitised twice with 30 cm accuracy lie some 13 m² of slivers.
"""

from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from gis.linear import crossings
from gis.probe import Probe
from gis.tolerance import SNAP_M


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
    return any(_overlaps(probe, piece) for piece in shapely.get_parts(thing))


def _overlaps(probe: Probe, piece: BaseGeometry) -> bool:
    dimension = int(shapely.get_dimensions(piece))
    if dimension == 0:
        return bool(shapely.intersects(probe.ground, piece))
    if shapely.intersects(probe.core, piece):
        return True
    if dimension == 2 and _core_met(probe, piece):
        return True
    if _severed(piece, probe.ground, probe.eps_m):
        return True
    if dimension == 2 and any(_severed(part, piece, probe.eps_m) for part in probe.parts):
        return True
    return probe.axis is not None and _axis_meets(probe, piece, dimension)


def _core_met(probe: Probe, piece: BaseGeometry) -> bool:
    """Tell whether the plan meets `piece` eroded by the tolerance.

    Only the neighbourhood is eroded: a forest of 30,000 vertices need not be.
    """
    window = shapely.box(*probe.bounds(4 * probe.eps_m))
    local = shapely.intersection(piece, window)
    return bool(shapely.intersects(probe.ground, shapely.buffer(local, -(probe.eps_m - SNAP_M))))


def _severed(whole: BaseGeometry, by: BaseGeometry, eps_m: float) -> bool:
    """Tell whether `by` passes through `whole`: two or more pieces of it stay on different sides.

    A piece that lies within the tolerance of `by` is a sliver of the boundary, not a side.
    """
    if not shapely.intersects(whole, by):
        return False
    pieces = shapely.get_parts(shapely.difference(whole, by))
    if len(pieces) < 2:
        return False
    halo = shapely.buffer(by, eps_m)
    return int((~shapely.covered_by(pieces, halo)).sum()) >= 2


def _axis_meets(probe: Probe, piece: BaseGeometry, dimension: int) -> bool:
    axis, eps = probe.axis, probe.eps_m
    assert axis is not None  # noqa: S101 - for the type checker; the caller has looked
    if dimension == 1:
        return any(
            c.kind == "crosses" and c.from_axis_end_m > eps and c.from_line_end_m > eps
            for c in crossings(axis, piece)
        )
    if any(_severed(part, piece, eps) for part in shapely.get_parts(axis)):
        return True
    return _runs_inside_narrow(axis, piece, eps)


def _runs_inside_narrow(axis: BaseGeometry, piece: BaseGeometry, eps_m: float) -> bool:
    """Tell whether the axis runs along inside a strip too narrow to be eroded.

    What opening removes from `piece` is its narrow places; corners among them are shorter
    than the two tolerances asked for here.
    """
    opened = shapely.buffer(shapely.buffer(piece, -eps_m), eps_m * 1.01)
    narrow = shapely.difference(piece, opened)
    inside = shapely.get_parts(shapely.intersection(axis, narrow))
    return bool((shapely.length(shapely.line_merge(inside)) > 2 * eps_m).any())
