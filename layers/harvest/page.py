"""An answer as features: checked to be what was asked for, whole, and read by the safe reader."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gis.problem import Problem
from layers.harvest import apart, jsonpage
from layers.harvest.esri import Objects
from layers.harvest.featuretype import FeatureType
from layers.harvest.refusals import refuse, translated
from layers.harvest.request import Answer
from layers.reading import Features

XML = frozenset({"application/xml", "text/xml", "application/gml+xml"})
JSON = frozenset({"application/geo+json", "application/json", "text/json"})
HEAD = 2_048
# Pages announce more than they hold; the proof at the end of the harvest looks at that.
PAGE = frozenset({"features-incomplete"})


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
    with _of_source():
        return apart.root(answer.path)


def feature_type(answer: Answer, url: str, layer: str) -> FeatureType:
    """Return a feature type of a capabilities document; errors as `root_of` and in
    `featuretype`.
    """
    check_kind(answer, XML, "+xml")
    with _of_source():
        return apart.feature_type(answer.path, url, layer)


def attribute_types(answer: Answer, local: str) -> Mapping[str, str]:
    """Return the types of attributes of an XML schema; errors as `root_of` and in `featuretype`."""
    check_kind(answer, XML, "+xml")
    with _of_source():
        return apart.attribute_types(answer.path, local)


def read_gml(answer: Answer, layer: str) -> tuple[Mapping[str, str], Features]:
    """Return the root of a GML answer, as `root_of`, and its features, all of the type `layer` (a
    local name).
    """
    check_kind(answer, XML, "+xml")
    with _of_source():
        return apart.collection(answer.path, layer=layer, accept=PAGE)


def read_geojson(answer: Answer) -> Features:
    """Return the features of a checked GeoJSON answer."""
    with _of_source():
        return apart.page(answer.path, layer=None, accept=PAGE)


@contextmanager
def _of_source() -> Iterator[None]:
    """Say what is wrong with an answer in the words of a harvest."""
    try:
        yield
    except Problem as problem:
        if problem.code.startswith("source-"):
            raise
        raise translated(problem) from problem


def read_objects(answer: Answer, wanted: Objects) -> tuple[bool, Features]:
    """Return the objects of an answer of ArcGIS, as `esri.objects`; errors also as `read_json`."""
    check_kind(answer, JSON | {"text/plain"}, "+json")
    with _of_source():
        return apart.objects(answer.path, wanted)


def read_json(answer: Answer) -> dict[str, Any]:
    """Return a JSON object, strictly parsed.

    Raises
    ------
    Refusal
        ``source-html``, ``source-content``, ``source-truncated``.
    """
    check_kind(answer, JSON | {"text/plain"}, "+json")
    return jsonpage.document(answer.path)


def peek_json(answer: Answer) -> dict[str, Any]:
    """Return a JSON object that the safe reader has parsed before, without parsing it strictly."""
    document: dict[str, Any] = json.loads(answer.path.read_bytes())
    return document
