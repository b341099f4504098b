"""The language of a report: which of two texts, and what offices are called in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import overload

from gis.problem import Text
from layers.catalogue import Catalogue


@dataclass(frozen=True)
class Language:
    """``de`` or ``en``, with the names of offices and of bodies outside the administration."""

    code: str
    names: Mapping[str, Text]

    @overload
    def __call__(self, text: Text) -> str: ...

    @overload
    def __call__(self, text: None) -> None: ...

    @overload
    def __call__(self, text: Text | None) -> str | None: ...

    def __call__(self, text: Text | None) -> str | None:
        """Return the text in this language; None for none."""
        return None if text is None else text.in_language(self.code)

    def name(self, office: str) -> str:
        """Return what an office is called; its code where nobody has named it."""
        named = self.names.get(office)
        return office if named is None else self(named)


def language_of(catalogue: Catalogue, code: str) -> Language:
    """Return the language `code` with the names of everybody a catalogue knows."""
    everybody = (*catalogue.offices, *catalogue.external)
    return Language(code, {office.code: office.name for office in everybody})
