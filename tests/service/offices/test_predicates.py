"""Every predicate of a rule: hit, no hit, only within the tolerance, failed, not covered."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from shapely.geometry.base import BaseGeometry

from tests.builders import (
    Checked,
    Rows,
    catalogue,
    check,
    geojson,
    layer,
    line,
    point,
    rectangle,
    rule,
    unmendable,
)

PLAN = rectangle(0, 0, 100, 100)
INSIDE = [rectangle(10, 10, 20, 20)]
BESIDE = [rectangle(-10, 0, 0, 100)]  # shares an edge: within the tolerance only
FAR = [rectangle(400, 0, 410, 10)]


class Answer(NamedTuple):
    """What a rule came to: a hit (certain or possible), open, or neither (`no`)."""

    answer: str
    outcome: str
    status: int


def answer(result: Checked, code: str = "R") -> Answer:
    outcome = result.document["findings"][0]["outcome"]
    reason = result.reasons().get(code)
    unresolved = [u for u in result.document["unresolved"] if code in u["rules"]]
    if reason is not None:
        # A possible hit leaves its office in `unresolved`, a certain one on this rule does not.
        if reason["certainty"] == "possible":
            assert any("AMT" in u["offices"] for u in unresolved)
        told = reason["certainty"]
    else:
        told = "open" if unresolved else "no"
    assert ("AMT" in result.cleared()) == (told == "no")
    assert (result.status == 3) == bool(result.document["unresolved"])
    return Answer(told, outcome, result.status)


def asked(
    folder: Path,
    when: Any,
    rows: Rows | Path,
    *,
    plan: BaseGeometry = PLAN,
    options: tuple[str, ...] = (),
    layer_keys: dict[str, Any] | None = None,
    **rule_keys: Any,
) -> Checked:
    entry = layer(folder, "thema", rows, **(layer_keys or {}))
    file = catalogue(folder, [entry], [rule("R", "thema", when, **rule_keys)])
    return check(geojson(folder / "plan.geojson", [plan]), file, *options)


ROUTE = line((0, 0), (1000, 0))
ON_ROUTE = ("--kind", "radweg", "--width", "4")
STREAM = line((500, -100), (500, 100))
# Half of the plan each, four fifths together.
BOTH = [rectangle(0, 0, 50, 100), rectangle(30, 0, 80, 100)]
# Each takes 200 m of the route, both together 300 m: what counts twice would reach 400 m.
TWO = [rectangle(0, -5, 200, 5), rectangle(100, -5, 300, 5)]


@pytest.mark.parametrize(
    ("when", "rows", "expected"),
    [
        ("overlaps", INSIDE, ("certain", "affected", 0)),
        ("overlaps", BESIDE, ("possible", "borders", 3)),
        ("overlaps", FAR, ("no", "clear", 0)),
        ({"overlaps": {"min_m2": 100}}, INSIDE, ("certain", "affected", 0)),
        ({"overlaps": {"min_m2": 100.1}}, INSIDE, ("no", "affected", 0)),
        ({"overlaps": {"min_share": 0.01}}, INSIDE, ("certain", "affected", 0)),
        ({"overlaps": {"min_share": 0.011}}, INSIDE, ("no", "affected", 0)),
        ({"overlaps": {"min_share": 0.8}}, BOTH, ("certain", "affected", 0)),
        ({"overlaps": {"min_share": 0.81}}, BOTH, ("no", "affected", 0)),
        ({"overlaps": {"min_m2": 8000}}, BOTH, ("certain", "affected", 0)),
        ({"overlaps": {"min_m2": 8001}}, BOTH, ("no", "affected", 0)),
        ({"overlaps": {"min_length_m": 100}}, [line((-5, 50), (105, 50))],
         ("certain", "affected", 0)),
        ({"overlaps": {"min_length_m": 101}}, [line((-5, 50), (105, 50))], ("no", "affected", 0)),
        ({"overlaps": {"min_count": 2}}, INSIDE, ("no", "affected", 0)),
        ({"overlaps": {"min_count": 2}}, [*INSIDE, point(50, 50)], ("certain", "affected", 0)),
        ({"overlaps": {"min_count": 2}}, [*INSIDE, *BESIDE], ("possible", "affected", 3)),
        ({"overlaps": {"min_m2": 50, "min_count": 2}}, [*INSIDE, point(9, 9)],
         ("certain", "affected", 0)),
        ({"within": 300}, FAR, ("certain", "affected", 0)),
        ({"within": 299.9}, FAR, ("no", "clear", 0)),
        ({"within": 20}, BESIDE, ("certain", "affected", 0)),
        ({"within": 20}, INSIDE, ("certain", "affected", 0)),
        ({"within": 400, "beyond": 300}, FAR, ("no", "affected", 0)),
        ({"within": 400, "beyond": 299}, FAR, ("certain", "affected", 0)),
        ({"farther": 299}, FAR, ("certain", "clear", 0)),
        ({"farther": 300}, FAR, ("no", "clear", 0)),
        ({"farther": 50}, BESIDE, ("no", "borders", 0)),
        ("contains", INSIDE, ("certain", "affected", 0)),
        ("contains", [point(50, 50)], ("certain", "affected", 0)),
        ("contains", [rectangle(90, 90, 110, 110)], ("no", "affected", 0)),
        ("contains", [line((10, 10), (90, 90))], ("certain", "affected", 0)),
        ("contains", [line((10, 10), (190, 90))], ("no", "affected", 0)),
        ("contains", FAR, ("no", "clear", 0)),
        ("inside", [rectangle(-10, -10, 110, 110)], ("certain", "affected", 0)),
        ("inside", [rectangle(-10, -10, 50, 110), rectangle(50, -10, 110, 110)],
         ("certain", "affected", 0)),
        ("inside", [rectangle(-10, -10, 90, 110)], ("no", "affected", 0)),
        ("inside", FAR, ("no", "clear", 0)),
        ("outside", [rectangle(-10, -10, 90, 110)], ("certain", "affected", 0)),
        ("outside", FAR, ("certain", "clear", 0)),
        ("outside", [rectangle(-10, -10, 110, 110)], ("no", "affected", 0)),
        ("borders", BESIDE, ("certain", "borders", 0)),
        ("borders", INSIDE, ("no", "affected", 0)),
        ("borders", FAR, ("no", "clear", 0)),
        ("crosses", [line((-5, 50), (105, 50))], ("certain", "affected", 0)),
        ("crosses", BESIDE, ("possible", "borders", 3)),
        ("crosses", FAR, ("no", "clear", 0)),
        ({"alongside": {"within": 20, "over": 50}}, [line((0, -10), (100, -10))],
         ("possible", "affected", 3)),
        ({"alongside": {"within": 20, "over": 50}}, [line((0, -30), (100, -30))],
         ("no", "clear", 0)),
    ],
)  # fmt: skip
def test_an_area(tmp_path: Path, when: Any, rows: Rows, expected: tuple[str, str, int]) -> None:
    assert answer(asked(tmp_path, when, rows)) == expected


@pytest.mark.parametrize(
    ("when", "rows", "expected"),
    [
        ("crosses", [STREAM], ("certain", "affected", 0)),
        ("crosses", [line((500, 0), (500, 100))], ("possible", "affected", 3)),  # ends on the axis
        ("crosses", [line((-50, 1), (1050, 1))], ("possible", "affected", 3)),  # in the corridor
        ("crosses", [rectangle(400, -50, 450, 50)], ("certain", "affected", 0)),
        ("crosses", [line((0, 50), (1000, 50))], ("no", "clear", 0)),
        ({"crosses": {"min_count": 2}}, [STREAM], ("no", "affected", 0)),
        ({"crosses": {"min_count": 2}}, [STREAM, line((700, -9), (700, 9))],
         ("certain", "affected", 0)),
        ({"crosses": {"min_count": 2}}, [line((500, -9), (500, 9), (600, 9), (600, -9))],
         ("certain", "affected", 0)),
        # It crosses once and touches twice: three places, one of them a crossing.
        ({"crosses": {"min_count": 2}},
         [line((500, -9), (500, 9), (600, 0), (650, 9), (700, 0), (750, 9))],
         ("no", "affected", 0)),
        ({"alongside": {"within": 20, "over": 100}}, [line((0, 15), (1000, 15))],
         ("certain", "affected", 0)),
        ({"alongside": {"within": 20, "over": 100}}, [line((950, 15), (2000, 15))],
         ("no", "clear", 0)),
        ({"alongside": {"within": 20, "over": 100}}, [STREAM], ("no", "affected", 0)),
        ({"overlaps": {"min_length_m": 300}}, TWO,
         ("certain", "affected", 0)),
        ({"overlaps": {"min_length_m": 301}}, TWO,
         ("no", "affected", 0)),
        ({"overlaps": {"min_share": 0.31}}, TWO,
         ("no", "affected", 0)),
        ({"overlaps": {"min_share": 0.3}}, TWO,
         ("certain", "affected", 0)),
        ("inside", [rectangle(-10, -10, 1010, 10)], ("certain", "affected", 0)),
        ("inside", [rectangle(-10, -1, 1010, 1)], ("no", "affected", 0)),  # narrower than 4 m
    ],
)  # fmt: skip
def test_a_route(tmp_path: Path, when: Any, rows: Rows, expected: tuple[str, str, int]) -> None:
    assert answer(asked(tmp_path, when, rows, plan=ROUTE, options=ON_ROUTE)) == expected


def test_shares_of_overlapping_objects_do_not_add_up(tmp_path: Path) -> None:
    twice = [rectangle(0, 0, 40, 100), rectangle(0, 0, 40, 100)]
    assert answer(asked(tmp_path, {"overlaps": {"min_share": 0.5}}, twice)).answer == "no"
    twice = [line((-5, 50), (50, 50)), line((-5, 50), (50, 50))]
    assert answer(asked(tmp_path, {"overlaps": {"min_length_m": 60}}, twice)).answer == "no"


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("overlaps", "open"), ({"within": 50}, "open"), ("contains", "open"), ("inside", "open"),
        ("crosses", "open"), ("borders", "open"), ("outside", "possible"),
        ({"farther": 50}, "possible"), ({"alongside": {"within": 5, "over": 50}}, "open"),
    ],
)  # fmt: skip
def test_a_failed_layer_answers_nothing(tmp_path: Path, when: Any, told: str) -> None:
    result = asked(tmp_path, when, tmp_path / "nirgends.gpkg")
    assert answer(result) == (told, "failed", 3)
    (item,) = (u for u in result.document["unresolved"] if u["outcome"] == "failed")
    assert (item["layer"], item["offices"], item["rules"]) == ("thema", ["AMT"], ["R"])


@pytest.mark.parametrize(
    ("when", "told"),
    [("overlaps", "open"), ({"within": 50}, "open"), ("outside", "possible"),
     ({"farther": 20}, "possible")],
)  # fmt: skip
def test_where_there_are_no_data_silence_means_nothing(
    tmp_path: Path, when: Any, told: str
) -> None:
    geojson(tmp_path / "c.geojson", [rectangle(0, 0, 100, 60)])
    result = asked(tmp_path, when, FAR, layer_keys={"coverage": {"path": "c.geojson"}})
    assert answer(result) == (told, "not_covered", 3)


def test_a_hit_stands_although_part_of_the_plan_has_no_data(tmp_path: Path) -> None:
    geojson(tmp_path / "c.geojson", [rectangle(0, 0, 100, 60)])
    result = asked(tmp_path, "overlaps", INSIDE, layer_keys={"coverage": {"path": "c.geojson"}})
    assert result.reasons()["R"]["certainty"] == "certain"
    assert result.open()["thema"]["outcome"] == "affected"
    assert result.finding("thema")["uncovered_share"] == pytest.approx(0.4)
    assert result.status == 3


def test_what_is_found_settles_that_nothing_is_far(tmp_path: Path) -> None:
    geojson(tmp_path / "c.geojson", [rectangle(0, 0, 100, 60)])
    keys = {"coverage": {"path": "c.geojson"}}
    result = asked(tmp_path, {"farther": 20}, INSIDE, layer_keys=keys)
    assert "R" not in result.reasons()


def test_data_must_reach_as_far_as_the_rule_asks(tmp_path: Path) -> None:
    geojson(tmp_path / "c.geojson", [rectangle(-100, -100, 200, 200)])
    keys = {"coverage": {"path": "c.geojson"}}
    assert answer(asked(tmp_path, {"within": 100}, FAR, layer_keys=keys)).answer == "no"
    short = asked(tmp_path, {"within": 101}, FAR, layer_keys=keys)
    assert answer(short) == ("open", "clear", 3)
    assert short.open()["thema"]["outcome"] == "clear"
    assert "nur 100 m weit" in short.open()["thema"]["reason"]
    far = asked(tmp_path, {"farther": 101}, FAR, layer_keys=keys)
    assert answer(far).answer == "possible"
    assert "nur 100 m weit" in far.open()["thema"]["reason"]


def test_a_broken_object_near_by_fails_the_layer_but_hits_stand(tmp_path: Path) -> None:
    result = asked(tmp_path, "overlaps", [*INSIDE, unmendable(40, 40)])
    assert result.finding("thema")["outcome"] == "failed"
    assert result.reasons()["R"]["certainty"] == "certain"
    assert result.status == 3


# --- filters of objects --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "told"),
    [({"art": "Moor"}, "certain"), ({"art": "Heide"}, "no"), ({}, "possible"),
     ({"art": None}, "possible"), ({"art": 5}, "possible")],
)  # fmt: skip
def test_an_unknown_attribute_of_an_object_is_possible(
    tmp_path: Path, attributes: dict[str, Any], told: str
) -> None:
    result = asked(tmp_path, "overlaps", [(INSIDE[0], attributes)], where="art = 'Moor'")
    assert answer(result).answer == told


def test_only_the_objects_that_fit_are_named(tmp_path: Path) -> None:
    rows = [
        (rectangle(0, 0, 9, 9), {"nr": "a", "art": "Moor"}),
        (rectangle(20, 0, 29, 9), {"nr": "b", "art": "Heide"}),
    ]
    result = asked(tmp_path, "overlaps", rows, where="art = 'Moor'", layer_keys={"id": "nr"})
    assert result.reasons()["R"]["objects"] == ["a"]


def test_a_filter_applies_before_a_threshold(tmp_path: Path) -> None:
    rows = [(rectangle(0, 0, 9, 9), {"art": "Moor"}), (rectangle(20, 0, 29, 9), {"art": "Heide"})]
    when = {"overlaps": {"min_count": 2}}
    assert answer(asked(tmp_path, when, rows, where="art = 'Moor'")).answer == "no"


def test_inside_with_unknown_attributes_is_possible(tmp_path: Path) -> None:
    around = [rectangle(-10, -10, 110, 110)]
    assert answer(asked(tmp_path, "inside", around, where="art = 'A'")).answer == "possible"
    assert answer(asked(tmp_path, "outside", around, where="art = 'A'")).answer == "possible"


# --- from the points of sites --------------------------------------------------------------


def test_the_distance_of_masts_counts_from_their_middle(tmp_path: Path) -> None:
    house = [rectangle(1005, -5, 1015, 5)]
    on = ("--kind", "windenergie", "--radius", "25")

    def told(**more: Any) -> str:
        when = {"within": 1000}
        result = asked(tmp_path, when, house, plan=point(0, 0), options=on, **more)
        return answer(result).answer

    assert told(**{"from": "points"}) == "no"
    assert told(**{"from": "edge"}) == "certain"
    assert told() == "certain"
    nearer = asked(
        tmp_path, {"within": 1006}, house, plan=point(0, 0), options=on, **{"from": "points"}
    )
    assert answer(nearer).answer == "certain"


def test_an_area_of_masts_has_no_middle_and_counts_from_its_edge(tmp_path: Path) -> None:
    result = asked(
        tmp_path, {"within": 1000}, [rectangle(1100, 0, 1110, 10)],
        options=("--kind", "windenergie"), **{"from": "points"},
    )  # fmt: skip
    assert answer(result).answer == "certain"


def test_a_distance_may_hang_on_the_height(tmp_path: Path) -> None:
    when = {"within": {"times": 2, "attribute": "hoehe_m", "while_unknown": 500}}
    assert answer(asked(tmp_path, when, FAR)).answer == "possible"
    tall = asked(tmp_path, when, FAR, options=("--attribute", "hoehe_m=150"))
    assert answer(tall).answer == "certain"
    low = asked(tmp_path, when, FAR, options=("--attribute", "hoehe_m=149"))
    assert answer(low).answer == "no"
    odd = asked(tmp_path, when, FAR, options=("--attribute", "hoehe_m=hoch"))
    assert answer(odd).answer == "possible"
    nowhere = asked(tmp_path, when, [rectangle(900, 0, 910, 10)])
    assert answer(nowhere).answer == "no"
