"""Handing a plan in: a file, a drawing, coordinates or parcels; first looked at, then sent."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Header, Request, Response, UploadFile
from pydantic import Field, field_validator, model_validator
from sqlalchemy import select

from gis.problem import Problem
from service.access.throttle import counted_upload
from service.api.checks import counted_in
from service.api.dependencies import InDesk, InDistrict, InLanguage, InPapers, InSession, Who
from service.api.handing_in import Opening, handed_in
from service.api.once import Once
from service.cases import attached, documents
from service.cases.document_kind import kind_of
from service.cases.documents import Filed, looked_at
from service.cases.drafts import last_version
from service.cases.opening import Desk, Sent
from service.cases.understanding import in_language
from service.cases.visible import full_case_of
from service.clamd import Clamd
from service.district import District
from service.errors import ServiceError
from service.models.account import Organisation
from service.models.case import Case
from service.models.version import PlanVersion
from service.plans.answer import answered
from service.plans.declared import Intake
from service.plans.paperreader import PaperReader
from service.portal.entered import decimal, is_empty
from service.portal.live import region
from service.portal.precheck import NOTHING, Shown, looked_over, pictured, refused, status_of
from service.portal.rendering import page
from service.portal.sheet import leading
from service.portal.wanting import Answers
from service.portal.words import DOCUMENTS, STATES

router = APIRouter(include_in_schema=False)
HERE = "/einreichen"
MOST_DOCUMENTS = 20  # with the plan; more can be added to the case


class HandIn(Answers, Opening):
    """The form; a browser sends empty fields, too."""

    act: Literal["look", "send"] = "send"
    csrf: str = Field("", max_length=200)
    key: str = Field("", max_length=100, pattern=r"^[\w-]*$")
    documents: list[UploadFile] = Field([], max_length=MOST_DOCUMENTS)

    @model_validator(mode="before")
    @classmethod
    def _said(cls, given: Any) -> Any:
        return {n: v for n, v in dict(given).items() if not is_empty(v)}

    @field_validator("width_m", "radius_m", mode="before")
    @classmethod
    def _number(cls, given: Any) -> Any:
        return decimal(given)

    @field_validator("documents", mode="before")
    @classmethod
    def _files(cls, given: list[Any]) -> list[Any]:
        return [one for one in given if not is_empty(one)]

    def intake(self, district: District, filename: str | None) -> Intake:
        """Return the intake these fields make, with the questions answered so far."""
        made = super().intake(district, filename)
        for option in self.options:
            made = answered(made, option)
        return made


HandInForm = Annotated[HandIn, Form(media_type="multipart/form-data")]


@router.get(HERE)
def blank(request: Request, session: InSession, who: Who, district: InDistrict) -> Response:
    """Show the empty form."""
    return _page(request, session, who, district, HandIn.model_construct(), NOTHING, 200, False)


@router.post(HERE)
def hand_in(
    form: HandInForm,
    request: Request,
    desk: InDesk,
    papers: InPapers,
    district: InDistrict,
    language: InLanguage,
    x_part: Annotated[str, Header()] = "",
) -> Response:
    """Look at the plan, or hand it in; with `X-Part` only the result, for the page that is open."""
    part, who = x_part == "result", desk.principal
    try:
        if form.act == "send":
            with desk.session.begin_nested():
                return _sent(form, request, desk, papers, district)
        counted_in(desk, who, request)
        source, _, intake = handed_in(form, district, inside=who.inside)
        with (
            desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived,
            request.app.state.turns,
        ):
            plan = desk.read(arrived.path, intake)
            found, drawn = pictured(plan, district, language, who.audience)
            shown = {**looked_over(found, drawn, district), "options": form.options}
    except (Problem, ServiceError) as problem:
        shown, status = refused(problem, form.options), status_of(problem)
        return _page(request, desk.session, who, district, form, shown, status, part)
    return _page(request, desk.session, who, district, form, shown, 200, part)


@router.get("/vorgaenge/{case_id}/eingang")
def receipt(
    case_id: UUID, request: Request, session: InSession, who: Who, language: InLanguage
) -> Response:
    """Show the receipt: what came in, when, how it was read, and what happens with it."""
    case = full_case_of(session, who, case_id)
    version = last_version(session, case)
    return page(
        request, "receipt.html", who, case=case, states=STATES, kinds=DOCUMENTS,
        version=version,
        understood=in_language(version.understood, language) if version else None,
        documents=[one.document for one in documents.listed(session, who, case)],
    )  # fmt: skip


def _sent(
    form: HandIn, request: Request, desk: Desk, papers: PaperReader, district: District
) -> Response:
    """Open the case, once however often the form is sent."""
    who, settings = desk.principal, desk.settings
    counted_upload(desk.session, who, settings)
    once = Once(desk.session, who, request, form.key or None)
    source, name, intake = handed_in(form, district, inside=who.inside)
    with desk.blobs.arriving(source, most=settings.upload_bytes) as arrived:
        said = form.model_dump(exclude={"file", "documents", "csrf"}, mode="json")
        if earlier := once.earlier(arrived.sha256, said):
            return earlier
        case, version = attached.open_case(
            desk, papers, Sent(arrived, name, intake, form.label), form.letter()
        )
        file_all(desk, papers, case, version, form.documents)
        return once.keep(leading(request, f"/vorgaenge/{case.id}/eingang"))


def file_all(
    desk: Desk,
    papers: PaperReader,
    case: Case,
    version: PlanVersion | None,
    files: Iterable[UploadFile],
) -> None:
    """File documents of the sender, each looked through first.

    Raises
    ------
    UnusableError, Refusal, ConflictError
        If one of them is not taken; then none is.
    """
    scanner = Clamd(desk.settings.clamd) if desk.settings.clamd else None
    edition = documents.edition_for(desk.principal, documents.OUTWARD)
    for file in files:
        documents.may_add(desk.session, desk.principal, case)
        with desk.blobs.arriving(file.file, most=desk.settings.document_bytes) as arrived:
            looked = looked_at(arrived, file.filename, papers.recognised(arrived.path), scanner)
            kind = kind_of(looked.filename, looked.media_type)
            filed = Filed(kind, edition, {}, None if version is None else version.id)
            documents.add(desk.session, desk.principal, case, looked, filed, desk.blobs)


def _page(
    request: Request,
    session: InSession,
    who: Who,
    district: District,
    form: HandIn,
    shown: Shown,
    status: int,
    part: bool,
) -> Response:
    words = district.vocabulary
    template = "plan_result.html" if part else "hand_in.html"
    return page(
        request, template, who, status=status, given=form, form="hand-in",
        kinds=[(code, kind.title) for code, kind in words.kinds.items()],
        procedures=list(words.procedures.items()), uses=list(words.uses.items()),
        organisations=_organisations(session, who), key=uuid4(), view=region(district),
        today=date.today().isoformat(), **shown,
    )  # fmt: skip


def _organisations(session: InSession, who: Who) -> list[tuple[UUID, str]]:
    """Return for whom somebody may hand in."""
    rows = select(Organisation).order_by(Organisation.name)
    if who.role == "planner":
        rows = rows.where(Organisation.id.in_(sorted(who.organisations)))
    return [(one.id, one.name) for one in session.scalars(rows)]
