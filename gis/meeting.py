"""One plan held against many objects: which it meets, how, and by how much.

The plain definition of the check. Figures are of the geometries as they are; only the verdict
(`gis.relation`) knows the tolerance. Every figure is finite, or `UncheckableError` is raised:
an object that cannot be measured must never look like one that is not met.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis.crossing import Crossing, crossings
from gis.footprint import require_same_crs
from gis.linear import Stretch, joined, stretches
from gis.parts import lines, merged
from gis.probe import Probe
from gis.relation import Relation, relation
from gis.tolerance import SNAP_M


class UncheckableError(ValueError):
    """An object gave no finite answer; the layer could not be checked."""


@dataclass(frozen=True)
class Meeting:
    """How one object lies to the plan; lengths in m, areas in m², shares from 0 to 1.

    `overlap` is the object's geometry inside the plan (with its full width), maybe empty.
    `overlap_m2` is None for objects without area. `length_m` is, for a route and an object with
    area (or width), how much of the axis lies inside it; for a line, how much of it lies in the
    plan; None otherwise. `share_of_plan` is of the axis for a route, of the points for bare
    points, of the area otherwise, 0 where the object has neither area nor width. `distance_m` is
    from edge to edge, 0 on contact; `from_points_m` is from the points of sites, None for other
    plans.
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


NOTHING = {0: Point(), 1: LineString(), 2: Polygon()}  # what GEOS shares of what does not meet


def beside(i: int, verdict: Relation, distance_m: float, dimension: int, route: bool) -> Meeting:
    """Return the meeting of an area or a `route` with an object that does not touch it."""
    area = dimension == 2
    length = None if dimension == 0 or (area and not route) else (0 if area else 0.0)
    return Meeting(
        i, verdict, distance_m, None, NOTHING[dimension], 0.0 if area else None, length, 0.0,
        0.0 if dimension else None, (), (),
    )  # fmt: skip


def meetings(
    probe: Probe,
    objects: NDArray[np.object_],
    half_widths_m: NDArray[np.float64],
    crs: CRS,
    *,
    reach_m: float,
) -> Iterator[Meeting]:
    """Yield every object within `reach_m` (or the tolerance) of the plan, in the order given.

    `objects` are valid geometries in `crs`; one with a half width is measured from its edge. Its
    strip ends flat where the axis ends, its distance reaches half a width beyond.

    Raises
    ------
    CRSMismatchError
        If `crs` is not the plan's.
    UncheckableError
        If an object is missing, empty or not finite, or gives a figure that is not. GEOS's own
        errors pass through.
    """
    require_same_crs(probe.crs, crs)
    _require_measurable(objects, half_widths_m)
    margin = max(reach_m, probe.eps_m) + float(half_widths_m.max(initial=0.0)) + 1.0
    close = candidates(shapely.bounds(objects), probe.bounds(margin))
    for index in close:
        thing = objects[index]
        found = measured_plainly(probe, int(index), thing, float(half_widths_m[index]), reach_m)
        if found is not None:
            yield found


def _require_measurable(objects: NDArray[np.object_], half_widths_m: NDArray[np.float64]) -> None:
    """Raise where bounds could hide an object: one vertex of NaN does not show in them."""
    nowhere = shapely.is_missing(objects) | shapely.is_empty(objects)
    finite = np.isfinite(shapely.get_coordinates(objects)).all()
    if nowhere.any() or not finite or not np.isfinite(half_widths_m).all():
        raise UncheckableError("an object is missing, empty or not finite")


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


def measured_plainly(
    probe: Probe, index: int, thing: BaseGeometry, half_width_m: float, reach_m: float
) -> Meeting | None:
    """Return how one object lies to the plan; None where it is farther than asked."""
    distance = _from_edge(probe.ground, thing, half_width_m)
    wide = _with_width(thing, half_width_m)
    verdict = relation(probe, wide, distance_m=distance, reach_m=reach_m)
    if verdict is None:
        return None
    return _measured(probe, index, thing, wide, verdict, distance, half_width_m)


def _from_edge(ground: BaseGeometry, thing: BaseGeometry, half_width_m: float) -> float:
    distance = float(shapely.distance(ground, thing))
    if not np.isfinite(distance):
        raise UncheckableError("an object has no finite distance from the plan")
    return max(0.0, distance - half_width_m)


def _with_width(thing: BaseGeometry, half_width_m: float) -> BaseGeometry:
    if not half_width_m:
        return thing
    if shapely.get_dimensions(thing) == 1:
        return shapely.buffer(merged(thing), half_width_m, cap_style="flat")
    return shapely.buffer(thing, half_width_m)


