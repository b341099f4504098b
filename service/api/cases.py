"""Routes to find, read and correct cases."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.api.case_forms import (
    CaseChange,
    CaseOut,
    CasePage,
    CaseQuery,
    CaseRow,
    ClaimOut,
    DraftOut,
    OutlineOut,
    OutlineRow,
    Seen,
)
from service.api.deadline_forms import deadlines_out
from service.api.dependencies import InDistrict, InHouse, InLanguage, InSession, InSettings, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, IfNoneMatch, etag, fresh, kept
from service.cases import documents, search
from service.cases.changing import change
from service.cases.claiming import claims_of
from service.cases.dates import known
from service.cases.drafts import last_check, last_version
from service.cases.outlines import box_from, geojson, outlines
from service.cases.understanding import in_language
from service.cases.visible import case_of, concerning, full_case_of, takes_part
from service.errors import UnusableError
from service.house import House
from service.models.case import Case

router = APIRouter(prefix="/api/v1", tags=["cases"])
GEOJSON = "application/geo+json"
WORKING = "http://www.opengis.net/def/crs/EPSG/0/25833"
MAP: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}}


@router.get("/cases", response_model=CasePage, responses={**DECLARED, **MAP})
def listed(
    wanted: Annotated[CaseQuery, Query()],
    request: Request,
    session: InSession,
    who: Who,
    settings: InSettings,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """List cases, as JSON or as GeoJSON with their outlines."""
    sought = _sought(wanted, settings.near_m)
    page = search.find(session, who, sought, cursor=wanted.cursor, most=wanted.limit)
    total = search.count(session, who, sought) if wanted.count else None
    following = _next(request, page.cursor)
    rows = _rows(session, who, page.cases)
    if wanted.format == "geojson" or (wanted.format is None and GEOJSON in accept):
        return _collection(session, rows, following, total, wanted.crs)
    return _json(CasePage(cases=rows, next=following, total=total), _linked(following))


@router.get(
    "/cases/{case_id}",
    response_model=Seen,
    responses={**DECLARED, 304: {"description": "as kept (If-None-Match)"}},
)
def read(
    case_id: UUID,
    session: InSession,
    who: Who,
    language: InLanguage,
    house: InHouse,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read a case; an office it does not concern gets title, municipality, outline, deadline."""
    case = case_of(session, who, case_id)
    full = takes_part(session, who, case)
    headers = {"ETag": etag(case, full=full, language=language)}
    if kept(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers={**PRIVATE, **headers})
    return _json(seen(session, who, case, language, house, full=full), headers)


@router.patch("/cases/{case_id}", response_model=CaseOut, responses=DECLARED)
def correct(
    case_id: UUID,
    given: CaseChange,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    language: InLanguage,
    if_match: IfMatch = None,
) -> Response:
    """Correct what is known of a case; the next check asks by a corrected kind or procedure."""
    case = full_case_of(session, who, case_id, lock=True)
    fresh(if_match, case)
    change(session, who, case, given.values(), district.vocabulary, house.calendar)
    headers = {"ETag": etag(case, language=language)}
    return _json(seen(session, who, case, language, house), headers)


def seen(
    session: Session,
    who: Principal,
    case: Case,
    language: str,
    house: House,
    *,
    full: bool = True,
) -> CaseOut | OutlineOut:
    """Return a case as it is answered to this principal."""
    shape = outlines(session, [case.id]).get(case.id)
    drawn = None if shape is None else geojson(shape)
    if not full:
        return OutlineOut(**_outline(case), outline=drawn)
    check = last_check(session, case)
    return CaseOut(
        **_row(case),
        sender_reference=case.sender_reference,
        summary=case.summary,
        uses=case.uses,
        law=case.law,
        deadline_fixed=case.deadline_fixed,
        on_behalf=case.on_behalf,
        dates=known(case.dates),
        created=case.created,
        closed=case.closed,
        outline=drawn,
        draft=_draft(session, case, language),
        check=None if check is None else f"/api/v1/checks/{check.id}",
        documents=documents.count(session, who, case),
        claims=None if who.role == "planner" else _claims(session, case),
        deadlines=deadlines_out(session, who, case, house, language),
    )


