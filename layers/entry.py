"""One item of a list in a catalogue: what it says, where it stands, and what it makes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gis.problem import Text
from layers.document import Document, Fault, Key
from layers.layer import HalfWidth, Layer, LinearReference, Quality, Source, source_from

# What a layer cannot be told of without: its name in rules, who answers for it, who may see it.
INDISPENSABLE = ("code", "keeper", "visibility")
BROKEN = Source("broken")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a list in the catalogue, and where it stands; `faults` are those that leave
    the rest of the catalogue usable.
    """

    data: Mapping[str, Any]
    document: Document
    key: Key
    faults: tuple[Fault, ...] = ()

    def fault(self, name: str, message: str) -> Fault:
        """Return a fault at the key `name` of this item."""
        return self.document.fault((*self.key, *name.split(".")), message)

    def without(self, faults: Iterable[Fault]) -> "Entry":
        """Return the item without the keys that `faults` are about."""
        found = (*self.faults, *faults)
        bad = {fault.at[len(self.key)] for fault in found}
        data = {name: value for name, value in self.data.items() if name not in bad}
        return replace(self, data=data, faults=found)


def bearable(fault: Fault) -> bool:
    """Tell whether a fault concerns one layer alone, which then cannot be checked."""
    return len(fault.at) > 2 and fault.at[0] == "layers" and fault.at[2] not in INDISPENSABLE


def text_from(value: Any) -> Text:
    """Return a text written as one string, or as ``{de: …, en: …}``; German serves for both."""
    if isinstance(value, str):
        return Text(value, value)
    return Text(value["de"], value.get("en", value["de"]))


def layer_from(entry: Entry) -> Layer:
    """Return the layer an item declares; with a fault where something in it cannot be used."""
    data, folder = entry.data, entry.document.path.parent
    linear = data.get("linear_reference")
    return Layer(
        code=data["code"],
        title=text_from(data.get("title", data["code"])),
        theme=data.get("theme", "planung"),
        keeper=data["keeper"],
        source=source_from(data["source"], folder) if "source" in data else BROKEN,
        id=data.get("id"),
        name=data.get("name"),
        accuracy_m=float(data.get("accuracy_m", 0.0)),
        half_width=HalfWidth(**data["half_width"]) if "half_width" in data else None,
        linear_reference=linear
        and LinearReference(linear["section"], linear["from"], linear["to"]),
        visibility=data.get("visibility", "public"),
        declaratory=data.get("register") == "declaratory",
        coverage=_coverage(data["coverage"], folder) if "coverage" in data else None,
        data_date=data.get("data_date"),
        licence=data.get("licence", ""),
        attribution=data.get("attribution", ""),
        note=text_from(data["note"]) if "note" in data else None,
        quality=_quality(data.get("quality", {})),
        refresh_days=data.get("refresh_days"),
        minimum=data.get("minimum", 0),
        verified=data.get("verified") or None,
        fault=_fault(entry.faults),
    )


def _coverage(said: Any, folder: Path) -> Source:
    return Source(said) if isinstance(said, str) else area_from(said, folder)


def area_from(said: Mapping[str, Any], folder: Path) -> Source:
    """Return where polygons come from: a file, or municipalities by their keys."""
    polygons = {key: value for key, value in said.items() if key != "beside_m"}
    return source_from(polygons, folder, "municipalities" if "municipalities" in said else "file")


def _quality(said: Mapping[str, Any]) -> Quality:
    completeness = said.get("completeness")
    return Quality(
        said.get("scale"),
        text_from(completeness) if completeness is not None else None,
        said.get("next_refresh"),
    )


def _fault(faults: tuple[Fault, ...]) -> Text | None:
    if not faults:
        return None
    # Without the folder: who reads a report has no use for where the catalogue lies.
    told = "; ".join(f"{f.file.name}:{f.line}: {f.key}: {f.message}" for f in faults)
    return Text(f"Der Eintrag im Katalog ist fehlerhaft: {told}", f"faulty catalogue entry: {told}")
