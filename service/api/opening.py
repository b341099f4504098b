"""Routes by which plans come in: open a case, answer its question, add a draft."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import select

from service.access.throttle import counted_upload
from service.api.dependencies import InDesk, InDistrict, InLanguage, InPapers
from service.api.handing_in import DraftForm, OpeningForm, handed_in
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.cases import attached, opening
from service.cases.opening import Sent
from service.cases.rasters import trace, traced
from service.cases.understanding import in_language
from service.cases.visible import case_of
from service.models.case import Case
from service.models.check import Check
from service.models.version import PlanVersion

router = APIRouter(prefix="/api/v1", tags=["cases"])


class Opened(BaseModel):
    """A case that was opened or carried on."""

    id: UUID
    reference: str = Field(examples=["KE-2026-0001"])
    state: str = Field(examples=["checking"])
    title: str
    version: int = Field(examples=[1])
    question: dict[str, Any] | None = Field(
        description="what a person must decide first, with proposals"
    )
    understood: dict[str, Any] | None = Field(description="what was understood of the plan")
    check: str | None = Field(description="where the check on its way can be followed")


class Answer(BaseModel, extra="forbid"):
    """The answer to the open question."""

    option: str = Field(
        min_length=1,
        max_length=300,
        description="the `option` of a proposal",
        examples=["--crs EPSG:31468"],
    )


@router.post(
    "/cases", response_model=Opened, status_code=status.HTTP_201_CREATED, responses=DECLARED
)
def hand_in(
    form: OpeningForm,
    desk: InDesk,
    papers: InPapers,
    once: InOnce,
    district: InDistrict,
    language: InLanguage,
) -> Response:
    """Hand in a plan: opens a case and has it checked, or asks what a person must decide."""
    counted_upload(desk.session, desk.principal, desk.settings)
    source, name, intake = handed_in(form, district, inside=desk.principal.inside)
    with desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived:
        said = form.model_dump(exclude={"file"}, mode="json")
        if earlier := once.earlier(arrived.sha256, said):
            return earlier
        sent = Sent(arrived, name, intake, form.label)
        case, version = attached.open_case(desk, papers, sent, form.letter())
        return once.keep(_answer(desk, case, version, language, status.HTTP_201_CREATED))


@router.post(
    "/cases/{case_id}/versions", response_model=Opened, status_code=201, responses=DECLARED
)
def hand_in_again(
    case_id: UUID,
    form: DraftForm,
    desk: InDesk,
    papers: InPapers,
    once: InOnce,
    district: InDistrict,
    language: InLanguage,
) -> Response:
    """Hand in a further draft of a plan; the case stays, earlier results too."""
    case = case_of(desk.session, desk.principal, case_id, lock=True)
    counted_upload(desk.session, desk.principal, desk.settings)
    source, name, intake = handed_in(form, district, inside=desk.principal.inside)
    with desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived:
        said = form.model_dump(exclude={"file"}, mode="json")
        if earlier := once.earlier(arrived.sha256, said):
            return earlier
        over = form.traced_over
        if over is not None:
            intake = traced(desk.session, desk.principal, case, over, intake)
        version = attached.add_version(desk, papers, case, Sent(arrived, name, intake, form.label))
        if over is not None:
            trace(desk.session, desk.principal, case, version, over)
        return once.keep(_answer(desk, case, version, language, 201))


@router.post("/cases/{case_id}/answers", response_model=Opened, status_code=200, responses=DECLARED)
def answer(case_id: UUID, given: Answer, desk: InDesk, language: InLanguage) -> Response:
    """Answer the open question of a case with one of its proposals."""
    case = case_of(desk.session, desk.principal, case_id, lock=True)
    counted_upload(desk.session, desk.principal, desk.settings)
    version = opening.answer(desk, case, given.option)
    return _answer(desk, case, version, language, 200)


def _answer(
    desk: opening.Desk, case: Case, version: PlanVersion, language: str, code: int
) -> Response:
    last = select(Check).where(Check.version_id == version.id).order_by(Check.created.desc())
    check = desk.session.scalars(last.limit(1)).first()
    body = Opened(
        id=case.id,
        reference=case.reference,
        state=case.state,
        title=case.title,
        version=version.number,
        question=in_language(version.question, language),
        understood=in_language(version.understood, language),
        check=None if check is None else f"/api/v1/checks/{check.id}",
    )
    headers = {"ETag": f'"{case.revision}"', "Content-Language": language}
    if code == 201:
        headers["Location"] = f"/api/v1/cases/{case.id}"
    return JSONResponse(body.model_dump(mode="json"), code, headers)
