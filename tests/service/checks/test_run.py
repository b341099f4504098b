"""Municipalities, parts with a role, and context areas: what a check finds out beside layers."""

from pathlib import Path

import pytest
from shapely import MultiPoint

from layers.catalogue import read_catalogue
from layers.store import Store
from service.checks.finding import Ask, Demand, Outcome
from service.checks.run import UNKNOWN, Evidence, Wanted, parts_of, run
from service.plans.plan import Part, Plan
from tests.builders import (
    Rows,
    area,
    catalogue,
    geojson,
    layer,
    line,
    plan_of,
    point,
    rectangle,
    route,
    sites,
    unmendable,
)

TOWNS = [
    (rectangle(-1000, -1000, 0, 1000), {"ags": "14729010", "name": "West"}),
    (rectangle(0, -1000, 1000, 1000), {"ags": "14729020", "name": "Ost"}),
]
BROKEN = unmendable(5, 5)


def checked(
    folder: Path,
    plan: Plan,
    layers: dict[str, Rows],
    *,
    towns: Rows | Path = TOWNS,
    wanted: Wanted | None = None,
) -> Evidence:
    entries = [layer(folder, code, rows) for code, rows in layers.items()]
    entries.append(layer(folder, "gemeinden", towns))
    named = {"layer": "gemeinden", "key": "ags", "name": "name"}
    read = read_catalogue(catalogue(folder, entries, municipalities=named))
    return run(plan, read, Store(folder / "store", read.crs), wanted or Wanted())


def keys(found: Evidence) -> list[str] | None:
    return None if found.municipalities is None else [t.key for t in found.municipalities]


def test_a_plan_over_the_border_lies_in_both(tmp_path: Path) -> None:
    found = checked(tmp_path, plan_of(area(rectangle(-30, 0, 70, 100))), {})
    assert found.municipalities is not None
    assert [(t.name, t.area_m2, t.length_m) for t in found.municipalities] == [
        ("West", pytest.approx(3000), None), ("Ost", pytest.approx(7000), None),
    ]  # fmt: skip


def test_the_neighbour_at_the_edge_is_not_touched(tmp_path: Path) -> None:
    assert keys(checked(tmp_path, plan_of(area(rectangle(0, 0, 70, 100))), {})) == ["14729020"]


def test_a_place_on_the_border_alone_is_somewhere(tmp_path: Path) -> None:
    found = checked(tmp_path, plan_of(area(rectangle(1000, 0, 1070, 100))), {})
    assert keys(found) == ["14729020"]  # it borders, and nobody else has it


@pytest.mark.parametrize("width_m", [0, 4])
def test_the_kilometres_of_a_route_add_up(tmp_path: Path, width_m: float) -> None:
    axis = line((-300, 0), (700, 0), (700, 50), (-100, 50), (-100, 0), (-300, 0))
    plan = plan_of(route(axis, width_m))
    found = checked(tmp_path, plan, {"nsg": [rectangle(-200, -20, 500, 20)]})
    assert found.municipalities is not None
    lengths = [t.length_m for t in found.municipalities if t.length_m is not None]
    assert sum(lengths) == pytest.approx(axis.length)
    nsg = found.finding("nsg")
    inside = [t.length_m for t in nsg.municipalities if t.length_m is not None]
    assert len(inside) == 2
    assert sum(inside) == pytest.approx(nsg.length_m)


def test_areas_of_a_layer_add_up_over_municipalities(tmp_path: Path) -> None:
    over = [rectangle(-50, 0, 20, 50), rectangle(-20, 0, 60, 50)]
    found = checked(tmp_path, plan_of(area(rectangle(-100, 0, 100, 100))), {"nsg": over})
    nsg = found.finding("nsg")
    assert [(t.name, t.area_m2) for t in nsg.municipalities] == [
        ("West", pytest.approx(2500)), ("Ost", pytest.approx(3000)),
    ]  # fmt: skip
    assert sum(t.area_m2 for t in nsg.municipalities) == pytest.approx(nsg.overlap_m2)


