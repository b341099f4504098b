"""What stands against closing a statement, and what a reason can take the place of."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.statements.case import Answer
from service.statements.complete import Open, closable, standing_against
from service.statements.content import Gap, Point
from service.statements.contradictions import contradictions
from service.statements.leaks import leaks
from tests.service.statements import sample as made


def opens(sample: Path, **changes: Any) -> dict[tuple[str, str], Open]:
    case = replace(made.case(sample), **changes)
    whole = made.content(sample, **changes)
    found = contradictions(whole.points, marked=case.marked, resolutions=case.resolutions)
    inner, outer = made.result(sample, "internal").report, made.result(sample, "planner").report
    from service.statements.edition import outward

    spilt = leaks(outward(whole, made.result(sample, "planner").checked), inner, outer)
    listed = standing_against(case, whole, found, made.house(), spilt)
    return {(one.kind, one.subject): one for one in listed}


def test_the_sample_lacks_only_what_the_plan_does_not_say(sample: Path) -> None:
    found = opens(sample)
    assert found[("office", "ABB")].accepted
    assert {kind for (kind, _), one in found.items() if not one.accepted} == {"layer"}


def test_it_can_be_closed_once_every_gap_has_a_reason(sample: Path) -> None:
    found = opens(sample)
    assert not closable(list(found.values()))
    gaps = tuple(Gap(kind, subject, "x", "weil") for kind, subject in found)
    assert closable(list(opens(sample, gaps=gaps).values()))


UNB = Point("UNB-1", "UNB", "hinweis", "x")
HEDGE = (
    Answer("UNB", "answered", (replace(UNB, kind="forderung", text="Die Hecke ist zu erhalten."),)),
    Answer("SBA", "answered", (Point("SBA-1", "SBA", "forderung", "Die Hecke ist zu roden."),)),
)


@pytest.mark.parametrize(
    ("changes", "kind", "subject"),
    [
        ({"answers": (Answer("UNB", "seen"),)}, "office", "UNB"),
        ({"answers": (Answer("UNB", "answered"),)}, "office", "UNB"),
        ({"answers": HEDGE, "resolutions": ()}, "contradiction", "UNB-1/SBA-1"),
        ({"answers": (Answer("UNB", "answered", (UNB,), suggestions=1),)}, "suggestion", "UNB"),
    ],
)
def test_it_waits_for(sample: Path, changes: dict[str, Any], kind: str, subject: str) -> None:
    assert not opens(sample, **changes)[(kind, subject)].accepted
    gap = Gap(kind, subject, "x", "weil")
    accepted = opens(sample, **changes, gaps=(gap,))[(kind, subject)]
    assert accepted.accepted
    assert closable([accepted])


SECRET = Point("BB-1", "BB", "forderung", "x", layer="richtfunk")
TELLING = Point("BB-1", "BB", "hinweis", "Die Richtfunkstrecke 1 quert das Gebiet.")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("BB", "answered", (SECRET,)), "released"),
        (Answer("BB", "answered", (TELLING,)), "leak"),
        (Answer("BB", "answered", (UNB,), prepared=2), "prepared"),
    ],
)
def test_no_reason_replaces(sample: Path, answer: Answer, kind: str) -> None:
    (one,) = [o for (k, _), o in opens(sample, answers=(answer,)).items() if k == kind]
    gap = Gap(one.kind, one.subject, "x", "weil")
    again = opens(sample, answers=(answer,), gaps=(gap,))[(one.kind, one.subject)]
    assert not closable([again])
    assert one.title.en


def test_a_committee_must_have_decided_where_the_house_says_so(sample: Path) -> None:
    subject = replace(made.case(sample).subject, procedure_code="raumordnungsplan")
    assert ("committee", "decision") not in opens(sample, subject=subject)
    assert ("committee", "decision") in opens(sample, subject=subject, committee=None)
