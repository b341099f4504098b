"""GeoJSON by RFC 7946, and with the older `crs` member; parsed strictly, without GDAL."""

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from
from gis.problem import Refusal, Text
from layers.reading import rings
from layers.reading.features import Attributes, Features, shapes
from layers.reading.jsontext import no_number, parsed
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

MOST = 10**12  # more is no coordinate of any kind
LARGEST = sys.float_info.max
WGS84 = "EPSG:4326"
COLLECTIONS = ("FeatureCollection", "GeometryCollection")
GEOMETRIES = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip
ANNOUNCING = ("numberMatched", "numberReturned", "totalFeatures")
SHAPES = frozenset({"coordinates", "geometries", "base"})  # what a `place` of JSON-FG is made of
JSON_FG = Text(
    "Die Datei ist JSON-FG, ihre Geometrien stehen unter „place“; bitte als einfaches GeoJSON "
    "exportieren.",
    "The file is JSON-FG, its geometries stand under “place”; please export it as plain GeoJSON.",
)


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a FeatureCollection, a Feature or a geometry.

    Without a `crs` member coordinates are WGS 84, unless they cannot be degrees: then the CRS is
    unknown.
    """
    document = parsed(path.read_bytes())
    if not isinstance(document, dict) or document.get("type") not in (
        "Feature", *COLLECTIONS, *GEOMETRIES,
    ):  # fmt: skip
        failed = isinstance(document, dict) and isinstance(document.get("error"), dict)
        raise refuse("service-exception" if failed else "format-mismatch")  # as ArcGIS says it
    features = _features(document)
    if not features and not profile.gaps:
        raise refuse("no-features")
    if _is_page(document, len(features)) and "features-incomplete" not in answers.accept:
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
    crs = _crs(document, features, found)
    return Features(found, rows, crs, "geojson", notices=notices)


def _is_page(document: Mapping[str, Any], number: int) -> bool:
    """Tell whether a document of `number` features says that there are more elsewhere."""
    counts = [announced(document.get(name)) for name in ANNOUNCING]
    if max(counts) > number:
        return True
    if document["type"] != "FeatureCollection":  # a single feature may link to its neighbour
        return False
    said, links = document.get("properties"), document.get("links")
    places = (document, said if isinstance(said, dict) else {})
    if any(place.get("exceededTransferLimit") in (True, "true") for place in places):
        return True
    # Whoever joined all pages may have left the link of the first one.
    return not counts[0] and any(
        isinstance(link, dict) and link.get("rel") == "next"
        for link in (links if isinstance(links, list) else [])
    )


def announced(number: Any) -> int:
    """Return how many features a service says there are; 0 where it does not know."""
    text = str(number)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _features(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if document["type"] == "FeatureCollection":
        members = document.get("features")
        if not isinstance(members, list) or not all(map(_is_feature, members)):
            raise refuse("json-structure")
    elif document["type"] == "Feature":
        members = [document]
    else:
        members = [{"geometry": document, "properties": {}}]
    # There `geometry` is a stand-in only, maybe a coarse one.
    if any(isinstance(p := m.get("place"), dict) and SHAPES & p.keys() for m in members):
        raise Refusal("format-not-allowed", JSON_FG)
    return members


def _is_feature(member: Any) -> bool:
    """Tell whether a member is an object; what is in a collection or a bare geometry is lost."""
    return isinstance(member, dict) and member.get("type", "Feature") == "Feature"


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
    if kind == "MultiPoint":
        return shapely.MultiPoint(_line(coordinates))
    if kind == "Point":
        return shapely.Point(_line([coordinates])[0])
    lines = [coordinates] if kind == "LineString" else coordinates
    if min(map(len, lines)) < 2:
        raise refuse("geometry-invalid")
    drawn = [shapely.LineString(_line(places)) for places in lines]
    return drawn[0] if kind == "LineString" else shapely.MultiLineString(drawn)


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
    return [_line(ring) for ring in polygon]


def _line(places: Sequence[Any]) -> list[tuple[float, float]]:
    """Return places by x and y; whatever else is said of them plays no role."""
    return [(float(p[0]), float(p[1])) for p in places]


def _has_height(member: Any) -> bool:
    """Tell whether any place of a geometry has more than x and y."""
    if isinstance(member, dict):
        of = "geometries" if member["type"] == "GeometryCollection" else "coordinates"
        return _has_height(member[of])
    if member and isinstance(member[0], dict | list):
        return any(map(_has_height, member))
    return len(member) > 2


def _row(feature: Mapping[str, Any]) -> Attributes:
    """Return the properties, with the feature's own id where none of them is called so.

    Raises
    ------
    Refusal
        ``json-malformed`` for a number beyond all floats.
    """
    properties = feature.get("properties")
    own = {"id": feature["id"]} if isinstance(feature.get("id"), str | int) else {}
    return {
        k: _value(k, v)
        for k, v in (own | (properties if isinstance(properties, dict) else {})).items()
    }


def _value(name: str, value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        if not -LARGEST <= value <= LARGEST:
            raise no_number(name)
        return value
    return json.dumps(value, ensure_ascii=False)


def _crs(
    document: Mapping[str, Any], features: Sequence[Mapping[str, Any]], found: Any
) -> str | None:
    """Return the one CRS of all objects; several names for it are one.

    Raises
    ------
    Refusal
        ``crs-mixed`` where objects or geometries name another one, ``crs-unknown``,
        ``json-structure``.
    """
    stated = _named(document)
    names: set[str | None] = set()
    for feature in features:
        outer = tuple(filter(None, (stated, _named(feature))))
        names.update(_names(feature.get("geometry"), outer))
    if len(names) > 1:
        first, *others = (crs_from(name or WGS84) for name in names)
        if not all(first.equals(other, ignore_axis_order=True) for other in others):
            raise refuse("crs-mixed")
    if name := stated or min(filter(None, names), default=None):
        return name
    if not len(shapely.get_coordinates(found)):  # nothing that could lie anywhere
        return WGS84
    left, bottom, right, top = shapely.total_bounds(found)
    degrees = -180 <= left <= right <= 180 and -90 <= bottom <= top <= 90
    return WGS84 if degrees else None


def _names(member: Any, outer: tuple[str, ...]) -> Iterator[str | None]:
    """Yield every CRS named for a checked geometry, there or around it; None where there is none.

    PostGIS writes it into each geometry. One that another one overrides may be the right one.
    """
    if member is None:
        return
    own = _named(member)
    names = outer if own is None else (*outer, own)
    if member["type"] != "GeometryCollection":
        yield from names or (None,)
        return
    for inner in member["geometries"]:
        yield from _names(inner, names)


def _named(holder: Mapping[str, Any]) -> str | None:
    """Return the CRS that a document, an object or a geometry names, by an older standard."""
    member = holder.get("crs")
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    if not isinstance(properties, dict):
        raise refuse("json-structure")
    # A link stands for an address to fetch: as a name it is unknown, and nothing is fetched.
    name = properties.get("name", properties.get("href"))
    code = properties.get("code")
    if name is None and isinstance(code, int | str) and not isinstance(code, bool):
        name = f"EPSG:{code}"
    if not isinstance(name, str):
        raise refuse("json-structure")
    crs_from(name)
    return name
