"""A plan made ready to be held against many objects: derived shapes, computed once."""

from dataclasses import dataclass
from functools import cached_property

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.contact import Ground
from gis.footprint import Footprint, Route, Sites
from gis.parts import single


@dataclass(frozen=True)
class Probe:
    """A plan and the tolerance `eps_m` it has against the objects of one layer."""

    plan: Footprint
    eps_m: float

    @property
    def crs(self) -> CRS:
        """The CRS of plan and objects."""
        return self.plan.crs

    @property
    def ground(self) -> BaseGeometry:
        """The footprint as one valid geometry, whatever parts it was drawn in."""
        return self.plan.ground

    @cached_property
    def solid(self) -> Ground:
        """The ground with its tolerance, cracks closed; for verdicts."""
        return Ground(self.plan.closed, self.eps_m)

    @cached_property
    def parts(self) -> list[BaseGeometry]:
        """The separate pieces of the ground, cracks closed."""
        return list(single(self.plan.closed))

    @property
    def axis(self) -> BaseGeometry | None:
        """The axis of a route; None for areas and sites."""
        return self.plan.axis if isinstance(self.plan, Route) else None

    @property
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
