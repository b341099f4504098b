"""What the map's script draws: one block of plain data with packed geometries.

Objects are numbered through all layers in the order of the picture; the tables of the page use the
same numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import shapely
from pyproj import CRS
from shapely import GeometryCollection, LineString, Point
from shapely.geometry.base import BaseGeometry

from gis.linear import point_at
from gis.transform import transform
from maps.picture import Backdrop, Ground, Hit, Overlay, Picture, Plan, Row
from maps.shapes import WGS84, Packed, Packer, tolerance_for
from maps.style import GROUNDS, RELATIONS, THEMES
from maps.words import words

Json = dict[str, Any]

BACKDROP_VERTICES = 20_000
COARSE = 3_000  # the backdrop is drawn to one part in so many of the window's width
SPECK = 500  # and what is smaller than one part in so many is left out
WIDE_SHARE = 0.12  # an object over so much of the window is drawn by its outline alone
COVERS_SHARE = 0.9  # and one that takes in so much of the plan where there are several such
NAMED = frozenset({"municipality", "water", "river", "road", "railway"})
STEPS_KM = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
MOST_MARKS = 60


def theme_class(theme: str) -> str:
    """Return the name of a theme's look in styles and patterns."""
    return theme if theme in THEMES else "other"


def numbered(picture: Picture) -> Iterator[tuple[int, int, Overlay, Hit]]:
    """Yield number of the object, number of its layer, layer and object."""
    pairs = ((k, o, h) for k, o in enumerate(picture.overlays) for h in o.hits)
    for number, (layer, overlay, hit) in enumerate(pairs):
        yield number, layer, overlay, hit


def contents(picture: Picture) -> Json:
    """Return everything the script needs; only numbers, texts, lists and objects."""
    drawn = [g for _, _, _, hit in numbered(picture) for g in (hit.geometry, hit.overlap)]
    plan = picture.plan
    parts = [part.geometry for part in plan.parts]
    packer = Packer(picture.crs, tolerance_for([*drawn, plan.footprint, plan.axis, *parts]))
    return {
        "words": words(picture.language),
        "language": picture.language,
        "sheet": _sheet(picture),
        "view": packer.bounds(plan.footprint),
        "plan": _plan(plan, packer),
        "layers": [_layer(overlay) for overlay in picture.overlays],
        "offices": [{"code": o.code, "name": o.name} for o in picture.offices],
        "hits": list(_hits(picture, packer)),
        "uncovered": list(_uncovered(picture.overlays, packer)),
        "backdrop": list(backdrop(picture.backdrop, picture.window, picture.crs)),
        "relations": {
            relation.value: {
                "label": look.label.in_language(picture.language),
                "weight": look.weight_px,
                "dash": list(look.dash),
                "radius": look.radius_px,
            }
            for relation, look in RELATIONS.items()
        },
    }


def _sheet(picture: Picture) -> list[list[float]]:
    """Return the window as [[south, west], [north, east]]: the upright rectangle inside it."""
    left, bottom, right, top = picture.window
    corners = shapely.points([(left, bottom), (right, bottom), (right, top), (left, top)])
    placed, _ = transform(corners, picture.crs, WGS84)
    (sw, se, ne, nw) = shapely.get_coordinates(placed).tolist()
    west, east = max(sw[0], nw[0]), min(se[0], ne[0])
    south, north = max(sw[1], se[1]), min(nw[1], ne[1])
    return [[round(south, 7), round(west, 7)], [round(north, 7), round(east, 7)]]


def _plan(plan: Plan, packer: Packer) -> Json:
    return {
        "title": plan.title,
        "rows": _rows(plan.rows),
        "shape": packer.pack(plan.footprint),
        "axis": packer.pack(plan.axis),
        "points": packer.pack(plan.points),
        "at": packer.place(shapely.point_on_surface(plan.footprint)),
        "parts": [
            {"role": p.role, "name": p.name, "shape": packer.pack(p.geometry)} for p in plan.parts
        ],
        "marks": [] if plan.axis is None else list(_marks(plan.axis, packer)),
    }


def _marks(axis: BaseGeometry, packer: Packer) -> Iterator[Json]:
    """Yield kilometre marks by number from the start; the end of the axis has none."""
    length_km = axis.length / 1000
    step = next((s for s in STEPS_KM if length_km / s <= MOST_MARKS), STEPS_KM[-1])
    for number in range(int(length_km / step) + 1):
        yield _mark(axis, number * step, number, packer)
    if length_km % step > step / 100:
        yield _mark(axis, length_km, None, packer)


def _mark(axis: BaseGeometry, km: float, number: int | None, packer: Packer) -> Json:
    return {"at": packer.place(point_at(axis, km * 1000)), "km": round(km, 3), "number": number}


def _layer(overlay: Overlay) -> Json:
    return {
        "title": overlay.title,
        "theme": theme_class(overlay.theme),
        "date": overlay.data_date,
    }


