"""One drawn feature: a shape and its attributes, always marked as a schematic example."""

from collections.abc import Iterable, Mapping

from shapely.geometry.base import BaseGeometry

Drawn = Mapping[str, str | float | int | None]
Feature = tuple[BaseGeometry, Drawn]
MARK = "schematisches Beispiel, keine amtlichen Daten"


def numbered(rows: Iterable[Feature], prefix: str) -> list[Feature]:
    """Return features with numbers in order, and the mark every one of them carries."""
    return [
        (shape, {"nummer": f"{prefix}{number:04d}", **row, "herkunft": MARK})
        for number, (shape, row) in enumerate(rows, 1)
    ]


def marked(rows: Iterable[Feature]) -> list[Feature]:
    """Return features that have a key of their own, with the mark."""
    return [(shape, {**row, "herkunft": MARK}) for shape, row in rows]
