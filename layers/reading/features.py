"""What a file holds: geometries in its own coordinates, attributes, and what was noticed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.problem import Notice

Attributes = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True)
class Features:
    """Features as read; x before y whatever the format's order was.

    `crs` is what the file says (an EPSG code, URN or WKT), None where it says nothing or where
    its numbers cannot be what it says. `document` holds what an XPlanGML says about its plan,
    with `parts` as (role, name, geometry) and `facts` as plain data (`xplanfacts.XPlanFacts`).
    """

    geometries: NDArray[np.object_]
    attributes: tuple[Attributes, ...]
    crs: str | None
    format: str
    layer: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def shapes(geometries: Sequence[Any]) -> NDArray[np.object_]:
    """Return geometries as an array of objects, whatever their number and kind."""
    array: NDArray[np.object_] = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array
