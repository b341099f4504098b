"""Whom a release asks: what was decided, what was proposed, and whose earlier answer stands."""

from service.cases.asking.proposal import Proposal, claimed, proposed
from service.cases.asking.rounds import to_ask


def proposal(office: str, certainty: str = "certain", *, external: bool = False) -> Proposal:
    return Proposal(office, certainty, None, (), external)


def test_who_was_dropped_is_not_asked_and_who_was_added_is() -> None:
    found = [proposal("UNB"), proposal("UWB"), proposal("LfD", external=True)]
    decided = {"UWB": "drop", "BAA": "add", "LfD": "hint"}
    assert to_ask(found, decided, (), ()) == (["UNB", "BAA"], [])


def test_whose_answer_stands_is_not_asked_unless_it_is_decided() -> None:
    found = [proposal("UNB"), proposal("UWB"), proposal("UFB")]
    assert to_ask(found, {}, (), ["UNB", "SBA"]) == (["UWB", "UFB"], ["SBA", "UNB"])
    assert to_ask(found, {"UNB": "involve"}, (), ["UNB"]) == (["UWB", "UFB", "UNB"], [])
    assert to_ask(found, {"UWB": "carry"}, (), ["UWB"]) == (["UNB", "UFB"], [])


def test_who_has_a_task_is_left_alone() -> None:
    assert to_ask([proposal("UNB"), proposal("UWB")], {}, ["UNB"], ()) == (["UWB"], [])


def report(language: str) -> dict[str, object]:
    reason = {
        "rule": "N1", "layer": "nsg", "effect": "prohibition", "certainty": "certain",
        "basis": "§ 23", "origin": "statute", "because": f"weil ({language})", "text": None,
        "asks": [], "external": [{"code": "LfD", "name": "LfD"}], "links": [], "objects": ["7"],
    }  # fmt: skip
    return {
        "findings": [{"layer": "nsg", "visibility": "public"},
                     {"layer": "alt", "visibility": "restricted"}],
        "offices": [{"office": "UNB", "effect": "prohibition", "certainty": "certain",
                     "reasons": [reason]}],
        "unresolved": [
            {"layer": "alt", "outcome": "failed", "reason": "nicht lesbar",
             "offices": ["ABB", "UNB"]}
        ],
    }  # fmt: skip


def test_what_could_not_be_checked_proposes_its_office_too() -> None:
    found = proposed({"de": report("de"), "en": report("en")})
    assert [(p.office, p.certainty, p.external) for p in found] == [
        ("UNB", "certain", False), ("ABB", "open", False), ("LfD", "possible", True),
    ]  # fmt: skip
    assert found[0].reasons[0]["because"] == {"de": "weil (de)", "en": "weil (en)"}
    assert found[0].reasons[0]["text"] is None
    assert found[1].reasons[0]["visibility"] == "restricted"
    assert proposed({}) == []


def test_a_claim_speaks_for_an_office_beside_the_rules() -> None:
    found = claimed([proposal("UNB")], {"UNB": "auch", "UFB": "Wald"})
    assert [(p.office, p.certainty, len(p.reasons)) for p in found] == [
        ("UNB", "certain", 1), ("UFB", "claimed", 1),
    ]  # fmt: skip
