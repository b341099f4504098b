"""Routes for the documents of a statement: as they would be now, and as they were sent."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from service.access.throttle import counted_drawing
from service.api.dependencies import InBlobs, InDistrict, InHouse, InSession, InSettings, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.cases.drawing import Table
from service.cases.visible import full_case_of
from service.consolidation import drafting
from service.consolidation.case import Setting
from service.consolidation.gathering import gathered
from service.consolidation.signing import reads_all
from service.consolidation.speaking import Press
from service.errors import NotFoundError
from service.models.statement import StatementFile
from service.statements import canonical
from service.upkeep import DRAWN

router = APIRouter(prefix="/api/v1", tags=["statement"])
INNER = "inner"
PDF = "application/pdf"
PREVIEW: dict[int | str, dict[str, Any]] = {
    **DECLARED,
    200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}},
}


def press(
    request: Request, session: InSession, district: InDistrict, blobs: InBlobs, house: InHouse
) -> Press:
    """Return what documents are made with."""
    state = request.app.state
    table = Table(state.settings.data / DRAWN, blobs, district.store, state.read)
    return Press(session, district, table, house.template)


InPress = Annotated[Press, Depends(press)]


@router.get("/cases/{case_id}/statements/{statement_id}/preview", responses=PREVIEW)
def preview(
    case_id: UUID,
    statement_id: UUID,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    press: InPress,
    settings: InSettings,
    edition: Literal["inner", "outward"] = "outward",
) -> Response:
    """See the statement as PDF as it would be now; what was signed, as it was signed.

    The inner edition is for the coordinator and who signs it.
    """
    case = full_case_of(session, who, case_id)
    found = drafting.statement_of(session, case, statement_id)
    if edition == INNER and not reads_all(session, who, found):
        raise NotFoundError
    counted_drawing(session, who, settings)
    if found.content is None:
        setting = Setting(session, district, house, "de", date.today())
        content = gathered(setting, case, found).content
    else:
        content = canonical.from_bytes(found.content)
    return Response(press.preview(case, content, edition), media_type=PDF, headers=PRIVATE)


@router.get("/cases/{case_id}/statements/{statement_id}/files/{edition}/{form}", responses=DECLARED)
def file(
    case_id: UUID,
    statement_id: UUID,
    edition: str,
    form: str,
    session: InSession,
    who: Who,
    blobs: InBlobs,
) -> Response:
    """Load a document of a statement that was sent; the inner edition is for the coordinator and
    who signed it.
    """
    case = full_case_of(session, who, case_id)
    found = drafting.statement_of(session, case, statement_id)
    kept = session.get(StatementFile, (found.id, edition, form))
    if kept is None or (edition == INNER and not reads_all(session, who, found)):
        raise NotFoundError
    return Response(
        blobs.path(kept.blob).read_bytes(),
        media_type="application/octet-stream",
        headers={**PRIVATE, "Content-Disposition": f'attachment; filename="{kept.filename}"'},
    )
