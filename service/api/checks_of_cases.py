"""Routes of checks that belong to a case: follow one, read its result in every form, call it off,
have the plan checked again.
"""

import hashlib
import threading
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from maps import interactive
from service.api.check_forms import CheckAsked, CheckOut, CheckRow, ChecksOut
from service.api.dependencies import InBlobs, InDesk, InDistrict, InLanguage, InSession, Who
from service.api.description import REPORT
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.progress_events import events
from service.api.revision import PRIVATE, IfNoneMatch, kept
from service.cases.drawing import Table, drawn
from service.cases.reading import check_of, difference_for, note, report_of
from service.cases.rechecking import call_off, checks_of, recheck
from service.cases.repeating import blob_of
from service.cases.understanding import in_language
from service.cases.visible import case_of, full_case_of
from service.models.check import Check
from service.models.version import PlanVersion
from service.report import table
from service.upkeep import DRAWN

router = APIRouter(prefix="/api/v1", tags=["checks"])
Responses = dict[int | str, dict[str, Any]]
BINARY = {"type": "string", "format": "binary"}
TEXT = {"type": "string"}
EVENT = {
    "type": "object",
    "description": "one event: its name, and how the check stands as JSON",
    "properties": {
        "event": {"enum": ["progress", "done", "failed", "cancelled"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
OBJECT = {"type": "object"}
AS_BEFORE: Responses = {304: {"description": "as before"}}
GEOPACKAGE = "application/geopackage+sqlite3"
GEOJSON = "application/geo+json"


def _answers(media_type: str, what: str, schema: dict[str, Any] = BINARY) -> Responses:
    content = {media_type: {"schema": schema}}
    return {**DECLARED, 200: {"description": what, "content": content}}


@router.get("/checks/{check_id}", response_model=CheckOut, responses={**DECLARED, **AS_BEFORE})
def check(
    check_id: UUID,
    session: InSession,
    who: Who,
    language: InLanguage,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read how a check stands, and what differs from the one before."""
    case, found = check_of(session, who, check_id)
    version = session.get_one(PlanVersion, found.version_id)
    body = in_language(_described(found, difference_for(who, found)), language)
    made = CheckOut(case=f"/api/v1/cases/{case.id}", version=version.number, **body)
    answer = JSONResponse(made.model_dump(mode="json"))
    return _tagged(answer, bytes(answer.body), language, if_none_match)


@router.get("/checks/{check_id}/events", responses=_answers("text/event-stream", "progress", EVENT))
def progress(
    check_id: UUID, request: Request, session: InSession, who: Who, language: InLanguage
) -> Response:
    """Follow a check by server-sent events `progress`, until `done`, `failed` or `cancelled`."""
    check_of(session, who, check_id)
    stopping = getattr(request.app.state, "stopping", None) or threading.Event()
    stream = events(request.app.state.engine, check_id, language, stopping)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@router.get(
    "/checks/{check_id}/report",
    responses={**_answers("application/json", "the report", REPORT), **AS_BEFORE},
)
def report(
    check_id: UUID,
    session: InSession,
    who: Who,
    language: InLanguage,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read the report for the caller's role, byte for byte as it was made."""
    case, found = check_of(session, who, check_id)
    told = report_of(session, who, found, language)
    note(session, who, case, found, "report")
    answer = Response(told.body, media_type="application/json")
    return _tagged(answer, told.body, language, if_none_match)


@router.get("/checks/{check_id}/findings.csv", responses=_answers("text/csv", "findings", TEXT))
def findings(check_id: UUID, session: InSession, who: Who, language: InLanguage) -> Response:
    """Read the findings as a table for spreadsheets."""
    case, found = check_of(session, who, check_id)
    told = report_of(session, who, found, language)
    note(session, who, case, found, "csv")
    text = table.csv_text(orjson.loads(told.body), language)
    answer = Response(text.encode(), media_type="text/csv; charset=utf-8")
    return _named(_tagged(answer, text.encode(), language, None), check_id, "csv")


@router.get("/checks/{check_id}/map", responses=_answers("text/html", "interactive map", TEXT))
def page(
    check_id: UUID,
    request: Request,
    session: InSession,
    who: Who,
    language: InLanguage,
    district: InDistrict,
    blobs: InBlobs,
) -> Response:
    """See the result on an interactive map, one page that loads nothing."""
    drawing = Drawing(request, session, who, district, blobs, language)
    answer = Response(drawing.of(check_id, "map"), media_type="text/html; charset=utf-8")
    policy = f"{interactive.policy()}; frame-ancestors 'self'"
    answer.headers.update({"Content-Security-Policy": policy, **_headers(language)})
    return answer


@router.get("/checks/{check_id}/geopackage", responses=_answers(GEOPACKAGE, "GeoPackage"))
def geopackage(
    check_id: UUID,
    request: Request,
    session: InSession,
    who: Who,
    language: InLanguage,
    district: InDistrict,
    blobs: InBlobs,
) -> Response:
    """Load plan, objects and overlaps as a GeoPackage that opens coloured in QGIS."""
    drawing = Drawing(request, session, who, district, blobs, language)
    answer = Response(drawing.of(check_id, "geopackage"), media_type=GEOPACKAGE)
    answer.headers.update(_headers(language))
    return _named(answer, check_id, "gpkg")


@router.get("/checks/{check_id}/geojson", responses=_answers(GEOJSON, "plan and findings", OBJECT))
def features(
    check_id: UUID,
    request: Request,
    session: InSession,
    who: Who,
    language: InLanguage,
    district: InDistrict,
    blobs: InBlobs,
    crs: Annotated[
        Literal["wgs84", "working"], Query(description="RFC 7946, or EPSG:25833")
    ] = "wgs84",
) -> Response:
    """Load plan and findings as GeoJSON."""
    drawing = Drawing(request, session, who, district, blobs, language)
    answer = Response(drawing.of(check_id, f"geojson-{crs}"), media_type=GEOJSON)
    answer.headers.update(_headers(language))
    return _named(answer, check_id, "geojson")


@router.delete("/checks/{check_id}", status_code=204, responses=DECLARED)
def cancel(check_id: UUID, session: InSession, who: Who) -> Response:
    """Call a check off; one that is running stops at the next layer."""
    case, found = check_of(session, who, check_id, lock=True)
    call_off(session, who, case, found)
    return Response(status_code=204)


@router.post(
    "/cases/{case_id}/checks", response_model=CheckAsked, status_code=201, responses=DECLARED
)
def ask_again(case_id: UUID, desk: InDesk, once: InOnce) -> Response:
    """Have the latest draft checked on today's layers and rules; earlier results stay."""
    case = case_of(desk.session, desk.principal, case_id, lock=True)
    if earlier := once.earlier("recheck"):
        return earlier
    made = recheck(desk, case)
    body = CheckAsked(id=made.id, state="queued", links=_links(made))
    headers = {"Location": f"/api/v1/checks/{made.id}"}
    answer = JSONResponse(body.model_dump(mode="json"), 201, headers)
    return once.keep(answer)


@router.get("/cases/{case_id}/checks", responses=DECLARED)
def checks(case_id: UUID, session: InSession, who: Who) -> ChecksOut:
    """List all checks of a case, the latest first."""
    case = full_case_of(session, who, case_id)
    rows = [
        CheckRow(
            id=one.id,
            version=number,
            state=one.state,  # type: ignore[arg-type]  # as its check constraint says
            cause=one.cause,
            created=one.created,
            finished=one.finished,
        )
        for one, number in checks_of(session, case)
    ]
    return ChecksOut(checks=rows)


class Drawing:
    """One request for something drawn."""

    def __init__(
        self,
        request: Request,
        session: InSession,
        who: Who,
        district: InDistrict,
        blobs: InBlobs,
        language: str,
    ) -> None:
        folder = request.app.state.settings.data / DRAWN
        self.table = Table(folder, blobs, district.store, request.app.state.read)
        self.session, self.who, self.language = session, who, language

    def of(self, check_id: UUID, form: str) -> bytes:
        """Return a check in a form, and write down who reads of what is restricted."""
        case, found = check_of(self.session, self.who, check_id)
        told = report_of(self.session, self.who, found, self.language)
        body = drawn(self.table, found, blob_of(self.session, found), told, form)
        note(self.session, self.who, case, found, form)
        return body


def _described(check: Check, difference: dict[str, Any] | None) -> dict[str, Any]:
    names = ("done", "total", "layer", "title")
    return {
        "id": check.id,
        "state": check.state,
        "cause": check.cause,
        "day": check.day,
        "created": check.created,
        "started": check.started,
        "finished": check.finished,
        "progress": {name: check.progress.get(name) for name in names},
        "problem": check.problem,
        "difference": difference,
        "links": _links(check),
    }


def _links(check: Check) -> dict[str, str]:
    here = f"/api/v1/checks/{check.id}"
    forms = ("report", "findings.csv", "map", "geopackage", "geojson")
    results = {name.partition(".")[0]: f"{here}/{name}" for name in forms}
    return {"self": here, "events": f"{here}/events", **(results if check.frozen else {})}


def _headers(language: str) -> dict[str, str]:
    return {"Content-Language": language, **PRIVATE}


def _tagged(answer: Response, body: bytes, language: str, seen: str | None) -> Response:
    """Return the answer with an ETag, or 304 where the caller has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_headers(language), "ETag": tag}
    if kept(seen, tag):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer


def _named(answer: Response, check_id: UUID, suffix: str) -> Response:
    name = f"belang-{str(check_id)[:8]}.{suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
