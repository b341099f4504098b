"""The document: every word chosen, chapters where the form of the statement has them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.statements.content import Content
from service.statements.document import document
from tests.service.statements import sample as made


def titles(content: Content) -> list[str]:
    return [chapter["title"] for chapter in document(content, ()).data["chapters"]]


def numbers(chapter: dict[str, Any]) -> list[str]:
    return [p["number"] for b in chapter["blocks"] if b["kind"] == "points" for p in b["points"]]


def test_chapters_come_in_the_order_of_the_form(sample: Path) -> None:
    assert titles(made.copy(sample, "outward").content) == [
        "Grundlagen",
        "Gesamtbeurteilung",
        "Äußerungen der Ämter",
        "Abstimmung innerhalb des Landratsamtes",
        "Weitere Stellen",
        "Offene Punkte und Vorbehalte",
        "Änderungen gegenüber der vorigen Fassung",
    ]


def test_what_is_empty_is_left_out(sample: Path) -> None:
    whole = made.copy(sample, "outward").content
    bare = replace(whole, voices=(), resolutions=(), corrections=())
    assert titles(bare) == [
        "Grundlagen", "Gesamtbeurteilung", "Weitere Stellen", "Offene Punkte und Vorbehalte",
    ]  # fmt: skip


def test_what_the_district_objects_to_in_its_own_rights_stands_apart(sample: Path) -> None:
    whole = made.copy(sample, "outward").content
    subject = replace(whole.subject, procedure_code="planfeststellung")
    sba = next(v for v in whole.voices if v.office == "SBA")
    own = replace(sba, points=(replace(sba.points[0], party="affected"), *sba.points[1:]))
    voices = tuple(own if v.office == "SBA" else v for v in whole.voices)
    data = document(replace(whole, subject=subject, voices=voices), ()).data
    by_title = {chapter["title"]: chapter for chapter in data["chapters"]}
    apart = by_title["Einwendung des Landkreises als Betroffener"]
    assert numbers(apart) == ["SBA-1"]
    assert "SBA-1" not in numbers(by_title["Äußerungen der Ämter"])
    assert "SBA-2" in numbers(by_title["Äußerungen der Ämter"])
    assert "§ 73a Abs. 3 VwVfG" in data["opening"]


def test_only_some_procedures_order_one_voice(sample: Path) -> None:
    assert "§ 73a" not in document(made.copy(sample, "outward").content, ()).data["opening"]


def test_no_answer_is_told_apart_from_no_objection(sample: Path) -> None:
    data = document(made.copy(sample, "outward").content, ()).data
    others = next(c for c in data["chapters"] if c["title"] == "Weitere Stellen")
    heads = [b["text"] for b in others["blocks"] if b["kind"] == "heading"]
    assert heads.index("Beteiligt, keine Bedenken") < heads.index("Beteiligt, keine Antwort")
    texts = [b["text"] for b in others["blocks"] if b["kind"] == "text"]
    assert any("Das ist keine Zustimmung" in text for text in texts)


@pytest.mark.parametrize(("urgent", "words"), [(False, "Beschluss"), (True, "Eilentscheidung")])
def test_a_committees_decision_is_named(sample: Path, urgent: bool, words: str) -> None:
    whole = made.copy(sample, "outward").content
    assert whole.committee is not None
    decided = replace(whole, committee=replace(whole.committee, urgent=urgent))
    assert words in document(decided, ()).data["texts"][0]


def test_the_objection_under_par_7_stands_beside_the_assessment(sample: Path) -> None:
    said = "Der Landkreis widerspricht."
    whole = replace(made.copy(sample, "outward").content, objection_par7=said)
    assessment = document(whole, ()).data["chapters"][1]
    assert [b["text"] for b in assessment["blocks"]][-2:] == [
        "Widerspruch nach § 7 BauGB",
        said,
    ]


def test_a_supplement_says_what_it_is(sample: Path) -> None:
    whole = replace(made.copy(sample, "outward").content, supplement=True)
    assert document(whole, ()).data["subject"][0] == "Ergänzung zur Stellungnahme"


def test_no_word_is_missing_in_either_language(sample: Path) -> None:
    german = document(made.copy(sample, "outward").content, ()).data
    english = document(made.copy(sample, "outward", "en").content, ()).data
    assert set(german["words"]) == set(english["words"])
    same = {k for k, v in german["words"].items() if v == english["words"][k]}
    assert same <= {"version", "neutral"}
    assert len(german["chapters"]) == len(english["chapters"])


def test_no_entry_in_a_register_is_told_apart_from_no_indication(sample: Path) -> None:
    data = document(made.copy(sample, "outward").content, ()).data
    findings = next(a for a in data["annexes"] if a["title"] == "Befunde der Prüfung")
    (listed,) = [b["rows"] for b in findings["blocks"] if b["kind"] == "rows"]
    by_outcome = dict(listed)
    assert (
        "Gesetzlich geschützte Biotope"
        in by_outcome["kein Eintrag im Verzeichnis, Datenstand 31.01.2026"]
    )
    assert "Naturschutzgebiete" in by_outcome["kein Anhaltspunkt, Datenstand 31.01.2026"]


def test_provenance_names_the_version_of_every_layer_that_matters(sample: Path) -> None:
    whole = made.copy(sample, "outward").content
    told = dict(whole.checked.provenance)
    for finding in made.result(sample, "planner").report["findings"]:
        if finding["outcome"] == "affected":
            assert told[finding["title"]] == finding["version"].removeprefix("sha256:")
