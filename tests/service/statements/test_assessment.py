"""The draft of the overall assessment: what it comes down to, and in which words."""

from dataclasses import replace
from pathlib import Path

import pytest

from service.statements.assessment import draft, verdict
from service.statements.content import Content, Point, Verdict, Voice
from tests.service.statements import sample as made


def with_points(sample: Path, *points: Point) -> Content:
    """Return a statement in which one office says this and nothing else is open."""
    whole = made.copy(sample, "outward").content
    return replace(
        whole,
        voices=(Voice("UNB", "Naturschutz", points),) if points else (),
        no_answer=(),
        missing=(),
        checked=replace(whole.checked, unresolved=()),
    )


def point(kind: str, **more: object) -> Point:
    return Point("UNB-1", "UNB", kind, "x", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ((), "consent"),
        ((point("keine_bedenken"),), "consent"),
        ((point("hinweis"),), "notes"),
        ((point("hinweis"), point("forderung")), "conditions"),
        ((point("forderung"), point("bedenken")), "concerns"),
        ((point("einwendung", exception="held_out"),), "concerns"),
        ((point("einwendung", exception="open"), point("einwendung", exception="excluded")),
         "rejection"),
    ],
)  # fmt: skip
def test_the_gravest_point_decides(
    sample: Path, points: tuple[Point, ...], expected: Verdict
) -> None:
    assert verdict(with_points(sample, *points)) == expected


def test_what_is_open_keeps_consent_back(sample: Path) -> None:
    whole = made.copy(sample, "outward").content
    silent = replace(with_points(sample), no_answer=whole.no_answer)
    assert draft(silent).verdict == "reserved"
    assert "Bodenschutzbehörde" in draft(silent).text
    assert draft(replace(with_points(sample), missing=whole.missing)).verdict == "reserved"
    assert verdict(replace(with_points(sample), checked=whole.checked)) == "reserved"


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "In der Abwägung nicht zu überwinden"), ("en", "Not to be overcome by weighing")],
)
def test_it_is_a_few_sentences_in_the_language(sample: Path, language: str, words: str) -> None:
    text = made.content(sample, language).assessment.text
    assert words in text
    assert "UNB-1 (§ 30 Abs. 2 BNatSchG" in text
    assert 3 <= text.count(". ") + 1 <= 9


def test_a_long_list_is_cut_short(sample: Path) -> None:
    many = tuple(replace(point("einwendung"), number=f"UNB-{n}") for n in range(1, 41))
    text = draft(with_points(sample, *many)).text
    assert "UNB-1, UNB-2, UNB-3, UNB-4, UNB-5 und 35 weitere." in text


def test_it_counts_nothing_that_stays_in_the_house(sample: Path) -> None:
    whole = made.content(sample)
    alone = [p for p in whole.points if p.number == "UDB-2"]
    hidden = replace(whole, voices=(Voice("UDB", "Denkmalschutz", tuple(alone)),))
    shown = made.result(sample, "planner").checked
    from_house = replace(hidden.voices[0].points[0], released=None)
    unreleased = replace(hidden, voices=(Voice("UDB", "Denkmalschutz", (from_house,)),))
    from service.statements.edition import outward

    assert "(1)" in draft(outward(hidden, shown)).text
    assert "(1)" not in draft(outward(unreleased, shown)).text
