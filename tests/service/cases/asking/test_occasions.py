"""When somebody is written to about a task: on working days, once, and not while they wait."""

from datetime import date, timedelta

import pytest

from service.cases.asking.occasions import COORDINATOR, Awaited, occasions
from service.cases.tasks.state import AWAITED, TaskState
from service.deadlines.workdays import Workdays
from service.house.house import Reminders

RULES = Reminders(before=(3, 1), escalate_after=1)
SAXONY = Workdays()


def names(task: Awaited, today: date) -> list[str]:
    return [one.name for one in occasions(task, today, RULES, SAXONY)]


def test_reminders_count_working_days_across_holidays() -> None:
    after_easter = Awaited("open", date(2027, 3, 30))  # Tuesday; Good Friday is the 26th
    assert names(after_easter, date(2027, 3, 22)) == []
    assert names(after_easter, date(2027, 3, 23)) == ["before-3-2027-03-30"]
    assert names(after_easter, date(2027, 3, 25)) == ["before-1-2027-03-30"]
    assert names(after_easter, date(2027, 3, 30)) == ["before-1-2027-03-30"]


def test_after_the_last_day_the_office_and_the_coordinator_hear_of_it() -> None:
    friday = Awaited("working", date(2027, 3, 12))
    assert names(friday, date(2027, 3, 13)) == ["overdue-2027-03-12"]
    told = occasions(friday, date(2027, 3, 15), RULES, SAXONY)
    assert [(one.name, one.to) for one in told][1] == ("escalated-2027-03-12", COORDINATOR)


def test_who_waits_for_a_body_outside_is_not_pressed_but_it_is_reported() -> None:
    waiting = Awaited("working", date(2027, 3, 10), outside_until=date(2027, 3, 20))
    assert names(waiting, date(2027, 3, 10)) == []
    assert names(waiting, date(2027, 3, 11)) == ["escalated-2027-03-10"]
    assert "outside-2027-03-20" in names(waiting, date(2027, 3, 21))
    assert "overdue-2027-03-10" in names(waiting, date(2027, 3, 21))


@pytest.mark.parametrize("state", sorted(set(TaskState) - AWAITED))
def test_nobody_is_written_to_about_what_is_not_awaited(state: str) -> None:
    due = date(2027, 3, 10)
    task = Awaited(state, due, resubmit=due, outside_until=due)
    assert all(names(task, due + timedelta(days=n)) == [] for n in range(-10, 10))


def test_a_new_last_day_begins_anew() -> None:
    before = names(Awaited("open", date(2027, 3, 10)), date(2027, 3, 11))
    later = names(Awaited("open", date(2027, 3, 12)), date(2027, 3, 11))
    assert not set(before) & set(later)
