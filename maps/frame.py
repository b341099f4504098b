"""The page of an interactive map as folium frames it, from templates of our own."""

from functools import cache
from typing import Any

import folium
from branca.element import Figure
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from maps.block import data_block


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


def kilometres(value: float, language: str) -> str:
    """Return a kilometre with three digits, the decimal mark as the language has it."""
    return f"{value:.3f}" if language == "en" else f"{value:.3f}".replace(".", ",")


def breakable(text: str) -> str:
    """Return a text whose slashes are places where a line may end."""
    return text.replace("/", "/\u200b")
