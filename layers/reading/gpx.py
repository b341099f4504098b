"""GPX routes, tracks and waypoints: WGS 84; nothing is read of when somebody was where."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shapely import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from layers.reading import xml
from layers.reading.features import Attributes, Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse, which
from layers.reading.xml import children, local

if TYPE_CHECKING:
    from layers.reading.read import Answers

LAYERS = {"routes": "rte", "tracks": "trk", "waypoints": "wpt"}
TEXTS = ("name", "desc", "cmt", "type")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)
FARTHEST = {"lon": 180.0, "lat": 90.0}  # degrees


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read the routes, the tracks or the waypoints of a document; which, where it holds several,
    is asked.
    """
    xml.scan(path)
    root = xml.parse(path)
    found = {name: children(root, tag) for name, tag in LAYERS.items() if children(root, tag)}
    if not found:
        if not profile.gaps:
            raise refuse("no-features")
        return Features(shapes([]), (), "EPSG:4326", "gpx")
    name = _one(sorted(found), answers.layer)
    heights = any(local(e) == "ele" for element in found[name] for e in element.iter())
    drawn = [_shape(e) for e in found[name]]
    notices = [notice("z-dropped")] if heights else []
    notices += [notice("gpx-segment-dropped")] if any(short for _, short in drawn) else []
    geometries = shapes([geometry for geometry, _ in drawn])
    rows = tuple(map(_row, found[name]))
    return Features(geometries, rows, "EPSG:4326", "gpx", name, notices=tuple(notices))


def _one(names: list[str], chosen: str | None) -> str:
    if chosen in names:
        return chosen
    if chosen is not None or len(names) > 1:
        raise which("layer-multiple", names, chosen)
    return names[0]


def _shape(element: Any) -> tuple[BaseGeometry, bool]:
    """Return the geometry of an element, and whether pieces without length were left out."""
    name = local(element)
    if name == "wpt":
        return Point(_place(element)), False
    holders = [element] if name == "rte" else children(element, "trkseg")
    pieces = [[_place(p) for p in children(h, "rtept", "trkpt")] for h in holders]
    lines = [LineString(p) for p in pieces if len(set(p)) > 1]
    if not lines:
        raise refuse("geometry-invalid" if any(pieces) else "geometry-empty")
    whole = lines[0] if len(lines) == 1 else MultiLineString(lines)
    return whole, len(lines) < len(pieces)


def _place(element: Any) -> tuple[float, float]:
    return _degrees(element, "lon"), _degrees(element, "lat")


def _degrees(element: Any, name: str) -> float:
    text = (element.get(name) or "").strip()
    if NOT_FINITE.fullmatch(text):
        raise refuse("geometry-nonfinite")
    if not NUMBER.fullmatch(text):
        raise refuse("xml-malformed")
    degrees = float(text)
    if abs(degrees) > FARTHEST[name]:
        raise refuse("coords-out-of-range")
    return degrees


def _row(element: Any) -> Attributes:
    texts = {local(e): " ".join((e.text or "").split()) for e in children(element, *TEXTS)}
    return {name: text for name, text in texts.items() if text}
