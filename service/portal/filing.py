"""The parties of a case, to whom its statement goes, and its documents."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.access.throttle import counted_upload
from service.api.dependencies import InBlobs, InPapers, InSession, InSettings, Who
from service.api.handing_in import Line, Prose
from service.blobs import Blobs
from service.cases import documents
from service.cases.document_kind import kind_of
from service.cases.documents import Filed
from service.cases.parties import PARTS, Named, addressed, parties_of, set_parties
from service.cases.visible import full_case_of
from service.clamd import Clamd
from service.config import Settings
from service.erasing import erase_party
from service.errors import NotFoundError
from service.models.case import Case
from service.plans.paperreader import PaperReader
from service.portal.casefile import case_page
from service.portal.entered import number
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import Nothing

router = APIRouter(include_in_schema=False)
PART_NAMES = {
    "planning_authority": Text("Planungsträger", "Planning authority"),
    "commissioned_office": Text("beauftragtes Büro (§ 4b BauGB)", "Commissioned office"),
    "developer": Text("Vorhabenträger", "Developer"),
    "leading_authority": Text("verfahrensführende Behörde", "Leading authority"),
    "sender": Text("Einsender", "Sender"),
}
DOCUMENT_KINDS = {
    "plan": Text("Plan", "plan"),
    "report": Text("Gutachten", "report"),
    "letter": Text("Schreiben", "letter"),
    "raster": Text("Bild", "picture"),
    "xplan": Text("XPlanGML", "XPlanGML"),
    "other": Text("Sonstiges", "other"),
}
EDITIONS = {
    "inner": Text("nur für den Landkreis", "for the district only"),
    "outward": Text("auch für den Planungsträger", "for the planner as well"),
}


class PartyForm(BaseModel):
    """Somebody with a part in the case."""

    part: Literal[
        "planning_authority", "commissioned_office", "developer", "leading_authority", "sender"
    ]
    name: Annotated[Line, Field(min_length=1)]
    contact: Prose | None = None


class DocumentUpload(BaseModel):
    """A document to be filed."""

    file: UploadFile
    kind: Literal["plan", "report", "letter", "xplan", "other"] | None = None
    edition: Literal["inner", "outward"] = "inner"


@dataclass(frozen=True, slots=True)
class Work:
    """What the forms of this page work on; the case is locked."""

    session: Session
    who: Principal
    case: Case
    blobs: Blobs
    settings: Settings
    papers: PaperReader


@router.get("/vorgaenge/{case_id}/akte")
def case_file(
    case_id: UUID,
    request: Request,
    session: InSession,
    who: Who,
    blobs: InBlobs,
    settings: InSettings,
    papers: InPapers,
) -> Response:
    """Show who has a part in a case, to whom its statement goes, and its documents."""
    case = full_case_of(session, who, case_id)
    return _page(request, Work(session, who, case, blobs, settings, papers))


@router.post("/vorgaenge/{case_id}/akte")
def put_on_file(
    case_id: UUID,
    request: Request,
    sent: InForm,
    session: InSession,
    who: Who,
    blobs: InBlobs,
    settings: InSettings,
    papers: InPapers,
) -> Response:
    """Name or remove a party, file a document."""
    case = full_case_of(session, who, case_id, lock=True)
    work = Work(session, who, case, blobs, settings, papers)
    failed = done(session, sent, ACTS, work)
    return again(request) if failed is None else _page(request, work, failed)


def _page(request: Request, work: Work, failed: Failed | None = None) -> Response:
    parties = parties_of(work.session, work.case)
    return case_page(
        request, "file.html", work.who, work.case, failed=failed, parties=parties,
        goes=addressed(work.session, work.case), part_names=PART_NAMES,
        parts=PARTS, found=documents.listed(work.session, work.who, work.case),
        document_kinds=DOCUMENT_KINDS, editions=EDITIONS,
    )  # fmt: skip


def _added(work: Work, _: str, said: PartyForm) -> None:
    there = parties_of(work.session, work.case)
    new = Named(said.part, said.name, said.contact)
    set_parties(work.session, work.who, work.case, [*there, new])


def _removed(work: Work, of: str, _: Nothing) -> None:
    there = parties_of(work.session, work.case)
    if not of.isdigit() or int(of) >= len(there):
        raise NotFoundError
    rest = [one for at, one in enumerate(there) if at != int(of)]
    set_parties(work.session, work.who, work.case, rest)


def _filed(work: Work, _: str, said: DocumentUpload) -> None:
    session, who, settings = work.session, work.who, work.settings
    documents.may_add(session, who, work.case)
    counted_upload(session, who, settings)
    with work.blobs.arriving(said.file.file, most=settings.document_bytes) as arrived:
        scanner = Clamd(settings.clamd) if settings.clamd else None
        looked = documents.looked_at(
            arrived, said.file.filename, work.papers.recognised(arrived.path), scanner
        )
        kind = said.kind or kind_of(looked.filename, looked.media_type)
        filed = Filed(kind, documents.edition_for(who, said.edition), {})
        documents.add(session, who, work.case, looked, filed, work.blobs)


def _erased(work: Work, of: str, _: Nothing) -> None:
    who = work.who.pseudonym
    erase_party(work.session, work.case, number(of), actor=who, reason="request")


ACTS: dict[str, Act[Work]] = {
    "party": Act(PartyForm, _added),
    "part_with": Act(Nothing, _removed),
    "erase": Act(Nothing, _erased),
    "document": Act(DocumentUpload, _filed),
}
