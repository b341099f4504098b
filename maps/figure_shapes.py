"""Geometries as matplotlib draws them."""

from typing import Any

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray
from shapely import GeometryType

from maps.style import ThemeStyle

Shapes = NDArray[np.object_]
HATCHES = {"plain": None, "lines": "////", "dots": "...", "cross": "xxxx"}


def hatch_of(look: ThemeStyle) -> str | None:
    """Return the hatch of a theme as matplotlib writes it; None for a plain one."""
    return HATCHES[look.hatch]


def parts_of(geometry: Any) -> Shapes:
    """Return the points, lines and polygons of geometries, one by one, without empty ones."""
    parts = shapely.get_parts(geometry)
    while (shapely.get_type_id(parts) >= GeometryType.MULTIPOINT).any():
        parts = shapely.get_parts(parts)  # a collection may hold others
    return parts[~shapely.is_empty(parts)]


def path_of(parts: Shapes, *, areas: bool) -> Path | None:
    """Return areas as one path with their holes, or lines as one; None for none."""
    kinds = shapely.get_type_id(parts)
    if areas:  # a hole is one only where its ring turns the other way
        polygons = shapely.orient_polygons(parts[kinds == GeometryType.POLYGON])
        lines = shapely.get_rings(polygons)
    else:
        lines = parts[np.isin(kinds, (GeometryType.LINESTRING, GeometryType.LINEARRING))]
    if not len(lines):
        return None
    xy, of = shapely.get_coordinates(lines, return_index=True)
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    codes = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
    codes[begins] = Path.MOVETO
    if areas:
        codes[np.append(begins[1:], len(xy)) - 1] = Path.CLOSEPOLY
    return Path(xy, codes)


def points_of(parts: Shapes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinates of points."""
    xy = shapely.get_coordinates(parts[shapely.get_type_id(parts) == GeometryType.POINT])
    return xy[:, 0], xy[:, 1]
