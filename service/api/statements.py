"""Routes of the statement: written, signed, sent, dispatched, weighed."""

from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response, UploadFile
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.access.throttle import counted_upload
from service.api.consolidation_forms import (
    BeginIn,
    DispatchIn,
    DispatchOut,
    FileOut,
    RemarkIn,
    ReturnIn,
    SignatureOut,
    StatementIn,
    StatementOut,
    StatementsOut,
    WeighingIn,
)
from service.api.dependencies import (
    InBlobs,
    InDistrict,
    InHouse,
    InLanguage,
    InSession,
    InSettings,
    Who,
)
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.api.statement_files import InPress
from service.cases.visible import full_case_of
from service.consolidation import afterwards, drafting, sending, signing, speaking
from service.consolidation.afterwards import Sending
from service.consolidation.binding import bind as bind_copy
from service.consolidation.case import Setting
from service.consolidation.closing import ready
from service.consolidation.gathering import gathered, said_in
from service.consolidation.signing import Folder
from service.errors import UnusableError
from service.models.case import Case
from service.models.statement import CoSignature, Statement, StatementFile

router = APIRouter(prefix="/api/v1", tags=["statement"])
OUTWARD = "outward"


@router.get("/cases/{case_id}/statements", responses=DECLARED)
def listed(
    case_id: UUID, session: InSession, who: Who, language: InLanguage, response: Response
) -> StatementsOut:
    """List the versions of the statement; a planner sees those that were sent."""
    case = full_case_of(session, who, case_id)
    found = drafting.statements_of(session, case)
    if who.role == "planner":
        found = [one for one in found if one.state == "sent"]
    response.headers.update(PRIVATE)
    return StatementsOut(statements=[_out(session, who, case, one, language) for one in found])


@router.post("/cases/{case_id}/statements", status_code=201, responses=DECLARED)
def begin(
    case_id: UUID, given: BeginIn, session: InSession, who: Who, language: InLanguage
) -> StatementOut:
    """Begin the statement; after it was sent, a supplement or a correction."""
    case = full_case_of(session, who, case_id, lock=True)
    made = drafting.begin(session, who, case, given.kind, given.changes)
    return _out(session, who, case, made, language)


@router.patch("/cases/{case_id}/statements/{statement_id}", responses=DECLARED)
def write(
    case_id: UUID,
    statement_id: UUID,
    given: StatementIn,
    session: InSession,
    who: Who,
    language: InLanguage,
) -> StatementOut:
    """Write assessment, verdict, gaps, objection, committee of a draft."""
    case, found = _locked(session, who, case_id, statement_id)
    drafting.write(session, who, case, found, given.model_dump(mode="json", exclude_unset=True))
    return _out(session, who, case, found, language)


@router.post("/cases/{case_id}/statements/{statement_id}/circulation", responses=DECLARED)
def circulate(
    case_id: UUID,
    statement_id: UUID,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    language: InLanguage,
) -> StatementOut:
    """Fix what the statement says and send it round for signatures."""
    case, found = _locked(session, who, case_id, statement_id)
    known = gathered(Setting(session, district, house, "de", date.today()), case, found)
    ready(known, found)
    content = speaking.content_of(known)
    signing.circulate(Folder(session, who, house, case, found), content)
    return _out(session, who, case, found, language)


@router.post("/cases/{case_id}/statements/{statement_id}/signature", responses=DECLARED)
def sign(
    case_id: UUID,
    statement_id: UUID,
    given: RemarkIn,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
) -> StatementOut:
    """Sign the step that is on; the last one approves the statement."""
    case, found = _locked(session, who, case_id, statement_id)
    signing.sign(Folder(session, who, house, case, found), given.remark)
    return _out(session, who, case, found, language)


@router.post("/cases/{case_id}/statements/{statement_id}/return", responses=DECLARED)
def give_back(
    case_id: UUID,
    statement_id: UUID,
    given: ReturnIn,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
) -> StatementOut:
    """Return the statement with a remark; it is a draft again."""
    case, found = _locked(session, who, case_id, statement_id)
    signing.give_back(Folder(session, who, house, case, found), given.remark)
    return _out(session, who, case, found, language)


