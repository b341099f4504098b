"""Errors as RFC 9457 problems: a stable type, a title, and what to do, in the reader's language."""

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from gis.problem import Problem, Question, Text
from layers.apart import apart
from service.api.language import language_of
from service.errors import ServiceError
from service.logs import request_id
from service.review import AreaUnavailableError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TITLES = {
    400: Text("Anfrage nicht verständlich", "Request not understood"),
    401: Text("Anmeldung nötig", "Log-in required"),
    403: Text("Nicht erlaubt", "Not allowed"),
    404: Text("Nicht gefunden", "Not found"),
    405: Text("So nicht möglich", "Not possible this way"),
    409: Text("Passt nicht zum Stand", "Does not fit the state"),
    412: Text("Inzwischen geändert", "Changed meanwhile"),
    413: Text("Zu groß", "Too large"),
    415: Text("Falsche Form", "Wrong form"),
    422: Text("Nicht verwendbar", "Cannot be used"),
    428: Text("Angabe fehlt", "Condition required"),
    429: Text("Zu oft", "Too often"),
    500: Text("Fehler in Belang", "Bug in Belang"),
    503: Text("Gerade nicht möglich", "Not possible right now"),
}
BUG = Text(
    "Das ist ein Fehler in Belang, nicht in Ihren Daten; nichts wurde geändert. Bitte melden.",
    "This is a bug in Belang and no fault of your data; nothing was changed. Please report it.",
)
NO_DATABASE = Text(
    "Die Datenbank ist gerade nicht erreichbar; nichts wurde geändert. Bitte gleich noch einmal.",
    "The database cannot be reached at the moment; nothing was changed. Please try again shortly.",
)
NO_SANDBOX = Text(
    "Dateien können gerade nicht gelesen werden; nichts wurde angenommen. Bitte später noch einmal "
    "und, wenn es dabei bleibt, die Betreuung verständigen.",
    "Files cannot be read at the moment; nothing was accepted. Please try again later, and tell "
    "whoever runs this service if it stays like that.",
)
NO_AREA = Text(
    "Das Zuständigkeitsgebiet kann gerade nicht gelesen werden; nichts wurde angenommen. Bitte "
    "später noch einmal und, wenn es dabei bleibt, die Betreuung verständigen.",
    "The area of competence cannot be read at the moment; nothing was accepted. Please try again "
    "later, and tell whoever runs this service if it stays like that.",
)
HTTP = {
    400: ("request-invalid", Text("Die Anfrage ist fehlerhaft.", "The request is malformed.")),
    404: ("not-found", Text("Diese Adresse gibt es nicht.", "There is no such address.")),
    405: (
        "method-not-allowed",
        Text("Die Adresse kennt diese Methode nicht.", "The address does not know this method."),
    ),
}
INVALID = Text(
    "Die Angaben sind so nicht verwendbar; `errors` nennt jede Stelle.",
    "What was given cannot be used; `errors` names every place.",
)


