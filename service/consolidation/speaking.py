"""From what was gathered to the statement's content, and from its content to documents."""

from collections.abc import Sequence
from typing import Any

import orjson

from service.consolidation.gathering import Gathered
from service.consolidation.sending import Made
from service.models.statement import Statement


def content_of(found: Gathered, draft: Statement) -> bytes:
    """Return all that the statement says, inner edition, as canonical bytes."""
    said: dict[str, Any] = {"reference": found.case.reference, "number": draft.number}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def documents(content: bytes) -> Sequence[Made]:
    """Return the documents of a statement, inner and outward."""
    return [Made("inner", "json", "stellungnahme.json", content)]
