"""File geodatabases (FileGDB), through GDAL in a process of its own with no other driver."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from layers.reading import ogr
from layers.reading.features import Features, shapes
from layers.reading.gdbreader import OTHERS
from layers.reading.refusals import refuse, which

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".gdb"
BATCH = 20_000
SKIPPED = ogr.SKIPPED.replace("OpenFileGDB,", "")
SETTINGS = ogr.SETTINGS | {
    "GDAL_SKIP": f"{SKIPPED},FlatGeobuf,ESRI Shapefile,GPKG,DXF",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",  # it is a folder of many files
}


def is_geodatabase(path: Path) -> bool:
    """Tell whether `path` is the folder of a file geodatabase."""
    return path.suffix.lower() == SUFFIX and path.is_dir()


def batches(path: Path, layer: str | None, size: int = BATCH) -> Iterator[Features]:
    """Yield the features of a layer, `size` at a time, at least one batch.

    Raises
    ------
    Refusal, Question
        ``format-mismatch`` where it cannot be read, ``layer-multiple``.
    """
    import pyarrow as pa  # not needed to check against known versions

    with TemporaryFile() as complaints:
        reader = subprocess.Popen(  # noqa: S603 - our own module, and no shell
            [sys.executable, "-m", "layers.reading.gdbreader", str(path), layer or "", str(size)],
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=Path(__file__).parents[2],
            env={**os.environ, **SETTINGS},
        )
        try:
            whole, number = True, 0
            try:
                with pa.ipc.open_stream(reader.stdout) as stream:
                    facts = json.loads((stream.schema.metadata or {})[b"belang"])
                    for batch in stream:
                        number += 1
                        yield _features(batch, facts)
                    if not number:
                        yield Features(shapes([]), (), facts["crs"], "filegdb", facts["layer"])
            except pa.ArrowInvalid:  # it died on the way, or has written nothing
                whole = False
            status = reader.wait()
            complaints.seek(0)
            said = complaints.read()
            if status == OTHERS:
                raise which("layer-multiple", sorted(json.loads(said)), layer)
            if status or not whole:
                raise refuse("format-mismatch")
        finally:
            reader.kill()
            reader.wait()
            if reader.stdout is not None:
                reader.stdout.close()


def _features(batch: "pa.RecordBatch", facts: dict[str, Any]) -> Features:
    wkb = batch.column(facts["geometry"]).to_pylist()
    try:
        with np.errstate(all="ignore"):
            geometries = shapes(list(shapely.from_wkb(wkb)))
    except (GEOSException, NotImplementedError) as error:
        raise refuse("geometry-type") from error
    columns = [_plain(batch.column(name).to_pylist()) for name in facts["fields"]]
    rows = [dict(zip(facts["fields"], row, strict=True)) for row in zip(*columns, strict=True)]
    attributes = tuple(rows) if columns else tuple({} for _ in wkb)
    return Features(
        shapely.force_2d(geometries), attributes, facts["crs"], "filegdb", facts["layer"]
    )


def _plain(values: list[Any]) -> list[Any]:
    return [v.hex() if isinstance(v, bytes) else v if _simple(v) else str(v) for v in values]


def _simple(value: Any) -> bool:
    return (
        value is None
        or isinstance(value, str | int | bool)
        or (isinstance(value, float) and bool(np.isfinite(value)))
    )
