"""What differs between two reports: what matters is told, what was only rounded is not."""

from typing import Any

import pytest
import shapely

from service.cases.difference import difference, outlines, same

Json = dict[str, Any]


def thing(number: str = "a", **figures: Any) -> Json:
    return {"id": number, "relation": "overlaps", "overlap_m2": 100.0, "length_m": None,
            "distance_m": None, **figures}  # fmt: skip


def finding(layer: str, outcome: str = "affected", **more: Any) -> Json:
    return {
        "layer": layer, "outcome": outcome, "overlap_m2": 100.0, "share_of_plan": 0.1,
        "length_m": None, "nearest_m": 0.0, "objects_affected": 1, "uncovered_share": 0.0,
        "objects": [thing()], **more,
    }  # fmt: skip


def office(code: str, *layers: str, **more: Any) -> Json:
    reasons = [{"rule": f"R-{layer}", "layer": layer} for layer in layers]
    return {"office": code, "effect": "consent", "certainty": "certain", "reasons": reasons, **more}


def report(findings: list[Json], offices: list[Json], unresolved: Any = (), **rests: Any) -> Json:
    layers = {f["layer"]: "v1" for f in findings}
    provenance = {"catalogue": "c1", "rules": "r1", "layers": layers, **rests}
    return {"findings": findings, "offices": offices, "unresolved": list(unresolved),
            "provenance": provenance}  # fmt: skip


def opened(layer: str, *offices: str) -> Json:
    return {"layer": layer, "rules": [f"R-{layer}"], "offices": list(offices)}


BEFORE = report([finding("nsg"), finding("wald")], [office("UNB", "nsg"), office("FB", "wald")])


def test_the_same_report_differs_in_nothing() -> None:
    found = difference(BEFORE, BEFORE)
    assert same(found)
    assert found["ask_again"] == []
    assert found["data"] == {"catalogue": False, "rules": False, "layers": []}


@pytest.mark.parametrize(
    ("name", "now", "told"),
    [
        ("overlap_m2", 100.4, False),
        ("overlap_m2", 100.6, True),
        ("overlap_m2", None, True),
        ("share_of_plan", 0.1004, False),
        ("share_of_plan", 0.101, True),
        ("objects_affected", 2, True),
        ("nearest_m", 0.4, False),
        ("length_m", 5.0, True),
    ],
)
def test_figures_beyond_rounding_are_told_and_others_are_not(
    name: str, now: float | None, told: bool
) -> None:
    after = report([finding("nsg", **{name: now}), finding("wald")], BEFORE["offices"])
    found = difference(BEFORE, after)
    changed = found["findings"]["changed"]
    assert bool(changed) is told
    if told:
        before = BEFORE["findings"][0][name]
        assert changed[0]["figures"] == {name: {"before": before, "now": now}}
        assert found["ask_again"] == ["UNB"]
    assert same(found) is not told


def test_a_large_figure_is_compared_by_its_share() -> None:
    before = report([finding("nsg", overlap_m2=4_000_000.0)], [])
    after = report([finding("nsg", overlap_m2=4_000_001.0)], [])
    assert same(difference(before, after))


def test_findings_come_and_go_and_turn() -> None:
    after = report(
        [finding("wald", "clear"), finding("lsg")], [office("UNB", "lsg"), office("FB", "wald")]
    )
    found = difference(BEFORE, after)["findings"]
    assert found["new"] == [{"layer": "lsg", "outcome": "affected"}]
    assert found["gone"] == [{"layer": "nsg", "outcome": "affected"}]
    assert [c["outcome"] for c in found["changed"]] == [{"before": "affected", "now": "clear"}]


def test_other_objects_of_the_same_size_are_told() -> None:
    objects = [thing("b"), thing("c", relation="borders")]
    before = report([finding("nsg", objects=[thing("a"), thing("c")])], [])
    after = report([finding("nsg", objects=objects)], [])
    (changed,) = difference(before, after)["findings"]["changed"]
    assert changed["figures"] == {}
    assert changed["objects"] == {"new": ["b"], "gone": ["a"], "changed": ["c"]}


def test_offices_come_and_go_and_get_another_part() -> None:
    after = report(
        BEFORE["findings"],
        [office("UNB", "nsg", effect="objection"), office("UWB", "wald")],
    )
    found = difference(BEFORE, after)
    assert found["offices"]["new"] == [
        {"office": "UWB", "effect": "consent", "certainty": "certain"}
    ]
    assert [o["office"] for o in found["offices"]["gone"]] == ["FB"]
    assert found["offices"]["changed"] == [
        {"office": "UNB", "effect": {"before": "consent", "now": "objection"}}
    ]
    assert found["ask_again"] == ["UNB", "UWB"]  # who has no part any more is not asked


def test_another_rule_is_a_reason_to_ask_again() -> None:
    after = report(BEFORE["findings"], [office("UNB", "nsg", "wald"), office("FB", "wald")])
    found = difference(BEFORE, after)
    assert found["offices"]["changed"] == [
        {"office": "UNB", "rules": {"new": ["R-wald"], "gone": []}}
    ]
    assert found["ask_again"] == ["UNB"]


def test_who_is_only_now_unclear_is_asked_too() -> None:
    after = report(BEFORE["findings"], BEFORE["offices"], [opened("denkmal", "UDB", "UNB")])
    assert difference(BEFORE, after)["ask_again"] == ["UDB"]
    assert difference(after, after)["ask_again"] == []


def test_what_the_checks_rest_on_is_told() -> None:
    layers = {"nsg": "v2", "wald": "v1"}
    after = report(BEFORE["findings"], BEFORE["offices"], rules="r2", layers=layers)
    found = difference(BEFORE, after)
    assert found["data"] == {"catalogue": False, "rules": True, "layers": ["nsg"]}
    assert found["ask_again"] == []


def test_outlines_differ_by_what_is_added_and_removed() -> None:
    found = outlines(shapely.box(0, 0, 10, 10), shapely.box(5, 0, 20, 10))
    assert found == {"added_m2": 100.0, "removed_m2": 50.0, "before_m2": 100.0, "now_m2": 150.0,
                     "changed": True}  # fmt: skip
    assert not outlines(shapely.box(0, 0, 10, 10), shapely.box(0, 0, 10, 10.01))["changed"]
