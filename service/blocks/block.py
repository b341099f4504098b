"""A text block, and the guiding visions of a development concept, as the district writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.blocks.template import Template

# What of an item a block may say besides its text.
FIELDS = ("kind", "basis", "binding", "exception", "exception_by", "exception_step",
          "own_rights", "planned_for", "topic", "stance", "priority", "edition")  # fmt: skip
STANCES = ("supports", "neutral", "conflicts")


@dataclass(frozen=True, slots=True)
class Block:
    """Words for a rule that has hit; `offices` empty: for any that the rule names.

    `says` are the fields of the item that is made from it.
    """

    code: str
    rules: frozenset[str]
    offices: frozenset[str]
    text: Template
    says: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Vision:
    """A guiding vision (Leitbild) of a concept: which rules speak for and against it, and what is
    said then. Its measures are the objects of `layer`.

    `beside` are rules by which one of its measures is touched though the plan does not serve it.
    `kinds` are kinds and uses of plans that serve it wherever they lie.
    """

    code: str
    office: str
    concept: str
    name: str
    layer: str
    priority: int
    supports: frozenset[str]
    conflicts: frozenset[str]
    beside: frozenset[str]
    kinds: frozenset[str]
    texts: Mapping[str, str]
    measure: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Blocks:
    """All text blocks of a district."""

    blocks: tuple[Block, ...] = ()
    visions: tuple[Vision, ...] = field(default=())

    def of(self, office: str, rule: str) -> Block | None:
        """Return the block for a rule: the office's own before one for all."""
        fitting = [
            b for b in self.blocks if rule in b.rules and (office in b.offices or not b.offices)
        ]
        return min(fitting, key=lambda block: not block.offices, default=None)
