"""Geometries as the map file holds them: WGS 84, simplified to what a screen can show, packed.

Figures never come from these: they are measured before, in metres, on the full geometry.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.transform import transform

WGS84 = CRS.from_epsg(4326)
PER_DEGREE = 10_000_000  # whole numbers of 1e-7 degrees: about a centimetre
VERTICES = 60_000  # some 10 bytes each: 0.6 MB of a file of at most 2 MB
FINEST_M, COARSEST_M = 0.02, 20.0

Packed = dict[str, Any]


def tolerance_for(geometries: Iterable[BaseGeometry | None], most: int = VERTICES) -> float:
    """Return how far a line may be moved (m) for all to fit into `most` vertices.

    At least 2 cm and at most 20 m: what is still too much then stays too much.
    """
    flat = np.array([g for g in geometries if g is not None], dtype=object)
    tolerance = FINEST_M
    while tolerance < COARSEST_M and _count(flat, tolerance) > most:
        tolerance *= 2
    return min(tolerance, COARSEST_M)


def _count(flat: NDArray[np.object_], tolerance: float) -> int:
    return int(shapely.get_num_coordinates(shapely.simplify(flat, tolerance)).sum())


@dataclass(frozen=True, slots=True)
class Packer:
    """Packs geometries of one projected CRS for the map file."""

    crs: CRS
    tolerance_m: float

    def pack(self, geometry: BaseGeometry | None) -> Packed | None:
        """Return areas, lines and points of `geometry`; None for None and for what is empty.

        A ring or line is one flat list: longitude and latitude of its first vertex in units of
        1e-7 degrees, then the differences from vertex to vertex.
        """
        if geometry is None or geometry.is_empty:
            return None
        simple = shapely.simplify(geometry, self.tolerance_m)
        placed: BaseGeometry = transform(simple, self.crs, WGS84)[0][0]
        packed: Packed = {}
        for part in _simple_parts(placed):
            kind, coordinates = _pack(part)
            packed.setdefault(kind, []).append(coordinates)
        return packed or None

    def place(self, point: BaseGeometry) -> list[int]:
        """Return longitude and latitude of a point in units of 1e-7 degrees."""
        return _deltas(transform(point, self.crs, WGS84)[0][0])

    def bounds(self, geometry: BaseGeometry) -> list[list[float]]:
        """Return [[south, west], [north, east]] in degrees."""
        placed = transform(geometry, self.crs, WGS84)[0][0]
        west, south, east, north = (round(v, 7) for v in shapely.bounds(placed).tolist())
        return [[south, west], [north, east]]


def _simple_parts(geometry: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(geometry):
        if part.geom_type.startswith(("Multi", "Geometry")):
            yield from _simple_parts(part)
        elif not part.is_empty:
            yield part


def _pack(part: BaseGeometry) -> tuple[str, Any]:
    if part.geom_type == "Polygon":
        return "areas", [_deltas(ring) for ring in shapely.get_rings(part)]
    return ("points" if part.geom_type == "Point" else "lines"), _deltas(part)


def _deltas(line: BaseGeometry) -> list[int]:
    whole = np.rint(shapely.get_coordinates(line) * PER_DEGREE).astype(np.int64)
    steps: list[int] = np.diff(whole, axis=0, prepend=0).ravel().tolist()
    return steps
