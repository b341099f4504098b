"""Reminding offices and telling the coordinator: once for each occasion, however often it runs.

The row of a reminder, the entry in the journal and the mail are one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Engine, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal, letters
from service.access.principal import Principal
from service.cases.asking.letters import mailbox_of, of_task
from service.cases.asking.occasions import COORDINATOR, OFFICE, Awaited, Occasion, occasions
from service.cases.clocks import house_days
from service.cases.events import happened
from service.cases.state import OPEN, State
from service.cases.tasks.state import AWAITED
from service.db import Json, transaction
from service.errors import ConflictError
from service.house import House
from service.models.account import Account
from service.models.case import Case
from service.models.task import Reminder, Task

ACTIVE = sorted(OPEN - {State.RESTING})


@dataclass(frozen=True, slots=True)
class Desk:
    """What reminding works with; `names` are those of the offices, in German."""

    engine: Engine
    house: House
    names: Mapping[str, str]
    today: date


@dataclass(frozen=True, slots=True)
class Letter:
    """A reminder as it would go out."""

    template: str
    values: Json
    day: date


def remind_all(desk: Desk) -> int:
    """Write whatever there is to write about tasks today; return how many mails were asked for."""
    with transaction(desk.engine) as session:
        due = {t.id: found for t, case in _awaited(session) if (found := _due(desk, case, t))}
        rows = select(Reminder.task_id, Reminder.occasion).where(Reminder.task_id.in_(due))
        known = {(task_id, occasion) for task_id, occasion in session.execute(rows)}
    new = {
        task_id: [one for one in found if (task_id, one.name) not in known]
        for task_id, found in due.items()
    }
    return sum(_about(desk, task_id) for task_id, found in new.items() if found)


def press(
    session: Session, who: Principal, house: House, case: Case, task: Task, to: Letter
) -> None:
    """Write to an office because somebody wants it now: once a day at most.

    Raises
    ------
    ConflictError
        If no answer is awaited, or it was written to today.
    """
    if task.state not in AWAITED:
        raise ConflictError("task-over", OVER, state=task.state)
    occasion = Occasion(f"by-hand-{to.day.isoformat()}", OFFICE, to.template)
    if not _new(session, task, occasion):
        raise ConflictError("reminded-today", TODAY)
    facts = {"task": str(task.id), "office": task.office, "occasion": occasion.name}
    entry = happened(session, case, "task.reminded", actor=who.pseudonym, facts=facts)
    letters.ask(session, entry, mailbox_of(house, task), to.template, to.values)


def by_hand(case: Case, task: Task, office: str, today: date) -> Letter:
    """Return the letter that reminds an office today."""
    template = "task_overdue" if today > task.due else "task_reminder"
    more = {"body": task.outside_body, "memo": task.resubmit_note}
    return Letter(template, {**of_task(case, task, office), **more}, today)


def _awaited(session: Session) -> Sequence[tuple[Task, Case]]:
    rows = select(Task, Case).join(Case, Case.id == Task.case_id)
    rows = rows.where(Task.state.in_(sorted(AWAITED)), Case.state.in_(ACTIVE))
    return [(task, case) for task, case in session.execute(rows.order_by(Task.due, Task.id))]


def _due(desk: Desk, case: Case, task: Task) -> list[Occasion]:
    known = Awaited(task.state, task.due, task.resubmit, task.outside_until)
    return occasions(known, desk.today, desk.house.reminders, house_days(case, desk.house.calendar))


def _about(desk: Desk, task_id: UUID) -> int:
    """Write about one task, in a transaction of its own: others are not held up by it."""
    with transaction(desk.engine) as session:
        case_id = session.get_one(Task, task_id).case_id
        case = session.get_one(Case, case_id, with_for_update=True)
        task = session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
        found = [one for one in _due(desk, case, task) if _new(session, task, one)]
        values = of_task(case, task, desk.names.get(task.office, task.office))
        return sum(_written(session, desk.house, case, task, one, values) for one in found)


def _new(session: Session, task: Task, occasion: Occasion) -> bool:
    row = insert(Reminder).values(task_id=task.id, occasion=occasion.name)
    made = session.scalars(row.on_conflict_do_nothing().returning(Reminder.occasion))
    return made.first() is not None


def _written(
    session: Session, house: House, case: Case, task: Task, occasion: Occasion, values: Json
) -> int:
    up = occasion.to == COORDINATOR
    if up:
        task.escalated = datetime.now(UTC)
    facts = {"task": str(task.id), "office": task.office, "occasion": occasion.name}
    action = "task.escalated" if up else "task.reminded"
    entry = happened(session, case, action, actor=journal.SYSTEM, facts=facts)
    if not up:
        more = {"body": task.outside_body, "memo": task.resubmit_note}
        letters.ask(session, entry, mailbox_of(house, task), occasion.template, {**values, **more})
        return 1
    people = session.scalars(coordinators()).all()
    head = house.office(task.office).head
    told: list[Account | str] = [*people, *([] if head is None else [head.mailbox])]
    for to in told:
        letters.ask(session, entry, to, occasion.template, values)
    return len(told)


def coordinators() -> Select[Account]:
    """Return the query for coordinators who can be told by mail."""
    reachable = Account.active.is_(True) & Account.mail.is_not(None)
    return select(Account).where(Account.role == "coordinator", reachable).order_by(Account.login)


OVER = Text(
    "Von diesem Amt wird keine Antwort mehr erwartet (`state`).",
    "No answer of this office is awaited any more (`state`).",
)
TODAY = Text("Das Amt wurde heute schon erinnert.", "The office was reminded today already.")
