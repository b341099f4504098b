"""What every way of checking has to answer: which objects lie near enough, and three figures."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.footprint import Route
from service.plans.plan import Plan


class Figures(NamedTuple):
    """Of one object: distance, m; area shared with the plan, m²; length shared, m, which for a
    route and an area is that of the axis. 0 where there is nothing of the kind.
    """

    distance_m: float
    area_m2: float
    length_m: float


Answer = Mapping[tuple[int, str], Figures]  # by number of the layer and id of the object


class Data(NamedTuple):
    """A layer in memory; `reach_m` is how far an object may lie off, its tolerance `eps_m`
    included.
    """

    code: str
    ids: tuple[str, ...]
    shapes: NDArray[np.object_]
    reach_m: float
    eps_m: float


class Way(Protocol):
    """A way of checking a plan. Only `ask` is timed; what it gives, its own `answer` can read."""

    name: str

    def ask(self, plan: Plan) -> Any:
        """Check a plan."""

    def answer(self, asked: Any) -> Answer:
        """Return what came of it, in the form that is compared."""


def axis_of(plan: Plan) -> BaseGeometry | None:
    """Return the axis of a route."""
    return plan.geometry.axis if isinstance(plan.geometry, Route) else None
