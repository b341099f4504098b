"""What went wrong, as a page: for whoever came with a browser."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from gis.problem import Text
from service.logs import request_id
from service.portal.rendering import page

BY_BROWSER = "/api/v1/oidc/"  # the way to an identity provider and back is a browser's


def wanted(request: Request) -> bool:
    """Tell whether a problem should be a page."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    ours = not path.startswith("/api/") or path.startswith(BY_BROWSER)
    return ours and "text/html" in request.headers.get("accept", "")


def problem_page(
    request: Request, status: int, code: str, title: Text, text: Text, more: dict[str, Any]
) -> Response:
    """Return the page of a problem; who must log in first is led there and back."""
    if status == 401 and request.method == "GET":
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        root = request.scope.get("root_path", "")
        to = request.url_for("log_in_page").include_query_params(weiter=back.removeprefix(root))
        return RedirectResponse(f"{to.path}?{to.query}", 303)
    return page(
        request, "problem.html", status=status, code=code, title=title, text=text, more=more,
        request_number=request_id.get(),
    )  # fmt: skip
