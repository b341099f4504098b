"""Sorting a case into a statement: who stands where, and that nobody's words change."""

from dataclasses import replace
from pathlib import Path

import pytest

from service.statements.case import Answer
from service.statements.compose import compose
from service.statements.content import Content, Point
from service.statements.grouping import joined
from service.statements.labels import label
from tests.service.statements import sample as made


def composed(sample: Path, *answers: Answer) -> Content:
    case = replace(made.case(sample), answers=answers)
    checked = made.result(sample, "internal").checked
    shown = made.result(sample, "planner").checked
    return compose(case, checked, shown, made.house(), made.names(sample), "de")


def test_offices_come_in_their_order_and_points_by_what_binds_first(sample: Path) -> None:
    whole = made.content(sample)
    assert [v.office for v in whole.voices] == [
        "KE", "BB", "KLIMA", "UNB", "UWB", "IMM", "UDB", "SBA",
    ]  # fmt: skip
    unb = next(v for v in whole.voices if v.office == "UNB")
    assert made.numbers(unb.points) == ["UNB-1", "UNB-2", "UNB-3", "UNB-5", "UNB-4"]


def test_nobody_rewrites_an_offices_words(sample: Path) -> None:
    said = {p.number: p.text for a in made.answers(sample) for p in a.points}
    assert {p.number: p.text for p in made.content(sample).points}.items() <= said.items()


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (Answer("GA", "answered", (Point("GA-1", "GA", "keine_bedenken", ""),)), "no_objection"),
        (Answer("GA", "answered", (Point("GA-1", "GA", "fehlanzeige", ""),)), "no_objection"),
        (Answer("GA", "answered"), "no_answer"),
        (Answer("GA", "no_answer"), "no_answer"),
        (Answer("GA", "working", (Point("GA-1", "GA", "keine_bedenken", ""),)), "no_answer"),
        (Answer("GA", "not_affected", closing="weit weg"), "not_concerned"),
        (Answer("GA", "answered", (Point("GA-1", "GA", "hinweis", "x"),)), "voices"),
    ],
)
def test_silence_is_never_taken_for_consent(sample: Path, answer: Answer, where: str) -> None:
    whole = composed(sample, answer)
    places = ("voices", "no_objection", "no_answer", "not_concerned")
    found = [p for p in places if any(one.office == "GA" for one in getattr(whole, p))]
    assert found == [where]


@pytest.mark.parametrize("state", ["withdrawn", "superseded"])
def test_withdrawn_questions_leave_no_trace(sample: Path, state: str) -> None:
    whole = composed(sample, Answer("GA", state))
    assert not whole.voices
    assert all(one.office != "GA" for one in (*whole.no_answer, *whole.no_objection))


def test_dropped_offices_and_added_bodies_are_named(sample: Path) -> None:
    whole = made.content(sample)
    assert [s.office for s in whole.not_concerned] == ["LIEG", "OEPNV"]
    assert [b.code for b in whole.checked.outside if b.by_hand] == ["LTV"]


def test_points_that_ask_for_the_same_name_each_other_and_stay() -> None:
    points = (
        Point("A-1", "A", "forderung", "Dächer begrünen."),
        Point("A-2", "A", "forderung", "Dächer begrünen!"),
        Point("B-1", "B", "forderung", "dächer  begrünen"),
        Point("B-2", "B", "hinweis", "Dächer begrünen."),
        Point("C-1", "C", "forderung", "Flachdächer als Gründächer."),
    )
    found = {p.number: p.same_as for p in joined(points, [("B-1", "C-1"), ("B-1", "X-9")])}
    assert found == {
        "A-1": ("B-1", "C-1"),
        "A-2": ("B-1", "C-1"),
        "B-1": ("A-1", "A-2", "C-1"),
        "B-2": (),
        "C-1": ("A-1", "A-2", "B-1"),
    }
    assert [p.text for p in joined(points, [])] == [p.text for p in points]


@pytest.mark.parametrize(
    ("procedure", "german"),
    [
        ("par4-2", "Forderung oder Festsetzungsvorschlag"),
        ("bimschg", "Nebenbestimmung"),
        ("planfeststellung", "Auflage"),
        ("raumordnungsplan", "Forderung"),
        (None, "Forderung oder Festsetzungsvorschlag"),
    ],
)
def test_what_a_demand_is_called_depends_on_the_procedure(procedure: str, german: str) -> None:
    assert label("forderung", procedure).de == german
    assert label("einwendung", "planfeststellung").de != label("einwendung", "par4-2").de


def test_the_objection_under_par_7_is_the_houses_own_text(sample: Path) -> None:
    assert made.content(sample).objection_par7 is None
    whole = made.content(sample, fnp_objection=True)
    assert whole.objection_par7 == made.house().text("objection_par7").de
