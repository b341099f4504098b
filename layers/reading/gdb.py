"""File geodatabases (FileGDB), through GDAL in a process of its own with no other driver.

Belang's own process has no such driver, on purpose: `stream` runs in a child whose environment
holds `SETTINGS`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from layers.reading import ogr
from layers.reading.features import Features, shapes
from layers.reading.refusals import refuse, which

SUFFIX = ".gdb"
SKIPPED = ogr.SKIPPED.replace("OpenFileGDB,", "")
SETTINGS = ogr.SETTINGS | {
    "GDAL_SKIP": f"{SKIPPED},FlatGeobuf,ESRI Shapefile,GPKG,DXF",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",  # it is a folder of many files
}


def is_geodatabase(path: Path) -> bool:
    """Tell whether `path` is the folder of a file geodatabase."""
    return path.suffix.lower() == SUFFIX and path.is_dir()


def stream(path: Path, layer: str | None, size: int) -> Iterator[Features]:
    """Yield the features of a layer, `size` at a time, at least one batch.

    Raises
    ------
    Refusal, Question
        ``format-mismatch`` where it cannot be read, ``layer-multiple``.
    """
    import pyogrio

    try:
        # What has no geometry is a table beside the layers.
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        chosen = layer or (names[0] if len(names) == 1 else "")
        if chosen not in names:
            raise which("layer-multiple", sorted(names), layer)
        yield from _batches(pyogrio, path, chosen, size)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as error:
        raise refuse("format-mismatch") from error


def _batches(pyogrio: Any, path: Path, layer: str, size: int) -> Iterator[Features]:
    with pyogrio.raw.open_arrow(
        path, layer=layer, batch_size=size, use_pyarrow=True, datetime_as_string=True
    ) as (meta, reader):
        geometry = meta["geometry_name"] or "wkb_geometry"
        names = [str(name) for name in meta["fields"]]
        number = 0
        for batch in reader:
            number += 1
            wkb = batch.column(geometry).to_pylist()
            columns = [_plain(batch.column(name).to_pylist()) for name in names]
            rows = ogr.rows(names, columns, len(wkb))
            yield Features(_shapes(wkb), rows, meta["crs"], "filegdb", layer)
        if not number:
            yield Features(shapes([]), (), meta["crs"], "filegdb", layer)


def _shapes(wkb: list[bytes | None]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return shapely.force_2d(shapes(list(shapely.from_wkb(wkb))))
    except (GEOSException, NotImplementedError) as error:
        raise refuse("geometry-type") from error


def _plain(values: list[Any]) -> list[Any]:
    return [v.hex() if isinstance(v, bytes) else v if _simple(v) else str(v) for v in values]


def _simple(value: Any) -> bool:
    return (
        value is None
        or isinstance(value, str | int | bool)
        or (isinstance(value, float) and bool(np.isfinite(value)))
    )
