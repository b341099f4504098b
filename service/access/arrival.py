"""Who arrives with a request: by the cookie of a browser, or by the token of a program."""

from dataclasses import replace
from datetime import UTC, datetime

from anyio import from_thread
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request

from gis.problem import Text
from service.access import sessions, tokens
from service.access.origin import is_foreign
from service.access.principal import PUBLIC, Principal
from service.access.secret import same
from service.config import Settings
from service.errors import ForbiddenError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Their POST brings a password and must work with whatever cookie is left.
LOG_IN = frozenset({"/api/v1/session", "/anmelden"})
CALENDAR = "/api/v1/offices/{office}/calendar.ics"  # programs for calendars send no header


def arrival(request: Request, session: Session, settings: Settings) -> Principal:
    """Return who is asking; `PUBLIC` without credentials, or with a cookie that has expired.

    A token counts before a cookie, and wherever the request comes from.

    Raises
    ------
    UnauthenticatedError
        ``token-invalid``: a token nobody knows, expired, revoked, or of an inactive account.
    ForbiddenError
        ``token-too-wide``: a token in an address that may do more than read a calendar.
        ``csrf``: a browser is made to change something by a page that is not ours.
    """
    now = datetime.now(UTC)
    token = _token(request)
    if token is not None:
        return tokens.bearer(session, token, now)
    _not_foreign(request, settings)
    if request.scope["route"].path == CALENDAR and "token" in request.query_params:
        return _subscriber(session, request.query_params["token"], now)
    key = request.cookies.get(sessions.cookie_name(settings))
    principal = sessions.resumed(session, key, settings, now) if key else PUBLIC
    if request.method not in SAFE:
        _guard(request, principal)
    return principal


def outside(request: Request, settings: Settings) -> Principal:
    """Return who is asking where there are no accounts: nobody can be anybody but the public.

    Raises
    ------
    ForbiddenError
        ``csrf``, as `arrival`.
    """
    if _token(request) is None:
        _not_foreign(request, settings)
    return PUBLIC


def _token(request: Request) -> str | None:
    """Return the token in the header, which no page of others can make a browser send."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def _not_foreign(request: Request, settings: Settings) -> None:
    """Refuse what a page of others makes a browser send, whether or not somebody is logged in.

    Without a session, too, there is something to act with: the address that checks are counted
    for, and the network from which the service can be reached.
    """
    if request.method not in SAFE and is_foreign(request, settings):
        raise ForbiddenError("csrf", FOREIGN)


def _subscriber(session: Session, given: str, now: datetime) -> Principal:
    """Return who subscribes to a calendar by a token in its address.

    Addresses end up in logs and on screens: only a token that opens nothing else is taken.
    """
    principal = tokens.bearer(session, given, now)
    if principal.scopes != {"calendar"}:
        raise ForbiddenError("token-too-wide", TOO_WIDE)
    return replace(principal, scopes=frozenset({"read"}))  # of this route alone


def _guard(request: Request, principal: Principal) -> None:
    """Refuse what is done in somebody's name without the token of their session."""
    logging_in = request.method == "POST" and request.scope["route"].path in LOG_IN
    if principal.csrf is None or logging_in:
        return
    if not same(_said(request), principal.csrf):
        raise ForbiddenError("csrf", FOREIGN)


def _said(request: Request) -> str:
    """Return the token a page sends along: in a header, or in a field of its form."""
    header = request.headers.get("x-csrf-token")
    if header is not None:
        return header
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORMS:
        return ""
    field = from_thread.run(_form, request).get("csrf")
    return field if isinstance(field, str) else ""


async def _form(request: Request) -> FormData:
    return await request.form()  # parsed once, however often it is asked for


TOO_WIDE = Text(
    "In einer Adresse ist nur ein Token erlaubt, das allein die Befugnis `calendar` hat; bitte "
    "dafür ein eigenes anlegen.",
    "An address may hold only a token with the scope `calendar` and no other; please create one "
    "for it.",
)
FOREIGN = Text(
    "Die Anfrage kommt nicht nachweislich von einer Seite von Belang; nichts wurde geändert. "
    "Bitte die Seite neu laden; Programme senden X-CSRF-Token aus der Anmeldung oder ein Token.",
    "The request does not provably come from a page of Belang; nothing was changed. Please "
    "reload the page; programs send X-CSRF-Token from the log-in, or a token.",
)
