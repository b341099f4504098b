"""A route's axis, taken apart once for all the objects it is held against."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crossing import Crossing, crossings_at
from gis.linear import Course, Stretch, course, runs
from gis.parts import merged


@dataclass(frozen=True)
class Axis:
    """One or more lines; figures are those of `gis.linear` and `gis.crossing`."""

    line: BaseGeometry

    @cached_property
    def _pieces(self) -> Course:
        return course(self.line)

    @cached_property
    def _boxes(self) -> NDArray[np.float64]:
        return shapely.bounds(self._pieces.shapes)

    @cached_property
    def length_m(self) -> float:
        """Its length, m."""
        return float(self.line.length)

    @cached_property
    def ends(self) -> NDArray[np.object_] | None:
        """Its first and last point where it is one line; None where it is several."""
        whole = merged(self.line)
        single = shapely.get_num_geometries(whole) == 1
        return shapely.get_point(shapely.get_geometry(whole, 0), [0, -1]) if single else None

    def _near(self, thing: BaseGeometry) -> NDArray[np.intp]:
        left, bottom, right, top = thing.bounds
        boxes = self._boxes
        return np.flatnonzero(
            (boxes[:, 0] <= right)
            & (boxes[:, 2] >= left)
            & (boxes[:, 1] <= top)
            & (boxes[:, 3] >= bottom)
        )

    def stretches(self, area: BaseGeometry) -> tuple[Stretch, ...]:
        """Return the stretches inside `area`; a piece that lies inside is shared as it is."""
        near = self._near(area)
        if not near.size:
            return ()
        shapely.prepare(area)
        hit = near[shapely.intersects(area, self._pieces.shapes[near])]
        shared = self._pieces.shapes[hit].copy()
        cut = ~shapely.contains_properly(area, shared)
        shared[cut] = shapely.intersection(shared[cut], area)
        return runs(self._pieces, hit, shared)

    def crossings(self, line: BaseGeometry) -> tuple[Crossing, ...]:
        """Return where it meets `line`."""
        near = self._near(line)
        if not near.size or not shapely.intersects(line, self._pieces.shapes[near]).any():
            return ()
        return crossings_at(self._pieces, near, course(line))

    def at(self, m: float) -> BaseGeometry:
        """Return the place `m` along it."""
        pieces = self._pieces
        i = max(0, int(np.searchsorted(pieces.starts, m, side="right")) - 1)
        place: BaseGeometry = shapely.line_interpolate_point(pieces.shapes[i], m - pieces.starts[i])
        return place