def _hits(picture: Picture, packer: Packer) -> Iterator[Json]:
    codes = {office.code: number for number, office in enumerate(picture.offices)}
    left, bottom, right, top = picture.window
    window_m2 = (right - left) * (top - bottom)
    for _, layer, _, hit in numbered(picture):
        yield {
            "layer": layer,
            "offices": [codes[code] for code in hit.offices if code in codes],
            "id": hit.id,
            "title": hit.title,
            "relation": hit.relation.value,
            "rows": _rows(hit.rows),
            "basis": list(hit.basis),
            "for": hit.stands_for,
            **_drawn(hit, packer, window_m2),
        }


def _drawn(hit: Hit, packer: Packer, window_m2: float) -> Json:
    shape = packer.pack(hit.geometry)
    if hit.geometry is None or shape is None:
        return {"shape": None, "crossings": []}
    place = hit.geometry if hit.overlap is None or hit.overlap.is_empty else hit.overlap
    return {
        "shape": shape,
        "overlap": packer.pack(hit.overlap),
        "at": packer.place(label_place(place)),
        "size": round(hit.geometry.area),
        "wide": hit.geometry.area > WIDE_SHARE * window_m2,
        "share": round(hit.share_of_plan or 0.0, 3),
        "covers": hit.geometry.area > 0 and (hit.share_of_plan or 0.0) > COVERS_SHARE,
        "crossings": [
            {
                "at": packer.place(c.point),
                "km": round(c.at_km, 3),
                "angle": None if c.angle_deg is None else round(c.angle_deg),
                "rows": _rows(c.rows),
            }
            for c in hit.crossings
        ],
    }


def label_place(geometry: BaseGeometry) -> Point:
    """Return a place that stands for a geometry: in its largest area, midway of its longest line.

    The first point where there is nothing larger. The geometry must not be empty.
    """
    parts = shapely.get_parts(geometry)
    if len(parts) > 1 or parts[0].geom_type.startswith(("Multi", "Geometry")):
        largest: BaseGeometry = max(parts, key=lambda p: (p.area, p.length))
        return label_place(largest)
    if isinstance(parts[0], LineString):
        return Point(parts[0].interpolate(0.5, normalized=True))
    return Point(shapely.point_on_surface(parts[0]))


def _rows(rows: Iterable[Row]) -> list[list[str]]:
    return [list(row) for row in rows]


def _uncovered(overlays: Sequence[Overlay], packer: Packer) -> Iterator[Json]:
    """Yield every part without data once, with the layers that have none there."""
    grouped: dict[bytes, tuple[BaseGeometry, list[str]]] = {}
    for overlay in overlays:
        if overlay.uncovered is not None and not overlay.uncovered.is_empty:
            key = shapely.to_wkb(shapely.normalize(overlay.uncovered))
            grouped.setdefault(key, (overlay.uncovered, []))[1].append(overlay.title)
    for geometry, titles in grouped.values():
        yield {
            "shape": packer.pack(geometry),
            "at": packer.place(label_place(geometry)),
            "layers": titles,
        }


def backdrop(
    things: Iterable[Backdrop], window: tuple[float, float, float, float], crs: CRS
) -> Iterator[Json]:
    """Yield the ground of a map, kind by kind: its shapes together, and where names stand."""
    left, _, right, _ = window
    width = right - left
    kept = [b for b in things if not _speck(b.geometry, width / SPECK)]
    tolerance = tolerance_for([b.geometry for b in kept], BACKDROP_VERTICES)
    packer = Packer(crs, max(tolerance, width / COARSE))
    by_ground: dict[Ground, list[Backdrop]] = defaultdict(list)
    for thing in kept:
        by_ground[thing.ground].append(thing)
    for name in GROUNDS:
        things = next((t for g, t in by_ground.items() if g == name), [])
        if things:
            yield {
                "ground": name,
                "shape": _together(things, packer),
                "labels": list(_labels(things, packer)) if name in NAMED else [],
            }


def _speck(geometry: BaseGeometry, size_m: float) -> bool:
    return 0 < geometry.area < size_m * size_m


def _together(things: Iterable[Backdrop], packer: Packer) -> Packed | None:
    flat = [part for thing in things for part in shapely.get_parts(thing.geometry)]
    return packer.pack(GeometryCollection(flat))


def _labels(things: Iterable[Backdrop], packer: Packer) -> Iterator[list[Any]]:
    """Yield every name with place and size (m): where the largest thing of that name lies."""
    named: dict[str, BaseGeometry] = {}
    for thing in things:
        known = named.get(thing.name)
        if thing.name and (known is None or _size(thing.geometry) > _size(known)):
            named[thing.name] = thing.geometry
    for name, geometry in named.items():
        size_m = geometry.area**0.5 or geometry.length
        yield [name, packer.place(label_place(geometry)), round(size_m)]


def _size(geometry: BaseGeometry) -> tuple[float, float]:
    return geometry.area, geometry.length
