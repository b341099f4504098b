"""Imprint, privacy and accessibility: pages whose text the district writes."""

from fastapi import APIRouter, Request, Response

from gis.problem import Text
from service.api.dependencies import InSettings, Who
from service.api.language import language_of
from service.config import Settings
from service.exported import pages
from service.portal.rendering import page

router = APIRouter(include_in_schema=False)
TITLES = {
    "impressum": Text("Impressum", "Imprint"),
    "datenschutz": Text("Datenschutz", "Privacy"),
    "barrierefreiheit": Text("Barrierefreiheit", "Accessibility"),
}
MISSING = Text(
    "Diese Seite hat die Betriebsstelle noch nicht geschrieben. Sie gehört in den Datenordner, "
    "als Textdatei {0} im Ordner pages.",
    "Whoever runs this service has not written this page yet. It belongs into the data folder, "
    "as a text file {0} in the folder pages.",
)


@router.get("/impressum")
def imprint(request: Request, who: Who, settings: InSettings) -> Response:
    """Say who runs this."""
    return _legal(request, who, settings, "impressum")


@router.get("/datenschutz")
def privacy(request: Request, who: Who, settings: InSettings) -> Response:
    """Say what is done with personal data."""
    return _legal(request, who, settings, "datenschutz")


@router.get("/barrierefreiheit")
def accessibility(request: Request, who: Who, settings: InSettings) -> Response:
    """Say how accessible this is and whom to tell of barriers (BfWebG, BITV 2.0 § 7)."""
    return _legal(request, who, settings, "barrierefreiheit")


def _legal(request: Request, who: Who, settings: Settings, name: str) -> Response:
    paragraphs = _written(settings, name, language_of(request))
    return page(request, "legal.html", who, title=TITLES[name], paragraphs=paragraphs)


def _written(settings: Settings, name: str, language: str) -> list[str]:
    """Return the paragraphs of a page: of ``NAME.en.txt`` or ``NAME.txt``, by empty lines."""
    names = [f"{name}.{language}.txt", f"{name}.txt"]
    folder = pages(settings.data, public=settings.public_instance)
    for path in (folder / file for file in names):
        if path.is_file():
            return [p for p in path.read_text(encoding="utf-8").split("\n\n") if p.strip()]
    return [MISSING.in_language(language).format(names[-1])]
