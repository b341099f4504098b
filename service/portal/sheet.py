"""What the templates with forms are given beside their values."""

from types import SimpleNamespace
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from service.access.principal import Principal
from service.api.language import language_of
from service.portal.forms import Failed
from service.portal.rendering import page


def sheet(
    request: Request,
    template: str,
    who: Principal,
    *,
    to: str,
    failed: Failed | None = None,
    **values: Any,
) -> Response:
    """Return a page whose forms go to the address `to`; `c` is what they are made with."""
    language = language_of(request)
    made = SimpleNamespace(
        root=request.scope.get("root_path", ""),
        path=to,
        csrf=who.csrf or "",
        failed=failed,
        say=lambda text: text.in_language(language),
    )
    status = 200 if failed is None else failed.status
    return page(request, template, who, status=status, c=made, **values)


def leading(request: Request, path: str) -> RedirectResponse:
    """Return the way to a page of ours after something was done."""
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)
