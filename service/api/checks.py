"""Check a plan without a case: what a municipality's own software calls. Nothing is kept."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from service.access.origin import address
from service.access.principal import Principal
from service.access.throttle import A_MINUTE, aside, counted, forgotten
from service.api.dependencies import InDesk, InDistrict, InLanguage, Who
from service.api.description import REPORT
from service.api.handing_in import Said, handed_in
from service.api.moments import Day
from service.api.problems import DECLARED
from service.assessors import Assess
from service.cases.opening import Desk
from service.cases.results import audience_named
from service.db import transaction

router = APIRouter(prefix="/api/v1", tags=["checks"])


class Question(Said):
    """A plan to be checked."""

    day: Day | None = Field(None, description="on which rules must be in force; default: today")


FOUND = {"description": "the report", "content": {"application/json": {"schema": REPORT}}}
QuestionForm = Annotated[Question, Form(media_type="multipart/form-data")]


@router.post("/checks", response_model=dict[str, Any], responses={**DECLARED, 200: FOUND})
def check(
    form: QuestionForm,
    request: Request,
    desk: InDesk,
    district: InDistrict,
    who: Who,
    language: InLanguage,
) -> Response:
    """Check a plan at once and get the report for the caller's role; nothing is stored."""
    counted_in(desk, who, request)
    source, _, intake = handed_in(form, district, inside=desk.principal.inside)
    with desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived:
        plan = desk.read(arrived.path, intake)
        assess: Assess = request.app.state.assess
        body = assess(plan, language, audience_named(who.audience), form.day or date.today())
    return Response(body, media_type="application/json")


def counted_in(desk: Desk, who: Principal, request: Request) -> None:
    """Count a check of whoever asks.

    Raises
    ------
    TooManyError
        If they ask too often.
    """
    if desk.settings.public_instance:  # no worker there looks after what is past
        with transaction(aside(desk.session)) as own:
            forgotten(own, datetime.now(UTC) - A_MINUTE)
    if who.account_id is None:
        most = desk.settings.anonymous_checks_per_minute
        counted(desk.session, f"check/{address(request)}", most, A_MINUTE)
    else:
        counted(desk.session, f"check/{who.pseudonym}", desk.settings.uploads_per_minute, A_MINUTE)
