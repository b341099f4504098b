"""GeoJSON by RFC 7946, and with the older `crs` member; parsed strictly, without GDAL."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
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
STEPS = np.zeros(256, dtype=np.int8)  # how each byte changes the depth
STEPS[[ord("["), ord("{")]], STEPS[[ord("]"), ord("}")]] = 1, -1
MOST = 10**12  # more is no coordinate of any kind
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
    if not features and not profile.gaps:
        raise refuse("no-features")
    lacking = announced(document.get("numberMatched")) > len(features)
    if lacking and "features-incomplete" not in answers.accept:
        raise refuse("features-incomplete")
    heights = False
    geometries: list[BaseGeometry | None] = []
    for feature in features:
        member = feature.get("geometry")
        shape = None if member is None else geometry(member, answers.accept)
        heights = heights or (member is not None and _has_height(member))
        geometries.append(shape)
    found = shapes(geometries)
    notices = (notice("z-dropped"),) if heights else ()
    rows = tuple(map(_row, features))
    return Features(found, rows, _crs(document, found), "geojson", notices=notices)


def announced(number: Any) -> int:
    """Return how many features a service says there are; 0 where it does not know."""
    text = str(number)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def parsed(content: bytes) -> Any:
    """Return strict JSON: UTF-8, no key twice, no NaN, at most 64 deep."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("encoding") from error
    if "\0" in text:
        raise refuse("text-control")
    _shallow(content)
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_nonfinite)
    except RecursionError as error:
        raise refuse("json-depth") from error
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        several = error.msg == "Extra data" and len(lines) > 1
        raise refuse("format-mismatch" if several else "json-malformed") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise refuse("coords-out-of-range") from error
    return document


def _shallow(content: bytes) -> None:
    """Refuse nesting before the parser meets it; brackets inside texts count, which is harmless."""
    depth = 0
    for start in range(0, len(content), 1 << 20):
        codes = np.frombuffer(content[start : start + (1 << 20)], dtype=np.uint8)
        steps = np.cumsum(STEPS[codes], dtype=np.int64)
        if depth + int(steps.max()) > DEEPEST:
            raise refuse("json-depth")
        depth += int(steps[-1])


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
        members = member.get("geometries")
        if not isinstance(members, list):
            raise refuse("json-structure")
        return shapely.geometrycollections([geometry(m, accept) for m in members])
    if not isinstance(kind, str) or kind not in GEOMETRIES:
        raise refuse("json-structure")
    coordinates = member.get("coordinates")
    if coordinates == []:
        return shapely.from_wkt(f"{kind.upper()} EMPTY")
    _check(coordinates, GEOMETRIES[kind])
    if kind == "Polygon":
        return rings.polygon(_flat(coordinates), accept)
    if kind == "MultiPolygon":
        return shapely.multipolygons([rings.polygon(_flat(p), accept) for p in coordinates])
    if kind == "LineString" and len(coordinates) < 2:
        raise refuse("geometry-invalid")
    if kind == "MultiLineString" and min(map(len, coordinates)) < 2:
        raise refuse("geometry-invalid")
    return shapely.force_2d(shapely.from_geojson(json.dumps(member)))


def _check(coordinates: Any, depth: int) -> None:
    """Refuse anything but numbers at exactly the depth a geometry type has."""
    if not isinstance(coordinates, list):
        raise refuse("json-structure")
    if depth:
        for inner in coordinates:
            _check(inner, depth - 1)
        return
    if len(coordinates) < 2:
        raise refuse("json-structure")
    for number in coordinates:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise refuse("json-structure")
        if isinstance(number, int) and abs(number) > MOST:
            raise refuse("coords-out-of-range")
        if not math.isfinite(number):
            raise refuse("geometry-nonfinite")


def _flat(polygon: Sequence[Any]) -> list[list[tuple[float, float]]]:
    return [[(float(p[0]), float(p[1])) for p in ring] for ring in polygon]


def _has_height(member: Mapping[str, Any]) -> bool:
    inner = member.get("coordinates")
    while isinstance(inner, list) and inner and isinstance(inner[0], list):
        inner = inner[0]
    return isinstance(inner, list) and len(inner) > 2


def _row(feature: Mapping[str, Any]) -> Attributes:
    """Return the properties, with the feature's own id where none of them is called so."""
    properties = feature.get("properties")
    own = {"id": feature["id"]} if isinstance(feature.get("id"), str | int) else {}
    plain = (str, int, float, bool, type(None))
    return {
        k: v if isinstance(v, plain) else json.dumps(v, ensure_ascii=False)
        for k, v in (own | (properties if isinstance(properties, dict) else {})).items()
    }


def _crs(document: Mapping[str, Any], found: Any) -> str | None:
    member = document.get("crs")
    if member is not None:
        properties = member.get("properties") if isinstance(member, dict) else None
        if not isinstance(properties, dict):
            raise refuse("json-structure")
        # A link stands for an address to fetch: as a name it is unknown, and nothing is fetched.
        name = properties.get("name", properties.get("href"))
        if not isinstance(name, str):
            raise refuse("json-structure")
        crs_from(name)
        return name
    if not len(shapely.get_coordinates(found)):  # nothing that could lie anywhere
        return "EPSG:4326"
    left, bottom, right, top = shapely.total_bounds(found)
    degrees = -180 <= left <= right <= 180 and -90 <= bottom <= top <= 90
    return "EPSG:4326" if degrees else None
