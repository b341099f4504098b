"""GeoParquet: by pyarrow, a batch at a time, where shapes are WKB; otherwise by geopandas."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.reading import ogr
from layers.reading.features import Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import refuse
from layers.reading.wkb import LONG, is_shallow

if TYPE_CHECKING:
    from layers.reading.read import Answers

CODE = "format-mismatch"
WGS84 = "OGC:CRS84"  # of a file that names no CRS, as the format has it


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a GeoParquet file; without a CRS of its own it is WGS 84, as the format has it."""
    parts = list(stream(path, profile, answers, profile.most_features))
    if not parts:
        return _by_geopandas(path)
    whole = np.concatenate([part.geometries for part in parts])
    rows = tuple(row for part in parts for row in part.attributes)
    return Features(whole, rows, parts[0].crs, "geoparquet")


def stream(path: Path, profile: Profile, answers: "Answers", size: int) -> Iterator[Features]:
    """Yield the features of a file, `size` at a time; none where shapes are not WKB.

    Raises
    ------
    Refusal
        ``format-mismatch``, at any moment.
    """
    from pyarrow import parquet

    with _understood(), parquet.ParquetFile(path, page_checksum_verification=True) as file:
        said = file.schema_arrow.metadata or {}
        about = json.loads(said[b"geo"])
        shape = about["primary_column"]
        if about["columns"][shape]["encoding"] != "WKB" or len(about["columns"]) > 1:
            for batch in file.iter_batches(size, columns=list(about["columns"])):
                for column in batch.columns:
                    _decodable(column.to_pylist())
            return
        crs = _crs(about["columns"][shape])
        left = {shape, *_of_pandas(said)}
        names = [name for name in file.schema_arrow.names if name not in left]
        received = 0
        for batch in file.iter_batches(size):
            wkb = np.array([*batch.column(shape).to_pylist(), None], dtype=object)[:-1]
            columns = [list(map(_plain, batch.column(name).to_pylist())) for name in names]
            received += len(wkb)
            yield Features(
                ogr.decoded(wkb, CODE), ogr.rows(names, columns, len(wkb)), crs, "geoparquet"
            )
        if received != file.metadata.num_rows:
            raise refuse(CODE)


def _decodable(column: Iterable[Any]) -> None:
    """Refuse what nests so deep that decoding it would end this process."""
    if any(isinstance(b, bytes) and len(b) > LONG and not is_shallow(b) for b in column):
        raise refuse(CODE)


@contextmanager
def _understood() -> Iterator[None]:
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError, ValueError, LookupError, CRSError) as error:
        raise refuse(CODE) from error


def _crs(column: dict[str, Any]) -> str | None:
    crs = column.get("crs", WGS84)
    return None if crs is None else CRS.from_user_input(crs).to_wkt()


def _of_pandas(said: dict[bytes, bytes]) -> list[str]:
    """Return the columns in which pandas has put its own row numbers."""
    about = json.loads(said.get(b"pandas", b"{}"))
    return [name for name in about.get("index_columns", []) if isinstance(name, str)]


def _by_geopandas(path: Path) -> Features:
    import geopandas

    with _understood():
        frame = geopandas.read_parquet(path)
    plain = frame.drop(columns=frame.geometry.name)
    rows = tuple({str(k): _plain(v) for k, v in r.items()} for r in plain.to_dict("records"))
    crs = None if frame.crs is None else frame.crs.to_wkt()
    attributes = rows if len(plain.columns) else tuple({} for _ in range(len(frame)))
    return Features(shapes(list(frame.geometry)), attributes, crs, "geoparquet")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: lists and structures as text, bytes as hex, gaps as None."""
    if hasattr(value, "tolist"):  # numpy's numbers and arrays
        value = value.tolist()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    text = str(value)
    return None if text in ("NaT", "<NA>") else text
