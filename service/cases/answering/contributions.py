"""Contributions: begun, read, given a head; one under way at a time, a released one is fixed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.answering import signatures
from service.cases.answering.copying import copied
from service.cases.state import State
from service.cases.tasks.access import acts_for, may_act
from service.cases.tasks.doing import Bench
from service.cases.tasks.state import TaskState
from service.cases.visible import takes_part, visible
from service.errors import ConflictError, ForbiddenError, NotFoundError, UnusableError
from service.house import House
from service.models.case import Case
from service.models.contribution import Contribution, Item
from service.models.document import Document
from service.models.task import Task

UNDER_WAY = ("draft", "circulating")
LATE = frozenset({State.SENT, State.RESULT_RECEIVED, State.CLOSED})  # kept for a supplement
NEVER = frozenset({State.WITHDRAWN, State.ARCHIVED})
ENTERED = ("mail", "letter", "docx")  # came to the coordinator, who enters it with its source


@dataclass(frozen=True, slots=True)
class Source:
    """How a contribution came: the office's own, or as what, when and in which document."""

    kind: str = "own"
    document_id: UUID | None = None
    received: date | None = None
    reuse: UUID | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A contribution with its task, its case and its items in order."""

    case: Case
    task: Task
    contribution: Contribution
    items: Sequence[Item]


def begin(bench: Bench, source: Source) -> Contribution:
    """Begin an answer, or a new version of one; that starts with the items of the last.

    With `reuse` it starts with the items of an answer to an earlier draft. After the statement
    has gone out it is kept for a supplement (`late`).

    Raises
    ------
    ConflictError
        If one is under way already, or the case takes none any more.
    ForbiddenError, UnusableError
        If it is not this principal's to write, or what it refers to is not there.
    """
    session, task = bench.session, bench.task
    _may_begin(bench, source)
    takes_answers(bench.case, task)
    if (there := under_way(session, task)) is not None:
        raise ConflictError("contribution-under-way", THERE, contribution=str(there.id))
    base = _base(session, task, source)
    made = Contribution(
        task_id=task.id,
        number=1 + (session.scalar(_numbers(task)) or 0),
        state="draft",
        source=source.kind,
        document_id=source.document_id,
        received=source.received,
        reused_from=None if base is None else base.id,
        office_reference=None if base is None else base.office_reference,
        contact=None if base is None else base.contact,
        late=bench.case.state in LATE,
        by=bench.who.pseudonym,
        revision=1,
    )
    session.add(made)
    session.flush()
    if base is not None:
        session.add_all(copied(items_of(session, base.id), made.id, bench.who.pseudonym))
    facts = {"contribution": str(made.id), "number": made.number, "source": made.source,
             "late": made.late}  # fmt: skip
    bench.step("task.begun", facts)
    return made


def takes_answers(case: Case, task: Task) -> None:
    """Let pass a task that can still be answered; late answers are kept, too.

    Raises
    ------
    ConflictError
        If the case was withdrawn or archived, or the office is no longer asked.
    """
    if case.state in NEVER:
        raise ConflictError("case-over", OVER, state=case.state)
    if task.state == TaskState.SUPERSEDED:
        raise ConflictError("task-superseded", SUPERSEDED)
    if task.state == TaskState.WITHDRAWN:
        raise ConflictError("task-withdrawn", WITHDRAWN)


def contribution_of(
    session: Session, who: Principal, contribution_id: UUID, house: House, *, lock: bool = False
) -> Opened:
    """Return a contribution; a draft only to those who write it, see `answers` for the released.

    With `lock` for a change: case, task and contribution, in this order as everybody does.

    Raises
    ------
    NotFoundError
        If there is none, or it is not for this principal to read.
    """
    known = session.execute(
        select(Contribution.task_id, Task.case_id, Contribution.state)
        .join(Task, Task.id == Contribution.task_id)
        .join(Case, Case.id == Task.case_id)
        .where(Contribution.id == contribution_id, visible(who))
    ).first()
    if known is None:
        raise NotFoundError
    case = session.get_one(Case, known.case_id, with_for_update=lock, populate_existing=lock)
    task = session.get_one(Task, known.task_id, with_for_update=lock, populate_existing=lock)
    found = session.get_one(
        Contribution, contribution_id, with_for_update=lock, populate_existing=lock
    )
    if not may_read(session, who, case, task, found, house):
        raise NotFoundError
    return Opened(case, task, found, items_of(session, found.id))


def may_read(
    session: Session, who: Principal, case: Case, task: Task, found: Contribution, house: House
) -> bool:
    """Tell whether somebody may read a contribution.

    Its writers read drafts; who signs reads what circulates; what is released every involved
    office reads.
    """
    if writes(who, task, found, house):
        return True
    if found.state == "circulating":
        return who.role == "coordinator" or signatures.takes_part(session, who, found)
    return found.state != "draft" and who.inside and takes_part(session, who, case)


def writes(who: Principal, task: Task, found: Contribution, house: House) -> bool:
    """Tell whether somebody writes this contribution: the office; the coordinator what they
    entered for it.
    """
    entered = who.role == "coordinator" and found.source in ENTERED
    return entered or acts_for(who, task, house)


def may_write(who: Principal, task: Task, found: Contribution, house: House) -> None:
    """Let pass who may change a contribution now.

    Raises
    ------
    ForbiddenError
        If it is not theirs.
    ConflictError
        If it is no draft any more.
    """
    if not writes(who, task, found, house):
        raise ForbiddenError("office-not-yours", NOT_YOURS, office=task.office)
    if found.state != "draft":
        raise ConflictError("contribution-not-draft", NO_DRAFT, state=found.state)


def set_head(opened: Opened, values: Mapping[str, Any]) -> None:
    """Set contact, the office's own reference, day of receipt."""
    for name, value in values.items():
        setattr(opened.contribution, name, value)
    opened.contribution.revision += 1


