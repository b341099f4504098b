"""A JSON answer, read strictly, and what may stand in it."""

from pathlib import Path
from typing import Any

from gis.problem import Problem
from layers.harvest.refusals import refuse, translated
from layers.reading import jsontext


def document(path: Path) -> dict[str, Any]:
    """Return a JSON object, strictly parsed.

    Raises
    ------
    Refusal
        ``source-content``, ``source-truncated``.
    """
    try:
        found = jsontext.parsed(path.read_bytes())
    except Problem as problem:
        raise translated(problem) from problem
    if not isinstance(found, dict):
        raise refuse("source-content", type(found).__name__)
    return found


def whole(value: Any) -> int | None:
    """Return a count as an answer states it; None where it is none (missing, ``unknown``)."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