def test_lengths_of_lines_inside_an_area_add_up(tmp_path: Path) -> None:
    plan = plan_of(area(rectangle(-100, 0, 100, 100)))
    found = checked(tmp_path, plan, {"bach": [line((-500, 50), (60, 50))]}).finding("bach")
    assert [(t.name, t.length_m) for t in found.municipalities] == [
        ("West", pytest.approx(100)), ("Ost", pytest.approx(60)),
    ]  # fmt: skip


def test_a_layer_in_one_of_two_municipalities_names_that_one(tmp_path: Path) -> None:
    plan = plan_of(area(rectangle(-100, 0, 100, 100)))
    found = checked(tmp_path, plan, {"nsg": [rectangle(-50, 0, 0, 50)]}).finding("nsg")
    assert [t.name for t in found.municipalities] == ["West"]


def test_points_are_told_by_municipality_too(tmp_path: Path) -> None:
    plan = plan_of(area(rectangle(-100, 0, 100, 100)))
    found = checked(tmp_path, plan, {"nd": [point(-50, 50), point(50, 50)]}).finding("nd")
    assert [(t.name, t.area_m2, t.length_m) for t in found.municipalities] == [
        ("West", 0, None), ("Ost", 0, None),
    ]  # fmt: skip


def test_in_one_municipality_nothing_is_split(tmp_path: Path) -> None:
    found = checked(tmp_path, plan_of(area(rectangle(10, 0, 90, 100))),
                    {"nsg": [rectangle(0, 0, 50, 50)]})  # fmt: skip
    assert found.finding("nsg").municipalities == ()


def test_no_layer_of_municipalities_is_no_municipality(tmp_path: Path) -> None:
    read = read_catalogue(catalogue(tmp_path, {"nsg": [rectangle(0, 0, 9, 9)]}))
    plan = plan_of(area(rectangle(0, 0, 10, 10)))
    assert run(plan, read, Store(tmp_path / "s", read.crs), Wanted()).municipalities == ()


@pytest.mark.parametrize(
    "towns",
    [
        [(rectangle(-100, -100, 100, 100), {"ags": None, "name": "West"})],
        [(rectangle(-100, -100, 100, 100), {"schluessel": "1"})],
        [(BROKEN, {"ags": "1", "name": "A"}), (rectangle(-9, -9, 2, 2), {"ags": "2", "name": "B"})],
    ],
)
def test_municipalities_that_cannot_be_told_are_unknown(tmp_path: Path, towns: Rows) -> None:
    plan = plan_of(area(rectangle(0, 0, 10, 10)))
    assert checked(tmp_path, plan, {}, towns=towns).municipalities is None


def test_municipalities_that_cannot_be_read_are_unknown_and_failed(tmp_path: Path) -> None:
    page = tmp_path / "gemeinden.geojson"
    page.write_text("<html/>", encoding="utf-8")
    found = checked(tmp_path, plan_of(area(rectangle(0, 0, 10, 10))), {}, towns=page)
    assert found.municipalities is None
    assert found.finding("gemeinden").outcome is Outcome.FAILED


# --- parts ---------------------------------------------------------------------------------

SCOPE = area(rectangle(0, 0, 200, 100))
HOUSE, HALL = area(rectangle(0, 0, 40, 40)), area(rectangle(150, 0, 200, 40))
WITH_PARTS = plan_of(
    SCOPE,
    parts=(
        Part("scope", None, SCOPE), Part("building", "WA 1", HOUSE), Part("building", "WA 2", HALL),
        Part("traffic", None, route(line((0, 50), (200, 50)), 6)),
    ),
)  # fmt: skip


def test_a_plan_is_reduced_to_the_parts_of_a_role() -> None:
    buildings = parts_of(WITH_PARTS, frozenset({"building"}))
    assert buildings is not None
    assert buildings.geometry.footprint.area == pytest.approx(1600 + 2000)
    road = parts_of(WITH_PARTS, frozenset({"traffic"}))
    assert road is not None
    assert road.geometry.length_m == 200  # a single part stays what it is
    assert parts_of(WITH_PARTS, frozenset({"green"})) is None


