"""Routes for one-time links: read a task and say “no objections” without an account."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import seal
from service.access.throttle import A_MINUTE, counted
from service.api.dependencies import InDistrict, InLanguage, InSession, InSettings, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.api.task_forms import ShortAnswer
from service.cases.answering import quick
from service.cases.asking.proposal import proposal_of
from service.cases.documents import OUTWARD
from service.cases.events import happened
from service.cases.results import OFFICE
from service.cases.tasks.links import link_of, read, unused
from service.cases.tasks.reading import decision_of, open_findings
from service.cases.tasks.state import OVER, TaskState
from service.config import Settings
from service.district import District
from service.errors import NotFoundError
from service.models.case import Case
from service.models.decision import Decision
from service.models.document import Document
from service.models.task import AnswerLink, Task
from service.seal import LENGTH

router = APIRouter(prefix="/api/v1", tags=["answer links"])
Word = Annotated[
    str, Path(min_length=LENGTH, max_length=LENGTH, pattern=r"^[\w-]+$", description="of the link")
]
MOST = 30  # uses of one link in a minute


class LinkedDocument(BaseModel):
    """A document of the case."""

    id: UUID
    filename: str
    media_type: str


class LinkedOut(BaseModel):
    """What the office at that mailbox is asked; restricted findings stand in the case only."""

    office: str = Field(examples=["UNB"])
    name: str
    reference: str = Field(examples=["KE-2026-0001"])
    title: str
    municipality_names: str
    due: date = Field(description="last day inside the house")
    deadline: date | None = Field(description="of the district's statement")
    note: str | None
    reasons: list[str] = Field(description="why the office is asked")
    findings: list[dict[str, Any]] = Field(description="those it is asked for, as any office reads")
    documents: list[LinkedDocument] = Field(description="documents of the case, to download")
    state: str
    answerable: bool = Field(description="whether the link can still be used to answer")


class SaidOut(BaseModel):
    """What was said by the link."""

    office: str
    reference: str
    kind: Literal["keine_bedenken", "fehlanzeige"]
    contribution: UUID
    late: bool = Field(description="came after the statement: kept for a supplement")


@router.get("/links/{word}", responses=DECLARED)
def look(
    word: Word,
    session: InSession,
    who: Who,
    settings: InSettings,
    district: InDistrict,
    language: InLanguage,
    response: Response,
) -> LinkedOut:
    """Read what an office is asked, by the link in its mail. Reading does not use it up."""
    knocked(session, settings, word)
    response.headers.update({**PRIVATE, "X-Robots-Tag": "noindex"})
    return linked(session, settings, word, district, language)


@router.post("/links/{word}", status_code=201, responses=DECLARED)
def answer(
    word: Word, given: ShortAnswer, session: InSession, who: Who, settings: InSettings
) -> SaidOut:
    """Say “no objections” or “nothing to report” for the office; the link is used up by it."""
    knocked(session, settings, word)
    case, task, link = link_of(session, settings.data, word, lock=True)
    unused(link)
    opened = quick.by_link(
        session, case, task, link, given.kind, text=given.text, contact=given.contact
    )
    found = opened.contribution
    return SaidOut(
        office=task.office,
        reference=case.reference,
        kind=given.kind,
        contribution=found.id,
        late=found.late,
    )


def knocked(session: Session, settings: Settings, word: str) -> None:
    """Count a use of a link; whoever makes words up does not get as far as the database.

    Raises
    ------
    NotFoundError
        If its seal is not ours, as of a link that nobody knows.
    TooManyError
        If it is used too often.
    """
    number = seal.opened(settings.data, word)
    if number is None:
        raise NotFoundError
    counted(session, f"link/{number}", MOST, A_MINUTE)


def linked(
    session: Session, settings: Settings, word: str, district: District, language: str
) -> LinkedOut:
    """Return what a link leads to; that it was read is noted once."""
    case, task, link = link_of(session, settings.data, word)
    if read(link):
        case, task, link = link_of(session, settings.data, word, lock=True)
        facts = {"task": str(task.id), "office": task.office, "link": str(link.id)}
        read(link)
        session.flush()
        happened(session, case, "task.link_read", actor=f"link:{link.id}", facts=facts)
    return _linked(session, case, task, link, district, language)


def _linked(
    session: Session, case: Case, task: Task, link: AnswerLink, district: District, language: str
) -> LinkedOut:
    decision = decision_of(session, task)
    names = {each.code: each.name.in_language(language) for each in district.catalogue.offices}
    documents = select(Document).where(Document.case_id == case.id, Document.edition == OUTWARD)
    return LinkedOut(
        office=task.office,
        name=names.get(task.office, task.office),
        reference=case.reference,
        title=case.title,
        municipality_names=case.municipality_names,
        due=task.due,
        deadline=case.deadline,
        note=task.note,
        reasons=_reasons(session, decision, language),
        findings=open_findings(session, decision, language),
        documents=[
            LinkedDocument.model_validate(one, from_attributes=True)
            for one in session.scalars(documents.order_by(Document.created, Document.id))
        ],
        state=task.state,
        answerable=link.used is None and task.state not in (*OVER, TaskState.ANSWERED),
    )


def _reasons(session: Session, decision: Decision | None, language: str) -> list[str]:
    """Return why an office is asked, as any office may read it: of a reader of whom only the
    mailbox is known nothing else is.
    """
    asked = proposal_of(session, decision, OFFICE)
    told = () if asked is None else (one["because"] for one in asked.reasons if one["because"])
    return [str(each.get(language) or each["de"]) for each in told]
