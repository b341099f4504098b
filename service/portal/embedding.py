"""Map and plans inside the page of somebody else: who may, and what they put there."""

from html import escape

from fastapi import Request, Response

from service.errors import NotFoundError
from service.portal.rendering import POLICY

HEIGHT_PX = 560


def framed(request: Request, made: Response) -> Response:
    """Let a page be framed by whom the district names; NotFoundError where that is nobody."""
    allowed = request.app.state.settings.embedding
    if not allowed:
        raise NotFoundError
    made.headers["Content-Security-Policy"] = POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {allowed}"
    )
    return made


def code(request: Request, path: str) -> str | None:
    """Return what somebody puts into their page; None where nobody may."""
    settings = request.app.state.settings
    if not settings.embedding:
        return None
    return (
        f'<iframe src="{escape(base_of(request))}einbetten/{path}" title="Belang" '
        f'width="100%" height="{HEIGHT_PX}" loading="lazy"></iframe>'
    )


def base_of(request: Request) -> str:
    """Return the service's address as others see it, with a slash at the end."""
    settings = request.app.state.settings
    given = settings.base_url or request.base_url
    return f"{str(given).rstrip('/')}/"
