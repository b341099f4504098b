"""DXF drawings: closed polylines become areas; the file never says in which CRS."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.reading import ogr, rings
from layers.reading.features import Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

Pair = tuple[int, str]
MOST_INSERTS, MOST_KNOTS = 1_000, 5_000
MOST_DEEP, MOST_DRAWN = 10, 100_000


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read the closed outlines of a drawing; open lines are no outlines and are left out."""
    entities = _entities(_pairs(path))
    _resolvable(entities)
    curved = any(map(_is_curved, entities))
    found = ogr.read(path, ".dxf", None, "dxf-structure")
    areas, rows = [], []
    if not np.isfinite(shapely.get_coordinates(found.geometries)).all():
        raise refuse("geometry-nonfinite")
    for shape, row in zip(found.geometries, found.attributes, strict=True):
        area = _area(shape)
        if area is not None and (answers.layer is None or row.get("Layer") == answers.layer):
            areas.append(area)
            rows.append(row)
    if not areas:
        raise refuse("geometry-type")
    notices = (notice("curve-linearised"),) if curved else ()
    return Features(shapes(areas), tuple(rows), None, "dxf", answers.layer, notices=notices)


def _area(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    if isinstance(shape, shapely.LineString):
        return rings.from_lines(shape)
    return shape if shape is not None and shapely.get_dimensions(shape) == 2 else None


def _is_curved(entity: tuple[str, list[Pair]]) -> bool:
    name, pairs = entity
    bulging = name in ("LWPOLYLINE", "VERTEX") and any(
        code == 42 and value.strip("+-0.") for code, value in pairs
    )
    return bulging or name in ("ARC", "CIRCLE", "ELLIPSE", "SPLINE")


def _pairs(path: Path) -> list[Pair]:
    lines = path.read_bytes().decode("cp1252", "replace").splitlines()
    try:
        return [(int(lines[i]), lines[i + 1].strip()) for i in range(0, len(lines) - 1, 2)]
    except ValueError as error:
        raise refuse("dxf-structure") from error


def _entities(pairs: list[Pair]) -> list[tuple[str, list[Pair]]]:
    found: list[tuple[str, list[Pair]]] = []
    for code, value in pairs:
        if code == 0:
            found.append((value, []))
        elif found:
            found[-1][1].append((code, value))
    return found


def _resolvable(entities: list[tuple[str, list[Pair]]]) -> None:
    """Refuse blocks that hold themselves, arrays of thousands, and splines without end."""
    inside: dict[str, Counter[str]] = {}
    block = ""
    for name, pairs in entities:
        values = dict(pairs)
        if name == "BLOCK":
            block = values.get(2, "")
        elif name == "ENDBLK":
            block = ""
        elif name == "INSERT":
            copies = _count(values.get(70)) * _count(values.get(71))
            if copies > MOST_INSERTS:
                raise refuse("dxf-structure")
            inside.setdefault(block, Counter())[values.get(2, "")] += copies
        elif name == "SPLINE" and max(_count(values.get(c)) for c in (72, 73, 74)) > MOST_KNOTS:
            raise refuse("dxf-structure")
    _drawable(inside)


def _count(text: str | None) -> int:
    try:
        return max(1, int(text or 1))
    except ValueError as error:
        raise refuse("dxf-structure") from error


def _drawable(inside: dict[str, Counter[str]]) -> None:
    """Refuse a block that holds itself, directly or through others, or nests ten deep, and what
    would be drawn too often.
    """
    known: dict[str, int] = {}

    def drawn(block: str, above: frozenset[str]) -> int:
        if block in above or len(above) > MOST_DEEP:
            raise refuse("dxf-structure")
        if block not in known:
            inner = inside.get(block, Counter())
            below = above | {block}
            known[block] = 1 + sum(n * drawn(b, below) for b, n in inner.items())
        if known[block] > MOST_DRAWN:
            raise refuse("dxf-structure")
        return known[block]

    for block in inside:
        drawn(block, frozenset())
