"""Routes to log in and out, with a password or through an identity provider; and who one is."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from gis.problem import Text
from service.access import flow, login, secret, sessions, throttle
from service.access.claims import account_for
from service.access.origin import address, external
from service.access.principal import Principal
from service.api.dependencies import InDistrict, InSession, InSettings, Who
from service.api.person_forms import Login, Secret
from service.api.problems import DECLARED
from service.config import Settings
from service.errors import ForbiddenError

if TYPE_CHECKING:
    from service.access.oidc import Provider

router = APIRouter(prefix="/api/v1", tags=["log-in"])
CALLBACK = "/api/v1/oidc/callback"
REDIRECT: dict[int | str, dict[str, Any]] = {
    303: {"description": "on to the next page; `Location` names it"}
}
Opaque = Annotated[str | None, Query(max_length=4_000, pattern=r"^[\x20-\x7e]*$")]


class Credentials(BaseModel, extra="forbid"):
    """What somebody logs in with."""

    login: Login
    password: Secret


class WhoOut(BaseModel):
    """Who is asking."""

    account: UUID | None = Field(description="null for the public")
    name: str = Field(examples=["Kim Muster"])
    role: str = Field(examples=["officer"])
    office: str | None = Field(description="of an officer", examples=["UNB"])
    organisations: list[UUID] = Field(description="for which a planner acts")
    language: str | None = Field(examples=["de"])
    scopes: list[str] = Field(description="what may be done", examples=[["read", "write"]])
    csrf: str | None = Field(
        description="to be sent as X-CSRF-Token with everything that changes something; null "
        "with a token"
    )


@router.post("/session", response_model=WhoOut, status_code=201, responses=DECLARED)
def log_in(
    given: Credentials,
    request: Request,
    response: Response,
    session: InSession,
    who: Who,
    settings: InSettings,
) -> WhoOut:
    """Log in with a password; the answer sets the cookie of the session."""
    account = login.account_with(
        session, given.login, given.password, address=address(request), settings=settings
    )
    key, principal = login.opened(
        session, account, by="password", before=_key(request, settings), settings=settings,
        now=datetime.now(UTC),
    )  # fmt: skip
    sessions.set_cookie(response, key, settings)
    return shown(principal)


@router.get("/session", response_model=WhoOut, responses=DECLARED)
def who_am_i(who: Who) -> WhoOut:
    """Say who is asking, with a session, a token or without any."""
    return shown(who)


@router.delete("/session", status_code=204, responses=DECLARED)
def log_out(
    request: Request, response: Response, session: InSession, who: Who, settings: InSettings
) -> None:
    """End the session; a token goes on until it is revoked."""
    key = _key(request, settings)
    if key is not None and who.csrf is not None:
        login.closed(session, key, who)
    sessions.clear_cookie(response, settings)


def _provider(settings: Settings) -> "Provider":
    from service.access.oidc import provider_of  # authlib, which most districts never need

    return provider_of(settings)


@router.get("/oidc/start", status_code=303, responses={**DECLARED, **REDIRECT})
def start(
    request: Request,
    session: InSession,
    settings: InSettings,
    who: Who,
    next: Annotated[
        str,
        Query(max_length=1_000, pattern=flow.TARGET, description="path to go to afterwards"),
    ] = "/",
) -> Response:
    """Go to the identity provider to log in there."""
    provider = _provider(settings)
    login.begun(session, address=address(request), settings=settings)
    begun = flow.begun(next)
    away = provider.address(begun, external(request, settings) + CALLBACK)
    response = RedirectResponse(away, status_code=303)
    flow.set_cookie(response, begun, settings)
    return response


@router.get("/oidc/callback", status_code=303, responses={**DECLARED, **REDIRECT})
def come_back(
    request: Request,
    session: InSession,
    settings: InSettings,
    district: InDistrict,
    who: Who,
    code: Opaque = None,
    state: Opaque = None,
    error: Opaque = None,
    iss: Opaque = None,
) -> Response:
    """Come back from the identity provider; the answer sets the cookie of the session."""
    provider = _provider(settings)
    number = login.brought(session, address=address(request), settings=settings)
    begun = flow.resumed(request.cookies.get(flow.cookie_name(settings)))
    if begun is None or not secret.same(state or "", begun.state):
        raise ForbiddenError("oidc-state", NOT_BEGUN_HERE)
    if error is not None or not code:
        raise ForbiddenError("oidc-denied", DENIED)
    try:
        claims = provider.claims(begun, code, iss, external(request, settings) + CALLBACK)
        account = account_for(
            session, claims, settings=settings, offices=frozenset(district.offices)
        )
    except ForbiddenError as refusal:
        login.refused(session, None, by="oidc", reason=refusal.code)
        raise
    key, _ = login.opened(
        session, account, by="oidc", before=_key(request, settings), settings=settings,
        now=datetime.now(UTC),
    )  # fmt: skip
    throttle.forgiven(session, number=number)
    response = RedirectResponse(external(request, settings) + begun.target, status_code=303)
    sessions.set_cookie(response, key, settings)
    flow.clear_cookie(response, settings)
    return response


def shown(who: Principal) -> WhoOut:
    """Return a principal as the API shows it to themselves."""
    return WhoOut(
        account=who.account_id,
        name=who.name,
        role=who.role,
        office=who.office,
        organisations=sorted(who.organisations),
        language=who.language,
        scopes=sorted(who.scopes),
        csrf=who.csrf,
    )


def _key(request: Request, settings: Settings) -> str | None:
    return request.cookies.get(sessions.cookie_name(settings))


NOT_BEGUN_HERE = Text(
    "Diese Anmeldung wurde nicht in diesem Browser begonnen oder ist zu lange her; bitte noch "
    "einmal anmelden.",
    "This log-in was not begun in this browser, or too long ago; please log in again.",
)
DENIED = Text(
    "Der Identitätsdienst hat die Anmeldung abgelehnt; bitte noch einmal anmelden.",
    "The identity provider refused the log-in; please log in again.",
)
