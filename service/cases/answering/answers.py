"""The answers in force: what each office has released, for other offices and for the statement.

A fixed number of queries, however many offices and items there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.cases.answering.contributions import Opened, open_to
from service.cases.answering.signatures import takes_part
from service.models.case import Case
from service.models.contribution import Contribution, Item
from service.models.decision import Decision
from service.models.task import Task
from service.models.version import PlanVersion

DROPPED, CARRIED = "drop", "carry"


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands of one office: its task and, where it has released one, its contribution.

    `carried`: the answer was given to an earlier draft and stands. Without a contribution the
    task says why: not affected after all, no answer, or still awaited.
    """

    office: str
    task: Task
    carried: bool
    contribution: Contribution | None
    items: Sequence[Item]


def answers_of(session: Session, case: Case, *, late: bool = False) -> list[Answer]:
    """Return what stands of every office asked in a case, by office; with `late` also what came
    after the statement and waits for a supplement.
    """
    tasks = _standing(session, case)
    found = _released(session, [task.id for task, _ in tasks], late=late)
    items = _items(session, [one.id for one in found.values()])
    return [
        Answer(
            task.office,
            task,
            carried,
            contribution := found.get(task.id),
            items.get(contribution.id, []) if contribution is not None else [],
        )
        for task, carried in sorted(tasks, key=lambda one: one[0].office)
    ]


def late_of(session: Session, case: Case) -> list[Answer]:
    """Return the answers that came after the statement had gone out: kept for a supplement."""
    answers = answers_of(session, case, late=True)
    return [a for a in answers if a.contribution is not None and a.contribution.late]


def readable(session: Session, who: Principal, opened: Opened) -> list[Item]:
    """Return the items of a contribution somebody may read, see `open_to`; who signs it sees all of
    it.
    """
    if takes_part(session, who, opened.contribution):
        return list(opened.items)
    return open_to(who, opened.task.office, opened.items)


def _standing(session: Session, case: Case) -> list[tuple[Task, bool]]:
    """Return, by office, the task that counts, and whether it is of an earlier round."""
    rows = session.execute(
        select(Task, PlanVersion.number)
        .join(PlanVersion, PlanVersion.id == Task.version_id)
        .where(Task.case_id == case.id, Task.state != "withdrawn")
        .order_by(PlanVersion.number)
    ).all()
    decided = session.execute(
        select(Decision.office, Decision.decision, PlanVersion.number)
        .join(PlanVersion, PlanVersion.id == Decision.version_id)
        .where(Decision.case_id == case.id)
        .order_by(PlanVersion.number)
    ).all()
    last = {office: (what, number) for office, what, number in decided}
    newest = max((number for _, number in rows), default=0)
    by_office: dict[str, tuple[Task, int]] = {task.office: (task, n) for task, n in rows}
    return [
        (task, number < newest)
        for office, (task, number) in by_office.items()
        if _counts(task, number, newest, last.get(office))
    ]


def _counts(task: Task, number: int, newest: int, last: tuple[str, int] | None) -> bool:
    what, decided = last or ("", 0)
    if what == DROPPED and decided >= number:
        return False
    return number == newest or (what == CARRIED and decided > number)


def _released(
    session: Session, tasks: Iterable[UUID], *, late: bool
) -> Mapping[UUID, Contribution]:
    """Return the released contribution of each task; the last in time before `late` ones."""
    rows = select(Contribution).where(
        Contribution.task_id.in_(list(tasks)), Contribution.state.in_(("released", "superseded"))
    )
    if not late:
        rows = rows.where(Contribution.late.is_(False))
    found: dict[UUID, Contribution] = {}
    for one in session.scalars(rows.order_by(Contribution.number)):
        found[one.task_id] = one
    return found


def _items(session: Session, contributions: Iterable[UUID]) -> Mapping[UUID, list[Item]]:
    rows = select(Item).where(Item.contribution_id.in_(list(contributions)))
    by_contribution: dict[UUID, list[Item]] = defaultdict(list)
    for item in session.scalars(rows.order_by(Item.position, Item.number)):
        by_contribution[item.contribution_id].append(item)
    return by_contribution
