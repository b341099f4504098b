"""What offices are told by mail: of tasks, reminders, signatures that are asked for.

Mails are read by whoever reads the mailbox: what is restricted stands in the case only.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import figures, letters
from service.cases.asking.desk import Desk
from service.cases.asking.proposal import Proposal, proposal_of
from service.cases.results import OFFICE
from service.cases.tasks.reading import decision_of
from service.db import Json
from service.house import House
from service.models.case import Case
from service.models.document import Document
from service.models.journal import Entry
from service.models.task import AnswerLink, Task

LINGERS = timedelta(days=14)  # after its last day a link still takes a late answer
MOST_REASONS = 12


def asked(desk: Desk, case: Case, task: Task, entry: Entry) -> None:
    """Have whoever answers a task told of it, with the reasons it was decided on and a link to
    answer without an account.
    """
    mailbox = mailbox_of(desk.house, task)
    link = answer_link(desk.session, task, mailbox)
    decision = decision_of(desk.session, task)
    check = None if decision is None else decision.check_id
    values = {
        **of_task(case, task, desk.names.get(task.office, task.office)),
        "note": task.note,
        "reasons": _sentences(proposal_of(desk.session, decision, OFFICE)),
        "documents": list(_documents(desk.session, case)),
        "answer_link": str(link.id),
        "check": None if check is None else str(check),
    }
    letters.ask(desk.session, entry, mailbox, "task_asked", values)


def told_off(desk: Desk, case: Case, task: Task, entry: Entry) -> None:
    """Have an office told that it is no longer asked."""
    values = of_task(case, task, desk.names.get(task.office, task.office))
    letters.ask(desk.session, entry, mailbox_of(desk.house, task), "task_withdrawn", values)


def mailbox_of(house: House, task: Task) -> str:
    """Return the mailbox a task goes to: that of the office standing in, where one does."""
    return house.office(task.stand_in or task.office).mailbox


def answer_link(session: Session, task: Task, mailbox: str) -> AnswerLink:
    """Return a new link by which a task can be answered once; earlier ones stay good."""
    until = datetime.combine(task.due, time.max, UTC) + LINGERS
    made = AnswerLink(task_id=task.id, mailbox=mailbox, expires=until)
    session.add(made)
    session.flush()
    return made


def of_task(case: Case, task: Task, office: str) -> Json:
    """Return what every mail about a task says."""
    return {
        "case": str(case.id),
        "reference": case.reference,
        "title": case.title,
        "municipality": case.municipality_names,
        "office": office,
        "due": figures.day(task.due.isoformat())._asdict(),
        "deadline": None
        if case.deadline is None
        else figures.day(case.deadline.isoformat())._asdict(),
    }


def _sentences(proposal: Proposal | None) -> list[Json]:
    """Return why an office is asked, as any office may read it."""
    reasons = () if proposal is None else proposal.reasons
    return [one["because"] for one in reasons if one["because"]][:MOST_REASONS]


def _documents(session: Session, case: Case) -> Iterable[str]:
    rows = select(Document.filename).where(
        Document.case_id == case.id, Document.edition == "outward"
    )
    return session.scalars(rows.order_by(Document.created, Document.id))
