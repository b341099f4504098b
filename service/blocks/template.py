"""Templates of text blocks: words, ``{{ name }}`` and ``{% if name %}``, and nothing else.

Everything that may stand in a template is looked at when it is read, so that a mistake shows with
its name and line and not in the middle of somebody's work.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment

PLACEHOLDERS = {
    "objects": "names of the objects met, with commas",
    "count": "how many objects are met",
    "area": "area inside, as people write it",
    "share": "share of the plan inside, percent",
    "length": "length inside",
    "distance": "distance to the nearest object",
    "layer": "title of the layer",
    "data_date": "day of the data",
    "basis": "legal basis of the rule",
    "because": "why the office is asked",
    "plan": "title of the plan",
    "municipality": "municipalities the plan lies in",
    "reference": "file reference",
}
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not,
           nodes.And, nodes.Or)  # fmt: skip
# Plain text of a statement, never HTML.
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,
)
_ENVIRONMENT.globals.clear()


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in a template, and in which of its lines (from 1)."""

    line: int
    message: str


class LackingError(ValueError):
    """A figure that a template prints does not apply to the finding."""


class _Lacking:
    """A figure that does not apply: false where it is asked for, an error where it is printed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        raise LackingError(self.name)


@dataclass(frozen=True)
class Template:
    """A template that was looked at; see `wrongs`."""

    source: str

    @cached_property
    def _compiled(self) -> Compiled:
        return _ENVIRONMENT.from_string(self.source)

    def filled(self, values: Mapping[str, str | None]) -> str:
        """Return the text; None is a figure that does not apply.

        Raises
        ------
        LackingError
            If one that does not apply is printed.
        """
        known = {name: values.get(name) for name in PLACEHOLDERS}
        given = {n: _Lacking(n) if value is None else value for n, value in known.items()}
        return " ".join(self._compiled.render(given).split())


def wrongs(source: str) -> Iterator[Wrong]:
    """Yield everything that may not stand in a template."""
    try:
        parsed = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        yield Wrong(error.lineno, f"is no template: {error.message}")
        return
    for node in _all(parsed):
        if not isinstance(node, ALLOWED):
            what = type(node).__name__.lower()
            yield Wrong(
                node.lineno, f"only {{{{ name }}}} and {{% if name %}} may stand here: {what}"
            )
        elif isinstance(node, nodes.Name) and node.name not in PLACEHOLDERS:
            known = ", ".join(PLACEHOLDERS)
            yield Wrong(node.lineno, f"unknown placeholder {node.name!r}; known are {known}")


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)
