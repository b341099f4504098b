"""The catalogue: which layers are watched over, by whom, and under which rules.

One YAML file with includes, checked against `schema.json`. Rules are kept as written; what they
mean is the business of `service.offices`.
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
from pyproj import CRS

from gis.crs import working
from gis.problem import Text
from layers.address import Addresses, PlaceNames, addresses_from, place_names_from
from layers.complaint import complaints
from layers.document import CatalogueError, Document, Fault, Key, read_document
from layers.entry import Entry, area_from, bearable, layer_from, text_from
from layers.layer import Layer, Source
from layers.loose import DEFAULT_CRS, loose_ends
from layers.parcel import Parcels, parcels_from

__all__ = [
    "Catalogue",
    "Entry",
    "Municipalities",
    "Office",
    "read_catalogue",
    "schema",
    "text_from",
]

LISTS = ("kinds", "offices", "external", "layers", "rules")


@dataclass(frozen=True, slots=True)
class Office:
    """An office that may have a say, or a body named as a hint only."""

    code: str
    name: Text
    topics: Text | None
    contact: str | None = None  # may name a person: never for the public
    documents: Text | None = None  # that it usually asks for


@dataclass(frozen=True, slots=True)
class Municipalities:
    """Which layer holds the municipalities, and the attributes with key (AGS) and name."""

    layer: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a catalogue declares; `sha256` is of its content, `rules_sha256` of the rules.

    `faults` are those of single layers, which cannot be checked then; all else can be. `files`
    are the files it was read from, as they were.
    """

    path: Path
    title: Text
    crs: CRS
    area: Source | None
    beside_m: float
    municipalities: Municipalities | None
    layers: tuple[Layer, ...]
    offices: tuple[Office, ...]
    external: tuple[Office, ...]
    kinds: tuple[Entry, ...]
    rules: tuple[Entry, ...]
    sha256: str
    rules_sha256: str
    faults: tuple[Fault, ...] = ()
    files: tuple[tuple[Path, str], ...] = ()
    parcels: Parcels | None = None
    places: tuple[PlaceNames, ...] = ()
    addresses: Addresses | None = None
    withheld: tuple[str, ...] = ()  # offices about which it allows no last word

    def layer(self, code: str) -> Layer:
        """Return the layer of that code; KeyError where there is none."""
        for layer in self.layers:
            if layer.code == code:
                return layer
        raise KeyError(code)


def read_catalogue(path: Path, files: Mapping[Path, str] | None = None) -> Catalogue:
    """Read the catalogue at `path` with everything it includes; from `files` where they are given,
    as they were kept of an earlier reading.

    Faults inside one layer's entry leave all others usable: that layer gets them as its `fault`.

    Raises
    ------
    CatalogueError
        With every fault found, where one is of the whole: file, line, key and what is wrong.
    """
    main = path.resolve() if files is None else path
    documents = list(_with_includes(main, (), files))
    # What is no group of keys fails the schema of every type of source alike: said once.
    faults = list(dict.fromkeys(f for document in documents for f in _against_schema(document)))
    _require_bearable(faults)
    _require_bearable(list(_misplaced(documents[1:])))
    entries = {name: list(_entries(documents, name)) for name in LISTS}
    entries["layers"] = _mended(entries["layers"], faults)
    found = list(loose_ends(entries, documents[0]))
    _require_bearable([*faults, *found])
    entries["layers"] = _mended(entries["layers"], found)
    kept = dict.fromkeys((d.path, d.text) for d in documents)
    return replace(_catalogue(documents[0], entries), files=tuple(kept))


@cache
def schema() -> Mapping[str, Any]:
    """Return the published JSON Schema of a catalogue file."""
    content = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
    return dict(json.loads(content))


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(dict(schema()))