@router.post("/cases/{case_id}/statements/{statement_id}/sending", responses=DECLARED)
def send(
    case_id: UUID,
    statement_id: UUID,
    session: InSession,
    who: Who,
    blobs: InBlobs,
    press: InPress,
    language: InLanguage,
) -> StatementOut:
    """Send the approved statement: its documents are made, the planner is told."""
    case, found = _locked(session, who, case_id, statement_id)
    sending.send(session, who, blobs, case, found, partial(press.documents, case))
    return _out(session, who, case, found, language)


@router.post(
    "/cases/{case_id}/statements/{statement_id}/dispatches", status_code=201, responses=DECLARED
)
def dispatch(
    case_id: UUID, statement_id: UUID, given: DispatchIn, session: InSession, who: Who
) -> DispatchOut:
    """Write down how the statement went out, to whom, and what proves it."""
    case, found = _locked(session, who, case_id, statement_id)
    at = given.at or datetime.now(UTC)
    told = Sending(given.way, given.recipient, at, given.proof, given.note)
    made = afterwards.dispatched(session, who, case, found, told)
    return DispatchOut.model_validate(made, from_attributes=True)


@router.put("/cases/{case_id}/statements/{statement_id}/binding", responses=DECLARED)
def bind(
    case_id: UUID,
    statement_id: UUID,
    file: UploadFile,
    session: InSession,
    who: Who,
    blobs: InBlobs,
    settings: InSettings,
    language: InLanguage,
) -> StatementOut:
    """Load back the PDF that was signed outside: it is the binding copy from then on."""
    case, found = _locked(session, who, case_id, statement_id)
    counted_upload(session, who, settings)
    if file.file.read(5) != b"%PDF-":
        raise UnusableError("not-a-pdf", NO_PDF)
    file.file.seek(0)
    stored = blobs.store(file.file, most=settings.document_bytes)
    bind_copy(session, who, blobs, case, found, stored)
    return _out(session, who, case, found, language)


@router.post("/cases/{case_id}/weighing", status_code=204, responses=DECLARED)
def weigh(case_id: UUID, given: WeighingIn, session: InSession, who: Who) -> None:
    """Write down what the planning authority made of each item."""
    case = full_case_of(session, who, case_id, lock=True)
    results = {one.item: (one.result, one.text) for one in given.results}
    afterwards.weigh(
        session, who, case, said_in(session, case), results, received=given.received,
        document_id=given.document,
    )  # fmt: skip


def _locked(
    session: Session, who: Principal, case_id: UUID, statement_id: UUID
) -> tuple[Case, Statement]:
    case = full_case_of(session, who, case_id, lock=True)
    return case, drafting.statement_of(session, case, statement_id, lock=True)


def _out(
    session: Session, who: Principal, case: Case, found: Statement, language: str
) -> StatementOut:
    inside = who.inside
    return StatementOut(
        id=found.id,
        number=found.number,
        kind=found.kind,
        state=found.state,
        verdict=found.verdict,
        assessment=found.assessment,
        changes=found.changes,
        gaps=found.gaps,
        objection=found.objection,
        committee=found.committee,
        sha256=found.sha256,
        approved=found.approved,
        sent=found.sent,
        binding=found.binding,
        signatures=[
            _signature(one, language) for one in signing.signatures_of(session, found) if inside
        ],
        dispatches=[
            DispatchOut.model_validate(one, from_attributes=True)
            for one in afterwards.dispatches_of(session, found)
            if inside
        ],
        files=[
            _file(case, found, one)
            for one in sending.files_of(session, found)
            if inside or one.edition == OUTWARD
        ],
    )


def _signature(one: CoSignature, language: str) -> SignatureOut:
    return SignatureOut(
        position=one.position,
        code=one.code,
        function=one.function[language],
        state=one.state,
        deputy=one.deputy,
        remark=one.remark,
        at=one.at,
    )


def _file(case: Case, found: Statement, one: StatementFile) -> FileOut:
    here = f"/api/v1/cases/{case.id}/statements/{found.id}/files"
    return FileOut(
        edition=one.edition,
        form=one.form,
        filename=one.filename,
        sha256=one.blob,
        href=f"{here}/{one.edition}/{one.form}",
    )


NO_PDF = Text("Die Datei ist kein PDF.", "The file is no PDF.")
