"""When an office is reminded, and the coordinator told, of a task. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from service.cases.tasks.state import AWAITED
from service.deadlines.workdays import Workdays
from service.house.house import Reminders

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


def occasions(task: Awaited, today: date, rules: Reminders, workdays: Workdays) -> list[Occasion]:
    """Return what there is to write about a task today, whether or not it was written already.

    An office that waits for a body outside is not pressed until that one's day has passed.
    """
    if task.state not in AWAITED:
        return []
    return [*_due(task, today, rules, workdays), *_brought_up(task, today)]


def _due(task: Awaited, today: date, rules: Reminders, workdays: Workdays) -> Iterator[Occasion]:
    due = task.due.isoformat()
    waits = task.outside_until is not None and today <= task.outside_until
    reached = [n for n in rules.before if today >= workdays.before(task.due, n)]
    if reached and today <= task.due and not waits:
        yield Occasion(f"before-{min(reached)}-{due}", OFFICE, "task_reminder")
    if today > task.due and not waits:
        yield Occasion(f"overdue-{due}", OFFICE, "task_overdue")
    if today > task.due and today >= workdays.after(task.due, rules.escalate_after):
        yield Occasion(f"escalated-{due}", COORDINATOR, "task_escalated")


def _brought_up(task: Awaited, today: date) -> Iterator[Occasion]:
    if task.resubmit is not None and today >= task.resubmit:
        yield Occasion(f"resubmit-{task.resubmit.isoformat()}", OFFICE, "task_resubmitted")
    if task.outside_until is not None and today > task.outside_until:
        yield Occasion(f"outside-{task.outside_until.isoformat()}", OFFICE, "task_outside")
