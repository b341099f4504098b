"""Internal deadlines: backwards from the outer one, in working days, and what gives."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.problem import Text
from service.deadlines.planning import Plan, plan
from service.deadlines.workdays import Workdays
from service.house.house import Committee, LeadDays, Reminders

HOUSE = Workdays(closed=frozenset({"12-24", "12-31"}))
COMMITTEE = Committee(Text("Ausschuss", "Committee"), None, 10, frozenset({"raumordnungsplan"}),
                      (date(2027, 1, 25), date(2027, 3, 22)))  # fmt: skip


def planned(start: str, due: str, **more: object) -> Plan:
    made = plan(
        date.fromisoformat(start), date.fromisoformat(due), LeadDays(), Reminders(), HOUSE,
        committee=more.get("committee"),  # type: ignore[arg-type]
    )  # fmt: skip
    assert made is not None
    return made


def codes(made: Plan) -> list[str]:
    return [one.code for one in made.warned]


def test_the_plan_counts_back_from_the_end() -> None:
    # Friday 13 February: sent on the 11th, approved from the 10th, co-signed from the 6th,
    # consolidated from the 4th on, by when the offices have answered (seven working days).
    made = planned("2026-01-13", "2026-02-13")
    days = (made.answers_by, made.consolidated_by, made.cosigned_by, made.sent_by)
    assert [d.isoformat() for d in days] == ["2026-02-04", "2026-02-06", "2026-02-10", "2026-02-11"]
    assert [d.isoformat() for d in made.reminders] == ["2026-01-30", "2026-02-03"]
    assert made.escalate_on == date(2026, 2, 5)
    assert made.follow_up_by == date(2026, 1, 16)
    assert made.extension_by == date(2026, 2, 10)
    assert (made.answering_days, codes(made)) == (16, [])


def test_holidays_and_days_off_are_no_working_days() -> None:
    # Seven back from Monday 4 January: 30, 29, 28, 23, 22, 21, 18 December.
    made = planned("2026-11-02", "2027-01-04")
    assert made.sent_by == date(2026, 12, 29)
    assert made.answers_by == date(2026, 12, 18)


def test_where_time_is_short_steps_give_and_it_is_said() -> None:
    made = planned("2026-01-13", "2026-01-23")  # eight working days for twelve
    assert made.answering_days == 5
    assert (made.sent_by, made.answers_by) == (date(2026, 1, 23), date(2026, 1, 20))
    assert codes(made) == ["plan-tight"]
    assert "Absenden 2 → 0" in made.warned[0].text.de
    shorter = planned("2026-01-13", "2026-01-15")
    assert (shorter.answering_days, codes(shorter)) == (2, ["plan-tight", "answers-short"])
    assert plan(date(2026, 1, 16), date(2026, 1, 15), LeadDays(), Reminders(), HOUSE) is None


def test_a_committee_decides_at_its_last_sitting_in_time() -> None:
    made = planned("2027-01-04", "2027-03-31", committee=COMMITTEE)
    assert made.sitting == date(2027, 3, 22)
    assert made.paper_by == date(2027, 3, 8)
    assert made.cosigned_by == made.paper_by
    assert made.answers_by == date(2027, 3, 2)  # two days each for consolidating and co-signing
    assert made.sent_by == date(2027, 3, 25)  # two working days before the end, after Good Friday
    late = planned("2027-01-18", "2027-02-10", committee=COMMITTEE)
    assert (late.sitting, codes(late)) == (None, ["no-sitting"])


@settings(max_examples=300, deadline=None)
@given(
    st.dates(date(2026, 1, 1), date(2035, 12, 31)),
    st.integers(0, 90),
    st.builds(LeadDays, *[st.integers(0, 12)] * 6),
    st.booleans(),
)
def test_no_day_lies_outside_and_every_step_follows_the_one_before(
    start: date, days: int, lead: LeadDays, decided: bool
) -> None:
    due = date.fromordinal(start.toordinal() + days)
    committee = replace(COMMITTEE, sittings=(due,)) if decided else None
    made = plan(start, due, lead, Reminders(), HOUSE, committee=committee)
    assert made is not None
    order = [start, made.answers_by, made.consolidated_by, made.cosigned_by, made.approved_by,
             made.sent_by, due]  # fmt: skip
    assert order == sorted(order)
    assert all(start < one <= made.answers_by for one in made.reminders)
    assert start <= made.follow_up_by <= due
    assert made.answers_by <= made.escalate_on <= due or made.answers_by == due
    if made.answering_days < lead.answering:
        assert made.warned


@pytest.mark.parametrize("field", ["sending", "consolidating"])
def test_a_longer_lead_gives_offices_less(field: str) -> None:
    longer = replace(LeadDays(), **{field: getattr(LeadDays(), field) + 1})
    start, due = date(2026, 1, 13), date(2026, 2, 13)
    made = plan(start, due, longer, Reminders(), HOUSE)
    assert made is not None
    assert made.answers_by == date(2026, 2, 3)
