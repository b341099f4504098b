"""JSON as a text: parsed strictly, and not before it is known to be shallow."""

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

from gis.problem import Refusal, Text
from layers.reading.refusals import refuse

DEEPEST = 64
QUOTE = ord('"')
STEPS = np.zeros(256, dtype=np.int8)  # how each byte changes the depth
STEPS[[ord("["), ord("{")]], STEPS[[ord("]"), ord("}")]] = 1, -1
OTHERS = bytes(code for code in range(256) if code != QUOTE and not STEPS[code])


def parsed(content: bytes) -> Any:
    """Return strict JSON: UTF-8, no key twice, no NaN, at most 64 deep.

    Raises
    ------
    Refusal
        ``encoding``, ``text-control``, ``json-depth``, ``json-duplicate-key``, ``json-malformed``
        (also for NaN where no coordinate is), ``geometry-nonfinite`` for NaN among coordinates,
        ``coords-out-of-range``; ``format-mismatch`` for several documents in one.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("encoding") from error
    if "\0" in text:
        raise refuse("encoding" if 0 in content[:2] else "text-control")  # UTF-16 without a mark
    _shallow(content)
    constants: list[str] = []

    def constant(name: str) -> float:
        constants.append(name)
        return float(name)

    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=constant)
    except RecursionError as error:
        raise refuse("json-depth") from error
    except json.JSONDecodeError as error:
        several = error.msg == "Extra data" and text[error.pos] in "{["
        raise refuse("format-mismatch" if several else "json-malformed") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise refuse("coords-out-of-range") from error
    if constants:
        names = list(_without_number(document, ""))
        raise refuse("geometry-nonfinite") if "coordinates" in names else no_number(names[0])
    return document


def no_number(name: str) -> Refusal:
    """Return the refusal for a value called `name` that is no number to compute with."""
    return Refusal(
        "json-malformed",
        Text(
            f"„{name[:60]}“ ist in der JSON-Datei keine Zahl, mit der sich rechnen lässt; bitte "
            "berichtigt exportieren.",
            f"“{name[:60]}” is no number in the JSON file that can be computed with; please "
            "correct it and export the file again.",
        ),
    )


def _shallow(content: bytes) -> None:
    """Refuse nesting before the parser meets it; brackets inside texts do not count."""
    # Without pairs of backslashes, then without quotes behind one, every quote bounds a text.
    bare = content.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, OTHERS)
    depth = quotes = 0
    for start in range(0, len(bare), 1 << 20):
        codes = np.frombuffer(bare[start : start + (1 << 20)], dtype=np.uint8)
        before = quotes + np.cumsum(codes == QUOTE, dtype=np.int64)
        depths = depth + np.cumsum(np.where(before % 2, 0, STEPS[codes]), dtype=np.int64)
        if int(depths.max()) > DEEPEST:
            raise refuse("json-depth")
        depth, quotes = int(depths[-1]), int(before[-1])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise refuse("json-duplicate-key")
    return result


def _without_number(value: Any, name: str) -> Iterator[str]:
    """Yield under which names a value holds floats that are no finite numbers."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _without_number(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _without_number(inner, name)
    elif isinstance(value, float) and not isfinite(value):
        yield name
