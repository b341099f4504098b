"""Questions back to the planner (Nachforderung): offices ask, the coordinator forwards.

No period that runs outside stops by it; only where a law says so is that noted, with the law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import letters
from service.access.principal import Principal
from service.cases.asking.desk import Desk
from service.cases.asking.letters import mailbox_of, of_task
from service.cases.asking.reminding import coordinators
from service.cases.events import happened
from service.cases.notifying import notify
from service.cases.state import OPEN, State
from service.cases.tasks.doing import coordinates
from service.cases.visible import full_case_of
from service.errors import ConflictError, NotFoundError, UnusableError
from service.models.case import Case
from service.models.document import Document
from service.models.journal import Entry
from service.models.supplement import Supplement
from service.models.task import Task

PENDING = ("asked", "forwarded")
MAY_WAIT = frozenset({State.READY, State.WITH_OFFICES, State.CONSOLIDATING})


@dataclass(frozen=True, slots=True)
class Question:
    """What is missing, and by when it is wanted; `basis` names a law by which a period stops."""

    text: str
    wanted_by: date | None = None
    basis: str | None = None


def asked(desk: Desk, case: Case, task: Task | None, question: Question) -> Supplement:
    """Write down what an office, or the coordinator, misses; the coordinator hears of the former.

    Raises
    ------
    ConflictError
        If the case has ended.
    """
    if case.state not in OPEN:
        raise ConflictError("state-conflict", ENDED, state=case.state)
    made = Supplement(
        case_id=case.id,
        task_id=None if task is None else task.id,
        office=None if task is None else task.office,
        state="asked",
        question=question.text,
        wanted_by=question.wanted_by,
        stops_clock=question.basis is not None,
        basis=question.basis,
        by=desk.who.pseudonym,
        revision=1,
    )
    desk.session.add(made)
    desk.session.flush()
    entry = _told(desk, case, made, "supplement.asked", {"question": question.text})
    if task is not None and desk.who.role != "coordinator":
        values = of_task(case, task, desk.names.get(task.office, task.office))
        for person in desk.session.scalars(coordinators()):
            letters.ask(desk.session, entry, person, "supplement_asked", values)
    return made


def forwarded(desk: Desk, case: Case, one: Supplement, text: str | None) -> None:
    """Send a question to the planner, in the coordinator's words where given.

    The case waits for it then, unless it waits already or the offices are through with it; the
    office's own words stay.
    """
    coordinates(desk.who)
    _in(one, "asked")
    one.state, one.forwarded_text = "forwarded", text or one.question
    one.forwarded, one.forwarded_by = datetime.now(UTC), desk.who.pseudonym
    one.revision += 1
    desk.session.flush()
    detail = {"text": one.forwarded_text}
    if case.state in MAY_WAIT:
        entry = happened(desk.session, case, "supplement.requested", actor=desk.who.pseudonym,
                         facts=_facts(one), detail=detail)  # fmt: skip
        notify(desk.session, case, entry)
    else:
        _told(desk, case, one, "supplement.forwarded", detail)


def refused(desk: Desk, case: Case, one: Supplement, reason: str) -> None:
    """Do not send a question on; the office reads why."""
    coordinates(desk.who)
    _in(one, "asked")
    _settled(desk, one, "refused", reason, None)
    _told(desk, case, one, "supplement.refused", {"reason": reason})


def withdrawn(desk: Desk, case: Case, one: Supplement) -> None:
    """Ask no longer: it has settled itself."""
    _in(one, *PENDING)
    waited = one.state == "forwarded"
    _settled(desk, one, "withdrawn", None, None)
    _over(desk, case, one, "supplement.withdrawn", {}, waited=waited)


def answered(
    desk: Desk, case: Case, one: Supplement, text: str | None, document_id: UUID | None
) -> None:
    """Take what the planner answers; the office that asked is told.

    Raises
    ------
    UnusableError
        If there is neither a text nor a document of the case.
    """
    _in(one, "forwarded")
    document = None if document_id is None else desk.session.get(Document, document_id)
    if document_id is not None and (document is None or document.case_id != case.id):
        raise UnusableError("document-unknown", DOCUMENT)
    if not text and document is None:
        raise UnusableError("answer-empty", EMPTY)
    _settled(desk, one, "answered", text, document_id)
    detail = {"answer": text} if text else {}
    _over(desk, case, one, "supplement.answered", detail, waited=True)


def supplement_of(
    session: Session, who: Principal, supplement_id: UUID, *, lock: bool = False
) -> tuple[Case, Supplement]:
    """Return a question with its case; of planners only those that were forwarded.

    Raises
    ------
    NotFoundError, ForbiddenError
        If there is none, or it is not for this principal.
    """
    case_id = session.scalars(
        select(Supplement.case_id).where(Supplement.id == supplement_id)
    ).first()
    if case_id is None:
        raise NotFoundError
    case = full_case_of(session, who, case_id, lock=lock)
    found = session.get_one(Supplement, supplement_id, populate_existing=lock)
    if who.role == "planner" and found.forwarded is None:
        raise NotFoundError
    return case, found


def supplements_of(session: Session, who: Principal, case: Case) -> list[Supplement]:
    """Return the questions of a case, oldest first; planners see those forwarded to them."""
    rows = select(Supplement).where(Supplement.case_id == case.id)
    if who.role == "planner":
        rows = rows.where(Supplement.forwarded.is_not(None))
    return list(session.scalars(rows.order_by(Supplement.at, Supplement.id)))


def _settled(
    desk: Desk, one: Supplement, state: str, answer: str | None, document_id: UUID | None
) -> None:
    one.state, one.answer, one.document_id = state, answer, document_id
    one.answered, one.answered_by = datetime.now(UTC), desk.who.pseudonym
    one.revision += 1
    desk.session.flush()


def _over(
    desk: Desk, case: Case, one: Supplement, action: str, detail: dict[str, str], *, waited: bool
) -> None:
    """Write it down, tell the office, and let the case wait no more where this was the last."""
    entry = _told(desk, case, one, action, detail)
    task = None if one.task_id is None else desk.session.get(Task, one.task_id)
    if task is not None and one.state == "answered":
        values = of_task(case, task, desk.names.get(task.office, task.office))
        to = mailbox_of(desk.house, task)
        letters.ask(desk.session, entry, to, "supplement_answered", values)
    left = select(Supplement.id).where(
        Supplement.case_id == case.id, Supplement.state == "forwarded"
    )
    last = desk.session.scalars(left.limit(1)).first() is None
    if waited and last and case.state == State.SUPPLEMENT_DUE:
        happened(desk.session, case, "supplement.received", actor=desk.who.pseudonym,
                 facts=_facts(one))  # fmt: skip


def _told(
    desk: Desk, case: Case, one: Supplement, action: str, detail: Mapping[str, str | None]
) -> Entry:
    return happened(desk.session, case, action, actor=desk.who.pseudonym, facts=_facts(one),
                    detail=dict(detail) or None)  # fmt: skip


def _facts(one: Supplement) -> dict[str, object]:
    return {"supplement": str(one.id), "office": one.office, "stops_clock": one.stops_clock}


def _in(one: Supplement, *states: str) -> None:
    if one.state not in states:
        raise ConflictError("supplement-conflict", CONFLICT, state=one.state)


ENDED = Text(
    "Der Vorgang ist beendet (`state`); Nachforderungen sind nicht mehr möglich.",
    "The case has ended (`state`); nothing can be asked for any more.",
)
CONFLICT = Text(
    "Das passt nicht zum Stand der Nachforderung (`state`); bitte neu laden.",
    "This does not fit the state of the question (`state`); please reload.",
)
DOCUMENT = Text(
    "Das Dokument gehört nicht zu diesem Vorgang; bitte zuerst dort hinzufügen.",
    "The document is not of this case; please add it there first.",
)
EMPTY = Text(
    "Bitte antworten Sie mit einem Text oder einem Dokument.",
    "Please answer with a text or a document.",
)
