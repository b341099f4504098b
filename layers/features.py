"""Features made ready for checking: one CRS, valid, identified, in canonical order."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
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
    if features.crs is None:
        raise Refusal(
            "crs-missing",
            Text(
                "Die Datei nennt kein Koordinatensystem; bitte in der Quelle ergänzen.",
                "The file names no coordinate reference system; add it to the source.",
            ),
        )
    geometries, transformation = transform(features.geometries, crs_from(features.crs), crs)
    ids = _ids(features.attributes, id_attribute)
    kept: list[int] = []
    broken: list[Broken] = []
    notes = [notice.text.de for notice in features.notices]
    flat = shapely.force_2d(geometries)
    for index in np.flatnonzero(~shapely.is_valid(flat) | shapely.is_empty(flat)):
        _mend(int(index), flat, ids, broken, notes)
    kept = [i for i in range(len(ids)) if flat[i] is not None]
    return _sorted(kept, ids, flat, features.attributes, tuple(broken), transformation, notes)


def _ids(attributes: Sequence[Attributes], name: str | None) -> list[str]:
    if name is None:
        return [str(number) for number in range(1, len(attributes) + 1)]
    return [_text(a.get(name), number) for number, a in enumerate(attributes, 1)]


def _text(value: Any, number: int) -> str:
    if value is None or value == "":
        return f"#{number}"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _mend(
    index: int, geometries: NDArray[Any], ids: list[str], broken: list[Broken], notes: list[str]
) -> None:
    thing: BaseGeometry = geometries[index]
    try:
        mended = repair(thing, name=ids[index])
    except Problem as problem:
        bounds = tuple(float(v) for v in thing.bounds) if not thing.is_empty else ()
        finite = len(bounds) == 4 and bool(np.isfinite(bounds).all())
        broken.append(Broken(ids[index], bounds if finite else None, problem.text.de))  # type: ignore[arg-type]
        geometries[index] = None
        return
    geometries[index] = mended.geometry
    notes.extend(change.text.de for change in mended.changes)


def _sorted(
    kept: list[int],
    ids: list[str],
    geometries: NDArray[Any],
    attributes: Sequence[Attributes],
    broken: tuple[Broken, ...],
    transformation: Transformation,
    notes: list[str],
) -> Ready:
    # Normalised, so that ring start and direction in the file change neither hash nor figures.
    shapes = {i: shapely.normalize(geometries[i]) for i in kept}
    wkb = {i: shapely.to_wkb(shapes[i], byte_order=1) for i in kept}
    order = sorted(kept, key=lambda i: (ids[i], wkb[i]))
    array = np.empty(len(order), dtype=object)
    array[:] = [shapes[i] for i in order]
    digest = hashlib.sha256()
    for i in order:
        line = json.dumps([ids[i], dict(attributes[i])], ensure_ascii=False, sort_keys=True)
        digest.update(line.encode() + b"\n" + wkb[i] + b"\n")
    digest.update(json.dumps([[b.id, b.bounds] for b in broken]).encode())
    return Ready(
        tuple(ids[i] for i in order),
        array,
        tuple(attributes[i] for i in order),
        broken,
        transformation,
        tuple(notes),
        digest.hexdigest(),
    )
