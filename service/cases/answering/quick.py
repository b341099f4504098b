"""The short answers: no objections, nothing to report. One step, with or without an account."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.answering.contributions import LATE, Opened, takes_answers, under_way
from service.cases.answering.items import next_number
from service.cases.answering.releasing import release
from service.errors import ConflictError, UnusableError
from service.models.case import Case
from service.models.contribution import Contribution, Item
from service.models.task import AnswerLink, Task

KINDS = ("keine_bedenken", "fehlanzeige")
WORDS = {
    "keine_bedenken": "Gegen die Planung bestehen keine Bedenken.",
    "fehlanzeige": "Fehlanzeige: Belange in unserer Zuständigkeit sind nicht berührt.",
}
BY_LINK = "link"


def answered(
    session: Session, who: Principal, case: Case, task: Task, kind: str, *, text: str | None,
    contact: str | None, source: str = "own",
) -> Opened:  # fmt: skip
    """Answer a task in one step; the rows are locked.

    Raises
    ------
    ConflictError
        If an answer is under way, or was given: then a new version has to be begun.
    UnusableError
        If the kind is none of the short answers.
    """
    if kind not in KINDS:
        raise UnusableError("answer-not-short", NOT_SHORT, known=list(KINDS))
    takes_answers(case, task)
    if under_way(session, task) is not None or task.state == "answered":
        raise ConflictError("answer-there", THERE)
    number = session.scalar(
        select(func.max(Contribution.number)).where(Contribution.task_id == task.id)
    )
    made = Contribution(
        task_id=task.id, number=1 + (number or 0), state="draft", source=source, contact=contact,
        late=case.state in LATE, by=who.pseudonym, revision=1,
    )  # fmt: skip
    session.add(made)
    session.flush()
    item = Item(
        contribution_id=made.id, number=next_number(session, case, task.office), position=1,
        kind=kind, text=text or WORDS[kind], by=who.pseudonym, revision=1, edition="public",
    )  # fmt: skip
    session.add(item)
    session.flush()
    opened = Opened(case, task, made, [item])
    release(session, who, opened)
    return opened


def by_link(
    session: Session, case: Case, task: Task, link: AnswerLink, kind: str, *, text: str | None,
    contact: str | None,
) -> Opened:  # fmt: skip
    """Answer a task by its one-time link, which is used up by it; errors as `answered`."""
    who = Principal(role="officer", pseudonym=f"link:{link.id}", office=task.office)
    opened = answered(session, who, case, task, kind, text=text, contact=contact, source=BY_LINK)
    link.used = datetime.now(UTC)
    session.flush()
    return opened


NOT_SHORT = Text(
    "So lassen sich nur „keine Bedenken“ und „Fehlanzeige“ mitteilen; alles andere bitte "
    "als Beitrag.",
    "Only “no objections” and “nothing to report” can be said like this; all else in a "
    "contribution, please.",
)
THERE = Text(
    "Zu dieser Aufgabe gibt es schon eine Antwort, oder sie ist in Arbeit; bitte als neue Fassung "
    "ändern.",
    "This task is answered already, or an answer is under way; please change it as a new version.",
)
