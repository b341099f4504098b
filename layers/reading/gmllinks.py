"""Links of a GML document to geometries of its own; none leads out of it, round, or on for ever."""

from dataclasses import dataclass, field
from typing import Any

from layers.reading.refusals import refuse
from layers.reading.xml import children

HREF = "{http://www.w3.org/1999/xlink}href"
LONGEST = 8  # links one behind the other: a surface, its ring, the edges, and some more
MOST_TEXT = 50_000_000


@dataclass
class Links:
    """Follows links by the ids of a document; `most` is how much text may stand behind them all."""

    most: int = MOST_TEXT
    behind: int = 0
    ids: dict[str, Any] | None = None
    sizes: dict[Any, int] = field(default_factory=dict)

    def content(self, holder: Any) -> list[Any]:
        """Return the elements in a property, or the one that it links to instead.

        Raises
        ------
        Refusal
            ``xml-xlink-remote`` where that is not in the document, ``xml-malformed`` where its id
            is there twice, ``xml-depth`` for links that lead round, ``plan-too-large``.
        """
        inside = children(holder)
        if inside or holder.get(HREF) is None:
            return inside
        found = self.target(holder)
        if found is None:
            raise refuse("xml-xlink-remote")
        self.behind += self._size(found, ())
        if self.behind > self.most:
            raise refuse("plan-too-large")
        return [found]

    def target(self, holder: Any) -> Any | None:
        """Return the element of this document that a property links to; None without one."""
        href = holder.get(HREF, "")
        if not href.startswith("#"):
            return None
        if self.ids is None:
            self.ids = _ids(holder.getroottree().getroot())
        if href[1:] in self.ids and self.ids[href[1:]] is None:
            raise refuse("xml-malformed")
        return self.ids.get(href[1:])

    def _size(self, element: Any, above: tuple[Any, ...]) -> int:
        """Return how much text an element would hold if all it links to stood inside."""
        if element in above or len(above) > LONGEST:
            raise refuse("xml-depth")
        if element not in self.sizes:
            total = 1
            for inner in element.iter():
                total += len(inner.text or "")
                linked = None if len(inner) else self.target(inner)
                total += 0 if linked is None else self._size(linked, (*above, element))
            self.sizes[element] = total
        return self.sizes[element]


def is_id(attribute: str) -> bool:
    """Tell whether an attribute is that by which links find its element."""
    return attribute.rpartition("}")[2] == "id"


def _ids(root: Any) -> dict[str, Any]:
    """Return the elements of a document by id; None for an id that several have."""
    found: dict[str, Any] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            if is_id(name):
                found[value] = None if value in found else element
    return found
