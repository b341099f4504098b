"""Routes for the documents of a case."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, JSONResponse

from gis.problem import Problem, Text
from layers.reading.document import IMAGES
from service.access.throttle import counted_upload
from service.api.dependencies import (
    InBlobs,
    InDesk,
    InLanguage,
    InPapers,
    InSession,
    InSettings,
    InSheets,
    Who,
)
from service.api.document_forms import (
    Brought,
    DocumentForm,
    DocumentOut,
    DocumentsOut,
    Refiled,
    address,
    described,
)
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, etag, fresh
from service.cases import documents, rasters
from service.cases.document_kind import RASTER, kind_of
from service.cases.documents import Filed, Looked
from service.cases.rasters import Sheets
from service.cases.visible import full_case_of
from service.clamd import Clamd
from service.db import Json
from service.district import District
from service.errors import UnavailableError
from service.upkeep import DRAWN

router = APIRouter(prefix="/api/v1", tags=["documents"])
# Opened by whoever downloads it, never shown by us: it must not act in this service's name.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    **PRIVATE,
}
BYTES: dict[int | str, dict[str, Any]] = {
    **DECLARED,
    200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
}


@router.get("/cases/{case_id}/documents", responses=DECLARED)
def listed(
    case_id: UUID, session: InSession, who: Who, language: InLanguage, response: Response
) -> DocumentsOut:
    """List the documents of a case that the caller may see, oldest first."""
    case = full_case_of(session, who, case_id)
    found = documents.listed(session, who, case)
    response.headers.update({**PRIVATE, "ETag": etag(case, language=language)})
    return DocumentsOut(documents=[described(one, who, case, language) for one in found])


@router.post(
    "/cases/{case_id}/documents", response_model=DocumentOut, status_code=201, responses=DECLARED
)
def add(
    case_id: UUID,
    form: DocumentForm,
    desk: InDesk,
    once: InOnce,
    papers: InPapers,
    sheets: InSheets,
    language: InLanguage,
) -> Response:
    """Add a document to a case; it is looked through first, and scanned where that is set up."""
    session, who, settings = desk.session, desk.principal, desk.settings
    case = full_case_of(session, who, case_id)
    edition = documents.edition_for(who, form.edition)
    documents.may_add(session, who, case)
    counted_upload(session, who, settings)
    with desk.blobs.arriving(form.file.file, most=settings.document_bytes) as arrived:
        said = form.model_dump(exclude={"file"}, mode="json")
        if earlier := once.earlier(arrived.sha256, form.file.filename, said):
            return earlier
        scanner = Clamd(settings.clamd) if settings.clamd else None
        looked = documents.looked_at(
            arrived, form.file.filename, papers.recognised(arrived.path), scanner
        )
        kind, facts = _sorted(form, looked, sheets, desk.district)
        session.refresh(case, with_for_update=True)  # only now: a scan may take its time
        documents.may_add(session, who, case)
        number = form.traced_draft
        draft = None if number is None else rasters.traced_draft(session, case, number, facts)
        filed = Filed(kind, edition, facts, None if draft is None else draft.id)
        made = documents.add(session, who, case, looked, filed, desk.blobs)
        if draft is not None:
            rasters.trace(session, who, case, draft, made.id)
        one = documents.document_of(session, who, case, made.id)
        body = described(one, who, case, language).model_dump(mode="json")
        headers = {"Location": address(case, made.id), "ETag": etag(case)}
        return once.keep(JSONResponse(body, 201, headers))


@router.get(
    "/cases/{case_id}/documents/{document_id}", responses=BYTES, response_class=FileResponse
)
def download(
    case_id: UUID, document_id: UUID, session: InSession, who: Who, blobs: InBlobs
) -> Response:
    """Download a document, byte for byte as it came."""
    case = full_case_of(session, who, case_id)
    document = documents.document_of(session, who, case, document_id).document
    path = blobs.path(document.blob)
    try:
        found = path.stat()
    except OSError as error:
        raise UnavailableError("document-unreadable", UNREADABLE) from error
    return FileResponse(
        path,
        headers={**SAFE, "ETag": f'"{document.blob}"'},
        media_type=document.media_type,
        filename=document.filename,
        stat_result=found,
        content_disposition_type="attachment",
    )


@router.patch("/cases/{case_id}/documents/{document_id}", responses=DECLARED)
def refile(
    case_id: UUID,
    document_id: UUID,
    given: Refiled,
    desk: InDesk,
    sheets: InSheets,
    language: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> DocumentOut:
    """Correct kind or edition of a document, or say where a picture lies."""
    session, who = desk.session, desk.principal
    case = full_case_of(session, who, case_id, lock=True)
    one = documents.document_of(session, who, case, document_id)
    fresh(if_match, case)
    document = one.document
    values = given.model_dump(include={"kind", "edition"}, exclude_none=True)
    if values.get("kind", document.kind) != RASTER:
        values["facts"] = {}
    elif given.says_where or not document.facts:
        counted_upload(session, who, desk.settings)  # the picture is read again
        path, place = desk.blobs.path(document.blob), given.place().over(document.facts)
        blank = desk.district.intake()
        values["facts"] = rasters.facts_of(sheets, path, document.media_type, place, blank)
    documents.change(session, who, case, document, values)
    response.headers.update({**PRIVATE, "ETag": etag(case, language=language)})
    return described(one, who, case, language)


@router.delete("/cases/{case_id}/documents/{document_id}", status_code=204, responses=DECLARED)
def remove(
    case_id: UUID,
    document_id: UUID,
    session: InSession,
    who: Who,
    settings: InSettings,
    if_match: IfMatch = None,
) -> None:
    """Remove a document; the journal keeps that it was there."""
    case = full_case_of(session, who, case_id, lock=True)
    document = documents.document_of(session, who, case, document_id).document
    fresh(if_match, case, required=False)
    documents.remove(session, who, case, document)
    rasters.drop_overlay(settings.data / DRAWN, document)


def _sorted(form: Brought, looked: Looked, sheets: Sheets, district: District) -> tuple[str, Json]:
    """Return kind and facts of a document; where nobody says so, only what lies on the map
    without a question is a raster.
    """
    probable = form.kind or kind_of(looked.filename, looked.media_type)
    wanted = form.kind == RASTER or (form.kind is None and form.says_where)
    if not wanted and (form.kind is not None or looked.media_type not in IMAGES):
        return probable, {}
    path, blank = looked.arrived.path, district.intake()
    try:
        return RASTER, rasters.facts_of(sheets, path, looked.media_type, form.place(), blank)
    except Problem:
        if wanted:
            raise
        return probable, {}


UNREADABLE = Text(
    "Die Unterlage ist gerade nicht lesbar; bitte der Betriebsstelle melden.",
    "The document cannot be read at the moment; please tell who runs the service.",
)
