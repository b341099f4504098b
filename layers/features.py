"""Features made ready for checking: one CRS, valid, identified, in canonical form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from
from gis.problem import Problem, Refusal, Text
from gis.repair import repair
from gis.transform import Transformation, transform
from layers.layer import Attributes
from layers.reading import Features
from layers.reading.wkt import WORKING

PLAIN = frozenset({str, int, bool, type(None)})
EXACT = 2**53  # whole numbers up to here are the same as float and as int
COLLECTION, FIRST_MULTI = 7, 4
Columns = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Broken:
    """An object that could not be made valid: it can neither be met nor be cleared."""

    id: str
    bounds: tuple[float, float, float, float] | None  # None: somewhere
    reason: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A batch of valid geometries in the working CRS with ids and attributes, in the order of
    the source. `columns` holds the attributes once more by name, None where there is none.
    """

    ids: tuple[str, ...]
    geometries: NDArray[np.object_]
    attributes: tuple[Attributes, ...]
    columns: Columns
    broken: tuple[Broken, ...]
    transformation: Transformation
    notes: tuple[str, ...]
    repaired: int = 0


def ready(features: Features, crs: CRS, *, id_attribute: str | None, first: int = 1) -> Ready:
    """Return `features` in `crs`, repaired where that needs no guessing.

    Objects without an id attribute are numbered in file order, from `first` on.

    Raises
    ------
    Refusal
        If the file names no CRS, or its coordinates do not fit the one it names.
    """
    source = crs if features.crs == WORKING else crs_from(_named(features.crs))
    geometries, transformation = transform(features.geometries, source, crs)
    rows, columns = _plain(features.attributes)
    ids = _ids(rows, id_attribute, first)
    broken: list[Broken] = []
    notes = [notice.text.de for notice in features.notices]
    found = len(notes)
    for index in np.flatnonzero(~shapely.is_valid(geometries) | shapely.is_empty(geometries)):
        _mend(int(index), geometries, ids, broken, notes)
    kept = np.flatnonzero(~shapely.is_missing(geometries))
    if len(kept) < len(ids):
        geometries, ids, rows = geometries[kept], [ids[i] for i in kept], [rows[i] for i in kept]
        columns = {name: [values[i] for i in kept] for name, values in columns.items()}
    return Ready(
        tuple(ids),
        canonical(geometries),
        tuple(rows),
        columns,
        tuple(broken),
        transformation,
        tuple(notes),
        len(notes) - found,
    )


def _named(crs: str | None) -> str:
    if crs is None:
        raise Refusal("crs-missing", CRS_MISSING)
    return crs


CRS_MISSING = Text(
    "Die Datei nennt kein Koordinatensystem; bitte in der Quelle ergänzen.",
    "The file names no coordinate reference system; add it to the source.",
)


def _plain(attributes: Sequence[Attributes]) -> tuple[list[Attributes], dict[str, list[Any]]]:
    """Return rows with plain values only, and the same as columns."""
    names = dict.fromkeys(name for row in attributes for name in row)
    columns = {name: [row.get(name) for row in attributes] for name in names}
    odd = [name for name, values in columns.items() if not set(map(type, values)) <= PLAIN]
    rows = list(attributes)
    for name in odd:
        before = columns[name]
        columns[name] = [v if type(v) in PLAIN else plain(v) for v in before]
        for number, (old, new) in enumerate(zip(before, columns[name], strict=True)):
            if new is not old:
                rows[number] = {**rows[number], name: new}
    return rows, columns


def plain(value: Any) -> str | int | float | bool | None:
    """Return a value as every format means it: whole numbers whole, what is no number None."""
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT
        return (int(value) if whole else value) if isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)


def _ids(attributes: Sequence[Attributes], name: str | None, first: int) -> list[str]:
    if name is None:
        return [str(number) for number in range(first, first + len(attributes))]
    return [_text(a.get(name), number) for number, a in enumerate(attributes, first)]


def _text(value: Any, number: int) -> str:
    return f"#{number}" if value is None or value == "" else str(value)


def _mend(
    index: int, geometries: NDArray[Any], ids: list[str], broken: list[Broken], notes: list[str]
) -> None:
    """Repair one geometry in its place, or move it to the broken ones, which leaves None."""
    thing: BaseGeometry | None = geometries[index]
    geometries[index] = None
    if thing is None or thing.is_empty:
        broken.append(Broken(ids[index], None, "ohne Geometrie"))
        return
    try:
        mended = repair(thing, name=ids[index])
    except Problem as problem:
        broken.append(Broken(ids[index], _bounds(thing), problem.text.de))
        return
    geometries[index] = mended.geometry
    notes.extend(change.text.de for change in mended.changes)


def _bounds(thing: BaseGeometry) -> tuple[float, float, float, float] | None:
    """Return where a geometry lies; None where a coordinate is no number, as it may lie anywhere.

    The bounds GEOS gives pass over such coordinates.
    """
    if not np.isfinite(shapely.get_coordinates(thing)).all():
        return None
    left, bottom, right, top = map(float, thing.bounds)
    return left, bottom, right, top


def canonical(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return areas and points in a form that does not depend on how they were written: start
    and direction of rings, order of parts, a single part wrapped as several. Lines keep their
    direction and the order of their parts: kilometres count along them.
    """
    shapes = geometries.copy()
    single = (shapely.get_type_id(shapes) >= FIRST_MULTI) & (
        shapely.get_num_geometries(shapes) == 1
    )
    if single.any():
        shapes[single] = shapely.get_geometry(shapes[single], 0)
    alike = (shapely.get_type_id(shapes) != COLLECTION) & (shapely.get_dimensions(shapes) != 1)
    shapes[alike] = shapely.normalize(shapes[alike])
    return shapes
