"""Routes for documents by a one-time link: read those of the case, answer with one of one's own."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Response, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from gis.problem import Text
from layers.reading.document import DOCX, PDF
from service.access.principal import Principal
from service.api.answer_links import Word, knocked
from service.api.dependencies import (
    InAsking,
    InBlobs,
    InPapers,
    InSession,
    InSettings,
    Who,
)
from service.api.documents import BYTES, SAFE
from service.api.problems import DECLARED
from service.blobs import Blobs
from service.cases import documents
from service.cases.answering.arriving import arrived_by_link
from service.cases.documents import OUTWARD, Filed
from service.cases.tasks.links import link_of, unused
from service.clamd import Clamd
from service.config import Settings
from service.errors import NotFoundError, UnavailableError, UnusableError
from service.models.case import Case
from service.models.document import Document

router = APIRouter(prefix="/api/v1", tags=["answer links"])
LETTERS = frozenset({DOCX, PDF})
LETTER = "letter"


class ArrivedOut(BaseModel):
    """A letter that has arrived; the coordinator enters what it says."""

    office: str = Field(examples=["UNB"])
    reference: str = Field(examples=["KE-2026-0001"])
    filename: str
    contribution: UUID
    late: bool = Field(description="came after the statement: kept for a supplement")


@router.get("/links/{word}/documents/{document_id}", responses=BYTES, response_class=FileResponse)
def download(
    word: Word,
    document_id: UUID,
    session: InSession,
    who: Who,
    settings: InSettings,
    blobs: InBlobs,
) -> Response:
    """Download a document of the case: plan, report, drawing."""
    knocked(session, settings, word)
    case, _, _ = link_of(session, settings.data, word)
    found = session.get(Document, document_id)
    if found is None or found.case_id != case.id or found.edition != OUTWARD:
        raise NotFoundError
    path = blobs.path(found.blob)
    if not path.is_file():
        raise UnavailableError("document-unreadable", UNREADABLE)
    return FileResponse(
        path,
        headers=SAFE,
        media_type=found.media_type,
        filename=found.filename,
        content_disposition_type="attachment",
    )


@router.post("/links/{word}/documents", status_code=201, responses=DECLARED)
def answer(
    word: Word,
    file: Annotated[UploadFile, File(description="DOCX or PDF")],
    desk: InAsking,
    papers: InPapers,
    settings: InSettings,
    blobs: InBlobs,
) -> ArrivedOut:
    """Answer with a letter as DOCX or PDF; the link is used up by it."""
    knocked(desk.session, settings, word)
    _, _, link = link_of(desk.session, settings.data, word)
    unused(link)
    with blobs.arriving(file.file, most=settings.document_bytes) as arrived:
        looked = documents.looked_at(
            arrived, file.filename, papers.recognised(arrived.path), _scanner(settings)
        )
        if looked.media_type not in LETTERS:
            raise UnusableError("letter-other-kind", OTHER_KIND)
        case, task, link = link_of(desk.session, settings.data, word, lock=True)
        unused(link)
        sender = Principal(role="officer", pseudonym=f"link:{link.id}", office=task.office)
        document = _kept(desk.session, sender, case, looked, blobs)
        made = arrived_by_link(desk, case, task, link, document, date.today())
    return ArrivedOut(
        office=task.office,
        reference=case.reference,
        filename=document.filename,
        contribution=made.id,
        late=made.late,
    )


def _kept(session: Any, sender: Principal, case: Case, looked: Any, blobs: Blobs) -> Document:
    filed = Filed(LETTER, documents.INNER, {})
    return documents.add(session, sender, case, looked, filed, blobs)


def _scanner(settings: Settings) -> Clamd | None:
    return Clamd(settings.clamd) if settings.clamd else None


OTHER_KIND = Text(
    "Als Antwort geht ein Schreiben als DOCX oder PDF; bitte so speichern und erneut senden.",
    "An answer is a letter as DOCX or PDF; please save it like that and send it again.",
)
UNREADABLE = Text(
    "Das Dokument ist im Datenordner nicht vorhanden; bitte der Koordination melden.",
    "The document is not in the data folder; please tell the coordinator.",
)
