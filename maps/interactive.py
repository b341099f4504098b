"""The interactive map: one HTML file that opens from a disk and asks nobody for anything.

folium frames the map; what it shows is one block of data and one static script. Nothing that comes
from a plan or a layer passes through folium's own templates: those are compiled a second time, so
that a name like ``{{ 7 * 7 }}`` would be run. It enters the page through our template, escaped, or
in the data block, from which the script makes text and never markup.
"""

import json
from functools import cache
from typing import Any

import folium
from branca.element import Figure
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from maps.assets import MissingLibraryError, digest, script, style
from maps.contents import Json, contents
from maps.page import page
from maps.picture import Picture
from maps.thinning import thinned

__all__ = ["MissingLibraryError", "fragment", "render"]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("maps", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(km=kilometres, breakable=breakable, data=data_block)
    return environment


class Frame(folium.Map):
    """The place of the map: folium's, without the addresses it would load from."""

    _template = Template(
        "{% macro html(this, kwargs) %}"
        '<div class="folium-map" id="{{ this.get_name() }}" tabindex="0"></div>'
        "{% endmacro %}"
    )
    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, location: tuple[float, float]) -> None:
        super().__init__(location=location, tiles=None, zoom_control=False)
        self._id = "belang"  # folium would draw lots, and no two files would be the same


class Page(Figure):
    """What is around it, from a template of our own."""

    def __init__(self, template: str, words: dict[str, Any]) -> None:
        super().__init__()
        self.template = template
        self.words = words

    def render(self, **kwargs: Any) -> str:
        """Return the whole page."""
        for child in self._children.values():
            child.render(**kwargs)
        template = _environment().get_template(self.template)
        text: str = template.render(map=self.html.render(**kwargs), **self.words)
        return text


def render(picture: Picture) -> str:
    """Return the page as HTML; the same picture gives the same bytes.

    Raises
    ------
    MissingLibraryError
        Where Leaflet was not installed.
    """
    around = {"script": script(), "style": style(), "policy": policy()}
    return _framed("page.html", picture, around)


def fragment(picture: Picture) -> str:
    """Return map, notes and tables for a page that brings `maps.assets.script` and `style` along.

    Nothing in it is run or styled by itself, so that the page's policy may forbid both.
    """
    return _framed("fragment.html", picture, {})


def _framed(template: str, picture: Picture, around: dict[str, Any]) -> str:
    less = thinned(picture)
    data = contents(less.picture)
    (south, west), (north, east) = data["view"]
    whole = Page(template, {**page(picture, less), "data": data_block(data), **around})
    whole.add_child(Frame(((south + north) / 2, (west + east) / 2)))
    return whole.render()


def kilometres(value: float, language: str) -> str:
    """Return a kilometre with three digits, the decimal mark as the language has it."""
    return f"{value:.3f}" if language == "en" else f"{value:.3f}".replace(".", ",")


def breakable(text: str) -> str:
    """Return a text whose slashes are places where a line may end."""
    return text.replace("/", "/\u200b")


def data_block(data: Json) -> str:
    """Return data as JSON that cannot end or open an element, whatever it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def policy() -> str:
    """Return the content security policy: our script and style and nothing from anywhere."""
    return (
        f"default-src 'none'; script-src '{digest(script())}'; style-src '{digest(style())}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
