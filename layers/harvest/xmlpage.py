"""The root of an XML answer, after a look at all of it; run in a child."""

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from gis.problem import Problem
from layers.harvest.refusals import refuse, translated
from layers.reading import xml

MOST_SAID = 300


def root(path: Path) -> Mapping[str, str]:
    """Return the attributes of a document's root, its local name as ``""``.

    Raises
    ------
    Refusal
        ``source-exception`` with what the service says, ``source-content``, ``source-truncated``.
    """
    try:
        seen = xml.scan(path)
    except Problem as problem:
        raise translated(problem) from problem
    if seen.root in ("ExceptionReport", "ServiceExceptionReport"):
        raise refuse("source-exception", _said(path))
    with path.open("rb") as file:
        _, top = next(etree.iterparse(file, events=("start",), resolve_entities=False))
        return {"": seen.root, **{str(k): str(v) for k, v in top.attrib.items()}}


def _said(path: Path) -> str:
    """Return what an exception report says, its codes included."""
    top = xml.parse(path)
    codes = [v for e in top.iter() for k, v in e.attrib.items() if k in ("exceptionCode", "code")]
    return " ".join([*codes, *" ".join(top.itertext()).split()])[:MOST_SAID]