def test_a_rule_about_buildings_measures_from_buildings(tmp_path: Path) -> None:
    roles = frozenset({"building"})
    wanted = Wanted(
        {"wald": Demand(30, (Ask(30),))}, by_roles={roles: frozenset({"wald"})}
    )  # fmt: skip
    forest = {"wald": [rectangle(70, 0, 110, 20)]}
    found = checked(tmp_path, WITH_PARTS, forest, wanted=wanted)
    assert found.finding("wald").outcome is Outcome.AFFECTED
    assert found.finding("wald", roles).nearest_m == pytest.approx(30)
    assert found.finding("wald", roles).outcome is Outcome.AFFECTED
    far = checked(tmp_path, WITH_PARTS, {"wald": [rectangle(71, 0, 119, 20)]}, wanted=wanted)
    assert far.finding("wald", roles).outcome is Outcome.CLEAR


def test_without_parts_of_the_role_the_whole_plan_counts(tmp_path: Path) -> None:
    roles = frozenset({"building"})
    wanted = Wanted({"wald": Demand()}, by_roles={roles: frozenset({"wald"})})
    found = checked(tmp_path, plan_of(SCOPE), {"wald": [rectangle(0, 0, 9, 9)]}, wanted=wanted)
    assert found.by_roles == {roles: {}}
    assert found.finding("wald", roles) is found.finding("wald")


# --- context -------------------------------------------------------------------------------


def ground(tmp_path: Path, plan: Plan, **more: object) -> object:
    entry = layer(tmp_path, "innen", [rectangle(-500, -500, 50, 500)], **more)
    read = read_catalogue(catalogue(tmp_path, [entry]))
    wanted = Wanted(contexts={"innen": 20.0})
    return run(plan, read, Store(tmp_path / "s", read.crs), wanted).grounds.get("innen")


def test_context_areas_are_known_as_far_as_their_coverage(tmp_path: Path) -> None:
    plan = plan_of(area(rectangle(0, 0, 100, 100)))
    found = ground(tmp_path, plan)
    assert found.known_to_m == float("inf")  # type: ignore[attr-defined]
    assert found.shape.area == pytest.approx(550 * 1000)  # type: ignore[attr-defined]
    geojson(tmp_path / "c.geojson", [rectangle(-50, -50, 150, 150)])
    near = ground(tmp_path, plan, coverage={"path": "c.geojson"})
    assert near.known_to_m == pytest.approx(50)  # type: ignore[attr-defined]
    geojson(tmp_path / "half.geojson", [rectangle(-50, -50, 60, 150)])
    half = ground(tmp_path, plan, coverage={"path": "half.geojson"})
    assert half.known_to_m == UNKNOWN  # type: ignore[attr-defined]


def test_context_that_is_broken_or_missing_is_not_there(tmp_path: Path) -> None:
    plan = plan_of(sites(MultiPoint([point(0, 0)])))
    page = tmp_path / "innen.geojson"
    page.write_text("", encoding="utf-8")
    assert checked(tmp_path, plan, {"innen": page}, wanted=Wanted(contexts={"innen": 0.0})).grounds == {}  # fmt: skip  # noqa: E501
    broken = checked(tmp_path, plan, {"innen": [BROKEN]}, wanted=Wanted(contexts={"innen": 0.0}))
    assert broken.grounds == {}


def test_progress_is_told_layer_by_layer(tmp_path: Path) -> None:
    read = read_catalogue(catalogue(tmp_path, {"a": [point(0, 0)], "b": [point(0, 0)]}))
    seen: list[str] = []
    run(
        plan_of(area(rectangle(0, 0, 1, 1))), read, Store(tmp_path / "s", read.crs), Wanted(),
        progress=lambda each: seen.append(each.code),
    )  # fmt: skip
    assert seen == ["a", "b"]
