from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import shapely

from maps.contents import contents, label_place, numbered
from maps.shapes import PER_DEGREE
from tests.maps.pictures import HOSTILE, area_picture, box, line, point, route_picture


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {k for v in value.values() for k in keys_of(v)}
    return {k for v in value for k in keys_of(v)} if isinstance(value, list) else set()


def test_objects_are_numbered_through_all_layers() -> None:
    data = contents(area_picture())
    assert [h["title"].strip() for h in data["hits"]] == [
        "Auwald", "Linde", "B 95", "Boden", "Fundstelle",
    ]  # fmt: skip
    assert [h["layer"] for h in data["hits"]] == [0, 0, 1, 2, 3]
    assert [number for number, *_ in numbered(area_picture())] == [0, 1, 2, 3, 4]


def test_an_object_names_its_offices_by_number() -> None:
    data = contents(area_picture())
    assert [h["offices"] for h in data["hits"]] == [[0], [0], [1], [], [2]]


def test_an_object_without_a_place_has_none_in_the_file() -> None:
    hidden = contents(area_picture())["hits"][4]
    assert hidden["shape"] is None
    assert not {"at", "overlap", "size"} & set(hidden)


def test_large_objects_are_outlined_only() -> None:
    reserve, lime, road, soil, _ = contents(area_picture())["hits"]
    assert soil["wide"]
    assert soil["covers"]
    for small in (reserve, lime, road):
        assert not small["wide"]
        assert not small["covers"]


def test_what_is_not_covered_is_drawn_once_for_all_layers() -> None:
    picture = area_picture()
    gap = next(o for o in picture.overlays if o.uncovered is not None)
    assert gap.uncovered is not None
    same = replace(gap, code="x", title="X", uncovered=shapely.reverse(gap.uncovered))
    other = replace(gap, code="y", title="Y", uncovered=box(0, 0, 10, 10))
    data = contents(replace(picture, overlays=(*picture.overlays, same, other)))
    assert [u["layers"] for u in data["uncovered"]] == [[gap.title, "X"], ["Y"]]


def test_kilometres_are_marked_from_start_to_end() -> None:
    marks = contents(route_picture())["plan"]["marks"]
    length_km = 2 * (1_500**2 + 300**2) ** 0.5 / 1_000
    assert marks[0]["km"] == 0
    assert marks[0]["number"] == 0
    assert marks[-1] == {**marks[-1], "km": pytest.approx(length_km, abs=5e-4), "number": None}
    steps = {round(b["km"] - a["km"], 6) for a, b in pairwise(marks[:-1])}
    assert steps == {0.1}


def test_a_crossing_has_place_kilometre_and_angle() -> None:
    ((crossing,),) = [h["crossings"] for h in contents(route_picture())["hits"]]
    assert crossing["km"] == pytest.approx((1_500**2 + 300**2) ** 0.5 / 1_000, abs=5e-4)
    assert crossing["angle"] == 85
    assert crossing["rows"] == [["Lage am Objekt", "km 12,300"]]


def test_the_sheet_lies_inside_the_window() -> None:
    picture = area_picture()
    (south, west), (north, east) = contents(picture)["sheet"]
    lon, lat = (v / PER_DEGREE for v in contents(picture)["plan"]["at"])
    assert south < lat < north
    assert west < lon < east
    assert (north - south) * 111_200 == pytest.approx(2_000, rel=0.06)


def test_the_backdrop_is_one_shape_a_ground_in_drawing_order() -> None:
    data = contents(area_picture())["backdrop"]
    assert [b["ground"] for b in data] == ["municipality", "forest", "river"]
    assert [b["labels"][0][0].strip() for b in data if b["labels"]] == ["Rötha", "Pleiße"]


def test_hostile_text_never_becomes_a_key() -> None:
    plain = keys_of(contents(area_picture()))
    for text in HOSTILE:
        assert keys_of(contents(area_picture(text))) == plain


@pytest.mark.parametrize(
    ("geometry", "place"),
    [
        (line((0, 0), (10, 0)), point(5, 0)),
        (shapely.MultiLineString([line((0, 0), (1, 0)), line((0, 5), (10, 5))]), point(5, 5)),
        (point(3, 4), point(3, 4)),
    ],
)
def test_a_label_stands_on_what_it_names(
    geometry: shapely.Geometry, place: shapely.Geometry
) -> None:
    assert label_place(geometry).equals(place)


def test_a_label_stands_in_the_largest_area() -> None:
    large = box(100, 0, 200, 100)
    mixed = shapely.GeometryCollection([box(0, 0, 5, 5), large, line((0, 0), (900, 0))])
    assert large.contains(label_place(mixed))
