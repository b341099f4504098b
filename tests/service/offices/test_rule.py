"""Rules as a catalogue writes them: read, or refused with file and line."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from layers.catalogue import Catalogue, read_catalogue
from layers.document import CatalogueError
from service.checks.finding import Ask, Beside
from service.offices.rule import Effect, When, rules_from, wanted, when_from
from service.plans.kinds import vocabulary_of
from tests.builders import catalogue, layer, point, rule


def read(folder: Path, *rules: dict[str, Any], **more: Any) -> Catalogue:
    layers = [layer(folder, code, [point(0, 0)]) for code in ("nsg", "lsg", "innen")]
    return read_catalogue(catalogue(folder, layers, rules, **more))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("overlaps", When("overlaps")),
        ({"overlaps": {"min_m2": 100, "min_count": 2}}, When("overlaps", min_m2=100, min_count=2)),
        ({"within": 20}, When("within", 20.0)),
        ({"within": 40, "beyond": 20}, When("within", 40.0, 20)),
        ({"within": {"times": 2, "attribute": "hoehe_m", "while_unknown": 500}},
         When("within", 500.0, None, 2.0, "hoehe_m")),
        ({"farther": 500}, When("farther", 500.0)),
        ({"crosses": {"min_count": 3}}, When("crosses", min_count=3)),
        ({"alongside": {"within": 20, "over": 100}}, When("alongside", 20.0, over_m=100.0)),
    ],
)  # fmt: skip
def test_predicates_as_written(written: Any, meant: When) -> None:
    assert when_from(written) == meant


def test_effects_have_an_order() -> None:
    assert [e.value for e in sorted(Effect, key=lambda e: e.weight)] == [
        "prohibition", "consent", "assessment", "consideration", "note", "support",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "key", "message"),
    [
        ({"where": "art ="}, "where", "not CQL2"),
        ({"if": "AND AND"}, "if", "not CQL2"),
        ({"only": ["radwege"]}, "only", "no plan kind, use or procedure"),
        ({"except": ["fliegen"]}, "except", "no plan kind, use or procedure"),
        ({"warns": {"procedures": ["par99"], "text": "x"}}, "warns", "no procedure"),
        ({"municipalities": ["14729010"]}, "municipalities", "which layer holds them"),
        ({"when": {"farther": 5}, "where": "a = 1"}, "where", "all objects"),
    ],
)
def test_a_rule_that_cannot_be_understood_names_file_line_and_key(
    tmp_path: Path, keys: dict[str, Any], key: str, message: str
) -> None:
    read_rules = read(tmp_path, rule("GOOD", "nsg"), {**rule("BAD", "nsg"), **keys})
    with pytest.raises(CatalogueError) as caught:
        rules_from(read_rules, vocabulary_of())
    (fault,) = caught.value.faults
    text = (tmp_path / "catalogue.yaml").read_text(encoding="utf-8").splitlines()
    assert key in text[fault.line - 1]
    assert message in str(fault)
    assert f"rules[1].{key}" in str(fault)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    bad = [rule(f"R{i}", "nsg", only=["x"]) for i in range(3)]
    with pytest.raises(CatalogueError) as caught:
        rules_from(read(tmp_path, *bad), vocabulary_of())
    assert len(caught.value.faults) == 3


def test_rules_may_name_kinds_the_catalogue_adds(tmp_path: Path) -> None:
    kinds = [{"code": "seilbahn", "title": "Seilbahn", "geometry": ["route"]}]
    found = read(tmp_path, rule("R", "nsg", only=["seilbahn"]), kinds=kinds)
    (one,) = rules_from(found, vocabulary_of(found.kinds))
    assert one.only == {"seilbahn"}
    with pytest.raises(CatalogueError):
        rules_from(found, vocabulary_of())


def test_what_the_check_must_find_out(tmp_path: Path) -> None:
    context = {"layer": "innen", "holds": "outside"}
    rules = rules_from(
        read(
            tmp_path,
            rule("A", "nsg", {"within": 100}),
            rule("B", "nsg", {"within": 300}, roles=["building"], context=context),
            rule("C", "nsg", {"farther": 900}),
            rule("D", "lsg", {"alongside": {"within": 20, "over": 50}}),
            rule("E", None),
        ),
        vocabulary_of(),
    )
    needed = wanted(rules, rules[1:])
    assert set(needed.demands) == {"nsg", "lsg"}
    assert needed.demands["nsg"].reach_m == 900
    assert needed.demands["nsg"].asks == (Ask(300.0),)
    assert needed.demands["lsg"].alongside == (Beside(20.0, 50.0),)
    assert needed.by_roles == {frozenset({"building"}): {"nsg"}}
    assert needed.contexts == {"innen": 300.0}


def test_both_ends_of_a_period_are_inclusive(tmp_path: Path) -> None:
    valid = {"from": "2026-01-01", "until": "2026-01-31"}
    (one,) = rules_from(read(tmp_path, rule("R", "nsg", valid=valid)), vocabulary_of())
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)]
    assert [one.in_force(day) for day in days] == [False, True, True, False]
