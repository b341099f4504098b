from shapely import GeometryCollection, LineString, MultiLineString, MultiPoint, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gis.parts import line_strings, lines, merged, polygons, single

NESTED = GeometryCollection(
    [
        GeometryCollection([MultiPoint([(1, 1), (2, 2)]), box(0, 0, 1, 1)]),
        MultiLineString([[(0, 0), (1, 0)], [(5, 0), (6, 0)]]),
        Polygon(),
        LineString([(7, 7), (8, 8)]),
    ]
)


def kinds(parts: list[BaseGeometry]) -> list[str]:
    return [part.geom_type for part in parts]


def test_nested_collections_come_apart_in_order_and_empty_parts_go() -> None:
    assert kinds(list(single(NESTED))) == [
        "Point",
        "Point",
        "Polygon",
        "LineString",
        "LineString",
        "LineString",
    ]
    assert list(single(GeometryCollection())) == []
    assert list(single(Point(1, 2))) == [Point(1, 2)]


def test_parts_of_one_kind() -> None:
    assert polygons(NESTED) == [box(0, 0, 1, 1)]
    assert [line.coords[0] for line in line_strings(NESTED)] == [(0, 0), (5, 0), (7, 7)]
    assert lines(NESTED).length == NESTED.length - box(0, 0, 1, 1).length
    assert lines(Point(1, 2)).is_empty


def test_only_lines_are_merged() -> None:
    broken = MultiLineString([[(0, 0), (1, 0)], [(1, 0), (2, 5)]])
    assert merged(broken) == LineString([(0, 0), (1, 0), (2, 5)])
    assert merged(box(0, 0, 1, 1)) == box(0, 0, 1, 1)
    apart = MultiLineString([[(0, 0), (1, 0)], [(3, 0), (4, 0)]])
    assert merged(apart).geom_type == "MultiLineString"