def open_to(who: Principal, office: str, items: Iterable[Item]) -> list[Item]:
    """Return the items of an office's contribution that are not restricted to somebody: to the
    office, the coordinator and whoever wrote an item none is.
    """
    if who.role == "coordinator" or who.office == office:
        return list(items)
    return [item for item in items if not item.restricted or item.by == who.pseudonym]


def items_of(session: Session, contribution_id: UUID) -> list[Item]:
    """Return the items of a contribution in order."""
    rows = select(Item).where(Item.contribution_id == contribution_id)
    return list(session.scalars(rows.order_by(Item.position, Item.number)))


def under_way(session: Session, task: Task) -> Contribution | None:
    """Return the contribution that is being written or signed."""
    rows = select(Contribution).where(
        Contribution.task_id == task.id, Contribution.state.in_(UNDER_WAY)
    )
    return session.scalars(rows).first()


def _may_begin(bench: Bench, source: Source) -> None:
    if source.kind not in ENTERED:
        may_act(bench.who, bench.task, bench.desk.house)
        return
    if bench.who.role != "coordinator":
        may_act(bench.who, bench.task, bench.desk.house)
    if source.document_id is not None:
        document = bench.session.get(Document, source.document_id)
        if document is None or document.case_id != bench.case.id:
            raise UnusableError("document-unknown", DOCUMENT)


def _base(session: Session, task: Task, source: Source) -> Contribution | None:
    """Return whose items a new version begins with."""
    if source.reuse is not None:
        found = session.get(Contribution, source.reuse)
        of = None if found is None else session.get(Task, found.task_id)
        if of is None or (of.case_id, of.office) != (task.case_id, task.office):
            raise UnusableError("contribution-unknown", REUSE)
        return found
    rows = select(Contribution).where(
        Contribution.task_id == task.id, Contribution.state == "released"
    )
    return session.scalars(rows).first() if source.kind == "own" else None


def _numbers(task: Task) -> Any:
    return select(func.max(Contribution.number)).where(Contribution.task_id == task.id)


THERE = Text(
    "Zu dieser Aufgabe ist schon ein Beitrag in Arbeit (`contribution`); bitte dort "
    "weiterschreiben.",
    "A contribution to this task is under way already (`contribution`); please go on there.",
)
OVER = Text(
    "Der Vorgang ist beendet (`state`) und nimmt keine Beiträge mehr auf; bitte wenden Sie sich an "
    "die Koordination.",
    "The case has ended (`state`) and takes no contributions any more; please talk to the "
    "coordinator.",
)
SUPERSEDED = Text(
    "Es liegt ein neuer Planstand vor; bitte in der neuen Aufgabe antworten. Was Sie hier begonnen "
    "haben, lässt sich dort übernehmen (`reuse`).",
    "There is a new draft of the plan; please answer in the new task. What you began here can be "
    "taken over there (`reuse`).",
)
WITHDRAWN = Text(
    "Ihr Fachamt wird nicht mehr beteiligt. Betrifft der Vorgang Sie doch, sprechen Sie bitte die "
    "Koordination an.",
    "Your office is no longer asked. If the case concerns you nevertheless, please talk to the "
    "coordinator.",
)
NOT_YOURS = Text(
    "Diesen Beitrag schreibt das Fachamt (`office`) selbst; Änderungen lassen sich vorschlagen "
    "(`suggestions`).",
    "This contribution is for the office (`office`) to write; changes can be proposed "
    "(`suggestions`).",
)
NO_DRAFT = Text(
    "Der Beitrag ist kein Entwurf mehr (`state`); Änderungen brauchen eine neue Fassung oder die "
    "Rückgabe aus der Mitzeichnung.",
    "The contribution is no draft any more (`state`); a change needs a new version, or its return "
    "from signing.",
)
DOCUMENT = Text(
    "Das Dokument gehört nicht zu diesem Vorgang; bitte zuerst dort hinzufügen.",
    "The document is not of this case; please add it there first.",
)
REUSE = Text(
    "Diesen früheren Beitrag Ihres Fachamts gibt es in diesem Vorgang nicht.",
    "There is no such earlier contribution of your office in this case.",
)
