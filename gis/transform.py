"""Into the working CRS, once, at the door; and what that cost in accuracy.

PROJ silently falls back to a 7-parameter shift where a grid is missing: 1 to 3 m for old
Gauß-Krüger coordinates. That accuracy is part of the result here, never lost.
"""

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # stubs do not export it
from pyproj.transformer import TransformerGroup

from gis.crs import is_etrs89, is_wgs84, label
from gis.problem import Refusal, Text

# A grid fetched on the way would make a result depend on the network.
set_network_enabled(active=False)

UNKNOWN_M = 10.0  # what is assumed where PROJ does not know: worse than any listed operation


@dataclass(frozen=True, slots=True)
class Transformation:
    """How coordinates came into the working CRS; `accuracy_m` is one standard deviation, m.

    `assumption` says what was taken for granted, `missing_grid` what would have been better.
    """

    source: str
    target: str
    accuracy_m: float
    operation: str
    assumption: Text | None = None
    missing_grid: str | None = None


WGS84_AS_ETRS89 = Text(
    "WGS-84-Koordinaten gelten als ETRS89 (Abweichung unberücksichtigt, mit 0 m angesetzt).",
    "WGS 84 coordinates count as ETRS89 (the difference is taken as 0 m).",
)


@lru_cache(maxsize=64)
def _operation(source: CRS, target: CRS) -> tuple[Transformer | None, Transformation]:
    names = label(source), label(target)
    if source == target:
        return None, Transformation(*names, 0.0, "none")
    etrs = is_etrs89(target)
    if etrs and (is_etrs89(source) or is_wgs84(source)):
        assumption = WGS84_AS_ETRS89 if is_wgs84(source) else None
        transformer = Transformer.from_crs(source, target, always_xy=True)
        what = "null transformation, projection only"
        return transformer, Transformation(*names, 0.0, what, assumption)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the missing grid is told in the result
        group = TransformerGroup(source, target, always_xy=True, allow_ballpark=False)
    if not group.transformers:
        raise _impossible(*names)
    best = _best(group)
    accuracy = best.accuracy if best.accuracy is not None and best.accuracy >= 0 else UNKNOWN_M
    missing = None
    if not group.best_available and group.unavailable_operations:
        grids = group.unavailable_operations[0].grids
        missing = next((g.short_name for g in grids if not g.available), None)
    return best, Transformation(*names, float(accuracy), best.description, None, missing)


def _best(group: TransformerGroup) -> Transformer:
    """Return PROJ's first choice; without its grid, the operation made for the widest area.

    The finer ones are only good in their part of Germany, and PROJ does not look where we are.
    """
    if group.best_available:
        return group.transformers[0]
    return max(group.transformers, key=_extent)


def _extent(operation: Transformer) -> float:
    west, south, east, north = operation.area_of_use.bounds if operation.area_of_use else (0,) * 4
    return float((east - west) * (north - south))


def _impossible(source: str, target: str) -> Refusal:
    return Refusal(
        "crs-unknown",
        Text(
            f"Von {source} führt kein Weg nach {target}; bitte anders georeferenziert liefern.",
            f"There is no way from {source} to {target}; supply the data in another system.",
        ),
    )


def transform(
    geometries: Any, source: CRS, target: CRS
) -> tuple[NDArray[np.object_], Transformation]:
    """Return geometries (one or many) moved from `source` to `target`, and how; x before y.

    Heights are dropped. None and empty geometries stay as they are.

    Raises
    ------
    Refusal
        ``crs-unknown`` where no operation exists, ``coords-out-of-range`` where a finite
        coordinate has no finite image.
    """
    transformer, how = _operation(source, target)
    flat = shapely.force_2d(np.atleast_1d(np.asarray(geometries, dtype=object)))
    if transformer is None:
        return flat, how
    before = shapely.get_coordinates(flat)
    x, y = transformer.transform(before[:, 0], before[:, 1])
    after = np.stack([x, y], axis=1)
    lost = np.isfinite(before).all(axis=1) & ~np.isfinite(after).all(axis=1)
    if lost.any():
        raise out_of_range(label(source))
    return shapely.set_coordinates(flat.copy(), after), how


def out_of_range(crs: str) -> Refusal:
    """Return the refusal for coordinates that cannot be in the CRS a file names."""
    return Refusal(
        "coords-out-of-range",
        Text(
            f"Koordinaten liegen außerhalb des Gültigkeitsbereichs von {crs}; bitte das "
            "Koordinatensystem prüfen und nennen (--crs).",
            f"Coordinates lie outside the area of use of {crs}; check the coordinate reference "
            "system and name it (--crs).",
        ),
    )
