"""Geometries of GML 2 and 3, arcs included; coordinates in the document's own order."""

from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely import LineString, MultiLineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.problem import Refusal, Text
from layers.reading import arcs, rings
from layers.reading.gmllinks import HREF, Links
from layers.reading.refusals import refuse, unread
from layers.reading.xml import GEOMETRY, children, local, number_text

Point = tuple[float, float]
AREAS = {
    "Polygon", "PolygonPatch", "Rectangle", "Triangle", "Surface", "PolyhedralSurface",
    "MultiSurface", "MultiPolygon", "CompositeSurface", "OrientableSurface",
}  # fmt: skip
CURVES = {
    "LineString", "Curve", "CompositeCurve", "OrientableCurve", "MultiCurve", "MultiLineString",
    "LinearRing", "Ring",
}  # fmt: skip
POINTS = {"Point", "MultiPoint"}
# Of an object of a layer with such a fault nobody knows where it lies; a plan with one is asked.
UNPLACED = {"geometry-type", "geometry-empty", "ring-unclosed"}
GEOMETRIES = AREAS | CURVES | POINTS | {"MultiGeometry"}
# What any object of GML may say of itself, in elements that hold no part of it.
ASIDE = {"metaDataProperty", "description", "descriptionReference", "identifier", "name"}


def is_geometry(element: Any) -> bool:
    """Tell whether an element is a geometry, also of a kind that is not read."""
    name = local(element)
    return name in GEOMETRIES or bool("opengis.net/gml" in element.tag and GEOMETRY.search(name))


@dataclass
class Shaper:
    """Turns geometry elements into shapes; remembers whether it met arcs or heights."""

    accept: frozenset[str] = frozenset()
    dimension: int = 2  # of coordinates whose element does not say
    links: Links = field(default_factory=Links)
    curved: bool = False
    heights: bool = False

    def shape(self, element: Any) -> BaseGeometry:
        """Return the geometry of an element.

        Raises
        ------
        Refusal, Question
            Where coordinates are missing or malformed, a ring is open, or a kind is not read.
        """
        name = local(element)
        if name not in GEOMETRIES:
            raise unread(name)
        if name in ("Polygon", "PolygonPatch", "Rectangle", "Triangle"):
            return self._polygon(element)
        if name in AREAS:
            return together([self.shape(e) for e in self._inside(element, AREAS)])
        if name in POINTS:
            return self._points(element)
        if name in CURVES:
            return self._curve(element)
        return together([self.shape(e) for e in self._inside(element, GEOMETRIES)])

    def _inside(self, element: Any, wanted: set[str]) -> list[Any]:
        """Return the geometries directly inside, through member elements, or linked to there."""
        found = []
        for child in self.links.content(element) if _is_link(element) else children(element):
            name = local(child)
            if name in wanted:
                found.append(child)
            elif name[:1].isupper():  # an object, and not of a kind that could be a part
                raise unread(name)
            elif name not in ASIDE:
                found += self._inside(child, wanted)
        return found

    def _polygon(self, element: Any) -> BaseGeometry:
        shells, holes = [], []
        for boundary in children(element, "exterior", "outerBoundaryIs"):
            shells += [self._ring(e) for e in self.links.content(boundary)]
        for boundary in children(element, "interior", "innerBoundaryIs"):
            holes += [self._ring(e) for e in self.links.content(boundary)]
        if len(shells) != 1:
            raise Refusal("xml-malformed", SHELLS) if shells else refuse("geometry-empty")
        return rings.polygon([*shells, *holes], self.accept)

    def _ring(self, element: Any) -> list[Point]:
        if local(element) == "LinearRing":
            return self._positions(element)
        return rings.joined(map(self._line, self._inside(element, CURVES)), self.accept)

    def _curve(self, element: Any) -> BaseGeometry:
        if local(element) in ("MultiCurve", "MultiLineString"):
            lines = [self._line(e) for e in self._inside(element, CURVES)]
            return MultiLineString([_line_string(points) for points in lines])
        return _line_string(self._line(element))

    def _line(self, element: Any) -> list[Point]:
        name = local(element)
        if name in ("LineString", "LinearRing"):
            return self._positions(element)
        if name == "OrientableCurve":
            points = [p for e in self._inside(element, CURVES) for p in self._line(e)]
            return points[::-1] if element.get("orientation") == "-" else points
        if name in ("CompositeCurve", "Ring"):
            return self._chained([self._line(e) for e in self._inside(element, CURVES)])
        segments = [s for holder in children(element, "segments") for s in children(holder)]
        return self._chained([self._segment(s) for s in segments])

    def _chained(self, pieces: list[list[Point]]) -> list[Point]:
        points = rings.joined(pieces, self.accept)
        if len(points) < 2:
            raise refuse("geometry-empty")
        return points

    def _segment(self, element: Any) -> list[Point]:
        points = self._positions(element)
        name = local(element)
        if name in ("Arc", "ArcString"):
            self.curved = True
            return arcs.circular(points)
        if name == "Circle":
            self.curved = True
            if len(points) != 3:
                raise refuse("geometry-invalid")
            first, second, third = points
            there = arcs.arc(first, second, third)
            opposite = _opposite(first, second, third)
            return there + arcs.arc(third, opposite, first)[1:]
        if name not in ("LineStringSegment", "GeodesicString"):
            raise unread(name)
        return points

    def _points(self, element: Any) -> BaseGeometry:
        if local(element) == "MultiPoint":
            return together([self._points(e) for e in self._inside(element, POINTS)])
        places = self._positions(element)
        if len(places) > 1:
            raise refuse("xml-malformed")
        return shapely.Point(places[0])

    def _positions(self, element: Any) -> list[Point]:
        """Return the coordinates of an element, at least one, whichever way they are written."""
        points = self._written(element)
        if not points:
            raise refuse("geometry-empty")
        return points

    def _written(self, element: Any) -> list[Point]:
        lists = children(element, "posList", "coordinates")
        single = children(element, "pos", "pointProperty", "pointRep")
        if len(lists) + bool(single) > 1:
            raise refuse("xml-malformed")
        for holder in lists:
            return self._list(holder) if local(holder) == "posList" else self._groups(holder)
        return [p for e in single for p in self._place(e)]

    def _list(self, holder: Any) -> list[Point]:
        numbers, size = number_text(holder).split(), _dimension(holder)
        if size is None and self.dimension == 2 and _closes_with_heights(numbers):
            raise Refusal("xml-malformed", HEIGHTS)  # in pairs it would be nonsense
        return self._tuples(numbers, size or self.dimension)

    def _groups(self, holder: Any) -> list[Point]:
        decimal, comma, blank = (
            holder.get(k) or d for k, d in (("decimal", "."), ("cs", ","), ("ts", " "))
        )
        text = number_text(holder)
        groups = text.split() if blank.isspace() else text.replace("\n", blank).split(blank)
        return [
            p
            for g in groups
            if g.strip()
            for p in self._tuples([v.replace(decimal, ".") for v in g.split(comma)], None)
        ]

    def _place(self, holder: Any) -> list[Point]:
        if local(holder) == "pos":
            return self._tuples(number_text(holder).split(), None)
        return [p for e in self.links.content(holder) for p in self._written(e)]

    def _tuples(self, numbers: list[str], size: int | None) -> list[Point]:
        size = size or len(numbers)
        if size not in (2, 3) or len(numbers) % size:
            raise refuse("xml-malformed")
        self.heights = self.heights or size == 3
        try:
            values = [float(n) for n in numbers]
        except ValueError as error:
            raise refuse("xml-malformed") from error
        return [(values[i], values[i + 1]) for i in range(0, len(values), size)]


