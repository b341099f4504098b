"""One plan held against many objects at once; the answers are those of `gis.meeting`.

What costs is asked of as few objects as possible, of all of them in one call, and of shapes that
were made ready before: whether an object lies near and touches at all, of the prepared ground;
distances, of what does not touch (`gis.edge`); what is shared, of what lies across the edge
(`gis.shared`). Only where that leaves open whether an object overlaps, the whole definition is
gone through (`gis.relation`). After Jacox and Samet, "Spatial join techniques" (2007): filter,
intermediate filter, refinement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryCollection
from shapely.geometry.base import BaseGeometry

from gis import shared
from gis.axis import Axis, run_boxes
from gis.crossing import Crossing
from gis.edge import Edge, dwithin
from gis.footprint import Area, Footprint, Route
from gis.linear import Stretch, joined
from gis.meeting import Meeting, Total, UncheckableError, beside, measured_plainly, total
from gis.probe import Probe
from gis.relation import Relation, overlaps
from gis.through import passes_through
from gis.tolerance import SNAP_M

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
COLLECTION = 7
NONE = Total(GeometryCollection(), 0.0, 0.0, 0.0, None, 0, ())


class Things(NamedTuple):
    """Objects of any layers: valid shapes in the plan's CRS; `half_widths_m` as in `meetings`,
    `eps_m` the tolerance and `reach_m` the distance asked for, each an object's own. `numbers`
    is what their meetings will have as index.
    """

    numbers: NDArray[np.intp]
    shapes: NDArray[np.object_]
    half_widths_m: Floats
    eps_m: Floats
    reach_m: Floats


@dataclass(frozen=True)
class Surveyor:
    """Holds a plan against objects; keeps what it has made ready of it."""

    plan: Footprint
    _probes: dict[float, Probe] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def boxes(self) -> Floats:
        """Boxes (n × 4) that cover the ground part by part, of a route run by run."""
        if isinstance(self.plan, Route):
            half = self.plan.width_m / 2 + SNAP_M
            grown: Floats = run_boxes(self.plan.axis) + np.array([-half, -half, half, half])
            return grown
        return np.asarray(shapely.bounds(shapely.get_parts(self.plan.ground)))

    @cached_property
    def bounds(self) -> Floats:
        """The box of the ground: left, bottom, right, top."""
        return np.array(self.plan.ground.bounds)

    @cached_property
    def _edge(self) -> Edge:
        return Edge(self.plan.ground)

    @cached_property
    def _axis(self) -> Axis | None:
        return Axis(self.plan.axis) if isinstance(self.plan, Route) else None

    @cached_property
    def _area_m2(self) -> float:
        return float(self.plan.ground.area)

    @cached_property
    def _whole(self) -> BaseGeometry:
        """What an object shares that encloses the plan."""
        return shared.whole(self.plan.ground)

    @cached_property
    def _flat(self) -> bool:
        return isinstance(self.plan, Area | Route) and self._area_m2 > 0

    def meetings(self, things: Things) -> list[Meeting | None]:
        """Return how each object lies to the plan; None where it is farther than asked.

        Raises
        ------
        UncheckableError
            As `gis.meeting.meetings` does; GEOS's own errors pass through.
        """
        if not len(things.shapes):
            return []
        _require_measurable(things)
        found: list[Meeting | None] = [None] * len(things.shapes)
        plainly = self._beyond_short_cuts(things)
        for i in np.flatnonzero(plainly):
            found[i] = self._plainly(things, int(i))
        self._near(things, np.flatnonzero(~plainly), found)
        return found

    def _beyond_short_cuts(self, things: Things) -> Flags:
        """Tell which objects are left to the definition: what has width, nested collections;
        all of them where the plan is no ground to speak of.
        """
        if not self._flat:
            return np.ones(len(things.shapes), dtype=bool)
        odd = shapely.get_type_id(things.shapes) == COLLECTION
        found: Flags = odd | (things.half_widths_m > 0)
        return found

    def _plainly(self, things: Things, i: int) -> Meeting | None:
        probe = Probe(self.plan, float(things.eps_m[i]))
        half, reach = float(things.half_widths_m[i]), float(things.reach_m[i])
        return measured_plainly(probe, int(things.numbers[i]), things.shapes[i], half, reach)

    def _near(self, things: Things, which: NDArray[np.intp], found: list[Meeting | None]) -> None:
        ground = self.plan.ground
        shapely.prepare(ground)
        far = np.maximum(things.reach_m, things.eps_m) + 2 * SNAP_M
        touching = shapely.intersects(ground, things.shapes[which])
        if touching.any():
            self._touching(things, which[touching], found)
        rest = which[~touching]
        rest = rest[dwithin(ground, things.shapes[rest], far[rest])]
        if len(rest):
            self._apart(things, rest, found)

    def _apart(self, things: Things, near: NDArray[np.intp], found: list[Meeting | None]) -> None:
        """Answer for what does not touch the plan, but lies near it."""
        distances = self._edge.distances(things.shapes[near])
        if not np.isfinite(distances).all():
            raise UncheckableError("an object has no finite distance from the plan")
        dimensions = shapely.get_dimensions(things.shapes[near])
        bordering = distances <= things.eps_m[near] + SNAP_M
        asked = distances <= things.reach_m[near] + SNAP_M
        close = distances <= SNAP_M  # closer than rounding
        for i, distance, dimension, borders, near_by, hit in zip(
            near.tolist(), distances.tolist(), dimensions.tolist(), bordering.tolist(),
            asked.tolist(), close.tolist(), strict=True,
        ):  # fmt: skip
            if hit:
                found[i] = self._plainly(things, i)
            elif borders or near_by:
                verdict = Relation.BORDERS if borders else Relation.NEAR
                found[i] = beside(
                    int(things.numbers[i]), verdict, distance, dimension, self._axis is not None
                )

    def _touching(
        self, things: Things, near: NDArray[np.intp], found: list[Meeting | None]
    ) -> None:
        """Answer for what touches the plan."""
        shapes, ground = things.shapes[near], self.plan.ground
        inside = shapely.contains_properly(ground, shapes)
        around = shared.enclosing(shapes, ground)
        parts = np.full(len(shapes), self._whole if around.any() else None)
        parts[~around] = shared.overlaps_of(shapes[~around], ground, inside[~around])
        dimensions = np.asarray(shapely.get_dimensions(shapes), dtype=np.intp)
        areas, lengths = shapely.area(parts), shapely.length(parts)
        sure = inside | around | (shapely.get_type_id(shapes) == shared.POINT)
        open_ = np.flatnonzero(~sure)
        probe = Probe(self.plan, 0.0)
        sure[open_] = shared.surely(probe, self._edge, parts[open_], things.eps_m[near[open_]])
        own = np.where(dimensions == 2, shapely.area(shapes), shapely.length(shapes))
        along, crossed = self._along(shapes, dimensions)
        for k, i in enumerate(near.tolist()):
            met = Touch(
                int(things.numbers[i]), shapes[k], parts[k], int(dimensions[k]),
                float(areas[k]), float(lengths[k]), float(own[k]), along[k], crossed[k],
            )  # fmt: skip
            found[i] = self._touch(met, float(things.eps_m[i]), bool(sure[k]))

    def _along(
        self, shapes: NDArray[np.object_], dimensions: NDArray[np.intp]
    ) -> tuple[list[tuple[Stretch, ...]], list[tuple[Crossing, ...]]]:
        """Return the stretches of a route inside each area, and where it crosses each line."""
        inside: list[tuple[Stretch, ...]] = [()] * len(shapes)
        crossed: list[tuple[Crossing, ...]] = [()] * len(shapes)
        if self._axis is not None:
            areas, lines = np.flatnonzero(dimensions == 2), np.flatnonzero(dimensions == 1)
            for k, stretches in zip(areas, self._axis.stretches(shapes[areas]), strict=True):
                inside[k] = stretches
            for k, crossings in zip(lines, self._axis.crossings(shapes[lines]), strict=True):
                crossed[k] = crossings
        return inside, crossed

    def _touch(self, met: "Touch", eps_m: float, sure: bool) -> Meeting:
        inside, crossed = met.inside, met.crossed
        on_axis = sum(s.length_m for s in inside)
        sure = sure or self._passed(met, inside, eps_m) or overlaps(self.probe(eps_m), met.thing)
        on_line = met.length_m if met.dimension == 1 else 0.0
        overlap_m2 = met.area_m2 if met.dimension == 2 else None
        length = on_axis if self._axis is not None and met.dimension == 2 else None
        share = met.area_m2 / self._area_m2
        if self._axis is not None:
            share = on_axis / self._axis.length_m
        of_object = None
        if met.dimension:
            of_object = (met.area_m2 if met.dimension == 2 else on_line) / met.own
        figures = (met.area_m2, on_line, on_axis, share, of_object or 0.0)
        if not all(map(isfinite, figures)):
            raise UncheckableError("an object gave a figure that is not finite")
        return Meeting(
            met.number, Relation.OVERLAPS if sure else Relation.BORDERS, 0.0, None, met.shared,
            overlap_m2, on_line if met.dimension == 1 else length, share, of_object, inside,
            crossed,
        )  # fmt: skip

    def probe(self, eps_m: float) -> Probe:
        """Return the plan with this tolerance; the same one for all layers that have it."""
        found = self._probes.get(eps_m)
        if found is None:
            found = self._probes[eps_m] = Probe(self.plan, eps_m)
        return found

    def _passed(self, met: "Touch", inside: tuple[Stretch, ...], eps_m: float) -> bool:
        """Tell whether an axis plainly goes into an area, deeper than its edge, and out again, or
        a line passes through the corridor.
        """
        axis = self._axis
        if axis is not None and met.dimension == 1:
            return passes_through(met.thing, met.shared, met.crossed, axis, self._edge, eps_m)
        if axis is None or axis.ends is None or not inside or met.dimension != 2:
            return False
        longest = max(inside, key=lambda s: s.length_m)
        middle = axis.at((longest.from_m + longest.to_m) / 2)
        deep = shapely.distance(middle, shapely.boundary(met.shared)) >= 2 * shared.HAIR_M
        return bool(deep and shapely.intersects(met.shared, middle)) and not bool(
            shapely.dwithin(met.thing, axis.ends, eps_m + shared.SURE_M).any()
        )

    def total(self, met: Sequence[Meeting], shapes: NDArray[np.object_]) -> Total:
        """Return what `gis.meeting.total` does; `met` are meetings with these shapes."""
        if not met and self._flat:
            return NONE
        hits = [m for m in met if m.relation is Relation.OVERLAPS]
        if not hits and self._flat:
            return replace(NONE, nearest_m=min(m.distance_m for m in met))
        things = shapes[[m.index for m in hits]]
        dimensions = shapely.get_dimensions(things)
        broad = [m.overlap_m2 is not None for m in hits]
        if self._beyond_totals(things, broad != (dimensions == 2).tolist()):
            return total(self.probe(0.0), met, shapes)
        overlaps: NDArray[np.object_] = np.array([None, *(m.overlap for m in hits)])[1:]
        # What enclosed the plan was given that very object.
        enclosed = any(m.overlap is self.__dict__.get("_whole") for m in hits)
        whole = self._whole if enclosed else shared.united(overlaps)
        linear = dimensions == 1
        on_lines = whole if linear.all() else shared.united(overlaps[linear])
        inside = joined([s for m in hits for s in m.stretches])
        on_axis = float(sum(s.length_m for s in inside))
        area, axis = float(whole.area), self._axis
        return Total(
            whole,
            area,
            on_axis if axis is not None and any(broad) else float(on_lines.length),
            area / self._area_m2 if axis is None else on_axis / axis.length_m,
            min((m.distance_m for m in met), default=None),
            int(shapely.get_num_coordinates(overlaps[dimensions == 0]).sum()),
            inside,
        )

    def _beyond_totals(self, things: NDArray[np.object_], widened: bool) -> bool:
        """Tell whether a layer is left to the definition: width, nested collections, heights."""
        odd = (shapely.get_type_id(things) == COLLECTION) | shapely.has_z(things)
        return not self._flat or widened or bool(odd.any())


class Touch(NamedTuple):
    """An object that touches the plan: what they share, and the size of that and of its own."""

    number: int
    thing: BaseGeometry
    shared: BaseGeometry
    dimension: int
    area_m2: float
    length_m: float
    own: float
    inside: tuple[Stretch, ...]
    crossed: tuple[Crossing, ...]


def _require_measurable(things: Things) -> None:
    nowhere = shapely.is_missing(things.shapes) | shapely.is_empty(things.shapes)
    finite = np.isfinite(shapely.get_coordinates(things.shapes)).all()
    if nowhere.any() or not finite or not np.isfinite(things.half_widths_m).all():
        raise UncheckableError("an object is missing, empty or not finite")
