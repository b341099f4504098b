"""The limit, and what the definition of a check asks of GEOS beyond it, on the known hits alone:
the union of what overlaps unless one object encloses the plan, a verdict with the tolerance, and
where along a route things lie.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from bench.anchors.answer import Answer, axis_of
from bench.anchors.plain import Limit, Raw, measured
from service.plans.plan import Plan

Shapes = NDArray[np.object_]


class Needed(Limit):
    """Written as plainly as can be: one call for all hits of a layer, nothing for one by one."""

    name = "needed"

    def ask(self, plan: Plan) -> tuple[Raw, list[object]]:  # type: ignore[override]  # more than a limit gives
        """Measure the hits, and what else there is to know of them."""
        _, hits = self.hits[plan.sha256]
        ground, axis = plan.geometry.footprint, axis_of(plan)
        eroded: dict[float, BaseGeometry] = {}
        raw: Raw = []
        more: list[object] = []
        for number, rows, shapes in hits:
            shared, inside, *figures = measured(shapes, ground, axis)
            raw.append((number, rows, *figures))
            met = ~shapely.is_empty(shared)
            if not met.any():
                continue
            eps = self.layers[number].eps_m
            if eps not in eroded:
                eroded[eps] = shapely.buffer(ground, -eps)
                shapely.prepare(eroded[eps])
            if not shapely.contains_properly(shapes[met], ground).any():
                more.append(shapely.area(shapely.disjoint_subset_union_all(shared[met])))
            more.append(deep(shapes[met], shared[met], eroded[eps], eps))
            if axis is not None:
                more.append(along(shapes[met], inside[met], axis))
        return raw, more

    def answer(self, asked: tuple[Raw, list[object]]) -> Answer:  # type: ignore[override]  # of that
        """Return what lies near enough."""
        return super().answer(asked[0])


def deep(shapes: Shapes, shared: Shapes, eroded: BaseGeometry, eps_m: float) -> NDArray[np.bool_]:
    """Tell which objects reach into the eroded plan, or the plan into what is eroded of them."""
    found = shapely.intersects(eroded, shapes)
    areas = ~found & (shapely.get_dimensions(shapes) == 2)
    found[areas] = ~shapely.is_empty(shapely.buffer(shared[areas], -eps_m))
    return found


def along(shapes: Shapes, inside: Shapes, axis: Any) -> tuple[object, ...]:
    """Return where along an axis, a line, what lies `inside` areas begins and ends, and where it
    meets lines, there along both.
    """
    lines = shapes[shapely.get_dimensions(shapes) == 1]
    places, of = shapely.get_coordinates(shapely.intersection(lines, axis), return_index=True)
    points: Any = shapely.points(places)  # an array: there may be any number
    runs = shapely.get_parts(inside[~shapely.is_missing(inside)])
    runs = runs[shapely.get_type_id(runs) == 1]
    return (
        shapely.line_locate_point(axis, shapely.get_point(runs, 0)),
        shapely.line_locate_point(axis, shapely.get_point(runs, -1)),
        shapely.line_locate_point(axis, points),
        shapely.line_locate_point(lines[of], points),
    )
