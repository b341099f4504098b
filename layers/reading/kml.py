"""KML placemarks: longitude before latitude, WGS 84; links to other files are not followed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely import MultiLineString, MultiPoint
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Refusal, Text
from layers.reading import rings, xml
from layers.reading.features import Attributes, Features, shapes
from layers.reading.gmlshape import UNPLACED, together
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse, unread
from layers.reading.xml import children, local, number_text

if TYPE_CHECKING:
    from layers.reading.read import Answers

GEOMETRIES = ("Polygon", "LineString", "LinearRing", "Point", "MultiGeometry")
OTHERS = ("Model", "Track", "MultiTrack")  # geometries that are neither areas nor plain lines

SEVERAL = Text(
    "Ein Placemark der KML-Datei hat mehrere Geometrien nebeneinander; bitte als MultiGeometry "
    "oder in mehreren Placemarks exportieren.",
    "A placemark of the KML file has several geometries side by side; please export them as a "
    "MultiGeometry or in several placemarks.",
)
SHELLS = Text(
    "Eine Fläche der KML-Datei hat mehrere Außengrenzen; bitte als mehrere Flächen exportieren, "
    "Aussparungen als innere Grenzen.",
    "An area of the KML file has several outer boundaries; please export it as several areas, "
    "holes as inner boundaries.",
)


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read the placemarks of a document."""
    seen = xml.scan(path)
    root = xml.parse(path)
    marks = [e for e in root.iter() if local(e) == "Placemark"]
    if not marks and not profile.gaps:
        raise refuse("no-features")
    found = [_geometry(mark, profile, answers.accept) for mark in marks]
    rows = tuple(map(_row, marks))
    heights = any(_has_height(e) for mark in marks for e in children(mark, *GEOMETRIES))
    notices = [notice("kml-networklink-ignored")] if "NetworkLink" in seen.tags else []
    notices += [notice("z-dropped")] if heights else []
    return Features(shapes(found), rows, "EPSG:4326", "kml", notices=tuple(notices))


def _geometry(mark: Any, profile: Profile, accept: frozenset[str]) -> BaseGeometry | None:
    """Return the one geometry of a placemark; None without any.

    Of a layer nobody can be asked: an object lies wherever it might, and one that is partly of a
    kind that is not read, or not whole, may lie anywhere.
    """
    elements, others = children(mark, *GEOMETRIES), children(mark, *OTHERS)
    if others and not profile.gaps:
        raise unread(local(others[0]))
    if len(elements) > 1 and not profile.gaps:
        raise Refusal("xml-malformed", SEVERAL)
    if others or not elements:
        return None
    try:
        return _together([_shape(element, accept) for element in elements])
    except Problem as problem:
        if profile.gaps and problem.code in UNPLACED:
            return None
        raise


def _shape(element: Any, accept: frozenset[str]) -> BaseGeometry:
    name = local(element)
    if name not in GEOMETRIES:
        raise unread(name)
    if name == "Polygon":
        shells, holes = (
            [ring for boundary in children(element, side) for ring in children(boundary)]
            for side in ("outerBoundaryIs", "innerBoundaryIs")
        )
        if len(shells) != 1:
            raise Refusal("xml-malformed", SHELLS) if shells else refuse("geometry-empty")
        return rings.polygon([_points(ring) for ring in (*shells, *holes)], accept)
    if name == "MultiGeometry":
        inner = [e for e in children(element) if local(e)[:1].isupper()]  # others say how to draw
        return _together([_shape(e, accept) for e in inner])
    points = _points(element)
    if name == "Point":
        if len(points) > 1:
            raise refuse("xml-malformed")
        return shapely.Point(points[0])
    if len(points) < 2:
        raise refuse("geometry-invalid")
    return shapely.LineString(points)


def _together(parts: list[BaseGeometry]) -> BaseGeometry:
    """Return parts as one geometry: areas united, lines and points as they are drawn."""
    kinds = {shapely.get_dimensions(part) for part in parts}
    single = [p for part in parts for p in shapely.get_parts(part)]
    if kinds == {1} and all(p.geom_type == "LineString" for p in single):
        return MultiLineString(single) if len(single) > 1 else single[0]
    if kinds == {0} and all(p.geom_type == "Point" for p in single):
        return MultiPoint(single) if len(single) > 1 else single[0]
    return together(parts)


def _points(element: Any) -> list[tuple[float, float]]:
    holders = children(element, "coordinates")
    groups = [group for holder in holders for group in number_text(holder).split()]
    try:
        places = [tuple(float(number) for number in group.split(",")) for group in groups]
    except ValueError as error:
        raise refuse("xml-malformed") from error
    if not places or any(len(place) < 2 for place in places):
        raise refuse("geometry-empty")
    # Several lists would make one line of two, and a blank that is missing hides a place.
    if len(holders) > 1 or any(len(place) > 3 for place in places):
        raise refuse("xml-malformed")
    return [(place[0], place[1]) for place in places]


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
