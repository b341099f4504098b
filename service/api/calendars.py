"""The route to an office's calendar."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from gis.problem import Text
from service.api.dependencies import InDistrict, InHouse, InLanguage, InSession, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.cases.calendar import calendar, events_of
from service.errors import ForbiddenError, NotFoundError

router = APIRouter(prefix="/api/v1", tags=["deadlines"])
ICAL = "text/calendar"
SHOWN: dict[int | str, dict[str, Any]] = {200: {"content": {ICAL: {"schema": {"type": "string"}}}}}


@router.get(
    "/offices/{office}/calendar.ics",
    response_class=Response,
    responses={**DECLARED, **SHOWN},
)
def subscribed(
    office: Annotated[str, Path(max_length=60, pattern=r"^[\w.-]+$", examples=["UNB"])],
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    language: InLanguage,
    token: Annotated[
        str | None,
        Query(max_length=200, description="a token with the scope calendar, for calendar programs"),
    ] = None,
) -> Response:
    """Subscribe to what is due in an office: references, titles and days."""
    if office not in district.offices:
        raise NotFoundError
    if who.role == "officer" and who.office != office:
        raise ForbiddenError("office-not-yours", NOT_YOURS)
    events = events_of(session, house, office)
    body = calendar(events, f"Belang {district.offices[office]}", language)
    return Response(body, headers=PRIVATE, media_type=f"{ICAL}; charset=utf-8")


NOT_YOURS = Text(
    "Das ist der Kalender eines anderen Fachamts.", "This is the calendar of another office."
)
