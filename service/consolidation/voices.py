"""What every office that was asked says, and which say nothing: read in a handful of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.answering.labels import numbered
from service.cases.asking.deciding import CARRY, DROP, HINT
from service.cases.asking.rounds import earlier_of
from service.cases.drafts import last_version
from service.cases.tasks.state import OVER
from service.models.case import Case
from service.models.contribution import Contribution, Item
from service.models.decision import Decision
from service.models.task import Task
from service.models.version import PlanVersion


@dataclass(frozen=True, slots=True)
class Voice:
    """One office: its task, the answer that counts, and what it says; `carried` from before.

    Without a released contribution there is no answer, whatever else is known.
    """

    office: str
    task: Task
    contribution: Contribution | None
    items: Sequence[Item]
    carried: bool = False

    def numbered(self) -> list[tuple[str, Item]]:
        """Return the items by the numbers that stay with them: UNB-3."""
        return [(numbered(self.office, item.number), item) for item in self.items]


@dataclass(frozen=True, slots=True)
class Voices:
    """All offices of the round that is on, with what was decided on each and on bodies outside."""

    version: PlanVersion | None
    offices: Sequence[Voice]
    decisions: Sequence[Decision]

    @property
    def dropped(self) -> list[Decision]:
        """Offices a check proposed and the coordinator left out, with the reason."""
        return [one for one in self.decisions if one.decision == DROP]

    @property
    def outside(self) -> list[Decision]:
        """Bodies outside the district that it did not ask and names."""
        return [one for one in self.decisions if one.decision == HINT]

    def items(self) -> dict[str, Item]:
        """Return all items by number."""
        return dict(pair for voice in self.offices for pair in voice.numbered())

    def office_of(self, number: str) -> str:
        """Return whose item has this number."""
        return number.rpartition("-")[0]


def voices_of(session: Session, case: Case) -> Voices:
    """Return what the offices say of the last draft; carried answers to earlier ones with them."""
    version = last_version(session, case)
    if version is None:
        return Voices(None, (), ())
    decisions = session.scalars(
        select(Decision).where(Decision.version_id == version.id).order_by(Decision.office)
    ).all()
    asked = select(Task).where(Task.version_id == version.id, Task.state.not_in(sorted(OVER)))
    tasks = {task.office: task for task in session.scalars(asked.order_by(Task.office))}
    carried = _carried(session, case, version, decisions, tasks)
    answers = _answers(session, [*tasks.values(), *carried.values()])
    every = [(task, False) for task in tasks.values()] + [(t, True) for t in carried.values()]
    said = []
    for task, before in sorted(every, key=lambda pair: pair[0].office):
        contribution, items = answers.get(task.id, (None, ()))
        said.append(Voice(task.office, task, contribution, items, carried=before))
    return Voices(version, said, decisions)


def _carried(
    session: Session,
    case: Case,
    version: PlanVersion,
    decisions: Sequence[Decision],
    tasks: dict[str, Task],
) -> dict[str, Task]:
    wanted = {d.office for d in decisions if d.decision == CARRY} - tasks.keys()
    if not wanted:
        return {}
    earlier = earlier_of(session, case, version)
    return {office: earlier[office].task for office in wanted if office in earlier}


def _answers(
    session: Session, tasks: Sequence[Task]
) -> dict[object, tuple[Contribution, Sequence[Item]]]:
    """Return the released contribution of each task with its items."""
    rows = select(Contribution).where(
        Contribution.task_id.in_([task.id for task in tasks]), Contribution.state == "released"
    )
    released = {row.id: row for row in session.scalars(rows)}
    items: dict[object, list[Item]] = defaultdict(list)
    kept = select(Item).where(Item.contribution_id.in_(released))
    for item in session.scalars(kept.order_by(Item.position, Item.number)):
        items[item.contribution_id].append(item)
    return {row.task_id: (row, items[row.id]) for row in released.values()}
