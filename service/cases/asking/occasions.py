"""When an office is reminded, and the coordinator told, of a task. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from service.cases.tasks.state import AWAITED
from service.house.house import Reminders

Works = Callable[[date], bool]
ONE_DAY = timedelta(days=1)
OFFICE, COORDINATOR = "office", "coordinator"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A task as reminding sees it."""

    state: str
    due: date
    resubmit: date | None = None
    outside_until: date | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason to write: `name` is written down, so that nobody hears twice of the same."""

    name: str
    to: str
    template: str


def occasions(task: Awaited, today: date, rules: Reminders, works: Works) -> list[Occasion]:
    """Return what there is to write about a task today, whether or not it was written already.

    `works` tells whether the house works on a day. An office that waits for a body outside is not
    pressed until that one's day has passed.
    """
    if task.state not in AWAITED:
        return []
    return [*_due(task, today, rules, works), *_brought_up(task, today)]


def _due(task: Awaited, today: date, rules: Reminders, works: Works) -> Iterator[Occasion]:
    due = task.due.isoformat()
    waits = task.outside_until is not None and today <= task.outside_until
    reached = [n for n in rules.before if today >= working_day(task.due, -n, works)]
    if reached and today <= task.due and not waits:
        yield Occasion(f"before-{min(reached)}-{due}", OFFICE, "task_reminder")
    if today > task.due and not waits:
        yield Occasion(f"overdue-{due}", OFFICE, "task_overdue")
    if today > task.due and today >= working_day(task.due, rules.escalate_after, works):
        yield Occasion(f"escalated-{due}", COORDINATOR, "task_escalated")


def _brought_up(task: Awaited, today: date) -> Iterator[Occasion]:
    if task.resubmit is not None and today >= task.resubmit:
        yield Occasion(f"resubmit-{task.resubmit.isoformat()}", OFFICE, "task_resubmitted")
    if task.outside_until is not None and today > task.outside_until:
        yield Occasion(f"outside-{task.outside_until.isoformat()}", OFFICE, "task_outside")


def working_day(day: date, number: int, works: Works) -> date:
    """Return the day that lies so many working days after `day`, or before it where negative."""
    step = ONE_DAY if number >= 0 else -ONE_DAY
    left = abs(number)
    while left:
        day += step
        left -= works(day)
    return day


def weekday(day: date) -> bool:
    """Tell whether a day is none of a weekend."""
    return day.weekday() < 5
