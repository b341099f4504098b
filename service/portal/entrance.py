"""Home, logging in and out, and the language of the pages."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from service.access import login, sessions
from service.access.origin import address
from service.api.dependencies import InSession, InSettings, Who
from service.api.language import COOKIE
from service.api.person_forms import Login, Secret
from service.errors import ServiceError
from service.portal.rendering import page

router = APIRouter(include_in_schema=False)
HOMES = {
    "public": "/vorpruefung",
    "officer": "/posteingang",
    "steward": "/schichten",
    "administrator": "/vorpruefung",
}
TARGET = r"^/([^/\\\x00-\x1f][^\\\x00-\x1f]*)?$"  # a path of ours, never another host
Target = Annotated[str, Query(pattern=TARGET, max_length=1_000)]
YEAR_S = 31_536_000


class Entering(BaseModel, extra="forbid"):
    """The form of logging in."""

    login: Login
    password: Secret
    weiter: Annotated[str, Form(pattern=TARGET, max_length=1_000)] = "/"


@router.get("/")
def home(request: Request, who: Who) -> Response:
    """Go where this role begins its day."""
    return _to(request, HOMES.get(who.role, "/vorgaenge"))


@router.get("/anmelden")
def log_in_page(request: Request, who: Who, settings: InSettings, weiter: Target = "/") -> Response:
    """Ask who is coming."""
    return page(
        request, "log_in.html", who, weiter=weiter, error=None, login="",
        provider=settings.oidc_issuer is not None, quoted=quote(weiter),
    )  # fmt: skip


@router.post("/anmelden")
def log_in(
    given: Annotated[Entering, Form()],
    request: Request,
    session: InSession,
    who: Who,
    settings: InSettings,
) -> Response:
    """Let somebody in; a wrong password is told on the same page."""
    try:
        account = login.account_with(
            session, given.login, given.password, address=address(request), settings=settings
        )
    except ServiceError as error:
        return page(
            request, "log_in.html", who, status=error.status, weiter=given.weiter,
            error=error.text, login=given.login, provider=settings.oidc_issuer is not None,
            quoted=quote(given.weiter),
        )  # fmt: skip
    before = request.cookies.get(sessions.cookie_name(settings))
    key, _ = login.opened(
        session, account, by="password", before=before, settings=settings, now=datetime.now(UTC)
    )
    response = _to(request, given.weiter)
    sessions.set_cookie(response, key, settings)
    return response


@router.post("/abmelden")
def log_out(request: Request, session: InSession, who: Who, settings: InSettings) -> Response:
    """Let somebody out."""
    key = request.cookies.get(sessions.cookie_name(settings))
    if key is not None and who.csrf is not None:
        login.closed(session, key, who)
    response = _to(request, "/")
    sessions.clear_cookie(response, settings)
    return response


@router.get("/sprache/{language}")
def speak(
    language: Literal["de", "en"],
    request: Request,
    settings: InSettings,
    weiter: Target = "/",
) -> Response:
    """Remember the language of the pages in this browser."""
    response = _to(request, weiter)
    response.set_cookie(
        COOKIE, language, max_age=YEAR_S, path="/", samesite="lax", secure=settings.secure
    )
    return response


def _to(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)
