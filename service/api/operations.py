"""`/healthz`, `/readyz`, `/metrics`: for whoever runs the service, and for their machines."""

import ipaddress
import secrets
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from layers.apart.limits import Isolation
from service.api.dependencies import InSettings
from service.api.headers import Headers
from service.api.observed import Observed
from service.clamd import Clamd
from service.condition import Foundation
from service.config import Settings
from service.errors import NotFoundError
from service.metrics import Metrics

router = APIRouter(include_in_schema=False)  # no part of the interface for planners' software
FORWARDED = ("forwarded", "x-forwarded-for", "via")


def install(
    app: FastAPI, settings: Settings, isolation: Callable[[], Isolation] | None = None
) -> None:
    """Add the routes, and around everything else what observes it; call this last.

    `app.state` holds engine, districts and blobs already; `isolation` tells how plans are read.
    """
    state = app.state
    scanner = Clamd(settings.clamd, patience_s=1.0) if settings.clamd else None
    state.foundation = Foundation(
        state.engine,
        state.districts,
        state.blobs,
        settings.document_bytes,
        isolation,
        scanner=scanner,
        working=not settings.public_instance,
    )
    state.metrics = Metrics(state.foundation)
    app.include_router(router)
    app.add_middleware(Observed, observe=state.metrics.observe)
    app.add_middleware(Headers, secure=settings.secure)


def foundation(request: Request) -> Foundation:
    """Return what looks at this process's foundations."""
    found: Foundation = request.app.state.foundation
    return found


def metrics(request: Request) -> Metrics:
    """Return the figures of this process."""
    found: Metrics = request.app.state.metrics
    return found


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """Say that the process lives: asked of the event loop, whatever the database does."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz")
def readyz(foundation: Annotated[Foundation, Depends(foundation)]) -> JSONResponse:
    """Say whether requests can be served; 503 where something they need is missing."""
    found = foundation.conditions()
    ready = all(one.fine or not one.needed for one in found)
    checks = [{"name": one.name, "fine": one.fine, "what": one.what} for one in found]
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return JSONResponse(body, 200 if ready else 503)


@router.get("/metrics")
def figures(
    request: Request, settings: InSettings, metrics: Annotated[Metrics, Depends(metrics)]
) -> Response:
    """Return the figures for Prometheus; for others than those who may there is no such thing."""
    if not _may_read(request, settings):
        raise NotFoundError
    return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)


def _may_read(request: Request, settings: Settings) -> bool:
    if settings.metrics_token is not None:
        given = request.headers.get("authorization", "")
        wanted = f"Bearer {settings.metrics_token.get_secret_value()}"
        return secrets.compare_digest(given.encode(), wanted.encode())
    # What a proxy on this machine passes on comes from elsewhere.
    passed_on = any(name in request.headers for name in FORWARDED)
    return not passed_on and _near(request)


def _near(request: Request) -> bool:
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
