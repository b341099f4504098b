"""Results of a chunk as a Parquet table, and the tables of a whole run made of them.

The same rows give the same bytes, whoever wrote them: nothing in a table says when or where.
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import compute, parquet
from pyproj import CRS

from layers.table import geo
from service.bulk.row import Row

TEXT, REAL = pa.string(), pa.float64()
FINDING = pa.struct(
    [
        ("layer", TEXT), ("version", TEXT), ("outcome", TEXT), ("overlap_m2", REAL),
        ("share_of_plan", REAL), ("length_m", REAL), ("nearest_m", REAL),
        ("objects_affected", pa.int64()), ("uncovered_share", REAL), ("reason", TEXT),
    ]
)  # fmt: skip
OFFICE = pa.struct(
    [
        ("office", TEXT), ("effect", TEXT), ("certainty", TEXT),
        ("rules", pa.list_(TEXT)), ("layers", pa.list_(TEXT)),
    ]
)  # fmt: skip
REPORT = pa.struct([("audience", TEXT), ("language", TEXT), ("body", pa.binary())])
SCHEMA = pa.schema(
    [
        ("number", pa.int64()), ("name", TEXT), ("sha256", TEXT), ("state", TEXT), ("code", TEXT),
        ("text_de", TEXT), ("text_en", TEXT), ("title", TEXT), ("kind", TEXT),
        ("findings", pa.list_(FINDING)), ("offices", pa.list_(OFFICE)), ("unresolved", pa.int64()),
        ("reports", pa.list_(REPORT)), ("geometry", pa.binary()),
    ]
)  # fmt: skip
SLIM = [name for name in SCHEMA.names if name not in ("findings", "offices", "reports")]


def table_of(rows: Sequence[Row]) -> pa.Table:
    """Return rows as a table."""
    columns = {f.name: [getattr(row, f.name) for row in rows] for f in fields(Row)}
    return pa.table(columns, schema=SCHEMA)


def written(table: pa.Table) -> bytes:
    """Return a table as the content of a file."""
    content = io.BytesIO()
    parquet.write_table(table, content, compression="zstd", write_statistics=False)
    return content.getvalue()


def joined(parts: Iterable[bytes]) -> bytes:
    """Return several tables as one, in the order of the plans: the bytes of a table that was
    written as a whole.
    """
    tables = [read(part) for part in parts]
    if len(tables) == 1:
        return written(tables[0])
    return written(pa.concat_tables(tables).sort_by("number").combine_chunks())


def read(content: bytes | Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the table in a file, or some of its columns; OSError, ValueError (pyarrow's)."""
    source = content if isinstance(content, Path) else pa.BufferReader(content)
    with parquet.ParquetFile(source) as file:
        return file.read(columns=None if columns is None else list(columns))


def whole(paths: Iterable[Path], folder: Path, crs: CRS) -> None:
    """Write the tables of a run below `folder`: `plans` (GeoParquet), `findings`, `offices`."""
    about = {"geo": json.dumps(geo(crs))}
    schemas = {
        "plans": pa.schema([SCHEMA.field(name) for name in SLIM], metadata=about),
        "findings": _of_plan(FINDING),
        "offices": _of_plan(OFFICE),
    }
    writers = {
        name: parquet.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd")
        for name, schema in schemas.items()
    }
    try:
        for path in paths:
            chunk = read(path, [*SLIM, "findings", "offices"])
            writers["plans"].write_table(chunk.select(SLIM).cast(schemas["plans"]))
            for name in ("findings", "offices"):
                writers[name].write_table(_flat(chunk, name, schemas[name]))
    finally:
        for writer in writers.values():
            writer.close()


def _of_plan(row: Any) -> pa.Schema:
    own = [row.field(number) for number in range(row.num_fields)]
    return pa.schema([("plan", pa.int64()), ("name", TEXT), *((f.name, f.type) for f in own)])


def _flat(chunk: pa.Table, name: str, schema: pa.Schema) -> pa.Table:
    """Return a nested column as rows of its own, each with the plan it is of."""
    nested = chunk[name].combine_chunks()
    parents = compute.list_parent_indices(nested)
    flat = compute.list_flatten(nested)
    inner = [compute.struct_field(flat, field) for field in schema.names[2:]]
    of = [chunk["number"].take(parents), chunk["name"].take(parents)]
    return pa.table([*of, *inner], schema=schema)


def reports(path: Path, audience: str, language: str) -> Iterator[tuple[str, bytes | None]]:
    """Yield the name of every plan of a chunk with one of its reports; None where it has none."""
    chunk = read(path, ["name", "reports"])
    for name, kept in zip(chunk["name"].to_pylist(), chunk["reports"].to_pylist(), strict=True):
        bodies = {(one["audience"], one["language"]): one["body"] for one in kept or ()}
        yield name, bodies.get((audience, language))
