"""Geometries as matplotlib draws them."""

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from maps.style import ThemeStyle

HATCHES = {"plain": None, "lines": "////", "dots": "...", "cross": "xxxx"}


def hatch_of(look: ThemeStyle) -> str | None:
    """Return the hatch of a theme as matplotlib writes it; None for a plain one."""
    return HATCHES[look.hatch]


def path_of(geometry: BaseGeometry, *, areas: bool) -> Path | None:
    """Return the areas of a geometry as one path with its holes, or its lines; None for none."""
    wanted = ("Polygon",) if areas else ("LineString", "LinearRing")
    parts = [part for part in _parts(geometry) if part.geom_type in wanted]
    if areas:  # a hole is one only where its ring turns the other way
        parts = [shapely.orient_polygons(part) for part in parts]
    rings = [r for p in parts for r in (shapely.get_rings(p) if areas else [p])]
    if not rings:
        return None
    return Path.make_compound_path(*(_path(ring, closed=areas) for ring in rings))


def points_of(geometry: BaseGeometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinates of the points of a geometry."""
    points = [part for part in _parts(geometry) if part.geom_type == "Point"]
    xy = shapely.get_coordinates(points) if points else np.empty((0, 2))
    return xy[:, 0], xy[:, 1]


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    found: list[BaseGeometry] = []
    for part in shapely.get_parts(geometry).tolist():
        nested = part.geom_type.startswith(("Multi", "Geometry"))
        found += _parts(part) if nested else [part]
    return [part for part in found if not part.is_empty]


def _path(line: BaseGeometry, *, closed: bool) -> Path:
    xy = shapely.get_coordinates(line)
    codes = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
    codes[0] = Path.MOVETO
    if closed:
        codes[-1] = Path.CLOSEPOLY
    return Path(xy, codes)
