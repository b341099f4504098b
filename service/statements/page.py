"""The statement as an HTML page: everything in one file, nothing that runs, nothing fetched."""

import base64
from collections.abc import Mapping
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from maps.assets import digest
from service.statements.document import Document


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service.statements", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    folder = resources.files(__package__).joinpath("templates")
    return folder.joinpath("statement.css").read_text(encoding="utf-8")


def page(document: Document, pictures: Mapping[str, bytes]) -> str:
    """Return the whole page; `pictures` are SVG by the names of the plates."""
    inside = {name: _inside(svg) for name, svg in pictures.items()}
    style = _style()
    return (
        _environment()
        .get_template("statement.html")
        .render(
            d=document.data,
            pictures=inside,
            style=Markup(style),  # noqa: S704
            digest=digest(style),
        )
    )


def fragment(document: Document, pictures: Mapping[str, str]) -> str:
    """Return the letter for a page around it; `pictures` are addresses by the plates' names."""
    return _environment().get_template("letter.html").render(d=document.data, pictures=pictures)


def _inside(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