class Problem9457(BaseModel):
    """A problem as RFC 9457 describes it; some carry more members."""

    type: str = Field(examples=["urn:belang:problem:crs-missing"])
    title: str = Field(examples=["Nicht verwendbar"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["crs-missing"])
    detail: str = Field(description="what is wrong and what to do next")


# Declared on every route: which problems it may answer with.
EXAMPLES = {
    400: "request-invalid",
    401: "log-in-required",
    403: "role-not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "state-conflict",
    412: "case-changed",
    413: "upload-too-large",
    415: "request-invalid",
    422: "request-invalid",
    428: "if-match-missing",
    429: "too-often",
    503: "database-unavailable",
}


def _declared(status: int, code: str) -> dict[str, Any]:
    shown = {
        "type": f"urn:belang:problem:{code}",
        "title": TITLES[status].de,
        "status": status,
        "code": code,
        "detail": "Was nicht ging, und was nun zu tun ist.",
    }
    form = {"schema": {"$ref": "#/components/schemas/Problem9457"}, "example": shown}
    return {"description": TITLES[status].en, "content": {MEDIA_TYPE: form}}


DECLARED: dict[int | str, dict[str, Any]] = {s: _declared(s, c) for s, c in EXAMPLES.items()}


def problem(
    status: int,
    code: str,
    text: Text,
    request: Request,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return an answer with the problem of that code in the caller's language.

    Where pages are served, whoever came for one gets one (`app.state.pages`).
    """
    pages = getattr(request.app.state, "pages", None)
    if pages is not None and pages.wanted(request):
        title = TITLES.get(status, TITLES[400])
        shown: Response = pages.problem_page(request, status, code, title, text, more)
        shown.headers.update(headers or {})
        return shown
    language = language_of(request)
    body = problem_body(status, code, text, language, **more)
    root = request.scope.get("root_path", "")
    given = {
        "Content-Language": language,
        "Cache-Control": "no-store",
        "Link": f'<{root}/api/v1/problems/{code}>; rel="help"',
        **(headers or {}),
    }
    return Response(body, status, given, media_type=MEDIA_TYPE)


def problem_body(status: int, code: str, text: Text, language: str, **more: Any) -> bytes:
    """Return the document of a problem."""
    body = {
        "type": f"urn:belang:problem:{code}",
        "title": TITLES.get(status, TITLES[400]).in_language(language),
        "status": status,
        "code": code,
        "detail": text.in_language(language),
        **_instance(),
        **more,
    }
    return orjson.dumps(body)


def _instance() -> dict[str, str]:
    """Return the id by which this very request is found in the log."""
    known = request_id.get()
    return {} if known is None else {"instance": f"urn:belang:request:{known}"}


def proposals(question: Question, language: str) -> list[dict[str, str]]:
    """Return the proposals of a question as data: `option` is what to answer."""
    return [{"text": p.text.in_language(language), "option": p.option} for p in question.proposals]


def install(app: FastAPI) -> None:
    """Let every error leave the service as a problem."""
    app.add_exception_handler(ServiceError, _service)
    app.add_exception_handler(Problem, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(apart.UnavailableError, _sandbox)
    app.add_exception_handler(AreaUnavailableError, _area)
    app.add_exception_handler(Exception, _bug)


def _service(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101 - as registered
    headers = {}
    if "retry_after_s" in error.more:
        headers["Retry-After"] = str(error.more["retry_after_s"])
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.code, error.text, request, headers=headers, **error.more)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - as registered
    more: dict[str, Any] = {}
    if isinstance(error, Question):
        more["proposals"] = proposals(error, language_of(request))
    return problem(422, error.code, error.text, request, **more)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as registered
    places = [{"at": ".".join(map(str, e["loc"])), "what": e["msg"]} for e in error.errors()]
    return problem(422, "request-invalid", INVALID, request, errors=places)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as registered
    code, text = HTTP.get(error.status_code, ("request-invalid", HTTP[400][1]))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request))
    return problem(error.status_code, code, text, request, headers=headers)


def _methods(request: Request) -> list[str]:
    """Return every method the address knows; a route alone knows only its own."""
    routes: list[BaseRoute] = request.app.router.routes
    return [
        method
        for method in METHODS
        if any(r.matches({**request.scope, "method": method})[0] is Match.FULL for r in routes)
    ]


def _database(request: Request, error: Exception) -> Response:
    log.warning("database unavailable: %s", type(error).__name__)
    return problem(503, "database-unavailable", NO_DATABASE, request, headers={"Retry-After": "2"})


def _sandbox(request: Request, error: Exception) -> Response:
    log.error("no sandbox: %s", error)
    return problem(503, "reading-unavailable", NO_SANDBOX, request, headers={"Retry-After": "10"})


def _area(request: Request, error: Exception) -> Response:
    log.error("no area of competence: %s", error)
    return problem(503, "area-unavailable", NO_AREA, request, headers={"Retry-After": "10"})


def _bug(request: Request, error: Exception) -> Response:
    return problem(500, "internal-error", BUG, request)
