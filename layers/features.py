"""Features made ready for checking: one CRS, valid, identified, in canonical order."""

import hashlib
import json
from collections.abc import Sequence
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

EXACT = 2**53  # whole numbers up to here are the same as float and as int


@dataclass(frozen=True, slots=True)
class Broken:
    """An object that could not be made valid: it can neither be met nor be cleared."""

    id: str
    bounds: tuple[float, float, float, float] | None  # None: somewhere
    reason: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Valid geometries in the working CRS with ids and attributes, sorted by id, then shape."""

    ids: tuple[str, ...]
    geometries: NDArray[np.object_]
    attributes: tuple[Attributes, ...]
    broken: tuple[Broken, ...]
    transformation: Transformation
    notes: tuple[str, ...]
    sha256: str


def ready(features: Features, crs: CRS, *, id_attribute: str | None) -> Ready:
    """Return `features` in `crs`, repaired where that needs no guessing.

    Objects without an id attribute are numbered in file order from 1.

    Raises
    ------
    Refusal
        If the file names no CRS, or its coordinates do not fit the one it names.
    """
    source = crs if features.crs == WORKING else crs_from(_named(features.crs))
    geometries, transformation = transform(features.geometries, source, crs)
    rows = [{k: plain(v) for k, v in row.items()} for row in features.attributes]
    ids = _ids(rows, id_attribute)
    broken: list[Broken] = []
    notes = [notice.text.de for notice in features.notices]
    notes += [] if rows else ["Die Quelle enthält keine Objekte."]
    if id_attribute is not None and rows and not any(id_attribute in row for row in rows):
        notes.append(f"Das Attribut „{id_attribute}“ fehlt; die Objekte sind durchgezählt.")
    for index in np.flatnonzero(~shapely.is_valid(geometries) | shapely.is_empty(geometries)):
        _mend(int(index), geometries, ids, broken, notes)
    return _sorted(ids, geometries, rows, broken, transformation, notes, crs)


def _named(crs: str | None) -> str:
    if crs is None:
        raise Refusal("crs-missing", CRS_MISSING)
    return crs


CRS_MISSING = Text(
    "Die Datei nennt kein Koordinatensystem; bitte in der Quelle ergänzen.",
    "The file names no coordinate reference system; add it to the source.",
)


def plain(value: Any) -> str | int | float | bool | None:
    """Return a value as every format means it: whole numbers whole, what is no number None."""
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT
        return (int(value) if whole else value) if isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)


def _ids(attributes: Sequence[Attributes], name: str | None) -> list[str]:
    if name is None:
        return [str(number) for number in range(1, len(attributes) + 1)]
    return [_text(a.get(name), number) for number, a in enumerate(attributes, 1)]


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


def canonical(geometry: BaseGeometry) -> BaseGeometry:
    """Return an area or points in a form that does not depend on how they were written: start
    and direction of rings, order of parts, a single part wrapped as several. Lines keep their
    direction and the order of their parts: kilometres count along them.
    """
    if geometry.geom_type.startswith("Multi") and len(parts := shapely.get_parts(geometry)) == 1:
        geometry = parts[0]
    alike = geometry.geom_type != "GeometryCollection" and shapely.get_dimensions(geometry) != 1
    return shapely.normalize(geometry) if alike else geometry


def _sorted(
    ids: list[str],
    geometries: NDArray[Any],
    attributes: Sequence[Attributes],
    broken: list[Broken],
    transformation: Transformation,
    notes: list[str],
    crs: CRS,
) -> Ready:
    shapes = {i: canonical(g) for i, g in enumerate(geometries) if g is not None}
    wkb = {i: shapely.to_wkb(shape, byte_order=1) for i, shape in shapes.items()}
    rows = {i: json.dumps(attributes[i], ensure_ascii=False, sort_keys=True) for i in shapes}
    order = sorted(shapes, key=lambda i: (ids[i], wkb[i], rows[i]))
    faulty = sorted(broken, key=lambda b: (b.id, str(b.bounds)))
    array = np.empty(len(order), dtype=object)
    array[:] = [shapes[i] for i in order]
    digest = hashlib.sha256(crs.to_string().encode() + b"\n")
    for i in order:
        digest.update(f"{json.dumps(ids[i])} {rows[i]}\n".encode() + wkb[i] + b"\n")
    digest.update(json.dumps([[b.id, b.bounds] for b in faulty]).encode())
    return Ready(
        tuple(ids[i] for i in order),
        array,
        tuple(attributes[i] for i in order),
        tuple(faulty),
        transformation,
        tuple(notes),
        digest.hexdigest(),
    )
