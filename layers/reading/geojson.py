"""GeoJSON by RFC 7946, and with the older `crs` member; parsed strictly, without GDAL."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from
from layers.reading import rings
from layers.reading.features import Attributes, Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

DEEPEST = 64
COLLECTIONS = ("FeatureCollection", "GeometryCollection")
GEOMETRIES = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a FeatureCollection, a Feature or a geometry.

    Without a `crs` member coordinates are WGS 84, unless they cannot be degrees: then the CRS is
    unknown.
    """
    document = parsed(path.read_bytes())
    if not isinstance(document, dict) or document.get("type") not in (
        "Feature", *COLLECTIONS, *GEOMETRIES,
    ):  # fmt: skip
        raise refuse("format-mismatch")
    features = _features(document)
    if not features:
        raise refuse("no-features")
    heights = False
    geometries: list[BaseGeometry | None] = []
    for feature in features:
        member = feature.get("geometry")
        shape = None if member is None else geometry(member, answers.accept)
        heights = heights or (member is not None and _has_height(member))
        geometries.append(shape)
    found = shapes(geometries)
    notices = (notice("z-dropped"),) if heights else ()
    rows = tuple(_row(feature.get("properties")) for feature in features)
    return Features(found, rows, _crs(document, found), "geojson", notices=notices)


def parsed(content: bytes) -> Any:
    """Return strict JSON: UTF-8, no key twice, no NaN, at most 64 deep."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("encoding") from error
    if "\0" in text:
        raise refuse("text-control")
    _shallow(text)
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_nonfinite)
    except RecursionError as error:
        raise refuse("json-depth") from error
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        several = error.msg == "Extra data" and len(lines) > 1
        raise refuse("format-mismatch" if several else "json-malformed") from error
    return document


def _shallow(text: str) -> None:
    """Refuse nesting before the parser meets it; brackets inside texts count, which is harmless."""
    depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            if depth > DEEPEST:
                raise refuse("json-depth")
        elif character in "]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise refuse("json-duplicate-key")
    return result


def _nonfinite(_: str) -> Any:
    raise refuse("geometry-nonfinite")


def _features(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if document["type"] == "FeatureCollection":
        members = document.get("features")
        if not isinstance(members, list) or not all(isinstance(m, dict) for m in members):
            raise refuse("json-structure")
        return members
    if document["type"] == "Feature":
        return [document]
    return [{"geometry": document, "properties": {}}]


def geometry(member: Any, accept: frozenset[str]) -> BaseGeometry:
    """Return the geometry of a GeoJSON member, its coordinates checked to be what they claim."""
    kind = member.get("type") if isinstance(member, dict) else None
    if kind == "GeometryCollection":
        inner = [geometry(m, accept) for m in member.get("geometries", ())]
        return shapely.geometrycollections(inner)
    if kind not in GEOMETRIES:
        raise refuse("json-structure")
    coordinates = member.get("coordinates")
    _check(coordinates, GEOMETRIES[kind])
    if kind == "Polygon":
        return rings.polygon(_flat(coordinates), accept)
    if kind == "MultiPolygon":
        return shapely.multipolygons([rings.polygon(_flat(p), accept) for p in coordinates])
    return shapely.force_2d(shapely.from_geojson(json.dumps(member)))


def _check(coordinates: Any, depth: int) -> None:
    """Refuse anything but numbers at exactly the depth a geometry type has."""
    if not isinstance(coordinates, list):
        raise refuse("json-structure")
    if depth:
        for inner in coordinates:
            _check(inner, depth - 1)
        return
    if coordinates and len(coordinates) < 2:
        raise refuse("json-structure")
    for number in coordinates:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise refuse("json-structure")
        if not math.isfinite(number):
            raise refuse("geometry-nonfinite")


def _flat(polygon: Sequence[Any]) -> list[list[tuple[float, float]]]:
    return [[(float(p[0]), float(p[1])) for p in ring] for ring in polygon]


def _has_height(member: Mapping[str, Any]) -> bool:
    inner = member.get("coordinates")
    while isinstance(inner, list) and inner and isinstance(inner[0], list):
        inner = inner[0]
    return isinstance(inner, list) and len(inner) > 2


def _row(properties: Any) -> Attributes:
    if not isinstance(properties, dict):
        return {}
    plain = (str, int, float, bool, type(None))
    return {
        k: v if isinstance(v, plain) else json.dumps(v, ensure_ascii=False)
        for k, v in properties.items()
    }


def _crs(document: Mapping[str, Any], found: Any) -> str | None:
    member = document.get("crs")
    if member is not None:
        name = member.get("properties", {}).get("name") if isinstance(member, dict) else None
        if not isinstance(name, str):
            raise refuse("json-structure") if not isinstance(member, dict) else crs_refused(member)
        crs_from(name)
        return name
    left, bottom, right, top = shapely.total_bounds(found)
    degrees = -180 <= left <= right <= 180 and -90 <= bottom <= top <= 90
    return "EPSG:4326" if degrees else None


def crs_refused(member: Mapping[str, Any]) -> Exception:
    """Return the refusal of a `crs` that is not a name but a link: nothing is ever fetched."""
    try:
        crs_from(str(member.get("properties", {}).get("href", member.get("type"))))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the refusal
        return error
    return refuse("json-structure")
