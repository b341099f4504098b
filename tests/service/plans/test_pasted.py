"""Texts and drawings become plans."""

import json
from typing import Any

import pytest
import shapely
from pyproj import Transformer

from gis.problem import Problem, Question, Refusal
from service.plans.answer import answered
from service.plans.intake import Intake
from service.plans.kinds import vocabulary_of
from service.plans.pasted import drawn, drawn_file, pasted, written
from service.plans.plan import Plan
from tests.builders import CRS25833, X, Y, rectangle

DISTRICT = rectangle(-5_000, -5_000, 5_000, 5_000)
SQUARE = rectangle(0, 0, 100, 100)
CORNERS = [(X, Y), (X + 100, Y), (X + 100, Y + 100), (X, Y + 100)]
TO_WGS84 = Transformer.from_crs(25833, 4326, always_xy=True)
DEGREES = [TO_WGS84.transform(x, y) for x, y in CORNERS]


def intake(kind: str | None = "bebauungsplan", **more: Any) -> Intake:
    return Intake(crs=CRS25833, vocabulary=vocabulary_of(), kind=kind, **more)


def listed(form: str, corners: list[tuple[float, float]] = CORNERS) -> str:
    return "\n".join(form.format(x, y) for x, y in corners)


def is_the_square(plan: Plan, within_m: float = 0.01) -> bool:
    return float(shapely.hausdorff_distance(plan.geometry.footprint, SQUARE)) < within_m


@pytest.mark.parametrize(
    "form",
    ["{:.2f} {:.2f}", "{:.2f}\t{:.2f}", "{:.2f};{:.2f}", "{:.2f},{:.2f}", "{:.2f}, {:.2f}",
     "E {:.2f} N {:.2f}", "R={:.0f}; H={:.0f}", "Ostwert: {:.1f} Nordwert: {:.1f}",
     "  {:.0f}    {:.0f}  "],
)  # fmt: skip
def test_lists_of_corners(form: str) -> None:
    assert is_the_square(pasted(listed(form), intake()))


@pytest.mark.parametrize("form", ["{:.2f} {:.2f}", "{:.2f};{:.2f}", "{:.2f}\t{:.2f}"])
def test_german_decimals(form: str) -> None:
    assert is_the_square(pasted(listed(form).replace(".", ","), intake()))


def test_the_northing_in_front_where_it_is_called_so() -> None:
    text = "\n".join(f"N {y:.1f} E {x:.1f}" for x, y in CORNERS)
    assert is_the_square(pasted(text, intake()))


def test_headings_and_comments_are_passed_over() -> None:
    text = "Rechtswert;Hochwert\n# 4 Punkte\n" + listed("{:.2f};{:.2f}")
    assert is_the_square(pasted(text, intake()))


def test_parts_by_empty_lines() -> None:
    far = [(x + 500, y) for x, y in CORNERS]
    plan = pasted(listed("{} {}") + "\n\n" + listed("{} {}", far) + "\n", intake())
    assert plan.geometry.footprint.area == pytest.approx(20_000)
    assert len(plan.geometry.footprint.geoms) == 2  # type: ignore[union-attr]


def test_longitude_and_latitude() -> None:
    plan = pasted(listed("{:.8f} {:.8f}", DEGREES), intake(area=DISTRICT))
    assert plan.source_crs == "EPSG:4326"
    assert is_the_square(plan)


def test_latitude_first_is_asked_about_and_answered() -> None:
    text = "\n".join(f"{lat:.8f}, {lon:.8f}" for lon, lat in DEGREES)
    said = intake(area=DISTRICT)
    with pytest.raises(Question) as caught:
        pasted(text, said)
    assert caught.value.code == "axis-swapped"
    assert is_the_square(pasted(text, answered(said, caught.value.proposals[0].option)))


def test_another_crs_is_asked_about_or_said_in_the_text() -> None:
    old = Transformer.from_crs(25833, 31468, always_xy=True)
    corners = [old.transform(x, y) for x, y in CORNERS]
    said = intake(area=DISTRICT)
    with pytest.raises(Question) as caught:
        pasted(listed("{:.2f} {:.2f}", corners), said)
    assert caught.value.code == "crs-legacy-gk4"
    chosen = pasted(
        listed("{:.2f} {:.2f}", corners), answered(said, caught.value.proposals[0].option)
    )
    named = pasted("EPSG:31468\n" + listed("{:.2f} {:.2f}", corners), said)
    assert chosen.source_crs == named.source_crs == "EPSG:31468"
    assert is_the_square(named, within_m=5)


