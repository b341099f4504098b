"""A plan made ready to be held against many objects: derived shapes, computed once."""

from dataclasses import dataclass
from functools import cached_property

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.footprint import Footprint, Route, Sites
from gis.tolerance import SNAP_M


@dataclass(frozen=True)
class Probe:
    """A plan and the tolerance `eps_m` it has against the objects of one layer."""

    plan: Footprint
    eps_m: float

    @property
    def crs(self) -> CRS:
        """The CRS of plan and objects."""
        return self.plan.crs

    @cached_property
    def ground(self) -> BaseGeometry:
        """The footprint as one valid geometry, whatever parts it was drawn in."""
        footprint = self.plan.footprint
        whole = shapely.union_all(shapely.get_parts(footprint))
        shapely.prepare(whole)
        return whole

    @cached_property
    def core(self) -> BaseGeometry:
        """What is left of the ground when its edge moves in by the tolerance; may be empty."""
        eroded = shapely.buffer(self.ground, -(self.eps_m - SNAP_M))
        shapely.prepare(eroded)
        return eroded

    @cached_property
    def parts(self) -> list[BaseGeometry]:
        """The separate pieces of the ground."""
        return list(shapely.get_parts(self.ground))

    @cached_property
    def axis(self) -> BaseGeometry | None:
        """The axis of a route; None for areas and sites."""
        return self.plan.axis if isinstance(self.plan, Route) else None

    @cached_property
    def points(self) -> BaseGeometry | None:
        """The points of sites (mast centres); None for areas and routes."""
        return self.plan.points if isinstance(self.plan, Sites) else None

    @cached_property
    def area_m2(self) -> float:
        """Area of the ground, m²; 0 for bare lines and points."""
        return float(self.ground.area)

    def bounds(self, margin_m: float) -> tuple[float, float, float, float]:
        """Return (left, bottom, right, top) of the ground, widened by `margin_m`."""
        left, bottom, right, top = self.ground.bounds
        return left - margin_m, bottom - margin_m, right + margin_m, top + margin_m
