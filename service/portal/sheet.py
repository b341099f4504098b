"""What the templates with forms are given beside their values."""

from types import SimpleNamespace
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from gis.problem import plainly
from service.access.principal import Principal
from service.api.language import language_of
from service.portal.forms import Failed
from service.portal.rendering import page


def sheet(
    request: Request,
    template: str,
    who: Principal,
    *,
    to: str | None = None,
    failed: Failed | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """Return a page whose forms go to the address `to`, or else to that of the page itself.

    `c` is what they are made with (see ``forms.html``).
    """
    language = language_of(request)
    root = request.scope.get("root_path", "")
    made = SimpleNamespace(
        root=root,
        path=here(request) if to is None else to,
        csrf=who.csrf or "",
        failed=failed,
        say=lambda text: plainly(text.in_language(language)),
    )
    told = status if failed is None else failed.status
    return page(request, template, who, status=told, c=made, **values)


def here(request: Request) -> str:
    """Return the address of a page as our routes know it."""
    return request.url.path.removeprefix(request.scope.get("root_path", ""))


def leading(request: Request, path: str) -> RedirectResponse:
    """Return the way to a page of ours after something was done."""
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)