def _line_string(points: list[Point]) -> LineString:
    if len(points) < 2:
        raise refuse("geometry-invalid")
    return LineString(points)


def _dimension(element: Any) -> int | None:
    while element is not None:
        if value := element.get("srsDimension") or element.get("dimension"):
            return int(value) if value.isascii() and value.isdigit() else None
        element = element.getparent()
    return None


def _is_link(element: Any) -> bool:
    """Tell whether an element is a property with a link instead of a content."""
    return not len(element) and element.get(HREF) is not None and not local(element)[:1].isupper()


def _closes_with_heights(numbers: list[str]) -> bool:
    """Tell whether places make a closed ring by threes and none by twos."""
    threes = len(numbers) % 3 == 0 and numbers[:3] == numbers[-3:]
    return threes and len(numbers) > 6 and numbers[:2] != numbers[-2:]


def _opposite(a: Point, b: Point, c: Point) -> Point:
    """Return a place on the circle through three points, between the third and the first."""
    line = shapely.LineString(arcs.arc(a, b, c))
    middle = line.interpolate(0.5, normalized=True)
    hub = arcs.centre(a, b, c)
    if hub is None:
        raise refuse("geometry-zero-area")
    return (2 * hub[0] - middle.x, 2 * hub[1] - middle.y)


def together(parts: list[BaseGeometry]) -> BaseGeometry:
    """Return areas, lines or points as one geometry, or a collection where they are of several
    dimensions; patches of a surface share edges and are united.
    """
    if not parts:
        raise refuse("geometry-empty")
    if len(parts) == 1:
        return parts[0]
    kinds = {shapely.get_dimensions(p) for p in parts}
    alike = len(kinds) == 1 and all(p.geom_type != "GeometryCollection" for p in parts)
    if alike and all(shapely.is_valid(p) for p in parts):
        return shapely.union_all(parts)
    if alike and kinds == {2}:
        return MultiPolygon([q for p in parts for q in shapely.get_parts(p)])
    return shapely.geometrycollections(parts)


SHELLS = Text(
    "Eine Fläche hat mehrere äußere Ränder; bitte als mehrteilige Fläche (MultiSurface) "
    "exportieren.",
    "An area has several outer boundaries; please export it as an area of several parts "
    "(MultiSurface).",
)
HEIGHTS = Text(
    'Die Koordinaten haben Höhen, ohne dass es gesagt ist; bitte mit srsDimension="3" oder ohne '
    "Höhen exportieren.",
    'The coordinates have heights, and nothing says so; please export them with srsDimension="3", '
    "or without heights.",
)
