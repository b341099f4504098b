"""The rows of a table that a page does not spell out: as data, unfolded by the script.

Ten thousand rows of markup take a browser seconds even where nobody looks at them; the same rows as
one block of data take none until somebody unfolds them.
"""

from collections.abc import Sequence
from typing import Any

from maps.picture import Hit
from maps.style import RELATIONS

Json = dict[str, Any]


class _Words:
    """Texts by number, each once: labels and legal bases are the same in row after row."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


def rest(hits: Sequence[Hit], language: str, crossing: str) -> Json:
    """Return rows as data: ``words``, and ``rows`` of id, title, number of the relation, figures
    (number of the label, text, and so on) and numbers of the bases.
    """
    words = _Words()
    rows = []
    for hit in hits:
        figures: list[int | str] = []
        for label, text in hit.rows:
            figures += [words.number(label), text]
        for crossed in hit.crossings:
            figures += [words.number(crossing), f"km {crossed.at_km:.3f}"]
        relation = RELATIONS[hit.relation].label.in_language(language)
        title = "" if hit.title == hit.id else hit.title
        basis = [words.number(line) for line in hit.basis]
        rows.append([hit.id, title, words.number(relation), figures, basis])
    return {"words": list(words.numbers), "rows": rows}
