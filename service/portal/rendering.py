"""From values to a page: our templates, escaped, under a policy that runs nothing inline."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, Literal
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from gis.problem import Text, plainly
from service import figures
from service.access.principal import PUBLIC, Principal
from service.api.language import language_of
from service.portal.files import address
from service.portal.navigation import links

Language = Literal["de", "en"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    # With no referrer at all browsers do not say where a form comes from, either.
    "Referrer-Policy": "same-origin",
}


@cache
def environment() -> Environment:
    """Return the environment of all templates; whatever they show is escaped."""
    own = PackageLoader("service.portal", "templates")
    made = Environment(
        loader=ChoiceLoader([own, PrefixLoader({"maps": PackageLoader("maps", "templates")})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["plainly"] = plainly
    made.filters["pathpart"] = lambda value: quote(str(value), safe="")
    return made


def page(
    request: Request, template: str, who: Principal = PUBLIC, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page; in its template ``t("Deutsch", "English")`` gives the reader's language."""
    language = language_of(request)
    body = environment().get_template(template).render(
        **tools(language),
        who=who,
        path=request.url.path,
        root=request.scope.get("root_path", ""),
        nav=links(who, request.url.path),
        may_enter=not request.app.state.settings.public_instance,
        base_map=base_map_of(request),
        static=partial(address, root=request.scope.get("root_path", "")),
        **values,
    )  # fmt: skip
    return HTMLResponse(body, status, {**HEADERS, "Content-Language": language})


def base_map_of(request: Request) -> dict[str, Any] | None:
    """Return what the scripts of maps ask for tiles by; None where no base map is set up."""
    settings = request.app.state.settings
    if settings.base_map_url is None:
        return None
    return {
        "address": f"{request.scope.get('root_path', '')}/grundkarte/{{z}}/{{x}}/{{y}}",
        "attribution": settings.base_map_attribution,
        "zooms": settings.base_map_zoom,
    }


def tools(language: str) -> dict[str, Any]:
    """Return what templates write with: words, figures, days, in one language."""

    def told(make: Callable[..., Text]) -> Callable[..., str]:
        return lambda *given: make(*given).in_language(language)

    return {
        "language": language,
        "t": lambda de, en: en if language == "en" else de,
        "say": lambda text: plainly(text.in_language(language)),
        "number": told(figures.number),
        "area": told(figures.square_metres),
        "length": told(figures.metres),
        "day": lambda value: "" if value is None else _day(value, language),
        "iso_day": lambda text: "" if not text else figures.day(text[:10]).in_language(language),
        "moment": lambda value: "" if value is None else _moment(value, language),
    }


def _day(value: date, language: str) -> str:
    return figures.day(value.isoformat()[:10]).in_language(language)


def _moment(value: datetime, language: str) -> str:
    local = value.astimezone(UTC).astimezone()
    return f"{_day(local.date(), language)}, {local:%H:%M}"
