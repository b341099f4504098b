"""What a DOCX template may ask for: every placeholder, what stands in it, what it is made of.

A district's own template is checked against this before it is used, so that a misspelt name is
found when the template is set up and not when a statement must go out.
"""

from collections.abc import Mapping
from typing import Any

from service.statements.words import WORDS

TEXT = ""
ROW = [TEXT]
POINT = {"number": TEXT, "label": TEXT, "text": TEXT, "facts": [ROW], "marks": [TEXT]}
BLOCK: Mapping[str, Any] = {
    "kind": TEXT, "text": TEXT, "level": 0, "tone": TEXT, "rows": [ROW], "mono": False,
    "caption": TEXT, "head": [TEXT], "body": [ROW], "widths": [0], "points": [POINT],
    "items": [TEXT], "name": TEXT, "title": TEXT, "alt": TEXT, "picture": TEXT,
}  # fmt: skip
CHAPTER = {"title": TEXT, "number": 0, "label": TEXT, "blocks": [BLOCK]}

# A list says what each of its items is made of, a mapping what its members are called.
PLACEHOLDERS: Mapping[str, Any] = {
    "title": TEXT,  # of the whole document
    "language": TEXT,
    "edition": TEXT,  # a mark on the inner edition, else empty
    "version": TEXT,  # "Fassung 2", empty for the first
    "date": TEXT,  # ISO
    "day": TEXT,  # as people write it
    "reference": TEXT,
    "sender": {"name": TEXT, "unit": TEXT, "address": [TEXT], "line": TEXT, "mailbox": TEXT},
    "addressee": [TEXT],  # its lines
    "way": TEXT,
    "information": [ROW],  # label and value
    "subject": [TEXT],  # three lines
    "salutation": TEXT,
    "opening": TEXT,
    "assessment": {"verdict": TEXT, "text": TEXT},
    "offices": [{"code": TEXT, "name": TEXT, "about": TEXT, "points": [POINT]}],
    "chapters": [CHAPTER],  # everything, ready to be laid out
    "texts": [TEXT],  # closing sentences
    "regards": TEXT,
    "signature": {"place": TEXT, "capacity": TEXT, "function": TEXT, "seal": TEXT},
    "copies": [TEXT],
    "annexes": [CHAPTER],
    "words": {},  # the words of `service.statements.words`
}


def shape() -> dict[str, Any]:
    """Return the placeholders with every word."""
    return {**PLACEHOLDERS, "words": dict.fromkeys(WORDS, TEXT)}
