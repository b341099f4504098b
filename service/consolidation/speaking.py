"""From what was gathered to the statement's content, and from its content to documents."""

from collections.abc import Sequence

from service.consolidation.gathering import Gathered
from service.consolidation.sending import Made
from service.statements import canonical


def content_of(found: Gathered) -> bytes:
    """Return all that the statement says, inner edition, as canonical bytes."""
    return canonical.to_bytes(found.content)


def documents(content: bytes) -> Sequence[Made]:
    """Return the documents of a statement, inner and outward."""
    return [Made("inner", "json", "stellungnahme.json", content)]
