"""Drawing by numbers: plausible outlines and courses, the same on every machine.

Each layer draws from a generator of its own, seeded by its name, so that one more layer moves no
other. Coordinates are metres in the working CRS, rounded to centimetres.
"""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar, cast

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from
from gis.transform import transform

Dice = np.random.Generator
Shape = TypeVar("Shape", bound=BaseGeometry)
CRS = crs_from("EPSG:25833")
GRID = 0.01


def dice(name: str) -> Dice:
    """Return the random numbers of a layer."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(seed))


def places(lonlat: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Return longitude/latitude pairs in the working CRS, shape (n, 2)."""
    moved, _ = transform(
        shapely.points(np.asarray(lonlat, dtype=float)), crs_from("EPSG:4326"), CRS
    )
    return shapely.get_coordinates(moved)


def tidy(shape: Shape) -> Shape:
    """Return a shape on the centimetre grid, still valid."""
    return shapely.set_precision(shape, GRID)


def blob(
    dice: Dice,
    x: float,
    y: float,
    hectares: float,
    *,
    stretch: float = 1.0,
    angle: float | None = None,
    rough: float = 0.18,
    corners: int = 56,
) -> Polygon:
    """Return a rounded, irregular outline of exactly that size around a place.

    `stretch` is length by width, `angle` the direction of its length in radians.
    """
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = np.ones(corners)
    for wave in range(2, 8):
        radius += rough / wave * 1.6 * dice.normal() * np.cos(wave * turn + dice.uniform(0, 7))
    radius = np.maximum(radius, 0.35)
    direction = dice.uniform(0, np.pi) if angle is None else angle
    along, across = (
        radius * np.cos(turn) * np.sqrt(stretch),
        radius * np.sin(turn) / np.sqrt(stretch),
    )
    px = along * np.cos(direction) - across * np.sin(direction)
    py = along * np.sin(direction) + across * np.cos(direction)
    unit = Polygon(np.column_stack([px, py]))
    scale = np.sqrt(hectares * 10_000 / unit.area)
    return tidy(Polygon(np.column_stack([x + px * scale, y + py * scale])))


def course(points: NDArray[np.float64], *, rounds: int = 3) -> LineString:
    """Return a smooth line through way points (corners cut, ends kept)."""
    xy = points
    for _ in range(rounds):
        near = 0.75 * xy[:-1] + 0.25 * xy[1:]
        far = 0.25 * xy[:-1] + 0.75 * xy[1:]
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        xy = np.vstack([xy[:1], inner[1:-1], xy[-1:]])
    return tidy(LineString(xy))


def around(line: LineString, obstacle: Polygon) -> LineString:
    """Return a line that follows the shorter shore where it would run through `obstacle`."""
    inside = shapely.line_merge(shapely.intersection(line, obstacle))
    if inside.is_empty or inside.geom_type != "LineString":
        return line  # a line that comes back several times is left alone
    ring = LineString(obstacle.exterior)
    enter, leave = (line.project(shapely.get_point(inside, i)) for i in (0, -1))
    first, last = sorted((enter, leave))
    if first <= 0 or last >= line.length:
        return line  # it begins or ends here
    a, b = (ring.project(line.interpolate(at)) for at in (first, last))
    ways = [
        shapely.get_coordinates(piece(ring, a, b)),
        np.vstack(
            [
                shapely.get_coordinates(piece(ring, a, 0.0 if a < b else ring.length)),
                shapely.get_coordinates(piece(ring, ring.length if a < b else 0.0, b)),
            ]
        ),
    ]
    shore = min(ways, key=lambda xy: float(LineString(xy).length))
    parts = piece(line, 0.0, first), LineString(shore), piece(line, last, line.length)
    return LineString(np.vstack([shapely.get_coordinates(p) for p in parts]))


def meander(dice: Dice, points: NDArray[np.float64], swing: float) -> LineString:
    """Return a winding course through way points: a river."""
    line = LineString(points)
    number = max(8, int(line.length / 450))
    along = np.linspace(0, 1, number)
    xy = shapely.get_coordinates(line.interpolate(along, normalized=True))
    direction = np.gradient(xy, axis=0)
    normal = np.column_stack([-direction[:, 1], direction[:, 0]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    offset = swing * dice.normal(size=number) * np.sin(np.pi * along) ** 0.3
    return course(xy + normal * offset[:, None], rounds=3)


def valley(dice: Dice, line: LineString, least: float, most: float) -> BaseGeometry:
    """Return a strip along a river, wider here and narrower there (half widths in metres)."""
    coarse = np.linspace(0, 1, max(6, int(line.length / 1_500)))
    fine = np.linspace(0, 1, max(12, int(line.length / 120)))
    places = line.interpolate(fine, normalized=True)
    widths = np.interp(fine, coarse, dice.uniform(least, most, len(coarse)))
    pieces = [
        line.buffer(least, quad_segs=4),
        *(p.buffer(w, quad_segs=6) for p, w in zip(places, widths, strict=True)),
    ]
    rounded = (
        shapely.union_all(pieces).buffer(least / 2, quad_segs=4).buffer(-least / 2, quad_segs=4)
    )
    return tidy(rounded.simplify(6))


def scattered(dice: Dice, ground: BaseGeometry, number: int) -> NDArray[np.float64]:
    """Return that many places inside an area, shape (number, 2)."""
    left, bottom, right, top = ground.bounds
    shapely.prepare(ground)
    found: list[NDArray[np.float64]] = []
    while sum(map(len, found)) < number:
        xy = np.column_stack(
            [dice.uniform(left, right, 4 * number), dice.uniform(bottom, top, 4 * number)]
        )
        found.append(xy[shapely.contains_xy(ground, xy)])
    return np.round(np.concatenate(found)[:number], 2)


def piece(line: BaseGeometry, start: float, end: float) -> LineString:
    """Return the part of a line between two distances from its start, m."""
    return cast(LineString, shapely.ops.substring(cast(LineString, line), start, end))


def sections(line: LineString, length: float) -> list[tuple[LineString, float, float]]:
    """Cut a line into pieces of about that length, with their kilometres from and to."""
    number = max(1, round(line.length / length))
    cuts = np.linspace(0, line.length, number + 1)
    return [
        (tidy(piece(line, a, b)), round(a / 1000, 3), round(b / 1000, 3))
        for a, b in pairwise(map(float, cuts))
    ]
