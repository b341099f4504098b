"""Routes for scanned plans that lie on the map: where, and as an overlay to trace over."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from service.api.dependencies import InBlobs, InSession, InSettings, InSheets, Who
from service.api.document_forms import PlacementOut, address
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, etag
from service.cases.documents import document_of
from service.cases.rasters import overlay, placed
from service.cases.visible import full_case_of
from service.upkeep import DRAWN

router = APIRouter(prefix="/api/v1/cases/{case_id}/documents/{document_id}", tags=["documents"])
PNG: dict[int | str, dict[str, Any]] = {
    **DECLARED,
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
}


@router.get("/placement", responses=DECLARED)
def placement(
    case_id: UUID, document_id: UUID, session: InSession, who: Who, response: Response
) -> PlacementOut:
    """Read where a raster lies, and how accurate an outline traced over it is."""
    case = full_case_of(session, who, case_id)
    facts = placed(document_of(session, who, case, document_id).document)
    response.headers.update({**PRIVATE, "ETag": etag(case)})
    return PlacementOut(**facts, overlay=f"{address(case, document_id)}/overlay")


@router.get("/overlay", responses=PNG, response_class=Response)
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
