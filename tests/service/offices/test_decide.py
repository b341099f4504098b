"""Which offices are involved, which are not, and what stays open."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import (
    Checked,
    Rows,
    catalogue,
    check,
    geojson,
    layer,
    line,
    rectangle,
    rule,
)

PLAN = rectangle(0, 0, 100, 100)
HIT = [rectangle(10, 10, 20, 20)]
BESIDE = [rectangle(-10, 0, 0, 100)]
FAR = [rectangle(400, 0, 410, 10)]
ASKED_USE = "Welche Nutzungen sind vorgesehen? (--use)"


def checked(
    folder: Path,
    layers: dict[str, Rows | Path] | list[dict[str, Any]],
    rules: list[dict[str, Any]],
    *options: str,
    parts: Rows | None = None,
    **more: Any,
) -> Checked:
    plan = geojson(folder / "plan.geojson", parts or [PLAN])
    return check(plan, catalogue(folder, layers, rules, **more), *options)


def certainty(result: Checked, code: str = "R") -> str | None:
    return result.reasons().get(code, {}).get("certainty")


# --- instrument, use and procedure ---------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "options", "told"),
    [
        ({"only": ["radweg"]}, ("--kind", "bebauungsplan"), None),
        ({"only": ["bebauungsplan"]}, ("--kind", "bebauungsplan"), "certain"),
        ({"except": ["bebauungsplan"]}, ("--kind", "bebauungsplan"), None),
        ({"except": ["wohnen"]}, ("--kind", "bebauungsplan", "--use", "wohnen"), None),
        ({"except": ["wohnen"]}, ("--kind", "bebauungsplan"), "certain"),
        ({"only": ["wohnen"]}, ("--kind", "bebauungsplan", "--use", "wohnen"), "certain"),
        ({"only": ["wohnen"]}, ("--kind", "bebauungsplan", "--use", "gewerbe"), None),
        ({"only": ["wohnen"]},
         ("--kind", "bebauungsplan", "--use", "gewerbe", "--use", "wohnen"), "certain"),
        # An instrument without uses may hold any; a solar field cannot.
        ({"only": ["wohnen"]}, ("--kind", "bebauungsplan"), "possible"),
        ({"only": ["wohnen"]}, ("--kind", "pv_freiflaeche"), None),
        ({"only": ["pv_freiflaeche"]}, ("--kind", "pv_freiflaeche"), "certain"),
        ({"only": ["pv_freiflaeche"]},
         ("--kind", "bebauungsplan", "--use", "pv_freiflaeche"), "certain"),
        ({"only": ["par13a"]}, ("--kind", "bebauungsplan", "--procedure", "par13a"), "certain"),
        ({"only": ["par13a"]}, ("--kind", "bebauungsplan", "--procedure", "par4-2"), None),
        ({"only": ["par13a"]}, ("--kind", "bebauungsplan"), "possible"),
        ({"only": ["radweg", "par13a"]}, ("--kind", "pv_freiflaeche"), "possible"),
        ({"except": ["par13a"]}, ("--kind", "bebauungsplan", "--procedure", "par13a"), None),
        ({"only": ["bebauungsplan"], "except": ["pv_freiflaeche"]},
         ("--kind", "bebauungsplan", "--use", "pv_freiflaeche"), None),
        # Nobody said what it is: it is checked as anything.
        ({"only": ["wohnen"]}, (), "possible"),
    ],
)  # fmt: skip
def test_whom_a_rule_concerns(
    tmp_path: Path, keys: dict[str, Any], options: tuple[str, ...], told: str | None
) -> None:
    result = checked(tmp_path, {"nsg": HIT}, [rule("R", "nsg", **keys)], *options)
    assert certainty(result) == told
    assert result.status == (3 if told == "possible" else 0)
    if told is None:
        (cleared,) = result.document["not_affected"]
        assert cleared["not_applicable"] == ["R"]
        assert cleared["checked"] == []


def test_an_unknown_use_is_asked_for_and_never_absent(tmp_path: Path) -> None:
    rules = [rule("R", "nsg", only=["wohnen"], offices=["UNB"])]
    result = checked(tmp_path, {"nsg": HIT}, rules, "--kind", "bebauungsplan")
    assert result.reasons()["R"]["asks"] == [ASKED_USE]
    (item,) = result.document["unresolved"]
    assert (item["outcome"], item["offices"], item["asks"]) == ("possible", ["UNB"], [ASKED_USE])
    assert "UNB" not in result.cleared()


def test_an_unknown_use_matters_only_where_something_is_met(tmp_path: Path) -> None:
    rules = [rule("R", "nsg", only=["wohnen"])]
    result = checked(tmp_path, {"nsg": FAR}, rules, "--kind", "bebauungsplan")
    assert (result.status, result.cleared()) == (0, ["AMT"])


def test_one_question_is_asked_once(tmp_path: Path) -> None:
    rules = [
        rule("R1", None, only=["wohnen"], offices=["UNB"]),
        rule("R2", None, only=["wohnen"], offices=["UDB"]),
    ]
    result = checked(tmp_path, {}, rules, "--kind", "bebauungsplan")
    (item,) = result.document["unresolved"]
    assert (item["rules"], item["offices"]) == (["R1", "R2"], ["UNB", "UDB"])


# --- attributes of the plan ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "options", "told"),
    [
        ("hoehe_m > 50", ("--attribute", "hoehe_m=51"), "certain"),
        ("hoehe_m > 50", ("--attribute", "hoehe_m=50,0"), None),
        ("hoehe_m > 50", (), "possible"),
        ("hoehe_m > 50", ("--attribute", "hoehe_m=viel"), "possible"),
        ("erdarbeiten = TRUE", ("--attribute", "erdarbeiten=ja"), "certain"),
        ("erdarbeiten = TRUE", ("--attribute", "erdarbeiten=nein"), None),
        ("erdarbeiten = TRUE", (), "possible"),
        ("area_m2 > 9999", (), "certain"),
        ("area_ha > 1.1", (), None),
        ("length_m > 1", (), "possible"),
        ("procedure = 'par13a'", ("--procedure", "par13a"), "certain"),
        ("procedure = 'par13a'", (), "possible"),
    ],
)
@pytest.mark.parametrize("layered", [True, False])
def test_an_attribute_nobody_stated_is_possible(
    tmp_path: Path, condition: str, options: tuple[str, ...], told: str | None, layered: bool
) -> None:
    code = "nsg" if layered else None
    rules = [rule("R", code, **{"if": condition})]
    result = checked(tmp_path, {"nsg": HIT}, rules, *options)
    assert certainty(result) == told
    if told == "possible":
        (ask,) = result.reasons()["R"]["asks"]
        assert "--attribute" in ask
        assert result.document["unresolved"][0]["asks"] == [ask]
    if told is None:
        assert result.document["not_affected"][0]["checked"] == ["R"]


def test_the_rules_own_question_is_asked(tmp_path: Path) -> None:
    ask = {"de": "Wie hoch wird gebaut?", "en": "How high will it be?"}
    rules = [rule("R", "nsg", **{"if": "hoehe_m > 50", "ask": ask})]
    result = checked(tmp_path, {"nsg": HIT}, rules, "--lang", "en")
    assert result.reasons()["R"]["asks"] == ["How high will it be?"]


def test_a_rule_that_is_ruled_out_leaves_nothing_open_on_a_failed_layer(tmp_path: Path) -> None:
    rules = [
        rule("R1", "nsg", offices=["UDB"], **{"if": "hoehe_m > 50"}),
        rule("R2", "nsg", offices=["UNB"]),
    ]
    gone = {"nsg": tmp_path / "nirgends.gpkg"}
    result = checked(tmp_path, gone, rules, "--attribute", "hoehe_m=9")
    assert result.open()["nsg"]["offices"] == ["UNB"]
    assert result.cleared() == ["UDB"]


# --- context, municipality, validity -------------------------------------------------------


def in_context(holds: str) -> dict[str, Any]:
    return rule("R", "nsg", {"within": 20}, context={"layer": "innen", "holds": holds})


@pytest.mark.parametrize(
    ("innen", "inside", "outside"),
    [
        ([rectangle(-100, -100, 200, 200)], "certain", None),
        (FAR, None, "certain"),
        ([rectangle(0, 0, 15, 100)], "certain", "certain"),  # the hit lies in both
    ],
)
def test_a_context_area_decides(
    tmp_path: Path, innen: Rows, inside: str | None, outside: str | None
) -> None:
    for holds, told in (("inside", inside), ("outside", outside)):
        result = checked(tmp_path, {"nsg": HIT, "innen": innen}, [in_context(holds)])
        assert certainty(result) == told, holds


@pytest.mark.parametrize("holds", ["inside", "outside"])
def test_a_context_that_cannot_be_had_is_possible(tmp_path: Path, holds: str) -> None:
    layers: dict[str, Rows | Path] = {"nsg": HIT, "innen": tmp_path / "nirgends.gpkg"}
    result = checked(tmp_path, layers, [in_context(holds)])
    assert certainty(result) == "possible"
    assert "innen" in result.reasons()["R"]["asks"][0]
    assert result.cleared() == []


def test_an_unknown_context_asks_the_rules_own_question(tmp_path: Path) -> None:
    layers: dict[str, Rows | Path] = {"nsg": HIT, "innen": tmp_path / "nirgends.gpkg"}
    ask = "Liegt die Planung im Innenbereich?"
    result = checked(tmp_path, layers, [{**in_context("inside"), "ask": ask}])
    assert result.reasons()["R"]["asks"] == [ask]


@pytest.mark.parametrize("when", ["overlaps", {"within": 20}])
@pytest.mark.parametrize("holds", ["inside", "outside"])
def test_a_context_known_in_part_only_is_possible(tmp_path: Path, holds: str, when: Any) -> None:
    geojson(tmp_path / "c.geojson", [rectangle(-500, -500, 60, 500)])
    entries = [
        layer(tmp_path, "nsg", [rectangle(80, 80, 90, 90)]),
        layer(tmp_path, "innen", FAR, coverage={"path": "c.geojson"}),
    ]
    rules = [{**in_context(holds), "when": when}]
    assert certainty(checked(tmp_path, entries, rules)) == "possible"


def test_a_context_must_be_known_as_far_as_the_rule_reaches(tmp_path: Path) -> None:
    geojson(tmp_path / "c.geojson", [rectangle(-10, -10, 110, 110)])
    entries = [
        layer(tmp_path, "nsg", HIT),
        layer(tmp_path, "innen", FAR, coverage={"path": "c.geojson"}),
    ]
    assert certainty(checked(tmp_path, entries, [in_context("outside")])) == "possible"


TOWNS = [
    (rectangle(-500, -500, 50, 500), {"ags": "1", "name": "West"}),
    (rectangle(50, -500, 500, 500), {"ags": "2", "name": "Ost"}),
    (rectangle(900, -500, 990, 500), {"ags": "3", "name": "Weit"}),
]
NAMED = {"layer": "gemeinden", "key": "ags", "name": "name"}


@pytest.mark.parametrize(
    ("keys", "told"), [(["1"], "certain"), (["2", "3"], "certain"), (["3"], None)]
)
def test_rules_of_a_municipality(tmp_path: Path, keys: list[str], told: str | None) -> None:
    layers = {"nsg": HIT, "gemeinden": TOWNS}
    rules = [rule("R", "nsg", municipalities=keys)]
    assert certainty(checked(tmp_path, layers, rules, municipalities=NAMED)) == told


def test_an_unknown_municipality_is_possible(tmp_path: Path) -> None:
    layers: dict[str, Rows | Path] = {"nsg": HIT, "gemeinden": tmp_path / "nirgends.gpkg"}
    rules = [rule("R", "nsg", municipalities=["3"])]
    result = checked(tmp_path, layers, rules, municipalities=NAMED)
    assert certainty(result) == "possible"
    assert result.document["plan"]["municipalities"] is None


@pytest.mark.parametrize(
    ("day", "told"),
    [("2025-12-31", None), ("2026-01-01", "certain"), ("2026-06-30", "certain"),
     ("2026-07-01", None)],
)  # fmt: skip
def test_a_rule_has_its_time(tmp_path: Path, day: str, told: str | None) -> None:
    rules = [rule("R", "nsg", valid={"from": "2026-01-01", "until": "2026-06-30"})]
    result = checked(tmp_path, {"nsg": HIT}, rules, "--as-of", day)
    assert certainty(result) == told
    assert result.document["provenance"]["rules_as_of"] == day


def test_an_open_end_is_open_and_the_day_matters_to_nobody_else(tmp_path: Path) -> None:
    rules = [rule("R", "nsg", valid={"from": "2020-01-01", "until": None})]
    assert certainty(checked(tmp_path, {"nsg": HIT}, rules, "--as-of", "2099-01-01")) == "certain"
    result = checked(tmp_path, {"nsg": HIT}, [rule("R", "nsg")], "--as-of", "2099-01-01")
    assert result.document["provenance"]["rules_as_of"] is None


# --- parts with a role ---------------------------------------------------------------------

NEAR_WOOD = {"wald": [rectangle(0, 110, 100, 120)]}
BUILDINGS = rule("R", "wald", {"within": 30}, roles=["building"], effect="prohibition")


def test_a_scope_alone_lowers_the_effect_and_says_what_to_check(tmp_path: Path) -> None:
    result = checked(tmp_path, NEAR_WOOD, [BUILDINGS], "--kind", "bebauungsplan")
    reason = result.reasons()["R"]
    assert (reason["effect"], reason["certainty"]) == ("assessment", "certain")
    assert reason["asks"][0].startswith("Baugrenzen prüfen")
    assert result.document["offices"][0]["effect"] == "assessment"


@pytest.mark.parametrize("effect", ["assessment", "consideration", "note", "support"])
def test_a_lesser_effect_stays_as_it_is(tmp_path: Path, effect: str) -> None:
    rules = [{**BUILDINGS, "effect": effect}]
    assert checked(tmp_path, NEAR_WOOD, rules, "--kind", "bebauungsplan").reasons()["R"][
        "effect"
    ] == effect  # fmt: skip


def test_what_is_drawn_as_a_structure_is_one(tmp_path: Path) -> None:
    result = checked(tmp_path, NEAR_WOOD, [BUILDINGS], "--kind", "abbau")
    assert result.reasons()["R"]["effect"] == "prohibition"


@pytest.mark.parametrize(("top", "told"), [(85, "certain"), (75, None)])
def test_with_buildings_the_buildings_count(tmp_path: Path, top: float, told: str | None) -> None:
    parts = [(PLAN, {"rolle": "scope"}), (rectangle(0, 0, 50, top), {"rolle": "building"})]
    result = checked(tmp_path, NEAR_WOOD, [BUILDINGS], "--kind", "bebauungsplan", parts=parts)
    assert certainty(result) == told
    if told:
        assert result.reasons()["R"]["effect"] == "prohibition"


def test_a_building_that_only_borders_is_possible_although_the_scope_is_affected(
    tmp_path: Path,
) -> None:
    parts = [(PLAN, {"rolle": "green"}), (rectangle(0, 0, 50, 50), {"rolle": "building"})]
    reserve = {"nsg": [rectangle(50, 0, 90, 90)]}
    rules = [rule("R", "nsg", roles=["building"], offices=["UNB"])]
    result = checked(tmp_path, reserve, rules, "--kind", "bebauungsplan", parts=parts)
    assert result.finding("nsg")["outcome"] == "affected"
    assert certainty(result) == "possible"
    assert result.status == 3
    (item,) = result.document["unresolved"]
    assert (item["outcome"], item["offices"]) == ("possible", ["UNB"])


# --- registers, negative list, effects -----------------------------------------------------


def test_a_register_yields_no_entry_and_never_not_affected(tmp_path: Path) -> None:
    entries = [layer(tmp_path, "biotope", FAR, register="declaratory"), layer(tmp_path, "a", FAR)]
    rules = [
        rule("R1", "biotope", offices=["UNB"]), rule("R2", "a", offices=["UNB", "UDB"]),
    ]  # fmt: skip
    result = checked(tmp_path, entries, rules)
    assert result.status == 0
    assert result.cleared() == ["UDB"]
    (no_entry,) = result.document["no_entry"]
    assert no_entry["office"] == "UNB"
    assert no_entry["registers"] == ["biotope"]
    assert sorted(no_entry["checked"]) == ["R1", "R2"]


def test_an_office_without_rules_is_on_no_list(tmp_path: Path) -> None:
    result = checked(tmp_path, {"nsg": FAR}, [rule("R", "nsg", offices=["UNB"])])
    assert (result.cleared(), result.offices()) == (["UNB"], [])


@pytest.mark.parametrize(
    ("other", "keys"),
    [(BESIDE, {}), (HIT, {"certainty": "possible"}), (HIT, {"if": "hoehe_m > 1"}),
     (HIT, {"where": "art = 'A'"}), ("nirgends.gpkg", {}), (HIT, {"only": ["wohnen"]})],
)  # fmt: skip
def test_an_office_with_anything_open_is_never_cleared(
    tmp_path: Path, other: Any, keys: dict[str, Any]
) -> None:
    rows = tmp_path / other if isinstance(other, str) else other
    rules = [rule("R1", "nsg", offices=["UNB"]), rule("R2", "other", offices=["UNB"], **keys)]
    result = checked(tmp_path, {"nsg": FAR, "other": rows}, rules)
    assert result.status == 3
    assert "UNB" not in result.cleared()
    assert any("UNB" in u["offices"] for u in result.document["unresolved"])


def test_a_layer_without_rules_that_fails_is_its_keepers(tmp_path: Path) -> None:
    entry = layer(tmp_path, "nsg", tmp_path / "nirgends.gpkg", keeper="UDB")
    rules = [rule("R", "a", offices=["UDB"])]
    result = checked(tmp_path, [entry, layer(tmp_path, "a", FAR)], rules)
    assert result.open()["nsg"]["offices"] == ["UDB"]
    assert result.cleared() == []


def test_a_rule_possible_by_nature_says_so(tmp_path: Path) -> None:
    result = checked(tmp_path, {"nsg": HIT}, [rule("R", "nsg", certainty="possible")])
    assert certainty(result) == "possible"
    assert "Daten allein" in result.open()["nsg"]["reason"]


def test_the_gravest_certain_effect_counts_and_its_reasons_come_first(tmp_path: Path) -> None:
    rules = [
        rule("R1", "nsg", effect="note"),
        rule("R2", "nsg", effect="prohibition", certainty="possible"),
        rule("R3", "nsg", effect="consent"),
    ]
    (office,) = checked(tmp_path, {"nsg": HIT}, rules).document["offices"]
    assert [r["rule"] for r in office["reasons"]] == ["R3", "R1", "R2"]
    # What is only possible does not make the office's certain effect graver.
    assert (office["effect"], office["certainty"]) == ("consent", "certain")
    only = checked(tmp_path, {"nsg": HIT}, rules[1:2]).document["offices"][0]
    assert (only["effect"], only["certainty"]) == ("prohibition", "possible")


def test_a_reason_for_a_plan_is_support(tmp_path: Path) -> None:
    rules = [rule("R", "kek", effect="support")]
    (office,) = checked(tmp_path, {"kek": HIT}, rules).document["offices"]
    assert office["effect"] == "support"


def test_one_rule_names_several_offices_and_bodies_outside(tmp_path: Path) -> None:
    external = [{"code": "LfULG", "name": {"de": "Landesamt", "en": "State office"}}]
    rules = [rule("R", "nsg", offices=["UDB", "UNB"], external=["LfULG"], links=["https://a.b"])]
    result = checked(tmp_path, {"nsg": HIT}, rules, external=external)
    assert result.offices() == ["UNB", "UDB"]  # in the order of the catalogue
    reason = result.reasons()["R"]
    assert reason["external"] == [{"code": "LfULG", "name": "Landesamt"}]
    assert reason["links"] == ["https://a.b"]


@pytest.mark.parametrize(
    ("procedure", "rows", "told"),
    [("par13a", HIT, "certain"), ("par13a", BESIDE, "possible"), ("par13a", FAR, None),
     ("par4-2", HIT, None), (None, HIT, None)],
)  # fmt: skip
def test_a_hit_warns_of_the_procedure(
    tmp_path: Path, procedure: str | None, rows: Rows, told: str | None
) -> None:
    warns = {"procedures": ["par13a", "par13"], "text": "§ 13a BauGB scheidet aus."}
    options = ("--procedure", procedure) if procedure else ()
    result = checked(tmp_path, {"ffh": rows}, [rule("R", "ffh", warns=warns)], *options)
    found = result.document["procedure_warnings"]
    assert [(w["procedure"], w["certainty"]) for w in found] == ([("par13a", told)] if told else [])


def test_always_is_a_hit_without_any_layer(tmp_path: Path) -> None:
    result = checked(tmp_path, {}, [rule("R", None, about="Klima")])
    assert result.reasons()["R"]["layer"] is None
    assert "Klima" in result.reasons()["R"]["because"]


# --- the sentence --------------------------------------------------------------------------


def test_the_sentence_has_the_measured_figures_once(tmp_path: Path) -> None:
    rows = [
        (rectangle(0, 0, 80, 100), {"name": "Aue"}), (rectangle(20, 0, 100, 100), {"name": "Aue"}),
    ]  # fmt: skip
    entry = layer(tmp_path, "nsg", rows, name="name")
    because = checked(tmp_path, [entry], [rule("R", "nsg")]).reasons()["R"]["because"]
    assert because.startswith("Beteiligt, weil die Planung „Schicht nsg“ überlagert: Aue (")
    assert "1,00 ha" in because
    assert "1,60 ha" not in because


def test_the_sentence_of_a_route_has_its_length_once(tmp_path: Path) -> None:
    rows = [(rectangle(a, -5, a + 200, 5), {"name": "Aue"}) for a in (100, 200)]
    entry = layer(tmp_path, "nsg", rows, name="name")
    plan = geojson(tmp_path / "r.geojson", [line((0, 0), (1000, 0))])
    file = catalogue(tmp_path, [entry], [rule("R", "nsg")])
    because = check(plan, file, "--kind", "radweg", "--width", "3").reasons()["R"]["because"]
    assert "300 m" in because
    assert "400 m" not in because
    assert "30,0 %" in because


# --- laws ----------------------------------------------------------------------------------

SOME = st.sampled_from(["hit", "beside", "far", "gone"])


@settings(max_examples=20)
@given(st.lists(st.tuples(SOME, st.sampled_from(["AMT", "UNB", "UDB"])), min_size=1, max_size=5))
def test_every_office_with_a_rule_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    rows: dict[str, Rows | Path] = {
        "hit": HIT, "beside": BESIDE, "far": FAR, "gone": folder / "nirgends.gpkg",
    }  # fmt: skip
    rules = [rule(f"R{i}", each, offices=[office]) for i, (each, office) in enumerate(drawn)]
    result = checked(folder, rows, rules)
    unresolved = {o for u in result.document["unresolved"] for o in u["offices"]}
    for office in {office for _, office in drawn}:
        mine = {each for each, named in drawn if named == office}
        assert (office in result.offices()) == bool(mine & {"hit", "beside"})
        assert (office in unresolved) == bool(mine & {"beside", "gone"} or office == "AMT")
        assert (office in result.cleared()) == (mine == {"far"} and office != "AMT")