def _with_includes(
    path: Path, above: tuple[Path, ...], files: Mapping[Path, str] | None
) -> Iterator[Document]:
    document = read_document(path, None if files is None else files.get(path))
    yield document
    included = document.data.get("include", []) if isinstance(document.data, dict) else []
    for number, name in enumerate(included if isinstance(included, list) else []):
        if not isinstance(name, str):
            continue  # the schema says so
        inner = _inner(path.parent / name, files)
        if inner is None:
            raise CatalogueError([document.fault(("include", number), f"no such file: {name}")])
        if inner in (*above, path):
            raise CatalogueError([document.fault(("include", number), "includes itself")])
        yield from _with_includes(inner, (*above, path), files)


def _inner(named: Path, files: Mapping[Path, str] | None) -> Path | None:
    """Return the file that is included; None where there is none."""
    if files is not None:  # where it lay then, whatever lies there now
        kept = (Path(os.path.abspath(named)), named.resolve())
        return next((path for path in kept if path in files), None)
    inner = named.resolve()
    return inner if inner.is_file() else None


def _against_schema(document: Document) -> Iterator[Fault]:
    for error in _validator().iter_errors(document.data):
        for key, message in complaints(error, schema()):
            yield document.fault(key, message)


def _require_bearable(faults: list[Fault]) -> None:
    if not all(map(bearable, faults)):
        raise CatalogueError(faults)


def _misplaced(included: list[Document]) -> Iterator[Fault]:
    """Yield what only the main file can say: elsewhere it would silently count for nothing."""
    for document in included:
        for name in document.data:
            if name not in (*LISTS, "include"):
                yield document.fault((name,), "stands in an included file; move it to the main one")


def _entries(documents: list[Document], name: str) -> Iterator[Entry]:
    for document in documents:
        for number, data in enumerate(document.data.get(name, [])):
            yield Entry(data, document, (name, number))


def _mended(layers: list[Entry], faults: list[Fault]) -> list[Entry]:
    """Return the items without what is wrong in them."""
    by_entry: dict[tuple[Path, Key], list[Fault]] = defaultdict(list)
    for fault in faults:
        by_entry[fault.file, fault.at[:2]].append(fault)
    return [entry.without(by_entry[entry.document.path, entry.key]) for entry in layers]


def _catalogue(main: Document, entries: Mapping[str, list[Entry]]) -> Catalogue:
    data = main.data
    area, towns, parcels = (data.get(name) for name in ("area", "municipalities", "parcels"))
    # What says nothing of these keeps the hash it had before there were such words.
    withheld = tuple(data.get("withheld", ()))
    places, addresses = data.get("places", []), data.get("addresses")
    more = [one for one in (parcels, list(withheld), places, addresses) if one]
    said = [data.get("crs"), area, towns, *more]
    return Catalogue(
        path=main.path,
        title=text_from(data.get("title", main.path.stem)),
        crs=working(data.get("crs", DEFAULT_CRS)),
        area=area_from(area, main.path.parent) if area else None,
        beside_m=float(area.get("beside_m", 15_000)) if area else 0.0,
        municipalities=Municipalities(**towns) if towns else None,
        layers=tuple(layer_from(entry) for entry in entries["layers"]),
        offices=tuple(_office(entry.data) for entry in entries["offices"]),
        external=tuple(_office(entry.data) for entry in entries["external"]),
        kinds=tuple(entries["kinds"]),
        rules=tuple(entries["rules"]),
        sha256=_digest([*said, *(e.data for n in LISTS for e in entries[n])]),
        rules_sha256=_digest([e.data for e in entries["rules"]]),
        faults=tuple(fault for entry in entries["layers"] for fault in entry.faults),
        parcels=parcels_from(parcels) if parcels else None,
        places=place_names_from(places),
        addresses=addresses_from(addresses) if addresses else None,
        withheld=withheld,
    )


def _office(data: Mapping[str, Any]) -> Office:
    topics, documents = data.get("topics"), data.get("documents")
    return Office(
        code=data["code"],
        name=text_from(data["name"]),
        topics=text_from(topics) if topics else None,
        contact=data.get("contact"),
        documents=text_from(documents) if documents else None,
    )


def _digest(content: Any) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
