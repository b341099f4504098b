"""What a layer is: one theme to watch over, who keeps it, how exact it is, where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gis.problem import Text

Visibility = Literal["public", "offices", "restricted"]
Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where features come from: `type` names the reader, `path` is absolute."""

    type: str
    path: Path
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class HalfWidth:
    """From the drawn axis to the edge: a constant in metres, or half of an attribute's metres."""

    metres: float | None = None
    attribute: str | None = None

    def of(self, attributes: Attributes) -> float:
        """Return the half width of one feature, m; 0 where the attribute is empty.

        Raises
        ------
        ValueError
            If the attribute is no length.
        """
        if self.attribute is None:
            return self.metres or 0.0
        width = attributes.get(self.attribute)
        if width is None:
            return 0.0
        half = float(width) / 2
        if not 0 <= half < 10_000:
            raise ValueError(f"{self.attribute} = {width!r} is no width in metres")
        return half


@dataclass(frozen=True, slots=True)
class LinearReference:
    """Attributes that give a line its own kilometres: a section's name, from and to (km)."""

    section: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One theme to watch over, as the catalogue declares it."""

    code: str
    title: Text
    theme: str
    keeper: str
    source: Source
    id: str | None
    name: str | None
    accuracy_m: float
    half_width: HalfWidth | None
    linear_reference: LinearReference | None
    visibility: Visibility
    declaratory: bool  # protection does not depend on an entry: no hit means "no entry"
    coverage: Source | None
    data_date: str | None
    licence: str
    attribution: str
    note: Text | None
