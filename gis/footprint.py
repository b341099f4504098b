"""Where a plan lies: an area, a route with a corridor, or sites with a radius; each with its CRS.

All coordinates are metres in one projected CRS. Mixing two CRS raises.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.crs import stated
from gis.parts import merged
from gis.tolerance import FLOOR_M, SNAP_M


class CRSMismatchError(ValueError):
    """Two geometries in different coordinate reference systems met: a bug, never a user's fault."""


# Enough that a circle of radius r is off by less than r/1000 in area (a quarter has 16 edges).
QUARTER_EDGES = 16


class _OnTheGround(ABC):
    """What every footprint has in common; computed once, whatever number of layers asks."""

    crs: CRS

    @cached_property
    def crs_name(self) -> str:
        """What its CRS is called, with the authority where there is one."""
        return stated(self.crs)

    @cached_property
    def placed(self) -> bool:
        """Whether it has places, all of them finite."""
        places = shapely.get_coordinates(self.footprint)
        return bool(places.size and np.isfinite(places).all())

    @property
    @abstractmethod
    def footprint(self) -> BaseGeometry:
        """The ground it takes, in the parts it was drawn in."""

    @cached_property
    def ground(self) -> BaseGeometry:
        """The footprint as one valid geometry: parts that overlap or adjoin are one."""
        whole = shapely.union_all(shapely.get_parts(self.footprint))
        shapely.prepare(whole)
        return whole

    @cached_property
    def closed(self) -> BaseGeometry:
        """The ground without cracks narrower than 1 cm, such as parts drawn side by side leave.

        Nothing is known better than that; a crack must not count as an edge. For verdicts only.
        """
        if shapely.get_dimensions(self.ground) < 2:
            return merged(self.ground)
        grown = shapely.buffer(self.ground, FLOOR_M / 2, join_style="mitre")
        whole = shapely.buffer(grown, -FLOOR_M / 2, join_style="mitre")
        if len(shapely.get_parts(self.footprint)) > 1:  # vertices left where parts met
            whole = shapely.simplify(whole, SNAP_M / 10)
        shapely.prepare(whole)
        return whole


@dataclass(frozen=True)
class Area(_OnTheGround):
    """A plan drawn as polygons."""

    shape: BaseGeometry  # polygons
    crs: CRS
    geometry_type = "area"

    @property
    def footprint(self) -> BaseGeometry:
        """The polygons."""
        return self.shape

    @property
    def length_m(self) -> None:
        """An area has no length."""
        return None


@dataclass(frozen=True)
class Route(_OnTheGround):
    """A plan drawn as a line: `axis` in the direction of its kilometres, `width_m` across.

    The corridor ends flat where the axis ends. A width of 0 leaves the bare axis.
    """

    axis: BaseGeometry  # lines
    width_m: float
    crs: CRS
    geometry_type = "route"

    @cached_property
    def footprint(self) -> BaseGeometry:
        """The corridor: everything within half the width of the axis."""
        if not self.width_m:
            return self.axis
        # Merged, because two parts that meet at an angle would leave a wedge between flat ends.
        half = self.width_m / 2
        return shapely.buffer(merged(self.axis), half, quad_segs=QUARTER_EDGES, cap_style="flat")

    @property
    def length_m(self) -> float:
        """Length of the axis, m."""
        return float(self.axis.length)


@dataclass(frozen=True)
class Sites(_OnTheGround):
    """A plan drawn as points (masts): each takes the circle of `radius_m` around it."""

    points: BaseGeometry
    radius_m: float
    crs: CRS
    geometry_type = "sites"

    @cached_property
    def footprint(self) -> BaseGeometry:
        """The circles, joined where they overlap; the bare points for a radius of 0."""
        if not self.radius_m:
            return self.points
        return shapely.buffer(self.points, self.radius_m, quad_segs=QUARTER_EDGES)

    @property
    def length_m(self) -> None:
        """Sites have no length."""
        return None


Footprint = Area | Route | Sites


def require_same_crs(first: CRS, second: CRS) -> None:
    """Raise `CRSMismatchError` unless both are the same CRS."""
    if first is not second and first != second:
        raise CRSMismatchError(f"{first.to_string()} is not {second.to_string()}")
