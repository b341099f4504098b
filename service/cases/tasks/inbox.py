"""The inbox: tasks in order of their deadlines, with all a row shows; a fixed number of queries."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.tasks.access import mine
from service.cases.tasks.state import AWAITED
from service.errors import UnusableError
from service.models.case import Case
from service.models.contribution import Contribution
from service.models.task import Task
from service.models.version import PlanVersion


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks; None and empty: whatever. `late` and `resubmit` are as of `today`."""

    today: date
    office: str | None = None
    case_id: UUID | None = None
    states: tuple[str, ...] = ()
    awaited: bool = False
    late: bool = False
    resubmit: bool = False
    due_to: date | None = None
    assignee: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A task with its case, the number of its draft, and how its contributions stand."""

    task: Task
    case: Case
    version: int
    contributions: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows; `cursor` leads to the next ones, None: these were the last."""

    rows: Sequence[Row]
    cursor: str | None


def find(
    session: Session, who: Principal, wanted: Wanted, *, cursor: str | None = None, most: int = 50
) -> Page:
    """Return at most `most` tasks, the most urgent first.

    Raises
    ------
    UnusableError
        If the cursor is not one that was given out.
    """
    asked = matching(who, wanted)
    if cursor is not None:
        asked = asked.where(tuple_(Task.due, Task.id) > tuple_(*_read(cursor)))
    found = session.execute(asked.order_by(Task.due, Task.id).limit(most + 1)).all()
    more = len(found) > most
    rows = found[:most]
    there = contributions_of(session, [task.id for task, _, _ in rows])
    return Page(
        [Row(task, case, number, there.get(task.id, {})) for task, case, number in rows],
        _cursor(rows[-1][0]) if more else None,
    )


def matching(who: Principal, wanted: Wanted) -> Select[Task, Case, int]:
    """Return the query for all tasks wanted that are this principal's."""
    return (
        select(Task, Case, PlanVersion.number)
        .join(Case, Case.id == Task.case_id)
        .join(PlanVersion, PlanVersion.id == Task.version_id)
        .where(mine(who), *_plain(wanted))
    )


def count(session: Session, who: Principal, wanted: Wanted) -> int:
    """Return how many tasks there are on all pages together."""
    return session.scalar(select(func.count()).select_from(matching(who, wanted).subquery())) or 0


def contributions_of(session: Session, tasks: Iterable[UUID]) -> dict[UUID, dict[str, UUID]]:
    """Return, by task, its contribution in each state that has one only."""
    rows = select(Contribution.task_id, Contribution.state, Contribution.id).where(
        Contribution.task_id.in_(list(tasks)), Contribution.state != "superseded"
    )
    found: dict[UUID, dict[str, UUID]] = {}
    for task_id, state, number in session.execute(rows):
        found.setdefault(task_id, {})[state] = number
    return found


def _plain(wanted: Wanted) -> list[ColumnElement[bool]]:
    waits = Task.state.in_(sorted(AWAITED))
    conditions: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.office, Task.office == wanted.office),
        (wanted.case_id, Task.case_id == wanted.case_id),
        (wanted.states, Task.state.in_(wanted.states)),
        (wanted.awaited, waits),
        (wanted.late, and_(waits, Task.due < wanted.today)),
        (
            wanted.resubmit,
            or_(Task.resubmit <= wanted.today, Task.outside_until < wanted.today),
        ),
        (wanted.due_to, Task.due <= (wanted.due_to or date.max)),
        (wanted.assignee, Task.assignee_id == wanted.assignee),
    ]
    return [condition for given, condition in conditions if given]


def _cursor(task: Task) -> str:
    return urlsafe_b64encode(orjson.dumps([task.due, task.id])).decode().rstrip("=")


def _read(cursor: str) -> tuple[date, UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        due, number = orjson.loads(urlsafe_b64decode(padded.encode("ascii")))
        return date.fromisoformat(due), UUID(number)
    except (NotBase64Error, ValueError, TypeError, AttributeError) as error:
        raise UnusableError("cursor-invalid", CURSOR) from error


CURSOR = Text(
    "Dieser `cursor` gehört nicht zu dieser Liste; bitte von vorn beginnen.",
    "This `cursor` does not belong to this list; please start from the beginning.",
)
