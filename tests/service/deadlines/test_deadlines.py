"""Deadlines: the examples every clerk knows, each with how it was computed."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.deadlines.deadlines import Deadlines, deadlines
from service.deadlines.facts import Consent, Facts
from service.deadlines.period import Span
from service.deadlines.procedures import procedures
from service.deadlines.workdays import Workdays
from service.plans.kinds import vocabulary_of

LEIPZIG = Workdays()
EXAMPLES = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text(encoding="utf-8"))
STEPS = {
    "first": "§ 187 (1) BGB",
    "month": "§ 188 (2) BGB",
    "short": "§ 188 (2), (3) BGB",
    "least": "§ 4 (2) BauGB",
    "moved": "§ 31 (3) S. 1 VwVfG, § 193 BGB",
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def of(procedure: str | None, received: str, **more: Any) -> Deadlines:
    dates = {name: day(value) for name, value in more.pop("dates", {}).items()}
    named = day(more.pop("named")) if "named" in more else None
    facts = Facts(procedure, day(received), named, dates=dates, **more)
    return deadlines(facts, LEIPZIG)


def codes(found: Deadlines) -> set[str]:
    return {one.code for one in found.warned}


def ends(found: Deadlines) -> dict[str, date | None]:
    return {one.rule.code: one.end for one in found.clocks}


@pytest.mark.parametrize("row", EXAMPLES["formal"], ids=lambda row: str(row["received"]))
def test_a_formal_participation_ends(row: Any) -> None:
    found = deadlines(Facts("par4-2", row["received"]), LEIPZIG)
    assert found.due == row["due"], row["why"]
    (clock,) = found.clocks
    assert [step.basis for step in clock.steps] == [STEPS[name] for name in row["steps"]]
    assert (clock.steps[0].day, clock.steps[-1].day) == (row["received"], row["due"])
    assert not found.warned


def test_there_are_nine_examples_and_more_than_twenty_others() -> None:
    assert len(EXAMPLES["formal"]) == 9
    assert len(EXAMPLES["others"]) > 20


@pytest.mark.parametrize("row", EXAMPLES["others"], ids=lambda row: row["why"])
def test_a_deadline_is(row: Any) -> None:
    off = {row["switched_off"]: "keine eigenen Rechte"} if "switched_off" in row else {}
    facts = Facts(
        row["procedure"], row["received"], row.get("named"), row.get("fixed", False),
        row.get("dates", {}), off=off,
    )  # fmt: skip
    found = deadlines(facts, LEIPZIG)
    assert (found.due, found.decisive) == (row["due"], row["clock"])
    assert codes(found) == set(row.get("warned", []))
    clock = next(one for one in found.clocks if one.rule.code == found.decisive)
    assert clock.steps[-1].day == found.due


def test_an_extension_counts_from_the_end_before_and_only_if_it_may() -> None:
    def until(procedure: str, *consents: Any, **more: Any) -> Deadlines:
        granted = tuple(Consent("statement", one) for one in consents)
        return of(procedure, "2026-01-29", consents=granted, **more)

    # 2 March (moved from Saturday, 28 February) and two weeks
    found = until("par4-2", Span.of("P2W"))
    assert found.due == day("2026-03-16")
    assert "§ 190 BGB" in [step.basis for step in found.clocks[0].steps]
    assert until("par4-2", day("2026-03-14")).due == day("2026-03-16")  # a Saturday
    assert until("par4-2", Span.of("P2W"), Span.of("P1W")).due == day("2026-03-23")
    none = until("par4-2", day("2026-02-20"))
    assert (none.due, codes(none)) == (day("2026-03-02"), {"no-extension"})
    wind = until("bimschg", Span.of("P1M"), kind="windenergie")
    gas = until("bimschg", Span.of("P1M"), uses=("wasserstoff",))
    for found in (wind, gas):  # none for renewable energy and hydrogen
        assert (found.due, codes(found)) == (day("2026-03-02"), {"not-extendable"})
    assert until("bimschg", Span.of("P1M")).due == day("2026-04-02")
    long = until("bimschg", day("2026-05-04"))
    assert (long.due, codes(long)) == (day("2026-04-02"), {"extension-too-long"})
    assert codes(until("baugenehmigung", Span.of("P1W"))) == {"not-extendable"}


def test_the_six_weeks_are_shown_until_they_are_switched_off() -> None:
    found = of("planfeststellung", "2026-09-01")
    assert ends(found)["objection"] == day("2026-10-13")
    assert (found.decisive, found.statute) == ("objection", True)
    off = of("planfeststellung", "2026-09-01", off={"objection": "keine eigenen Rechte"})
    shown = next(one for one in off.clocks if one.rule.code == "objection")
    assert (shown.end, shown.off) == (day("2026-10-13"), "keine eigenen Rechte")
    assert off.decisive == "statement"
    assert not of("par4-2", "2026-09-01").statute


def test_a_hearing_comes_after_the_objections_and_is_announced() -> None:
    def heard(**dates: str) -> Deadlines:
        public = {"public_from": "2026-09-07", **dates}
        return of("planfeststellung", "2026-09-01", named="2026-10-30", dates=public)

    window = heard().clocks[-1]
    assert (window.rule.code, window.end) == ("hearing", None)
    assert [step.day for step in window.steps] == [day("2027-01-30")]
    sunday = heard(hearing="2026-11-22", hearing_announced="2026-11-09")
    assert ends(sunday)["hearing"] == day("2026-11-22")  # a Termin does not move
    assert "hearing-early" in codes(heard(hearing="2026-10-19"))
    assert "hearing-notice" in codes(heard(hearing="2026-11-24", hearing_announced="2026-11-18"))


def test_a_public_body_is_reminded_of_its_objection_to_a_preparatory_plan() -> None:
    found = of("par4-2", "2026-09-01", kind="flaechennutzungsplan")
    assert ends(found) == {"statement": day("2026-10-01"), "par7": None}
    assert codes(found) == {"start-missing"}
    known = of(
        "par4-2", "2026-09-01", kind="flaechennutzungsplan", dates={"adoption": "2026-11-23"}
    )
    assert ends(known)["par7"] == day("2026-11-20")  # the Friday before that Monday
    assert known.due == day("2026-10-01")
    off = of("par4-2", "2026-09-01", kind="flaechennutzungsplan", off={"par7": "kein Plan"},
             dates={"adoption": "2026-11-23"})  # fmt: skip
    assert [one.off for one in off.clocks] == [None, "kein Plan"]
    assert "par7" not in ends(of("par4-2", "2026-09-01", kind="bebauungsplan"))


def test_asking_for_documents_stops_no_clock() -> None:
    found = of("par4-2", "2026-01-13", supplement=True)
    assert (found.due, codes(found)) == (day("2026-02-13"), {"supplement-no-pause"})


def test_a_day_that_cannot_be_meant_is_told_and_not_reckoned_with() -> None:
    assert codes(of("par4-2", "0001-01-01")) == {"day-implausible"}
    found = of("par4-2", "2026-01-13", named="9999-12-31", dates={"adoption": "9999-12-31"})
    assert (found.due, codes(found)) == (day("2026-02-13"), {"day-implausible"})


def test_no_least_period_is_claimed_where_the_statute_has_none() -> None:
    for procedure in ("par4-1", "par4a-3", "par13", "par13a", "par34-35"):
        assert not codes(of(procedure, "2026-01-13", named="2026-01-16"))


def test_every_procedure_of_the_vocabulary_has_its_clocks() -> None:
    assert set(procedures()) == set(vocabulary_of().procedures)
    for code in procedures():
        found = of(code, "2026-09-01")
        theirs = {one.rule.party for one in found.clocks} == {"other"}
        assert (found.due is None) is theirs, code
        for one in found.clocks:
            assert all(
                text.de and text.en for text in (one.rule.late, *(s.text for s in one.steps))
            )


def test_where_fronleichnam_is_kept_it_counts() -> None:
    facts = Facts("par4-2", day("2026-05-04"))
    assert deadlines(facts, LEIPZIG).due == day("2026-06-04")
    assert deadlines(facts, Workdays(corpus_christi=True)).due == day("2026-06-05")


def test_both_languages_tell_the_same_day() -> None:
    (clock,) = of("par4-2", "2026-01-29").clocks
    last = clock.steps[-1].text
    assert "Mo, 02.03.2026" in last.de
    assert "Mon, 2 March 2026" in last.en
    assert timedelta(days=2) == clock.end - clock.steps[-2].day  # type: ignore[operator]
