"""The words plans are described with: kinds, uses, procedures, roles of parts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from gis.problem import Text
from layers.catalogue import Entry, text_from
from layers.document import Loader


@dataclass(frozen=True, slots=True)
class Kind:
    """A plan kind: which geometries it takes, whether a route of it needs a width, the radius
    its sites have unless stated (m; None: it has no sites).
    """

    code: str
    title: Text
    geometry: tuple[str, ...]
    needs_width: bool
    radius_m: float | None
    instrument: bool
    structure: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All kinds (built in and of the catalogue), uses, procedures and roles."""

    kinds: Mapping[str, Kind]
    uses: Mapping[str, Text]
    procedures: Mapping[str, Text]
    roles: frozenset[str]

    @property
    def tags(self) -> frozenset[str]:
        """Everything `only` and `except` of a rule may name."""
        return frozenset({*self.uses, *self.procedures, *self.kinds})

    def is_instrument(self, kind: str) -> bool:
        """Tell whether plans of this kind may hold any use."""
        return self.kinds[kind].instrument

    def is_structure(self, kind: str, geometry_type: str) -> bool:
        """Tell whether what is drawn so is what gets built, not an outline around it."""
        return geometry_type in self.kinds[kind].structure

    def title(self, kind: str) -> Text:
        """Return what a kind is called."""
        return self.kinds[kind].title

    def named(self, word: str) -> Text:
        """Return what a use, a procedure or a kind is called."""
        return self.uses.get(word) or self.procedures.get(word) or self.title(word)


def vocabulary_of(extra: Iterable[Entry] = ()) -> Vocabulary:
    """Return the vocabulary with the kinds a catalogue adds or redefines."""
    built_in = _built_in()
    rows = [*built_in["kinds"], *(entry.data for entry in extra)]
    return Vocabulary(
        {row["code"]: _kind(row) for row in rows},
        {row["code"]: text_from(row["title"]) for row in built_in["uses"]},
        {row["code"]: text_from(row["title"]) for row in built_in["procedures"]},
        frozenset(built_in["roles"]),
    )


@cache
def _built_in() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("kinds.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=Loader)  # noqa: S506 - it is a safe one
    return content


def _kind(row: Mapping[str, Any]) -> Kind:
    radius = row.get("radius_m")
    return Kind(
        row["code"],
        text_from(row["title"]),
        tuple(row.get("geometry", ("area", "route", "sites"))),
        bool(row.get("needs_width", False)),
        None if radius is None else float(radius),
        bool(row.get("instrument", False)),
        tuple(row.get("structure", ())),
    )
