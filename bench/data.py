"""Made-up layers of any size: parcels of some twenty vertices in a district of 60 by 50 km."""

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.reading.ogr import engine

BATCH = 100_000
VERTICES = 20


def write_geopackage(path: Path, count: int, seed: int = 1) -> Path:
    """Write `count` valid polygons with five attributes to a GeoPackage, unless it is there."""
    if path.exists():
        return path
    numbers = np.random.default_rng(seed)
    aside = path.with_suffix(".part.gpkg")
    aside.unlink(missing_ok=True)
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        engine().raw.write(
            aside,
            geometry=shapely.to_wkb(_polygons(numbers, size)),
            field_data=_attributes(numbers, first, size),
            fields=["nr", "name", "art", "ha", "stand"],
            geometry_type="Polygon",
            crs="EPSG:25833",
            driver="GPKG",
            layer="parcels",
            append=first > 0,
        )
    return aside.rename(path)


def _polygons(numbers: np.random.Generator, count: int) -> NDArray[np.object_]:
    angles = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    radii = numbers.uniform(8, 20, (count, VERTICES))
    centres = numbers.uniform((300_000, 5_640_000), (360_000, 5_690_000), (count, 2))
    xy = centres[:, None, :] + radii[..., None] * np.stack([np.cos(angles), np.sin(angles)], -1)
    rings = np.concatenate([xy, xy[:, :1]], axis=1)
    found: NDArray[np.object_] = np.asarray(shapely.polygons(np.round(rings, 3)))
    return found


def _attributes(numbers: np.random.Generator, first: int, count: int) -> list[np.ndarray]:
    range_ = range(first, first + count)
    return [
        np.array([f"DESN{n:010d}" for n in range_], dtype=object),
        np.array([f"Flurstück {n % 9973}/{n % 17}" for n in range_], dtype=object),
        numbers.integers(1, 40, count),
        np.round(numbers.uniform(0.01, 2.0, count), 4),
        np.array(["2026-01-31"] * count, dtype=object),
    ]
