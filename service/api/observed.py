"""Every request in one line of the log and one observation of the metrics, under an id of its own.

It is the outermost layer: what escapes the application is answered here, as a bug.
"""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import logs
from service.api.language import preferred
from service.api.problems import BUG, MEDIA_TYPE, problem_body

log = logging.getLogger(__name__)
# Hexadecimal only: an id that comes from outside is written down and must not be able to tell.
WELL_FORMED = re.compile(rb"[0-9a-f]{16,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNMATCHED = "unmatched"
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds

# method, route template, status, seconds
Observe = Callable[[str, str, int, float], None]


class Observed:
    """Gives requests their id, logs and measures them."""

    def __init__(self, app: ASGIApp, observe: Observe) -> None:
        self.app = app
        self.observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, status, begun = given_id(scope), 0, time.perf_counter()
        scope.setdefault("state", {})
        token = logs.request_id.set(request)

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()), (b"x-request-id", request.encode())
                ]  # fmt: skip
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            log.exception("bug", extra={"facts": {"route": template(scope)}})
            if status:
                raise  # too late for an answer
            await _answer(scope, noted)
        finally:
            self._tell(scope, status, time.perf_counter() - begun)
            logs.request_id.reset(token)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = template(scope), scope["method"]
        self.observe(method, route, status, seconds)
        facts = {
            "method": method,
            "route": route,
            "status": status,  # 0: the caller went away before there was an answer
            "ms": round(seconds * 1_000, 1),
            "account": scope["state"].get("pseudonym"),
        }
        log.log(_level(route, status), "request", extra={"facts": facts})


def given_id(scope: Scope) -> str:
    """Return the caller's `X-Request-ID` if it is well-formed, else one of our own."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and WELL_FORMED.fullmatch(value):
            return bytes(value).decode("ascii")
    return uuid4().hex


def template(scope: Scope) -> str:
    """Return the template of the route that served, like ``/api/v1/cases/{case_id}``."""
    return getattr(scope.get("route"), "path", UNMATCHED)


def _level(route: str, status: int) -> int:
    if route in QUIET:
        return logging.DEBUG
    return logging.WARNING if status >= 500 else logging.INFO


async def _answer(scope: Scope, send: Send) -> None:
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    language = preferred(headers.get("accept-language", ""))
    body = problem_body(500, "internal-error", BUG, language)
    given = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
    ]
    await send({"type": "http.response.start", "status": 500, "headers": given})
    await send({"type": "http.response.body", "body": body})