def _draft(session: Session, case: Case, language: str) -> DraftOut | None:
    version = last_version(session, case)
    if version is None:
        return None
    return DraftOut(
        number=version.number,
        label=version.label,
        origin=version.origin,
        question=in_language(version.question, language),
        understood=in_language(version.understood, language),
    )


def _claims(session: Session, case: Case) -> list[ClaimOut]:
    return [ClaimOut(office=c.office, reason=c.reason, at=c.at) for c in claims_of(session, case)]


def _sought(wanted: CaseQuery, near_m: float) -> search.Wanted:
    return search.Wanted(
        office=wanted.office,
        municipality=wanted.municipality,
        kind=wanted.kind,
        procedure=wanted.procedure,
        states=tuple(wanted.state),
        due_from=wanted.deadline_from,
        due_to=wanted.deadline_to,
        box=None if wanted.bbox is None else _box(wanted.bbox, wanted.bbox_crs),
        text=wanted.q,
        near=wanted.near,
        within_m=near_m if wanted.within_m is None else wanted.within_m,
        sort=wanted.sort,
    )


def _box(text: str, crs: str) -> BaseGeometry:
    """Return the box that is asked for.

    Raises
    ------
    UnusableError
        If its corners are the wrong way round.
    """
    west, south, east, north = (float(part) for part in text.split(","))
    if west > east or south > north:
        raise UnusableError("bbox-invalid", BOX)
    return box_from((west, south, east, north), crs)


def _rows(session: Session, who: Principal, cases: Sequence[Case]) -> list[CaseRow | OutlineRow]:
    concerned = concerning(session, who, [case.id for case in cases])
    return [
        CaseRow(**_row(case)) if case.id in concerned else OutlineRow(**_outline(case))
        for case in cases
    ]


def _row(case: Case) -> dict[str, Any]:
    names = CaseRow.model_fields.keys() - {"view"}
    return {"view": "full", **{name: getattr(case, name) for name in names}}


def _outline(case: Case) -> dict[str, Any]:
    names = OutlineRow.model_fields.keys() - {"view"}
    return {"view": "outline", **{name: getattr(case, name) for name in names}}


def _collection(
    session: Session,
    rows: Sequence[CaseRow | OutlineRow],
    following: str | None,
    total: int | None,
    crs: str,
) -> Response:
    shapes = outlines(session, [row.id for row in rows])
    features = [
        {
            "type": "Feature",
            "id": str(row.id),
            "geometry": geojson(shapes[row.id], crs) if row.id in shapes else None,
            "properties": row.model_dump(mode="json", exclude={"id"}),
        }
        for row in rows
    ]
    body: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    body["links"] = [{"rel": "next", "href": following, "type": GEOJSON}] if following else []
    if total is not None:
        body["numberMatched"] = total
    headers = _linked(following)
    if crs == "working":
        # Not RFC 7946, which knows degrees only: named in the way that GIS programs read.
        name = "urn:ogc:def:crs:EPSG::25833"
        body["crs"] = {"type": "name", "properties": {"name": name}}
        headers["Content-Crs"] = f"<{WORKING}>"
    return Response(orjson.dumps(body), 200, {**PRIVATE, **headers}, media_type=GEOJSON)


def _next(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return f"{request.url.path}?{request.url.include_query_params(cursor=cursor).query}"


def _linked(following: str | None) -> dict[str, str]:
    return {"Link": f'<{following}>; rel="next"'} if following else {}


def _json(body: BaseModel, headers: dict[str, str]) -> Response:
    return Response(
        body.model_dump_json().encode(), 200, {**PRIVATE, **headers}, media_type="application/json"
    )


BOX = Text(
    "`bbox` braucht erst die kleinsten, dann die größten Werte: x, y, x, y.",
    "`bbox` needs the least values first, then the greatest: x, y, x, y.",
)
