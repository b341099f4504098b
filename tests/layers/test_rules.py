"""The rules and offices the project ships: complete, in two languages, and honest about law."""

from importlib import resources

import pytest

from layers.catalogue import Catalogue, read_catalogue
from service.offices.rule import Rule, rules_from
from service.plans.attributes import KNOWN
from service.plans.kinds import vocabulary_of

# What plan attributes `if` may ask for beyond the declared ones: see service.offices.verdict.
MEASURED = {"area_m2", "area_ha", "length_m", "kind", "procedure"}

# Metre values that a law names, by the law's name in the basis; everything else is convention or
# habit and must not be passed off as law.
STATUTORY = {
    "FStrG": {20, 40, 100},
    "SächsStrG": {20, 40},
    "LEisenbG": {50, 200, 250},
    "LuftVG": {1500, 4000, 6000, 15000},
    "SächsWG": {5, 10},
    "§ 61 BNatSchG": {50},
    "SächsWaldG": {30, 100},
    "SächsBO": {1000},
    "§ 35 (1)": {200},
    "§ 249 (10)": {2},  # times the height
}
# Each of them has a rule with exactly this distance.
NAMED_BY_LAW = {
    ("FStrG", 40), ("FStrG", 100), ("FStrG", 20), ("SächsStrG", 20), ("SächsStrG", 40),
    ("LEisenbG", 50), ("LEisenbG", 200), ("LEisenbG", 250), ("LuftVG", 1500), ("LuftVG", 4000),
    ("LuftVG", 6000), ("LuftVG", 15000), ("SächsWG", 10), ("SächsWG", 5), ("§ 61 BNatSchG", 50),
    ("SächsWaldG", 30), ("SächsWaldG", 100), ("SächsBO", 1000), ("§ 35 (1)", 200),
    ("§ 249 (10)", 2),
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    with resources.as_file(resources.files("layers") / "catalogues") as folder:
        return read_catalogue(folder / "sample.yaml")


@pytest.fixture(scope="module")
def rules(catalogue: Catalogue) -> tuple[Rule, ...]:
    return rules_from(catalogue, vocabulary_of(catalogue.kinds))


def figure(rule: Rule) -> float:
    """Return the metres a rule asks for, or how many times the height."""
    return rule.when.times or rule.when.distance_m


def laws(rule: Rule) -> set[str]:
    return {law for law in STATUTORY if law in rule.basis}


def test_there_are_at_least_ninety_rules(rules: tuple[Rule, ...]) -> None:
    assert len(rules) >= 90


def test_every_rule_says_what_it_means_in_both_languages(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        assert rule.text is not None, rule.code
        assert rule.text.de != rule.text.en, rule.code
        for text in rule.text:
            assert text[0].isupper(), rule.code
            assert text.endswith("."), rule.code
        assert rule.basis, rule.code


def test_every_question_is_asked_in_both_languages(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        for text in (rule.ask, rule.about, rule.warns.text if rule.warns else None):
            assert text is None or text.de != text.en, rule.code


def test_a_rule_without_a_layer_says_what_it_is_about(rules: tuple[Rule, ...]) -> None:
    assert {r.code for r in rules if r.layer is None and r.about is None} == set()


def test_a_rule_that_hangs_on_the_plan_says_what_to_ask(rules: tuple[Rule, ...]) -> None:
    measured = MEASURED - {"procedure"}
    for rule in rules:
        names = rule.condition.attributes if rule.condition else frozenset()
        if names - measured or rule.when.attribute or rule.context:
            assert rule.ask is not None, rule.code


def test_rules_ask_only_for_attributes_a_plan_can_state(rules: tuple[Rule, ...]) -> None:
    asked = {n for r in rules if r.condition for n in r.condition.attributes}
    asked |= {r.when.attribute for r in rules if r.when.attribute}
    assert asked <= KNOWN | MEASURED


def test_every_office_is_named_by_a_rule(catalogue: Catalogue, rules: tuple[Rule, ...]) -> None:
    named = {office for rule in rules for office in rule.offices}
    assert named == {office.code for office in catalogue.offices}
    assert len(named) == 20


def test_every_body_outside_is_named_by_a_rule(
    catalogue: Catalogue, rules: tuple[Rule, ...]
) -> None:
    assert {o for r in rules for o in r.external} == {o.code for o in catalogue.external}


def test_the_building_supervision_cannot_be_mistaken_for_the_federal_agency(
    catalogue: Catalogue,
) -> None:
    codes = {office.code for office in (*catalogue.offices, *catalogue.external)}
    assert "BAA" in codes
    assert "UBA" not in codes


def test_every_layer_serves_a_rule_or_a_context(
    catalogue: Catalogue, rules: tuple[Rule, ...]
) -> None:
    used = {r.layer for r in rules} | {r.context.layer for r in rules if r.context}
    assert {layer.code for layer in catalogue.layers} - used == set()


def test_a_distance_is_called_law_only_where_a_law_names_it(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        if rule.origin == "statute" and figure(rule):
            allowed = set[float]().union(*(STATUTORY[law] for law in laws(rule)))
            assert figure(rule) in allowed, (rule.code, figure(rule), rule.basis)


def test_every_distance_named_by_a_law_has_a_rule(rules: tuple[Rule, ...]) -> None:
    found = {
        (law, figure(rule)) for rule in rules if rule.origin == "statute" for law in laws(rule)
    }
    assert found >= NAMED_BY_LAW


@pytest.mark.parametrize("distance", [300, 500, 900, 1500])
def test_conventions_are_not_passed_off_as_law(rules: tuple[Rule, ...], distance: int) -> None:
    here = {r.origin for r in rules if r.when.distance_m == distance and "LuftVG" not in r.basis}
    assert here <= {"convention", "internal"}
    assert here


def test_the_zone_outside_a_prohibition_starts_where_the_prohibition_ends(
    rules: tuple[Rule, ...],
) -> None:
    """`beyond` leaves objects to another rule, so that rule must be there and look as far."""
    for rule in rules:
        if rule.when.beyond_m is None:
            continue
        near = [r for r in rules if r.layer == rule.layer and r is not rule]
        reached = [r for r in near if r.when.distance_m >= rule.when.beyond_m]
        overlapping = [r for r in near if r.when.predicate == "overlaps"]
        assert reached or (rule.when.beyond_m == 0 and overlapping), rule.code


def test_building_distances_apply_to_buildings(rules: tuple[Rule, ...]) -> None:
    """Anbauverbot, forest, § 61 BNatSchG and water margins are measured from what is built."""
    by_code = {rule.code: rule for rule in rules}
    for code in ("V01", "V02", "V03", "V04", "V06v", "V06z", "V07v", "V07z", "F01", "N10f", "N10s",
                 "W01f", "W01fi", "W01s", "W01si", "V12"):  # fmt: skip
        assert "building" in by_code[code].roles, code


def test_prohibitions_along_roads_end_at_the_through_road(rules: tuple[Rule, ...]) -> None:
    by_code = {rule.code: rule for rule in rules}
    for code in ("V03", "V04", "V06v", "V06z", "V07v", "V07z"):
        context = by_code[code].context
        assert context is not None
        assert (context.layer, context.inside) == ("ortsdurchfahrten", False)


def test_no_always_rule_names_an_office_for_every_plan_except_climate(
    rules: tuple[Rule, ...],
) -> None:
    for rule in rules:
        unconditional = rule.layer is None and rule.condition is None and not rule.only
        assert unconditional == (rule.code == "C01"), rule.code


def test_natura_and_major_accidents_rule_out_the_short_procedures(
    rules: tuple[Rule, ...],
) -> None:
    warned = {r.layer for r in rules if r.warns and {"par13", "par13a"} <= r.warns.procedures}
    assert warned == {"ffh", "spa", "stoerfallbetriebe"}


def test_the_concerns_of_the_staff_unit_are_there(rules: tuple[Rule, ...]) -> None:
    """Economy, development concept, regional plan, tourism, climate, broadband."""
    by_office = {
        office: {r.layer for r in rules if office in r.offices} for office in ("KE", "KLIMA", "BB")
    }
    assert by_office["KE"] >= {
        "kek_massnahmen", "gewerbegebiete", "strukturwandel", "leader", "geopark", "seenland",
        "kohrener_land", "regionalplan_vorrang", "regionalplan_vorbehalt", "gruenzug", "bplaene",
        "fnp", "radnetz_luecken",
    }  # fmt: skip
    assert by_office["KLIMA"] >= {"kaltluft", "hitze", "starkregen", None}
    assert by_office["BB"] >= {"breitband_luecken", None}


def test_all_three_visions_of_the_concept_speak_for_plans(rules: tuple[Rule, ...]) -> None:
    visions = ("Starker Wirtschaftsstandort", "L(i)ebenswerte Orte", "Nachhaltiger Lebensraum")
    supporting = [
        r.where for r in rules if r.layer == "kek_massnahmen" and r.effect.value == "support"
    ]
    for vision in visions:
        assert [True for w in supporting if w and w.matches({"leitbild": vision})] == [True]
