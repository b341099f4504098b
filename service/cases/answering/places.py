"""The place an item speaks of: drawn, or taken from a finding; kept in the working CRS."""

from collections.abc import Mapping
from typing import Any

import orjson
import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry

from gis.problem import Text
from gis.transform import transform
from service.cases.outlines import EUROPE, geojson, wgs84, working_crs
from service.db import SRID, Json
from service.errors import UnusableError

TYPES = frozenset({"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString",
                   "MultiPolygon"})  # fmt: skip
MOST_VERTICES = 20_000


def place_from(drawn: Mapping[str, Any], crs: str = "wgs84") -> WKBElement:
    """Return what was drawn, as GeoJSON in degrees or in the working CRS, as the database keeps it.

    Raises
    ------
    UnusableError
        If it is no point, line or area that can be used as it is.
    """
    shape = _shape(drawn)
    if crs == "wgs84":
        if not shapely.box(*EUROPE).contains(shape):
            raise UnusableError("place-invalid", FAR)
        shape = transform(shape, wgs84(), working_crs())[0][0]
    if not shapely.is_valid(shape) or shape.is_empty:
        raise UnusableError("place-invalid", INVALID)
    return from_shape(shape, srid=SRID)


def place_found(drawn: bytes, layer: str, thing: str) -> WKBElement:
    """Return the place of an object in a check as it was drawn (GeoJSON in the working CRS).

    Raises
    ------
    UnusableError
        If the check met no such object, or its place is not for this reader.
    """
    for feature in orjson.loads(drawn)["features"]:
        about = feature["properties"]
        if (about["what"], about.get("layer"), about.get("id")) != ("object", layer, thing):
            continue
        if feature["geometry"] is not None:
            return place_from(feature["geometry"], "working")
    raise UnusableError("place-unknown", NO_FINDING)


def place_of(place: WKBElement | None) -> Json | None:
    """Return a place as GeoJSON in degrees."""
    return None if place is None else geojson(to_shape(place))


def _shape(drawn: Mapping[str, Any]) -> BaseGeometry:
    if drawn.get("type") not in TYPES:
        raise UnusableError("place-invalid", INVALID)
    try:
        shape = shapely.from_geojson(orjson.dumps(drawn))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise UnusableError("place-invalid", INVALID) from error
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise UnusableError("place-invalid", LARGE, most=MOST_VERTICES)
    flat: BaseGeometry = shapely.force_2d(shape)
    return flat


NO_FINDING = Text(
    "Diesen Befund gibt es in der Prüfung nicht, oder sein Ort ist für Sie nicht sichtbar; bitte "
    "den Ort zeichnen.",
    "There is no such finding in the check, or its place is not visible to you; please draw it.",
)
INVALID = Text(
    "Der Ort (`place`) ist keine gültige Geometrie; bitte als Punkt, Linie oder Fläche in GeoJSON "
    "angeben, die sich nicht selbst schneidet.",
    "The place (`place`) is no valid geometry; please give a point, line or area in GeoJSON that "
    "does not cross itself.",
)
FAR = Text(
    "Der Ort (`place`) liegt nicht in Europa; GeoJSON nennt erst die Länge, dann die Breite.",
    "The place (`place`) does not lie in Europe; GeoJSON names longitude first, then latitude.",
)
LARGE = Text(
    "Der Ort (`place`) hat mehr als `most` Punkte; bitte vereinfachen.",
    "The place (`place`) has more than `most` points; please simplify it.",
)
