"""What a layer is: one theme to watch over, who keeps it, how exact it is, where it comes from."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from gis.problem import Text

Visibility = Literal["public", "offices", "restricted"]
Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where features come from: a value, and a key for whatever is remembered about it.

    `type` names the reader. `path` is absolute and None for what lies on no disk of ours; `layer`
    is one of several in the source. `stated` holds everything else the catalogue says of it, as
    canonical JSON; `layers.sources.stated` makes of it what the source modules take. As a
    coverage, the types ``municipalities``, ``district`` and ``served`` say where its polygons
    come from.
    """

    type: str
    path: Path | None = None
    layer: str | None = None
    stated: str = "{}"

    @property
    def key(self) -> str:
        """All of it as one line of text."""
        path = None if self.path is None else str(self.path)
        return json.dumps([self.type, path, self.layer, self.stated], ensure_ascii=False)

    @property
    def options(self) -> Mapping[str, Any]:
        """What `stated` says, as plain data."""
        return dict(json.loads(self.stated))

    @property
    def name(self) -> str:
        """What to call it in a message: a file's name, a service's host, a table, or the type."""
        if self.path is not None:
            return self.path.name
        options = self.options
        host = urlsplit(str(options.get("url", options.get("viewer", "")))).hostname
        return str(host or options.get("table") or self.type)


def source_from(data: Mapping[str, Any], folder: Path, kind: str = "file") -> Source:
    """Return the source a catalogue states; paths count from `folder`, which need not exist.

    `kind` is the type where none is stated.
    """
    said = {k: v for k, v in data.items() if k not in ("type", "path", "layer")}
    layer = data.get("layer")
    return Source(
        data.get("type", kind),
        Path(os.path.abspath(folder / data["path"])) if "path" in data else None,
        None if layer is None else str(layer),
        json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )


@dataclass(frozen=True, slots=True)
class Quality:
    """How far data can be trusted: `scale` is the denominator of the map they were drawn for,
    `next_refresh` the day (ISO) the keeper has announced new ones for.
    """

    scale: int | None = None
    completeness: Text | None = None
    next_refresh: str | None = None


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
    quality: Quality = Quality()
    refresh_days: int | None = None  # older data are said to be overdue
    minimum: int = 0  # fewer objects cannot be all
    verified: str | None = None  # the day (ISO) its address was last seen to work
    fault: Text | None = None  # its entry cannot be used, for this reason; it is never clear
