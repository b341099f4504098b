"""Routes for scanned plans that lie on the map: where, and as an overlay to trace over."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from service.access.throttle import counted_upload
from service.api.dependencies import (
    InBlobs,
    InDesk,
    InPapers,
    InSession,
    InSettings,
    InSheets,
    Who,
)
from service.api.document_forms import PlacementOut, ScannedForm, address
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, etag
from service.cases.documents import document_of
from service.cases.rasters import overlay, placed, shown
from service.cases.visible import full_case_of
from service.upkeep import DRAWN

router = APIRouter(prefix="/api/v1", tags=["documents"])
DOCUMENT = "/cases/{case_id}/documents/{document_id}"
PNG: dict[int | str, dict[str, Any]] = {
    **DECLARED,
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
}


@router.post("/rasters", responses=DECLARED)
def look(form: ScannedForm, desk: InDesk, papers: InPapers, sheets: InSheets) -> PlacementOut:
    """Lay a scanned plan on the map to trace over it before there is a case; nothing is kept.

    The outline is then handed in with `origin` and `accuracy_m`, the scan as a document.
    """
    settings, blank = desk.settings, desk.district.intake()
    counted_upload(desk.session, desk.principal, settings)
    with desk.blobs.arriving(form.file.file, most=settings.document_bytes) as arrived:
        media_type = papers.recognised(arrived.path)
        facts, png = shown(sheets, arrived.path, media_type, form.place(), blank)
    return PlacementOut(**facts, overlay=f"data:image/png;base64,{b64encode(png).decode()}")


@router.get(f"{DOCUMENT}/placement", responses=DECLARED)
def placement(
    case_id: UUID, document_id: UUID, session: InSession, who: Who, response: Response
) -> PlacementOut:
    """Read where a raster lies, and how accurate an outline traced over it is."""
    case = full_case_of(session, who, case_id)
    facts = placed(document_of(session, who, case, document_id).document)
    response.headers.update({**PRIVATE, "ETag": etag(case)})
    return PlacementOut(**facts, overlay=f"{address(case, document_id)}/overlay")


@router.get(f"{DOCUMENT}/overlay", responses=PNG, response_class=Response)
def picture(
    case_id: UUID,
    document_id: UUID,
    session: InSession,
    who: Who,
    settings: InSettings,
    blobs: InBlobs,
    sheets: InSheets,
) -> Response:
    """Load a raster as a PNG that lies on a Web Mercator map within the `bounds` of its place."""
    case = full_case_of(session, who, case_id)
    document = document_of(session, who, case, document_id).document
    png = overlay(sheets, settings.data / DRAWN, blobs.path(document.blob), document)
    return Response(png, media_type="image/png", headers=PRIVATE)
