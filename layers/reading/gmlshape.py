"""Geometries of GML 2 and 3, arcs included; coordinates in the document's own order."""

from dataclasses import dataclass
from typing import Any

import shapely
from shapely import LineString, MultiLineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from layers.reading import arcs, rings
from layers.reading.refusals import refuse
from layers.reading.xml import children, local, number_text

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
GEOMETRIES = AREAS | CURVES | POINTS | {"MultiGeometry"}


@dataclass
class Shaper:
    """Turns geometry elements into shapes; remembers whether it met arcs or heights."""

    accept: frozenset[str] = frozenset()
    dimension: int = 2  # of coordinates whose element does not say
    curved: bool = False
    heights: bool = False

    def shape(self, element: Any) -> BaseGeometry:
        """Return the geometry of an element.

        Raises
        ------
        Refusal, Question
            Where coordinates are missing or malformed, or a ring is open.
        """
        name = local(element)
        if name in ("Polygon", "PolygonPatch", "Rectangle", "Triangle"):
            return self._polygon(element)
        if name in AREAS:
            return _together([self.shape(e) for e in self._inside(element, AREAS)])
        if name in POINTS:
            return self._points(element)
        if name in CURVES:
            return self._curve(element)
        inner = [self.shape(e) for e in self._inside(element, GEOMETRIES)]
        if len({shapely.get_dimensions(g) for g in inner}) > 1:
            raise refuse("geometry-type")
        return _together(inner)

    def _inside(self, element: Any, wanted: set[str]) -> list[Any]:
        """Return the geometries directly inside, through member elements."""
        found = []
        for child in children(element):
            found += [child] if local(child) in wanted else self._inside(child, wanted)
        return found

    def _polygon(self, element: Any) -> BaseGeometry:
        shells, holes = [], []
        for boundary in children(element, "exterior", "outerBoundaryIs"):
            shells += [self._ring(e) for e in children(boundary)]
        for boundary in children(element, "interior", "innerBoundaryIs"):
            holes += [self._ring(e) for e in children(boundary)]
        if not shells:
            raise refuse("geometry-empty")
        return rings.polygon([shells[0], *holes], self.accept)

    def _ring(self, element: Any) -> list[Point]:
        if local(element) == "LinearRing":
            return self._positions(element)
        points: list[Point] = []
        for member in self._inside(element, CURVES):
            piece = self._line(member)
            points += piece[1:] if points and points[-1] == piece[0] else piece
        return points

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
            return _chained([self._line(e) for e in self._inside(element, CURVES)])
        segments = [s for holder in children(element, "segments") for s in children(holder)]
        return _chained([self._segment(s) for s in segments])

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
            raise refuse("geometry-type")
        return points

    def _points(self, element: Any) -> BaseGeometry:
        if local(element) == "Point":
            return shapely.Point(self._positions(element)[0])
        return shapely.multipoints([self._positions(e)[0] for e in self._inside(element, POINTS)])

    def _positions(self, element: Any) -> list[Point]:
        """Return the coordinates of an element, at least one, whichever way they are written."""
        points = self._written(element)
        if not points:
            raise refuse("geometry-empty")
        return points

    def _written(self, element: Any) -> list[Point]:
        size = _dimension(element)
        for holder in children(element, "posList"):
            return self._tuples(
                number_text(holder).split(), _dimension(holder) or size or self.dimension
            )
        single = children(element, "pos")
        if single:
            return [p for e in single for p in self._tuples(number_text(e).split(), None)]
        for holder in children(element, "coordinates"):
            decimal, comma, blank = (
                holder.get(k) or d for k, d in (("decimal", "."), ("cs", ","), ("ts", " "))
            )
            groups = number_text(holder).replace("\n", blank).split(blank)
            return [
                p
                for g in groups
                if g.strip()
                for p in self._tuples([v.replace(decimal, ".") for v in g.split(comma)], None)
            ]
        inner = [e for e in children(element, "pointProperty", "pointRep") for e in children(e)]
        return [p for e in inner for p in self._written(e)]

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


def _chained(pieces: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for piece in pieces:
        points += piece[1:] if points and points[-1] == piece[0] else piece
    if len(points) < 2:
        raise refuse("geometry-empty")
    return points


def _opposite(a: Point, b: Point, c: Point) -> Point:
    """Return a place on the circle through three points, between the third and the first."""
    line = shapely.LineString(arcs.arc(a, b, c))
    middle = line.interpolate(0.5, normalized=True)
    hub = arcs.centre(a, b, c)
    if hub is None:
        raise refuse("geometry-zero-area")
    return (2 * hub[0] - middle.x, 2 * hub[1] - middle.y)


def _together(parts: list[BaseGeometry]) -> BaseGeometry:
    """Return areas as one geometry; patches of a surface share edges and are united."""
    if not parts:
        raise refuse("geometry-empty")
    if len(parts) == 1:
        return parts[0]
    if all(shapely.is_valid(p) for p in parts):
        return shapely.union_all(parts)
    return MultiPolygon([q for p in parts for q in shapely.get_parts(p)])
