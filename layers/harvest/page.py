"""An answer as features: checked to be what was asked for, whole, and read by the safe reader."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from gis.problem import Problem
from layers import reading
from layers.harvest.refusals import refuse
from layers.harvest.request import Answer
from layers.reading import Features, geojson, xml

XML = frozenset({"application/xml", "text/xml", "application/gml+xml"})
JSON = frozenset({"application/geo+json", "application/json", "text/json"})
HEAD = 2_048
# Pages announce more than they hold; the proof at the end of the harvest looks at that.
PAGE = frozenset({"features-incomplete"})
TRUNCATED = frozenset({"xml-malformed", "json-malformed", "file-empty"})
MOST_SAID = 300


def check_kind(answer: Answer, wanted: frozenset[str], suffix: str) -> None:
    """Refuse an answer that is not of a media type in `wanted` or ending in `suffix` (``+xml``).

    Raises
    ------
    Refusal
        ``source-html`` for a web page, ``source-content`` for anything else.
    """
    check_no_web_page(answer)
    kind = answer.media_type
    if kind and kind not in wanted and not kind.endswith(suffix):
        raise refuse("source-content", kind)


def check_no_web_page(answer: Answer) -> None:
    """Refuse a web page, by what it says it is and by what it is.

    Raises
    ------
    Refusal
        ``source-html``.
    """
    with answer.path.open("rb") as file:
        head = file.read(HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")) or answer.media_type == "text/html":
        raise refuse("source-html")


def root_of(answer: Answer) -> Mapping[str, str]:
    """Return the attributes of an XML answer's root, its local name as ``""``.

    The document is well-formed to its end and holds no exception report.

    Raises
    ------
    Refusal
        ``source-exception`` with what the service says, ``source-html``, ``source-content``,
        ``source-truncated``.
    """
    check_kind(answer, XML, "+xml")
    try:
        seen = xml.scan(answer.path)
    except Problem as problem:
        raise translated(problem) from problem
    if seen.root in ("ExceptionReport", "ServiceExceptionReport"):
        raise refuse("source-exception", _said(answer.path))
    with answer.path.open("rb") as file:
        _, root = next(etree.iterparse(file, events=("start",), resolve_entities=False))
        return {"": seen.root, **{str(k): str(v) for k, v in root.attrib.items()}}


def _said(path: Path) -> str:
    """Return what an exception report says, its codes included."""
    root = xml.parse(path)
    codes = [v for e in root.iter() for k, v in e.attrib.items() if k in ("exceptionCode", "code")]
    return " ".join([*codes, *" ".join(root.itertext()).split()])[:MOST_SAID]


def read_gml(answer: Answer, layer: str) -> Features:
    """Return the features of a checked GML answer, all of the type `layer` (a local name)."""
    return _read(answer.path, layer)


def read_geojson(answer: Answer) -> Features:
    """Return the features of a checked GeoJSON answer."""
    return _read(answer.path, None)


def _read(path: Path, layer: str | None) -> Features:
    try:
        return reading.read(path, profile=reading.SOURCE, layer=layer, accept=PAGE)
    except Problem as problem:
        raise translated(problem) from problem


def translated(problem: Problem) -> Problem:
    """Return what is wrong with an answer in the words of a harvest."""
    if problem.code == "service-exception":
        return refuse("source-exception")
    code = "source-truncated" if problem.code in TRUNCATED else "source-content"
    return refuse(code, problem.text)


def read_json(answer: Answer) -> dict[str, Any]:
    """Return a JSON object, strictly parsed.

    Raises
    ------
    Refusal
        ``source-html``, ``source-content``, ``source-truncated``.
    """
    check_kind(answer, JSON | {"text/plain"}, "+json")
    try:
        document = geojson.parsed(answer.path.read_bytes())
    except Problem as problem:
        raise translated(problem) from problem
    if not isinstance(document, dict):
        raise refuse("source-content", type(document).__name__)
    return document


def peek_json(answer: Answer) -> dict[str, Any]:
    """Return a JSON object that the safe reader has parsed before, without parsing it strictly."""
    document: dict[str, Any] = json.loads(answer.path.read_bytes())
    return document


def whole(value: Any) -> int | None:
    """Return a count as an answer states it; None where it is none (missing, ``unknown``)."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
