"""The features of a version as GeoParquet, for people and tools."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyproj import CRS

from layers.features import Ready

OWN = ("belang_id", "geometry")
WIDEST = 2**63


def write_table(path: Path, ready: Ready, crs: CRS) -> None:
    """Write ids, attributes and shapes; an attribute called like a column of ours gets a ``_``."""
    import geopandas  # 0.4 s that a check of known versions need not pay

    columns: dict[str, Any] = {"belang_id": list(ready.ids)}
    for name in dict.fromkeys(name for row in ready.attributes for name in row):
        column = f"{name}_" if name in OWN else name
        columns[column] = _alike([row.get(name) for row in ready.attributes])
    frame = geopandas.GeoDataFrame(columns, geometry=list(ready.geometries), crs=crs)
    frame.to_parquet(path)


def _alike(values: Sequence[Any]) -> list[Any]:
    """Return values of one type, as a column needs them; text where they differ."""
    kinds = {type(v) for v in values if v is not None}
    mixed = len(kinds) > 1 and kinds != {int, float}
    if mixed or any(isinstance(v, int) and abs(v) >= WIDEST for v in values):
        return [None if v is None else str(v) for v in values]
    return list(values)
