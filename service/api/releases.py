"""Routes to release something of a case to the public, and for what is public."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from service.api.dependencies import InSession, Who
from service.api.handing_in import Line, Prose
from service.api.moments import Day
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, etag, fresh
from service.cases.outlines import geojson
from service.cases.publishing import Published, Terms, end, grant, published, releases_of
from service.cases.visible import full_case_of
from service.models.release import Release

router = APIRouter(prefix="/api/v1", tags=["public"])
What = Literal["plan", "statement"]
Link = Annotated[str, Field(max_length=500, pattern=r"^https://[^\s\"<>\\^`{|}\x00-\x20\x7f]+$")]
Title = Annotated[Line, Field(min_length=1)]


class ReleaseIn(BaseModel, extra="forbid"):
    """What is released to the public, with whose consent, until when."""

    what: What = Field("plan", examples=["plan"])
    title: Title = Field(examples=["Bebauungsplan „Am Hainer See“"])
    consent: Title = Field(description="whose consent", examples=["Stadt Borna, 12.03.2026"])
    until: Day = Field(description="last day", examples=["2027-03-31"])
    summary: Prose | None = Field(None, description="in plain language")
    link: Link | None = Field(None, examples=["https://www.example.de/bauleitplanung"])


class ReleaseOut(BaseModel):
    """A release as it is kept."""

    id: UUID
    what: What
    title: str
    summary: str | None
    link: str | None
    consent: str
    until: date
    at: datetime
    ended: datetime | None


class ReleasesOut(BaseModel):
    """All releases of a case, oldest first."""

    releases: list[ReleaseOut]


class PlansOut(BaseModel):
    """Published plans as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]] = Field(description="outline, title, public display, link")


@router.get("/cases/{case_id}/releases", responses=DECLARED)
def listed(case_id: UUID, session: InSession, who: Who, response: Response) -> ReleasesOut:
    """List what of a case was released to the public, and until when."""
    case = full_case_of(session, who, case_id)
    response.headers.update(PRIVATE)
    return ReleasesOut(releases=[_out(one) for one in releases_of(session, case)])


@router.post(
    "/cases/{case_id}/releases", response_model=ReleaseOut, status_code=201, responses=DECLARED
)
def release(
    case_id: UUID,
    given: ReleaseIn,
    session: InSession,
    who: Who,
    once: InOnce,
    if_match: IfMatch = None,
) -> Response:
    """Release something of a case to the public."""
    if earlier := once.earlier(str(case_id), given.model_dump(mode="json")):
        return earlier
    case = full_case_of(session, who, case_id, lock=True)
    fresh(if_match, case, required=False)
    terms = Terms(given.what, given.title, given.consent, given.until, given.summary, given.link)
    made = grant(session, who, case, terms, date.today())
    body = _out(made).model_dump_json()
    answer = Response(body, 201, {"ETag": etag(case)}, media_type="application/json")
    return once.keep(answer)


@router.delete("/cases/{case_id}/releases/{release_id}", status_code=204, responses=DECLARED)
def ended(case_id: UUID, release_id: UUID, session: InSession, who: Who) -> None:
    """End a release before its last day."""
    end(session, who, full_case_of(session, who, case_id, lock=True), release_id)


@router.get("/plans", responses=DECLARED)
def plans(
    session: InSession,
    who: Who,
    municipality: Annotated[
        str | None, Query(pattern=r"^\d{8}$", description="key (AGS)", examples=["14729050"])
    ] = None,
) -> PlansOut:
    """List the published plans: no log-in, nothing but what was released."""
    found = published(session, date.today(), municipality=municipality)
    return PlansOut(type="FeatureCollection", features=[_feature(one) for one in found])


def _feature(one: Published) -> dict[str, Any]:
    case, release = one.case, one.release
    return {
        "type": "Feature",
        "id": str(case.id),
        "geometry": None if one.shape is None else geojson(one.shape),
        "properties": {
            "title": release.title,
            "summary": release.summary,
            "kind": case.kind,
            "municipalities": case.municipality_names,
            "public_from": case.dates.get("public_from"),
            "public_to": case.dates.get("public_to"),
            "link": release.link,
            "page": f"/plan/{case.id}",
        },
    }


def _out(one: Release) -> ReleaseOut:
    return ReleaseOut.model_validate(one, from_attributes=True)
