"""A case as its sender sees it: state, questions, result, drafts, documents, the statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile
from pydantic import BaseModel, Field, field_validator
from sqlalchemy import select

from service.access.throttle import counted_upload
from service.api.asking_forms import Reason
from service.api.dependencies import (
    InAsking,
    InDesk,
    InDistrict,
    InLanguage,
    InPapers,
    InSession,
    Who,
)
from service.api.document_forms import DocumentOut, described
from service.api.handing_in import Draft, Line, handed_in
from service.cases import attached, documents, opening, steps, telling
from service.cases.asking.desk import Desk as Asking
from service.cases.drafts import last_check, last_version
from service.cases.opening import Desk, Sent
from service.cases.supplements import answered, supplement_of, supplements_of
from service.cases.understanding import in_language
from service.cases.visible import case_of
from service.consolidation import drafting, sending
from service.district import District
from service.models.case import Case
from service.models.document import Document
from service.models.version import PlanVersion
from service.plans.paperreader import PaperReader
from service.portal import words
from service.portal.entered import decimal, number
from service.portal.forms import Act, Failed, InForm, done
from service.portal.hand_in import file_all
from service.portal.result import EVERYTHING, result_of
from service.portal.sheet import leading, sheet

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Table:
    """What the page works with; for a change the case is locked."""

    desk: Desk
    asking: Asking
    case: Case
    district: District
    papers: PaperReader


class AnswerForm(BaseModel, extra="forbid"):
    """The answer to the open question."""

    option: Line = Field(min_length=1)


class DraftForm(Draft):
    """A revised draft, by a file or an outline."""

    @field_validator("width_m", "radius_m", mode="before")
    @classmethod
    def _number(cls, given: Any) -> Any:
        return decimal(given)


class DocumentsForm(BaseModel, extra="forbid"):
    """Documents to add."""

    files: list[UploadFile] = Field(min_length=1, max_length=20)


class ReplyForm(BaseModel, extra="forbid"):
    """The answer to a question of the district, in words or with a file."""

    text: Reason | None = None
    file: UploadFile | None = None


class WithdrawForm(BaseModel, extra="forbid"):
    """Why a plan is withdrawn."""

    reason: Reason


@router.get("/vorgaenge/{case_id}/planung")
def back(case_id: UUID, request: Request, session: InSession, who: Who) -> Response:
    """Lead to the page of the case: this is the address its forms go to."""
    return leading(request, f"/vorgaenge/{case_of(session, who, case_id).id}")


@router.post("/vorgaenge/{case_id}/planung")
def act(
    case_id: UUID,
    sent: InForm,
    request: Request,
    desk: InDesk,
    asking: InAsking,
    papers: InPapers,
    district: InDistrict,
    language: InLanguage,
) -> Response:
    """Do what one of the forms asks for."""
    case = case_of(desk.session, desk.principal, case_id, lock=True)
    table = Table(desk, asking, case, district, papers)
    failed = done(desk.session, sent, ACTS, table)
    if failed is None:
        return leading(request, f"/vorgaenge/{case.id}?getan={sent.act}")
    return shown(request, desk.session, desk.principal, case, district, language, failed)


def shown(
    request: Request,
    session: InSession,
    who: Who,
    case: Case,
    district: District,
    language: str,
    failed: Failed | None = None,
) -> Response:
    """Return the page."""
    version, check = last_version(session, case), last_check(session, case)
    told = result_of(session, who, case, language)
    sent = [s for s in drafting.statements_of(session, case) if s.state == "sent"]
    return sheet(
        request, "planner_case.html", who, to=f"/vorgaenge/{case.id}/planung", failed=failed,
        case=case, version=version, check=check, result=told, **EVERYTHING,
        question=in_language(version.question, language) if version else None,
        understood=in_language(version.understood, language) if version else None,
        versions=_versions(session, case), documents=_documents(session, who, case, language),
        questions=supplements_of(session, who, case), kind=district.vocabulary.title(case.kind),
        procedure=district.vocabulary.named(case.procedure) if case.procedure else None,
        statements=[(s, _outward(sending.files_of(session, s))) for s in sent],
        events=telling.told(session, who, case, most=1_000),
        did=request.query_params.get("getan"), states=words.STATES,
        supplements=words.SUPPLEMENTS, document_kinds=words.DOCUMENTS,
    )  # fmt: skip


def _versions(session: InSession, case: Case) -> Sequence[PlanVersion]:
    rows = select(PlanVersion).where(PlanVersion.case_id == case.id)
    return list(session.scalars(rows.order_by(PlanVersion.number.desc())))


def _documents(session: InSession, who: Who, case: Case, language: str) -> list[DocumentOut]:
    return [described(o, who, case, language) for o in documents.listed(session, who, case)]


def _outward(files: Sequence[Any]) -> list[Any]:
    return [one for one in files if one.edition == documents.OUTWARD]


def _answer(table: Table, _: str, given: AnswerForm) -> None:
    _counted(table.desk)
    opening.answer(table.desk, table.case, given.option)


def _revise(table: Table, _: str, given: DraftForm) -> None:
    desk = table.desk
    _counted(desk)
    source, name, intake = handed_in(given, table.district, inside=desk.principal.inside)
    with desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived:
        sent = Sent(arrived, name, intake, given.label)
        attached.add_version(desk, table.papers, table.case, sent)


def _document(table: Table, _: str, given: DocumentsForm) -> None:
    _counted(table.desk)
    file_all(table.desk, table.papers, table.case, None, given.files)


def _reply(table: Table, of: str, given: ReplyForm) -> None:
    session, who = table.desk.session, table.desk.principal
    if given.file is not None:
        _counted(table.desk)
    case, one = supplement_of(session, who, number(of), lock=True)
    document = None
    if given.file is not None:
        file_all(table.desk, table.papers, case, None, [given.file])
        newest = select(Document.id).where(Document.case_id == case.id)
        document = session.scalars(newest.order_by(Document.created.desc()).limit(1)).one()
    answered(table.asking, case, one, given.text, document)


def _counted(desk: Desk) -> None:
    counted_upload(desk.session, desk.principal, desk.settings)


def _withdraw(table: Table, _: str, given: WithdrawForm) -> None:
    steps.take(table.desk.session, table.desk.principal, table.case, "withdraw", given.reason)


ACTS: Mapping[str, Act[Table]] = {
    "answer": Act(AnswerForm, _answer),
    "revise": Act(DraftForm, _revise),
    "document": Act(DocumentsForm, _document),
    "reply": Act(ReplyForm, _reply),
    "withdraw": Act(WithdrawForm, _withdraw),
}
