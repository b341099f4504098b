"""KML placemarks: longitude before latitude, WGS 84; links to other files are not followed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely import MultiLineString, MultiPoint
from shapely.geometry.base import BaseGeometry

from layers.reading import rings, xml
from layers.reading.features import Attributes, Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse
from layers.reading.xml import children, local, number_text

if TYPE_CHECKING:
    from layers.reading.read import Answers

GEOMETRIES = ("Polygon", "LineString", "LinearRing", "Point", "MultiGeometry")


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read the placemarks of a document."""
    seen = xml.scan(path)
    root = xml.parse(path)
    marks = [e for e in root.iter() if local(e) == "Placemark"]
    if not marks and not profile.gaps:
        raise refuse("no-features")
    found, rows = [], []
    heights = False
    for mark in marks:
        elements = children(mark, *GEOMETRIES)
        heights = heights or any(_has_height(e) for e in elements)
        found.append(_shape(elements[0], answers.accept) if elements else None)
        rows.append(_row(mark))
    notices = [notice("kml-networklink-ignored")] if "NetworkLink" in seen.tags else []
    notices += [notice("z-dropped")] if heights else []
    return Features(shapes(found), tuple(rows), "EPSG:4326", "kml", notices=tuple(notices))


def _shape(element: Any, accept: frozenset[str]) -> BaseGeometry:
    name = local(element)
    if name == "Polygon":
        boundaries = children(element, "outerBoundaryIs") + children(element, "innerBoundaryIs")
        return rings.polygon([_points(r) for b in boundaries for r in children(b)], accept)
    if name == "MultiGeometry":
        parts = [_shape(e, accept) for e in children(element, *GEOMETRIES)]
        kinds = {shapely.get_dimensions(p) for p in parts}
        if len(kinds) != 1:
            raise refuse("geometry-type")
        return shapely.union_all(parts) if kinds == {2} else _several(parts)
    points = _points(element)
    if name == "Point":
        return shapely.Point(points[0])
    if len(points) < 2:
        raise refuse("geometry-invalid")
    return shapely.LineString(points)


def _several(parts: list[BaseGeometry]) -> BaseGeometry:
    """Return lines or points as one geometry."""
    single = [p for part in parts for p in shapely.get_parts(part)]
    lines = shapely.get_dimensions(single[0]) == 1
    return MultiLineString(single) if lines else MultiPoint(single)


def _points(element: Any) -> list[tuple[float, float]]:
    text = " ".join(map(number_text, children(element, "coordinates")))
    try:
        pairs = [tuple(float(v) for v in group.split(",")[:2]) for group in text.split()]
    except ValueError as error:
        raise refuse("xml-malformed") from error
    if not pairs or any(len(p) != 2 for p in pairs):
        raise refuse("geometry-empty")
    return [(p[0], p[1]) for p in pairs]


def _has_height(element: Any) -> bool:
    texts = [e.text or "" for e in element.iter() if local(e) == "coordinates"]
    return any(group.count(",") > 1 for text in texts for group in text.split())


def _row(mark: Any) -> Attributes:
    row: dict[str, Any] = {}
    for name in children(mark, "name"):
        row["name"] = name.text
    for data in mark.iter():
        if local(data) in ("Data", "SimpleData") and data.get("name"):
            row[data.get("name")] = data.text or next(
                (v.text for v in children(data, "value")), None
            )
    return row