def _measured(
    probe: Probe,
    index: int,
    thing: BaseGeometry,
    wide: BaseGeometry,
    verdict: Relation,
    distance_m: float,
    half_width_m: float,
) -> Meeting:
    overlap = _overlap(probe, wide)
    has_area = shapely.get_dimensions(wide) == 2
    overlap_m2 = float(overlap.area) if has_area else None
    inside, met = _along(probe, thing, wide)
    on_axis = sum(s.length_m for s in inside)
    on_line = float(shapely.length(shapely.intersection(lines(thing), probe.ground)))
    points = probe.points
    meeting = Meeting(
        index,
        verdict,
        distance_m,
        None if points is None else _from_edge(points, thing, half_width_m),
        overlap,
        overlap_m2,
        _length(probe, thing, has_area, on_axis, on_line),
        share_of_plan(probe, overlap, on_axis),
        _share_of_object(thing, wide, overlap_m2, on_line),
        inside,
        met,
    )
    figures = (overlap_m2, meeting.length_m, meeting.share_of_plan, meeting.share_of_object)
    if not all(isfinite(f) for f in figures if f is not None):
        raise UncheckableError("an object gave a figure that is not finite")
    return meeting


def _overlap(probe: Probe, wide: BaseGeometry) -> BaseGeometry:
    """Return the object inside the plan; of bare points those it covers, but for rounding."""
    if probe.points is None or probe.area_m2:
        return shapely.intersection(wide, probe.ground)
    points = shapely.get_parts(probe.ground)
    return shapely.union_all(points[shapely.dwithin(points, wide, SNAP_M)])


def _along(
    probe: Probe, thing: BaseGeometry, wide: BaseGeometry
) -> tuple[tuple[Stretch, ...], tuple[Crossing, ...]]:
    """Return the stretches of a route inside the object and where it crosses its lines."""
    if probe.axis is None:
        return (), ()
    inside = stretches(probe.axis, wide) if shapely.get_dimensions(wide) == 2 else ()
    drawn = lines(thing)
    met = crossings(probe.axis, drawn) if shapely.intersects(probe.axis, drawn) else ()
    return inside, met


def _length(
    probe: Probe, thing: BaseGeometry, has_area: bool, on_axis: float, on_line: float
) -> float | None:
    if probe.axis is not None and has_area:
        return on_axis
    return on_line if shapely.get_dimensions(thing) == 1 else None


def share_of_plan(probe: Probe, overlap: BaseGeometry, axis_inside_m: float) -> float:
    """Return which share of the plan is met: of the axis for a route, of the points for bare
    points, of the area otherwise.
    """
    if probe.axis is not None:
        return axis_inside_m / float(probe.axis.length)
    if not probe.area_m2:
        return len(shapely.get_coordinates(overlap)) / len(shapely.get_coordinates(probe.ground))
    return float(overlap.area) / probe.area_m2


def _share_of_object(
    thing: BaseGeometry, wide: BaseGeometry, overlap_m2: float | None, on_line_m: float
) -> float | None:
    if shapely.get_dimensions(thing) == 1:
        return on_line_m / float(thing.length)
    return overlap_m2 / float(wide.area) if overlap_m2 is not None else None


@dataclass(frozen=True)
class Total:
    """What all overlapping objects of a layer come to, after union: nothing counts twice.

    Units as in `Meeting`; `length_m` is the axis inside objects with area or width where a route
    meets any, the lines inside the plan otherwise. `points_inside` counts the points of point
    objects that lie in the plan. `nearest_m` is None where nothing lies within reach.
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
    each has 100 m², not 160; where one of them encloses the plan, all of the plan.
    """
    hits = [m for m in met if m.relation is Relation.OVERLAPS]
    enclosing = [m for m in hits if shapely.contains_properly(objects[m.index], probe.ground)]
    united = (
        enclosing[0].overlap
        if enclosing
        else shapely.disjoint_subset_union_all([m.overlap for m in hits])
    )
    inside = joined([s for m in hits for s in m.stretches])
    on_axis = sum(s.length_m for s in inside)
    drawn = shapely.intersection([lines(objects[m.index]) for m in hits], probe.ground)
    on_lines = float(shapely.disjoint_subset_union_all(drawn).length)
    along_axis = probe.axis is not None and any(m.overlap_m2 is not None for m in hits)
    things = objects[[m.index for m in hits]]
    points = shapely.intersection(things[shapely.get_dimensions(things) == 0], probe.ground)
    return Total(
        united,
        float(united.area),
        float(on_axis) if along_axis else on_lines,
        share_of_plan(probe, united, on_axis),
        min((m.distance_m for m in met), default=None),
        len(shapely.get_coordinates(points)),
        inside,
    )
