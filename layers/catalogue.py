"""The catalogue: which layers are watched over, by whom, and under which rules.

One YAML file with includes, checked against `schema.json`. Rules are kept as written; what they
mean is the business of `service.offices`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.problem import Text
from layers.complaint import complaints
from layers.document import CatalogueError, Document, Fault, Key, read_document
from layers.layer import HalfWidth, Layer, LinearReference, Source

LISTS = ("kinds", "offices", "external", "layers", "rules")
DEFAULT_CRS = "EPSG:25833"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a list in the catalogue, and where it stands."""

    data: Mapping[str, Any]
    document: Document
    key: Key

    def fault(self, name: str, message: str) -> Fault:
        """Return a fault at the key `name` of this item."""
        return self.document.fault((*self.key, name), message)


@dataclass(frozen=True, slots=True)
class Office:
    """An office that may have a say, or a body named as a hint only."""

    code: str
    name: Text
    topics: Text | None


@dataclass(frozen=True, slots=True)
class Municipalities:
    """Which layer holds the municipalities, and the attributes with key (AGS) and name."""

    layer: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a catalogue declares; `sha256` is of its content, `rules_sha256` of the rules."""

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

    def layer(self, code: str) -> Layer:
        """Return the layer of that code; KeyError where there is none."""
        return next(layer for layer in self.layers if layer.code == code)


def text_from(value: Any) -> Text:
    """Return a text written as one string, or as ``{de: …, en: …}``; German serves for both."""
    if isinstance(value, str):
        return Text(value, value)
    return Text(value["de"], value.get("en", value["de"]))


def read_catalogue(path: Path) -> Catalogue:
    """Read the catalogue at `path` with everything it includes.

    Raises
    ------
    CatalogueError
        With every fault found: file, line, key and what is wrong.
    """
    documents = list(_with_includes(path.resolve(), ()))
    faults = [fault for document in documents for fault in _against_schema(document)]
    if faults := faults or list(_misplaced(documents[1:])):
        raise CatalogueError(faults)
    entries = {name: list(_entries(documents, name)) for name in LISTS}
    faults = [*_duplicates(entries), *_dangling(entries, documents[0])]
    if faults:
        raise CatalogueError(faults)
    return _catalogue(documents[0], entries)


@cache
def schema() -> Mapping[str, Any]:
    """Return the published JSON Schema of a catalogue file."""
    content = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
    return dict(json.loads(content))


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(dict(schema()))


def _with_includes(path: Path, above: tuple[Path, ...]) -> Iterator[Document]:
    document = read_document(path)
    yield document
    included = document.data.get("include", []) if isinstance(document.data, dict) else []
    for number, name in enumerate(included if isinstance(included, list) else []):
        if not isinstance(name, str):
            continue  # the schema says so
        inner = (path.parent / name).resolve()
        if not inner.is_file():
            raise CatalogueError([document.fault(("include", number), f"no such file: {name}")])
        if inner in (*above, path):
            raise CatalogueError([document.fault(("include", number), "includes itself")])
        yield from _with_includes(inner, (*above, path))


def _against_schema(document: Document) -> Iterator[Fault]:
    for error in _validator().iter_errors(document.data):
        for key, message in complaints(error, schema()):
            yield document.fault(key, message)


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


def _duplicates(entries: Mapping[str, list[Entry]]) -> Iterator[Fault]:
    for found in entries.values():
        seen: set[str] = set()
        for entry in found:
            code = entry.data["code"]
            if code in seen:
                yield entry.fault("code", f"{code} is declared twice")
            seen.add(code)


def _dangling(entries: Mapping[str, list[Entry]], main: Document) -> Iterator[Fault]:
    """Yield everything that names a layer, an office or a CRS that is not there."""
    known = {name: {e.data["code"] for e in found} for name, found in entries.items()}
    for entry in entries["layers"]:
        if entry.data["keeper"] not in known["offices"]:
            yield entry.fault("keeper", f"no office {entry.data['keeper']} is declared")
    for entry in entries["rules"]:
        yield from _dangling_rule(entry, known)
    municipalities = main.data.get("municipalities")
    if municipalities and municipalities["layer"] not in known["layers"]:
        yield main.fault(("municipalities", "layer"), "no such layer is declared")
    yield from _unusable_crs(main)


def _dangling_rule(entry: Entry, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    rule = entry.data
    layer = rule.get("layer")
    if layer is not None and layer not in known["layers"]:
        yield entry.fault("layer", f"no layer {layer} is declared")
    if (layer is None) != (rule["when"] == "always"):
        yield entry.fault("when", "“always” goes without a layer, everything else with one")
    context = rule.get("context", {}).get("layer")
    if context is not None and context not in known["layers"]:
        yield entry.fault("context", f"no layer {context} is declared")
    for key, where in (("offices", "offices"), ("external", "external")):
        for code in rule.get(key, []):
            if code not in known[where]:
                yield entry.fault(key, f"no such body is declared under {where}: {code}")


def _unusable_crs(main: Document) -> Iterator[Fault]:
    text = main.data.get("crs", DEFAULT_CRS)
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        yield main.fault(("crs",), f"{text} is no coordinate reference system")
        return
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        yield main.fault(("crs",), f"{text} is not projected in metres, so nothing can be measured")


def _catalogue(main: Document, entries: Mapping[str, list[Entry]]) -> Catalogue:
    data = main.data
    area = data.get("area")
    towns = data.get("municipalities")
    return Catalogue(
        path=main.path,
        title=text_from(data.get("title", main.path.stem)),
        crs=CRS.from_user_input(data.get("crs", DEFAULT_CRS)),
        area=_file(main, area) if area else None,
        beside_m=float(area.get("beside_m", 15_000)) if area else 0.0,
        municipalities=Municipalities(**towns) if towns else None,
        layers=tuple(_layer(entry) for entry in entries["layers"]),
        offices=tuple(_office(entry.data) for entry in entries["offices"]),
        external=tuple(_office(entry.data) for entry in entries["external"]),
        kinds=tuple(entries["kinds"]),
        rules=tuple(entries["rules"]),
        sha256=_digest(
            [data.get("crs"), area, towns, *(e.data for n in LISTS for e in entries[n])]
        ),
        rules_sha256=_digest([e.data for e in entries["rules"]]),
    )


def _file(document: Document, data: Mapping[str, Any]) -> Source:
    # `os.path.abspath` semantics without touching the disk: the file may still be missing.
    path = (document.path.parent / data["path"]).absolute()
    return Source(data.get("type", "file"), path, data.get("layer"))


def _layer(entry: Entry) -> Layer:
    data = entry.data
    linear = data.get("linear_reference")
    return Layer(
        code=data["code"],
        title=text_from(data["title"]),
        theme=data.get("theme", "planung"),
        keeper=data["keeper"],
        source=_file(entry.document, data["source"]),
        id=data.get("id"),
        name=data.get("name"),
        accuracy_m=float(data.get("accuracy_m", 0.0)),
        half_width=HalfWidth(**data["half_width"]) if "half_width" in data else None,
        linear_reference=linear
        and LinearReference(linear["section"], linear["from"], linear["to"]),
        visibility=data.get("visibility", "public"),
        declaratory=data.get("register") == "declaratory",
        coverage=_file(entry.document, data["coverage"]) if "coverage" in data else None,
        data_date=data.get("data_date"),
        licence=data.get("licence", ""),
        attribution=data.get("attribution", ""),
        note=text_from(data["note"]) if "note" in data else None,
    )


def _office(data: Mapping[str, Any]) -> Office:
    topics = data.get("topics")
    return Office(data["code"], text_from(data["name"]), text_from(topics) if topics else None)


def _digest(content: Any) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
