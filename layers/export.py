"""Versions and differences as GeoPackage, for geographic information systems."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from layers.difference import Difference
from layers.reading.features import shapes
from layers.reading.ogr import engine
from layers.version import LayerVersion

OWN = ("fid", "geom", "belang_id")


def export(version: LayerVersion, path: Path, name: str) -> None:
    """Write all objects of a version as the layer `name` of a new GeoPackage."""
    path.unlink(missing_ok=True)
    begun = False
    kinds = _kinds(version)
    for chunk in version.chunks():
        _write(path, name, chunk.ids, chunk.geometries, chunk.attributes, kinds, version.crs, begun)
        begun = True
    if not begun:
        _write(path, name, (), shapes([]), (), {}, version.crs, begun)


def _kinds(version: LayerVersion) -> Mapping[str, type]:
    """Return each attribute with the type of its column."""
    seen: dict[str, set[type]] = {name: set() for name in version.facts["attributes"]}
    for chunk in version.chunks():
        for row in chunk.attributes:
            for name, value in row.items():
                seen[name].add(type(value))
    return {name: _kind(kinds - {type(None)}) for name, kinds in seen.items()}


def _kind(kinds: set[type]) -> type:
    for kind in (int, float, bool):
        if kinds and kinds <= {kind, int if kind is float else kind}:
            return kind
    return str


def _write(
    path: Path,
    name: str,
    ids: Sequence[str],
    geometries: Any,
    rows: Sequence[Mapping[str, Any]],
    kinds: Mapping[str, type],
    crs: CRS,
    append: bool,
) -> None:
    columns = {column: [row.get(column) for row in rows] for column in kinds}
    fields = [f"{column}_" if column.lower() in OWN else column for column in kinds]
    engine().raw.write(
        path,
        geometry=shapely.to_wkb(geometries),
        field_data=[_texts(list(ids)), *(_column(columns[c], kinds[c]) for c in kinds)],
        field_mask=[None, *(_gaps(columns[c]) for c in kinds)],
        fields=["belang_id", *fields],
        geometry_type="Unknown",
        crs=crs.to_string(),
        driver="GPKG",
        layer=name,
        append=append,
    )


def _column(values: list[Any], kind: type) -> Any:
    if kind is int and all(v is None or abs(v) < 2**63 for v in values):
        return np.array([v or 0 for v in values], dtype=np.int64)
    if kind is float:
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if kind is bool:
        return np.array([bool(v) for v in values], dtype=bool)
    return _texts(values)


def _texts(values: list[Any]) -> Any:
    array: Any = np.empty(len(values), dtype=object)
    array[:] = [None if v is None else str(v) for v in values]
    return array


def _gaps(values: list[Any]) -> Any:
    return np.array([v is None for v in values], dtype=bool)


COLUMNS = ("change", "id", "attributes", "shift_m", "deviation_m", "area_m2")


def rows(found: Difference) -> list[dict[str, Any]]:
    """Return a difference as a table with `COLUMNS`: one row an object."""
    plain: dict[str, Any] = dict.fromkeys(COLUMNS[2:])
    table = [{**plain, "change": "added", "id": o.id} for o in found.added]
    table += [{**plain, "change": "removed", "id": o.id} for o in found.removed]
    for change in found.changed:
        said = [f"{n}: {old!r} → {new!r}" for n, (old, new) in change.attributes.items()]
        table.append({
            "change": "moved" if change.moved else "attributes",
            "id": change.now.id,
            "attributes": "; ".join(said) or None,
            "shift_m": round(change.shift_m, 3),
            "deviation_m": round(change.deviation_m, 3),
            "area_m2": round(change.area_m2, 2),
        })  # fmt: skip
    return [{name: row[name] for name in COLUMNS} for row in table]


def export_difference(found: Difference, path: Path, crs: CRS) -> None:
    """Write a difference as the layer ``difference``, shapes as they are now or were last."""
    objects = [*found.added, *found.removed, *(change.now for change in found.changed)]
    _export(path, "difference", rows(found), [o.geometry for o in objects], crs)


def _export(
    path: Path, name: str, table: list[dict[str, Any]], geometries: Iterable[Any], crs: CRS
) -> None:
    path.unlink(missing_ok=True)
    kinds: dict[str, type] = dict.fromkeys(COLUMNS[:1] + COLUMNS[2:3], str)
    kinds |= dict.fromkeys(COLUMNS[3:], float)
    ids = [row["id"] for row in table]
    _write(path, name, ids, shapes(list(geometries)), table, kinds, crs, append=False)
