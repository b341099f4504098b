"""Where a layer has data: outside it, silence means nothing."""

from dataclasses import dataclass
from math import inf

import shapely
from shapely.geometry.base import BaseGeometry

from gis.tolerance import FLOOR_M


@dataclass(frozen=True)
class Covered:
    """How far a layer's data reach over a plan.

    `uncovered` is the part of the plan without data (None: all of it has), `uncovered_share` its
    share of the plan, `to_m` the distance around the plan up to which there are data; `declared`
    names where the coverage comes from, as in `Finding.coverage`.
    """

    uncovered: BaseGeometry | None
    uncovered_share: float
    to_m: float
    declared: str


UNLIMITED = Covered(None, 0.0, inf, "unlimited")


def covered(ground: BaseGeometry, area: BaseGeometry, declared: str) -> Covered:
    """Return what of `ground` lies in `area`; edges closer than 1 cm are one edge."""
    if shapely.covered_by(ground, shapely.buffer(area, FLOOR_M)):
        return Covered(None, 0.0, float(shapely.distance(ground, area.boundary)), declared)
    outside = shapely.difference(ground, area)
    return Covered(outside, _share(outside, ground), 0.0, declared)


def _share(part: BaseGeometry, whole: BaseGeometry) -> float:
    """Return the share by area, of bare lines by length, of bare points by number."""
    sizes = (shapely.area, shapely.length, shapely.get_num_coordinates)
    size = next(each for each in sizes if each(whole))
    return float(size(part) / size(whole))
