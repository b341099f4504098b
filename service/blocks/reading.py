"""The file of text blocks beside a catalogue, checked against `schema.json` and line by line."""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs

from layers.complaint import complaints
from layers.document import CatalogueError, Document, Fault, Key, read_document
from service.blocks.block import FIELDS, Block, Blocks, Vision
from service.blocks.template import Template, wrongs

FILE, SCHEMA = "blocks.yaml", "schema.json"


def beside(catalogue: Path) -> Path:
    """Return where the text blocks of a catalogue stand."""
    return catalogue.parent / FILE


def read_blocks(path: Path, rules: Collection[str], offices: Collection[str]) -> Blocks:
    """Return the text blocks in a file; none where there is no such file.

    `rules` and `offices` are those of the catalogue; blocks may name no other.

    Raises
    ------
    CatalogueError
        With every fault found: file, line, key and what is wrong.
    """
    if not path.is_file():
        return Blocks()
    document = read_document(path)
    faults = list(_against_schema(document)) or list(_faults(document, rules, offices))
    if faults:
        raise CatalogueError(faults)
    said = document.data
    return Blocks(
        tuple(_block(one) for one in said.get("blocks", [])),
        tuple(_vision(one) for one in said.get("visions", [])),
    )


@cache
def blocks_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of a file of text blocks."""
    content = resources.files(__package__).joinpath(SCHEMA).read_text(encoding="utf-8")
    return dict(json.loads(content))


def _against_schema(document: Document) -> Iterator[Fault]:
    for error in jsonschema_rs.validator_for(dict(blocks_schema())).iter_errors(document.data):
        for key, message in complaints(error, blocks_schema()):
            yield document.fault(key, message)


def _faults(
    document: Document, rules: Collection[str], offices: Collection[str]
) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, one in enumerate(document.data.get("blocks", [])):
        key: Key = ("blocks", at)
        if one["code"] in seen:
            yield document.fault((*key, "code"), "stands here twice")
        seen.add(one["code"])
        yield from _unknown(document, (*key, "rules"), one["rules"], rules)
        yield from _unknown(document, (*key, "offices"), one.get("offices", []), offices)
        yield from _in_template(document, (*key, "text"), one["text"])
        if one["kind"] == "eigene_planung" and "planned_for" not in one:
            yield document.fault(key, "an own plan needs `planned_for`")
    for at, one in enumerate(document.data.get("visions", [])):
        key = ("visions", at)
        yield from _unknown(document, (*key, "office"), [one["office"]], offices)
        for name in ("supports", "conflicts", "beside"):
            yield from _unknown(document, (*key, name), one.get(name, []), rules)


def _unknown(
    document: Document, key: Key, named: Collection[str], known: Collection[str]
) -> Iterator[Fault]:
    for name in named:
        if name not in known:
            yield document.fault(key, f"{name} is not in the catalogue")


def _in_template(document: Document, key: Key, source: str) -> Iterator[Fault]:
    """Yield what is wrong in a template, at its own line of the file."""
    for wrong in wrongs(source):
        fault = document.fault(key, wrong.message)
        below = wrong.line - 1 + _begins_below(document, fault.line)
        yield Fault(fault.file, fault.line + below, fault.key, fault.message, fault.at)


def _begins_below(document: Document, line: int) -> bool:
    """Tell whether a text begins in the line below its key, as after ``|`` and ``>``."""
    lines = document.text.splitlines()
    return len(lines) >= line and lines[line - 1].rstrip().rstrip("+-").endswith(("|", ">"))


def _block(said: Mapping[str, Any]) -> Block:
    return Block(
        code=said["code"],
        rules=frozenset(said["rules"]),
        offices=frozenset(said.get("offices", [])),
        text=Template(said["text"]),
        says={name: said[name] for name in FIELDS if name in said},
    )


def _vision(said: Mapping[str, Any]) -> Vision:
    sets = {n: frozenset(said.get(n, [])) for n in ("supports", "conflicts", "beside", "kinds")}
    return Vision(
        code=said["code"],
        office=said["office"],
        concept=said["concept"],
        name=said["name"],
        layer=said["layer"],
        priority=said["priority"],
        texts=said["texts"],
        measure=said["measure"],
        **sets,
    )
