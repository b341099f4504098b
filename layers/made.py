"""A batch made: everything a version takes from it, as bytes and as columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.transform import Transformation
from layers.encoded import Encoded, encoded
from layers.features import Broken, Ready
from layers.table import Kinds, kinds_of, recorded

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 1e300


@dataclass(frozen=True, slots=True)
class Made:
    """What is written of a batch, and what is known of it."""

    encoded: Encoded
    table: "pa.RecordBatch"
    kinds: Kinds
    maxima: Mapping[str, float]
    dimensions: frozenset[int]
    area_m2: float
    broken: tuple[Broken, ...]
    repaired: int
    notes: tuple[str, ...]
    transformation: Transformation


def made(ready: Ready) -> Made:
    """Return a batch as it is written."""
    batch, wkb = encoded(ready)
    columns = ready.columns
    kinds = kinds_of(columns)
    maxima = {n: _maximum(columns[n]) for n, found in kinds.items() if found & {int, float}}
    return Made(
        batch,
        recorded(ready.ids, columns, wkb, kinds),
        kinds,
        maxima,
        frozenset(np.unique(shapely.get_dimensions(ready.geometries)).tolist()),
        float(shapely.area(ready.geometries).sum()),
        ready.broken,
        ready.repaired,
        ready.notes,
        ready.transformation,
    )


def _maximum(values: list[Any]) -> float:
    largest = max(v for v in values if type(v) is int or type(v) is float)
    return float(max(min(largest, MOST), -MOST))
