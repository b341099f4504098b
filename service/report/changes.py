"""From a difference between two versions to its page."""

from typing import Any

from gis.problem import Text
from layers.difference import Difference
from layers.export import rows
from layers.layer import Layer
from maps.changes import Changed, Changes, render

KINDS = {
    "added": Text("neu", "added"),
    "removed": Text("entfallen", "removed"),
    "moved": Text("verändert", "moved"),
    "attributes": Text("andere Attribute", "attributes"),
    "same": Text("gleich", "the same"),
}
COLUMNS = (
    Text("Änderung", "change"),
    Text("Kennung", "id"),
    Text("Attribute", "attributes"),
    Text("Verschiebung (m)", "shift (m)"),
    Text("größte Abweichung (m)", "largest deviation (m)"),
    Text("Flächenzuwachs (m²)", "gain in area (m²)"),
)


def page(layer: Layer, found: Difference, language: str) -> str:
    """Return what differs in `layer` as an HTML page."""
    counts = found.counts()
    said = ", ".join(f"{counts[k]} {KINDS[k].in_language(language)}" for k in counts)
    plain = [(o, None) for o in (*found.added, *found.removed)]
    pairs: list[Any] = [*plain, *((c.now, c.before if c.moved else None) for c in found.changed)]
    return render(
        Changes(
            title=layer.title.in_language(language),
            language=language,
            summary=said,
            columns=tuple(column.in_language(language) for column in COLUMNS),
            objects=[
                Changed(
                    row["change"],
                    now.id,
                    now.geometry,
                    before and before.geometry,
                    _cells(row, language),
                )
                for row, (now, before) in zip(rows(found), pairs, strict=True)
            ],
        )
    )


def _cells(row: dict[str, Any], language: str) -> tuple[str, ...]:
    change, *others = row.values()
    shown = ("" if cell is None else str(cell) for cell in others)
    return (KINDS[change].in_language(language), *shown)
