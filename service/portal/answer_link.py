"""The page behind the one-time link in a mail: read, and say “no objections”, without account."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from gis.problem import Text
from maps.style import OUTCOMES
from service.api.answer_links import LinkedOut, Word, knocked, linked
from service.api.dependencies import InDistrict, InLanguage, InSession, InSettings, Who
from service.api.handing_in import Line, Prose
from service.api.language import language_of
from service.cases.answering import quick
from service.cases.tasks.links import link_of, unused
from service.db import Json
from service.errors import ServiceError
from service.portal.rendering import page
from service.report.rows import extent

router = APIRouter(include_in_schema=False)


class Said(BaseModel, extra="forbid"):
    """The form of the page."""

    kind: Literal["keine_bedenken", "fehlanzeige"]
    text: Prose = ""
    contact: Line = ""
    csrf: str = Field("", max_length=200)


@router.get("/antwort/{word}")
def look(
    word: Word,
    request: Request,
    session: InSession,
    who: Who,
    settings: InSettings,
    district: InDistrict,
    language: InLanguage,
) -> Response:
    """Show what an office is asked; reading does not use the link up."""
    knocked(session, settings, word)
    shown = linked(session, settings, word, district, language)
    return _page(request, who, word, shown)


@router.post("/antwort/{word}")
def answer(
    word: Word,
    given: Annotated[Said, Form()],
    request: Request,
    session: InSession,
    who: Who,
    settings: InSettings,
    district: InDistrict,
    language: InLanguage,
) -> Response:
    """Take the answer; the link is used up by it."""
    knocked(session, settings, word)
    error = None
    try:
        with session.begin_nested():
            case, task, link = link_of(session, settings.data, word, lock=True)
            unused(link)
            quick.by_link(
                session, case, task, link, given.kind, text=given.text or None,
                contact=given.contact or None,
            )  # fmt: skip
    except ServiceError as problem:
        if problem.status == 404:
            raise
        error = problem
    shown = linked(session, settings, word, district, language)
    return _page(request, who, word, shown, error=error, did=error is None)


def _page(
    request: Request,
    who: Who,
    word: str,
    shown: LinkedOut,
    *,
    error: ServiceError | None = None,
    did: bool = False,
) -> Response:
    answer = page(
        request, "answer_link.html", who, status=200 if error is None else error.status,
        asked=shown, word=word, findings=[_told(one, request) for one in shown.findings],
        error=error, did=did,
    )  # fmt: skip
    answer.headers.update({"X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"})
    return answer


def _told(finding: Json, request: Request) -> tuple[str, Text, str]:
    language = language_of(request)
    figures = extent(finding, lambda text: text.in_language(language))
    return finding["title"], OUTCOMES[finding["outcome"]], figures
