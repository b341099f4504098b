"""GeoParquet, by geopandas."""

import json
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.reading.features import Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a GeoParquet file; without a CRS of its own it is WGS 84, as the format has it."""
    import geopandas
    import pyarrow

    try:
        frame = geopandas.read_parquet(path)
    except (pyarrow.ArrowException, ValueError) as error:
        raise refuse("format-mismatch") from error
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
