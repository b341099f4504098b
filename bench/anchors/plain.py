"""Three ways with shapely and geopandas: the limit, a tree a layer, and what one writes first."""

from collections.abc import Sequence
from typing import Any

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from bench.anchors.answer import Answer, Data, Figures, axis_of
from gis.tolerance import SNAP_M
from service.plans.plan import Plan

Raw = list[tuple[int, Any, Any, Any, Any]]


def figures(
    shapes: NDArray[np.object_], ground: BaseGeometry, axis: BaseGeometry | None
) -> tuple[Any, Any, Any]:
    """Return distances, areas and lengths of objects, as `measured`."""
    return measured(shapes, ground, axis)[2:]


def measured(
    shapes: NDArray[np.object_], ground: BaseGeometry, axis: BaseGeometry | None
) -> tuple[Any, Any, Any, Any, Any]:
    """Return what is shared with the plan, what of the axis lies in areas (of others None),
    distances, areas and lengths of objects, by GEOS on whole and unprepared shapes. Distances are
    asked for only where nothing is shared.
    """
    shared = shapely.intersection(shapes, ground)
    distances = np.zeros(len(shapes))
    apart = shapely.is_empty(shared)
    distances[apart] = shapely.distance(shapes[apart], ground)
    kinds = shapely.get_dimensions(shapes)
    lengths = np.where(kinds == 1, shapely.length(shared), 0.0)
    inside = np.full(len(shapes), None, dtype=object)
    if axis is not None:
        areal = kinds == 2
        inside[areal] = shapely.intersection(shapes[areal], axis)
        lengths[areal] = shapely.length(inside[areal])
    return shared, inside, distances, shapely.area(shared), lengths


class _InMemory:
    """Holds all layers decoded."""

    def __init__(self, layers: Sequence[Data]) -> None:
        self.layers = layers

    def answer(self, asked: Raw) -> Answer:
        """Return what lies near enough."""
        return {
            (number, self.layers[number].ids[i]): Figures(float(d), float(a), float(m))
            for number, rows, *found in asked
            for i, d, a, m in zip(rows, *found, strict=True)
            if d <= self.layers[number].reach_m + SNAP_M
        }


class Limit(_InMemory):
    """What GEOS needs for the exact figures alone, where somebody has said which objects it is."""

    name = "limit"

    def __init__(self, layers: Sequence[Data]) -> None:
        super().__init__(layers)
        self.hits: dict[str, tuple[BaseGeometry, list[tuple[int, NDArray[np.intp], Any]]]] = {}

    def tell(self, plan: Plan, answer: Answer) -> None:
        """Say which objects are hit, as another way has found out."""
        found: dict[int, list[str]] = {}
        for number, name in answer:
            found.setdefault(number, []).append(name)
        told = []
        for number, names in sorted(found.items()):
            # Ids of a layer are in order and as long as one another.
            rows = np.searchsorted(np.array(self.layers[number].ids), sorted(names))
            told.append((number, rows, self.layers[number].shapes[rows]))
        self.hits[plan.sha256] = plan.geometry.footprint, told

    def ask(self, plan: Plan) -> Raw:
        """Measure the hits."""
        ground, hits = self.hits[plan.sha256]
        axis = axis_of(plan)
        return [(number, rows, *figures(shapes, ground, axis)) for number, rows, shapes in hits]


class Trees(_InMemory):
    """An STRtree a layer, all shapes decoded in memory."""

    name = "strtree"

    def __init__(self, layers: Sequence[Data]) -> None:
        super().__init__(layers)
        self.trees = [shapely.STRtree(layer.shapes) for layer in layers]

    def ask(self, plan: Plan) -> Raw:
        """Search each tree with the plan's box, widened, then measure what lies near enough."""
        ground, axis = plan.geometry.footprint, axis_of(plan)
        shapely.prepare(ground)
        left, bottom, right, top = ground.bounds
        found: Raw = []
        for number, (layer, tree) in enumerate(zip(self.layers, self.trees, strict=True)):
            far = layer.reach_m + SNAP_M
            box = shapely.box(left - far, bottom - far, right + far, top + far)
            rows = tree.query(box)
            rows = rows[shapely.dwithin(ground, layer.shapes[rows], far)]
            if len(rows):
                found.append((number, rows, *figures(layer.shapes[rows], ground, axis)))
        return found


class Naive(_InMemory):
    """geopandas as one writes it first: join every layer with the plan, then overlay."""

    name = "geopandas"

    def __init__(self, layers: Sequence[Data]) -> None:
        super().__init__(layers)
        self.frames = [
            geopandas.GeoDataFrame({"n": range(len(d.ids))}, geometry=d.shapes, crs="EPSG:25833")
            for d in layers
        ]

    def ask(self, plan: Plan) -> Raw:
        """Check against each frame."""
        ground, axis = plan.geometry.footprint, axis_of(plan)
        frame = geopandas.GeoDataFrame({"plan": [1]}, geometry=[ground], crs="EPSG:25833")
        found: Raw = []
        for number, (layer, objects) in enumerate(zip(self.layers, self.frames, strict=True)):
            far = layer.reach_m + SNAP_M
            near = objects.sjoin(frame, predicate="dwithin", distance=far)
            if near.empty:
                continue
            shared = near.intersection(ground)
            lengths = shared.length.where(shapely.get_dimensions(near.geometry) == 1, 0.0)
            if axis is not None:
                areal = shapely.get_dimensions(near.geometry) == 2
                lengths = lengths.where(~areal, near.intersection(axis).length)
            found.append((number, near["n"], near.distance(ground), shared.area, lengths))
        return found
