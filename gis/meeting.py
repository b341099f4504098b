"""One plan held against many objects: which it meets, how, and by how much.

The plain definition of the check. Figures are of the geometries as they are; only the verdict
(`gis.relation`) knows the tolerance. Every figure is finite, or `UncheckableError` is raised:
an object that cannot be measured must never look like one that is not met.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.footprint import require_same_crs
from gis.linear import Crossing, Stretch, crossings, joined, stretches
from gis.probe import Probe
from gis.relation import Relation, relation


class UncheckableError(ValueError):
    """An object gave no finite answer; the layer could not be checked."""


@dataclass(frozen=True)
class Meeting:
    """How one object lies to the plan; lengths in m, areas in m², shares from 0 to 1.

    `overlap` is the object's geometry inside the plan (with its full width), maybe empty.
    `overlap_m2` is None for objects without area; `length_m` is the axis inside the object for a
    route, the line inside the plan for a line object, None otherwise. `share_of_plan` is of the
    axis for a route, of the area otherwise. `distance_m` is from edge to edge, 0 on contact;
    `from_points_m` is from the points of sites, None for other plans.
    """

    index: int
    relation: Relation
    distance_m: float
    from_points_m: float | None
    overlap: BaseGeometry
    overlap_m2: float | None
    length_m: float | None
    share_of_plan: float
    share_of_object: float | None
    stretches: tuple[Stretch, ...]
    crossings: tuple[Crossing, ...]


def meetings(
    probe: Probe,
    objects: NDArray[np.object_],
    half_widths_m: NDArray[np.float64],
    crs: CRS,
    *,
    reach_m: float,
) -> Iterator[Meeting]:
    """Yield every object within `reach_m` (or the tolerance) of the plan, in the order given.

    `objects` are valid geometries in `crs`; an object with a half width is measured from its edge.

    Raises
    ------
    CRSMismatchError
        If `crs` is not the plan's.
    UncheckableError
        If a figure is not finite. GEOS's own errors pass through.
    """
    require_same_crs(probe.crs, crs)
    margin = max(reach_m, probe.eps_m) + float(half_widths_m.max(initial=0.0)) + 1.0
    close = candidates(shapely.bounds(objects), probe.bounds(margin))
    for index in close:
        thing = objects[index]
        found = _meeting(probe, int(index), thing, float(half_widths_m[index]), reach_m)
        if found is not None:
            yield found


def candidates(
    bounds: NDArray[np.float64], window: tuple[float, float, float, float]
) -> NDArray[np.intp]:
    """Return the indices of the boxes (n × 4) that meet `window`; boxes of NaN always do."""
    left, bottom, right, top = window
    apart = (
        (bounds[:, 0] > right)
        | (bounds[:, 2] < left)
        | (bounds[:, 1] > top)
        | (bounds[:, 3] < bottom)
    )
    return np.flatnonzero(~apart)


def _meeting(
    probe: Probe, index: int, thing: BaseGeometry, half_width_m: float, reach_m: float
) -> Meeting | None:
    wide = shapely.buffer(thing, half_width_m, cap_style="flat") if half_width_m else thing
    if half_width_m and shapely.get_dimensions(thing) == 0:
        wide = shapely.buffer(thing, half_width_m)
    distance = _from_edge(probe.ground, thing, half_width_m)
    verdict = relation(probe, wide, distance_m=distance, reach_m=reach_m)
    if verdict is None:
        return None
    return _measured(probe, index, thing, wide, verdict, distance, half_width_m)


def _from_edge(ground: BaseGeometry, thing: BaseGeometry, half_width_m: float) -> float:
    distance = float(shapely.distance(ground, thing))
    if not np.isfinite(distance):
        raise UncheckableError("an object has no finite distance from the plan")
    return max(0.0, distance - half_width_m)


def _measured(
    probe: Probe,
    index: int,
    thing: BaseGeometry,
    wide: BaseGeometry,
    verdict: Relation,
    distance_m: float,
    half_width_m: float,
) -> Meeting:
    overlap = shapely.intersection(wide, probe.ground)
    dimension = int(shapely.get_dimensions(thing))
    overlap_m2 = float(overlap.area) if shapely.get_dimensions(wide) == 2 else None
    inside, met = _along(probe, thing, wide)
    length_m = _length(probe, thing, inside, dimension)
    points = probe.points
    meeting = Meeting(
        index,
        verdict,
        distance_m,
        None if points is None else _from_edge(points, thing, half_width_m),
        overlap,
        overlap_m2,
        length_m,
        share_of_plan(probe, overlap_m2, sum(s.length_m for s in inside)),
        _share_of_object(thing, wide, overlap_m2, length_m, dimension),
        inside,
        met,
    )
    figures = (overlap_m2, length_m, meeting.share_of_plan, meeting.share_of_object)
    if not all(np.isfinite(f) for f in figures if f is not None):
        raise UncheckableError("an object gave a figure that is not finite")
    return meeting


def _along(
    probe: Probe, thing: BaseGeometry, wide: BaseGeometry
) -> tuple[tuple[Stretch, ...], tuple[Crossing, ...]]:
    """Return the stretches of a route inside the object and where it crosses its lines."""
    if probe.axis is None:
        return (), ()
    inside = stretches(probe.axis, wide) if shapely.get_dimensions(wide) == 2 else ()
    lines = [p for p in shapely.get_parts(thing) if shapely.get_dimensions(p) == 1]
    if not lines or not shapely.intersects(probe.axis, thing):
        return inside, ()
    return inside, crossings(probe.axis, shapely.multilinestrings(lines))


def _length(
    probe: Probe, thing: BaseGeometry, inside: Sequence[Stretch], dimension: int
) -> float | None:
    if dimension == 1:
        return float(shapely.length(shapely.intersection(thing, probe.ground)))
    return sum(s.length_m for s in inside) if probe.axis is not None and dimension == 2 else None


def share_of_plan(probe: Probe, overlap_m2: float | None, axis_inside_m: float) -> float:
    """Return which share of the plan is met: of the axis for a route, of the area otherwise."""
    if probe.axis is not None:
        return axis_inside_m / float(probe.axis.length)
    return (overlap_m2 or 0.0) / probe.area_m2 if probe.area_m2 else 0.0


def _share_of_object(
    thing: BaseGeometry,
    wide: BaseGeometry,
    overlap_m2: float | None,
    length_m: float | None,
    dimension: int,
) -> float | None:
    if dimension == 1:
        return (length_m or 0.0) / float(thing.length)
    return overlap_m2 / float(wide.area) if overlap_m2 is not None else None


@dataclass(frozen=True)
class Total:
    """What all overlapping objects of a layer come to, after union: nothing counts twice.

    Units as in `Meeting`; `nearest_m` is None where nothing lies within reach.
    """

    overlap: BaseGeometry
    overlap_m2: float
    length_m: float
    share_of_plan: float
    nearest_m: float | None
    points_inside: int
    stretches: tuple[Stretch, ...]


def total(probe: Probe, met: Sequence[Meeting], objects: NDArray[np.object_]) -> Total:
    """Return the figures of a layer: a 10 × 10 m plan under two overlapping objects of 80 m²
    each has 100 m², not 160.
    """
    hits = [m for m in met if m.relation is Relation.OVERLAPS]
    united = shapely.union_all([m.overlap for m in hits])
    areas = shapely.union_all([p for p in shapely.get_parts(united) if p.area])
    inside = joined([s for m in hits for s in m.stretches])
    lines = [objects[m.index] for m in hits if shapely.get_dimensions(objects[m.index]) == 1]
    on_lines = shapely.intersection(shapely.union_all(lines), probe.ground).length
    on_axis = sum(s.length_m for s in inside)
    return Total(
        united,
        float(areas.area),
        float(on_axis if probe.axis is not None and inside else on_lines),
        share_of_plan(probe, float(areas.area), on_axis),
        min((m.distance_m for m in met), default=None),
        sum(shapely.get_dimensions(objects[m.index]) == 0 for m in hits),
        inside,
    )