def test_what_an_open_list_describes_is_asked_and_every_answer_works() -> None:
    text = listed("{} {}")
    said = intake("sonstiges", width_m=4.0)
    with pytest.raises(Question) as caught:
        pasted(text, said)
    assert caught.value.code == "list-shape"
    kinds = [
        pasted(text, answered(said, p.option)).geometry.geometry_type
        for p in caught.value.proposals
    ]
    assert kinds == ["area", "route", "sites"]


@pytest.mark.parametrize(
    ("kind", "corners", "becomes"),
    [
        ("bebauungsplan", CORNERS, "area"),
        ("sonstiges", [*CORNERS, CORNERS[0]], "area"),
        ("radweg", CORNERS[:2], "route"),
        ("windenergie", CORNERS[:1], "sites"),
        ("sonstiges", CORNERS[:1], "sites"),
    ],
)
def test_what_can_only_be_one_thing_is_not_asked(
    kind: str, corners: list[tuple[float, float]], becomes: str
) -> None:
    plan = pasted(listed("{} {}", corners), intake(kind, width_m=3.0))
    assert plan.geometry.geometry_type == becomes


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("320000 5670000\n320100\n320100 5670100", "2: „320100“"),
        ("320000 5670000 120,5\n", "1: "),
        ("320.000,00 5.670.000,00", "1: "),
        ("12,5,51,2", "1: "),
        ("irgend ein Text", "1: „irgend ein Text“"),
        ("51°12'30\" 12°24'10\"", "1: "),
    ],
)
def test_lines_that_are_no_pair_are_named(text: str, lines: str) -> None:
    with pytest.raises(Refusal) as caught:
        pasted(text, intake())
    assert caught.value.code == "list-line"
    assert lines in caught.value.text.de


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"),
        (" \n ", "file-empty"),
        ("x" * 5_000_001, "plan-too-large"),
        ("320000 5670000\n" * 100_001, "plan-too-large"),
        ("POLYGON((1 2", "wkt-malformed"),
        ("{", "json-malformed"),
        ("<html></html>", "format-mismatch"),
        ("320000 5670000\n320100 5670000", "geometry-type"),
        ("\ud800", "text-control"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        pasted(text, intake())
    assert caught.value.code == code


def test_wkt_and_geojson_are_taken_as_they_are() -> None:
    assert is_the_square(pasted(SQUARE.wkt, intake()))
    ring = [list(p) for p in [*DEGREES, DEGREES[0]]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    assert is_the_square(pasted(json.dumps(shape), intake()))
    assert written(f"  {SQUARE.wkt}\n", intake()) == SQUARE.wkt.encode()


def test_a_drawing() -> None:
    ring = [list(p) for p in [*DEGREES, DEGREES[0]]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    plan = drawn(shape, intake())
    assert is_the_square(plan)
    assert (plan.title, plan.accuracy_m) == ("Planung", 5)
    assert [n.code for n in plan.notices] == ["outline-origin"]
    traced = drawn({"type": "Feature", "properties": {}, "geometry": shape},
                   intake(origin="traced", accuracy_m=0.5))  # fmt: skip
    assert traced.accuracy_m == 0.5
    assert "nachgezeichnet" in traced.notices[0].text.de


def test_a_cycle_path_is_drawn_with_a_width() -> None:
    shape = {"type": "LineString", "coordinates": [list(p) for p in DEGREES[:2]]}
    with pytest.raises(Question) as caught:
        drawn(shape, intake("radweg"))
    assert caught.value.code == "width-missing"
    plan = drawn(shape, intake("radweg", width_m=3.0))
    assert plan.geometry.footprint.area == pytest.approx(300, rel=1e-3)


def test_the_same_drawing_is_the_same_file() -> None:
    assert drawn_file({"type": "Point", "coordinates": [12, 51]}) == drawn_file(
        {"coordinates": [12, 51], "type": "Point"}
    )


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ({}, "format-mismatch"),
        ({"type": "Polygon", "coordinates": [[[12, float("nan")]]]}, "geometry-nonfinite"),
        ({"type": "Point", "coordinates": {1}}, "json-malformed"),
        ({"type": "Polygon", "coordinates": []}, "geometry-empty"),
    ],
)
def test_drawings_that_are_none(shape: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as caught:
        drawn(shape, intake())
    assert caught.value.code == code


def test_a_drawing_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Refusal) as caught:
        drawn({"type": "Polygon", "coordinates": deep}, intake())
    assert caught.value.code == "json-depth"
