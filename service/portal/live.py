"""What the live maps draw: plans as packed shapes, and the ground of the region in pieces."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from gis.problem import Text
from gis.transform import transform
from layers.covering import polygon
from layers.store import LayerUnavailableError
from maps.block import data_block
from maps.shapes import WGS84, Packer, tolerance_for
from service.cases.outlines import box_from
from service.district import District
from service.report.surroundings import Window, backdrop

Json = dict[str, Any]
VERTICES = 40_000  # of one piece of ground
SPECK = 400  # what is smaller than one part in so many of the window's width is left out
SHARE = 1_200  # and lines are drawn to one part in so many
NAMED = "municipality"
ANYWHERE = [[50.9, 12.0], [51.5, 13.2]]  # where no area is known


def drawn(plans: Iterable[Mapping[str, Any]], district: District) -> Markup:
    """Return the block of data of a map of plans; `shape` of each is in the working CRS."""
    made = list(plans)
    crs = district.catalogue.crs
    shapes: list[BaseGeometry] = [plan["shape"] for plan in made]
    packer = Packer(crs, tolerance_for(shapes))
    packed = [{**plan, "shape": packer.pack(plan["shape"])} for plan in made]
    view = packer.bounds(shapely.union_all(shapes)) if shapes else region(district)
    return Markup(data_block({"view": view, "plans": packed}))  # noqa: S704 - escaped by it


def region(district: District) -> list[list[float]]:
    """Return where the district lies, as [[south, west], [north, east]]."""
    area = district.catalogue.area
    if area is None:
        return ANYWHERE
    try:
        inside = polygon(area, district.catalogue, district.store)
    except LayerUnavailableError:
        return ANYWHERE
    west, south, east, north = transform(inside, district.catalogue.crs, WGS84)[0][0].bounds
    return [[round(south, 5), round(west, 5)], [round(north, 5), round(east, 5)]]


def ground(district: District, corners: Window) -> tuple[bytes, str]:
    """Return what lies within a box in degrees (west, south, east, north), and its hash."""
    box = box_from(corners, "wgs84")
    if box.is_empty:
        return b"[]", "empty"
    left, bottom, right, top = box.bounds
    things = list(_ground(district, (left, bottom, right, top)))
    body = orjson.dumps(things)
    return body, hashlib.sha256(body).hexdigest()[:32]


def _ground(district: District, shown: Window) -> Iterator[Json]:
    catalogue = district.catalogue
    width = shown[2] - shown[0]
    around = list(backdrop(catalogue, district.store, shown))
    sizes = _sizes([thing.geometry for thing in around])
    found = [thing for thing, size in zip(around, sizes, strict=True) if size > width / SPECK]
    tolerance = max(width / SHARE, tolerance_for([t.geometry for t in found], VERTICES))
    packer = Packer(catalogue.crs, tolerance)
    together: dict[str, list[BaseGeometry]] = {}
    for thing in found:
        if thing.ground == NAMED:
            at = packer.place(shapely.point_on_surface(thing.geometry))
            shape = packer.pack(thing.geometry)
            yield {"ground": NAMED, "name": thing.name, "shape": shape or {}, "at": at}
        else:  # packed as one: each packing is a transformation of its own
            together.setdefault(thing.ground, []).append(thing.geometry)
    for kind, shapes in together.items():
        yield {"ground": kind, "shape": packer.pack(shapely.GeometryCollection(shapes)) or {}}


def _sizes(shapes: Sequence[BaseGeometry]) -> list[float]:
    """Return the longer side of each one's box."""
    if not shapes:
        return []
    left, bottom, right, top = shapely.bounds(np.array(shapes, dtype=object)).T
    sizes: list[float] = np.maximum(right - left, top - bottom).tolist()
    return sizes


BOX = Text(
    "`box` braucht erst die kleinsten, dann die größten Werte: West, Süd, Ost, Nord.",
    "`box` needs the least values first, then the greatest: west, south, east, north.",
)
