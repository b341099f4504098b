"""The features of a version as GeoParquet, for people and tools."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from pyproj import CRS

from layers.features import Columns
from layers.version import Found

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "features.parquet"
OWN = ("belang_id", "geometry")
NOTHING = type(None)
WIDEST = 2**63
Kinds = Mapping[str, frozenset[type]]


class UnfitError(ValueError):
    """Values that the columns begun cannot hold; all of it has to be written anew."""


@dataclass
class TableWriter:
    """Writes a table batch by batch; the first one decides on the columns and their types."""

    path: Path
    crs: CRS
    kinds: Kinds | None = None
    _columns: Mapping[str, Any] = field(default_factory=dict)
    _writer: Any = None

    def add(self, batch: "pa.RecordBatch", kinds: Kinds) -> None:
        """Append a batch as `recorded` has it; `kinds` tells the types of its values.

        An attribute called like a column of ours gets a ``_``.

        Raises
        ------
        UnfitError
            If a column of another batch would have to be another one.
        """
        import pyarrow as pa  # not needed to check against known versions

        if self._writer is None:
            self._begin(pa, kinds)
        if not all(_fits(found, self._columns.get(name), pa) for name, found in kinds.items()):
            raise UnfitError
        ids, *columns, wkb = batch.columns
        there = dict(zip(kinds, columns, strict=True))
        values = [
            _as(there[name], kind) if name in there else pa.nulls(len(ids), kind)
            for name, kind in self._columns.items()
        ]
        self._writer.write_table(
            pa.Table.from_arrays([ids, *values, wkb], schema=self._writer.schema)
        )

    def _begin(self, pa: Any, kinds: Kinds) -> None:
        from pyarrow import parquet

        self._columns = {name: _type(pa, found) for name, found in kinds.items()}
        named = [pa.field(f"{n}_" if n in OWN else n, t) for n, t in self._columns.items()]
        schema = pa.schema(
            [pa.field(OWN[0], pa.string()), *named, pa.field(OWN[1], pa.binary())],
            metadata={"geo": json.dumps(geo(self.crs))},
        )
        plain = [OWN[1]]  # coordinates hardly get smaller; everything else does
        self._writer = parquet.ParquetWriter(
            self.path,
            schema,
            compression={f.name: "none" if f.name in plain else "zstd" for f in schema},
            use_dictionary=[f.name for f in named],
            write_statistics=[OWN[0]],
        )

    def close(self) -> None:
        """End the table; without a batch it has no rows."""
        if self._writer is None:
            kinds = self.kinds or {}
            self.add(recorded((), {name: [] for name in kinds}, (), kinds), kinds)
        self._writer.close()


def write_table(path: Path, chunks: Iterable[Found], kinds: Kinds, crs: CRS) -> None:
    """Write a table of which the types of all values are known."""
    writer = TableWriter(path, crs, kinds)
    for chunk in chunks:
        wkb = shapely.to_wkb(chunk.geometries, byte_order=1).tolist()
        values = {name: [row.get(name) for row in chunk.attributes] for name in kinds}
        writer.add(recorded(chunk.ids, values, wkb, kinds), kinds)
    writer.close()


def kinds_of(columns: Columns) -> Kinds:
    """Return the types of the values of each attribute; numbers no column can hold are texts."""
    kinds: dict[str, set[type]] = {}
    for name, values in columns.items():
        found = set(map(type, values))
        if int in found and any(type(v) is int and abs(v) >= WIDEST for v in values):
            found.add(str)
        kinds[name] = found
    return {name: frozenset(found) for name, found in kinds.items()}


def recorded(
    ids: Sequence[str], columns: Columns, wkb: Sequence[bytes], kinds: Kinds
) -> "pa.RecordBatch":
    """Return objects as Arrow columns: id, every attribute of `kinds` in that order, shape."""
    import pyarrow as pa

    types = {name: _type(pa, found) for name, found in kinds.items()}
    values = [
        pa.array(_alike(columns[name], kinds[name] - {NOTHING}, pa, kind), type=kind)
        for name, kind in types.items()
    ]
    return pa.RecordBatch.from_arrays(
        [pa.array(ids, type=pa.string()), *values, pa.array(wkb, type=pa.binary())],
        names=[OWN[0], *types, OWN[1]],
    )


def geo(crs: CRS) -> Mapping[str, Any]:
    """Return the metadata that make a Parquet file GeoParquet (1.0)."""
    column = {"encoding": "WKB", "geometry_types": [], "crs": crs.to_json_dict()}
    return {"version": "1.0.0", "primary_column": OWN[1], "columns": {OWN[1]: column}}


def _type(pa: Any, kinds: frozenset[type]) -> Any:
    """Return the type of a column; text where values differ."""
    real = kinds - {NOTHING}
    if not real or not real <= {int, float, bool}:
        return pa.string()
    if bool in real:
        return pa.bool_() if real == {bool} else pa.string()
    return pa.int64() if real == {int} else pa.float64()


def _fits(kinds: frozenset[type], column: Any, pa: Any) -> bool:
    """Tell whether values fit into a column as they are."""
    wanted = _type(pa, kinds)
    if column is None:
        return False
    empty = not kinds - {NOTHING}
    return empty or wanted == column or (column == pa.float64() and wanted == pa.int64())


def _alike(values: list[Any], found: frozenset[type], pa: Any, kind: Any) -> list[Any]:
    """Return values of the types `found` as their column takes them."""
    if len(found) < 2 and found <= {str, float, int, bool}:
        return values
    if kind == pa.string():
        return [v if v is None or isinstance(v, str) else str(v) for v in values]
    if kind == pa.float64():  # of whole numbers beyond 2**53 it holds the nearest
        return [v if v is None else float(v) for v in values]
    return values


def _as(column: Any, kind: Any) -> Any:
    """Return a column that fits as the type it has to be of."""
    return column if column.type == kind else column.cast(kind, safe=False)
