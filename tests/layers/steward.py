"""Layers of a steward: files that change, and the store they are published in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shapely import box
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from
from gis.problem import Text
from layers.layer import Layer, Source
from layers.refresh import Outcome, refresh
from layers.store import Store
from tests import builders

CRS = crs_from("EPSG:25833")
X, Y = 320_000.0, 5_670_000.0


def layer(path: Path, code: str = "nsg", **more: Any) -> Layer:
    given: dict[str, Any] = {
        "code": code, "title": Text("Naturschutzgebiete", "reserves"), "theme": "natur",
        "keeper": "UNB", "source": Source("file", path), "id": "nr", "name": None,
        "accuracy_m": 1.0, "half_width": None, "linear_reference": None, "visibility": "public",
        "declaratory": False, "coverage": None, "data_date": None, "licence": "",
        "attribution": "", "note": None,
    }  # fmt: skip
    return Layer(**{**given, **more})


def square(number: int, side: float = 100.0) -> BaseGeometry:
    """Return a square; each number has its own place."""
    left = X + 150.0 * (number % 100)
    bottom = Y + 150.0 * (number // 100)
    return box(left, bottom, left + side, bottom + side)


def rows(
    count: int, start: int = 0, side: float = 100.0, **attributes: Any
) -> list[tuple[BaseGeometry, Mapping[str, Any]]]:
    """Return squares with ids."""
    return [
        (square(n, side), {"nr": f"N{n:04}", "name": f"Gebiet {n}", **attributes})
        for n in range(start, start + count)
    ]


def source(path: Path, given: Sequence[Any]) -> Path:
    """Write the objects of a layer to a file, in place of what stood there."""
    return builders.geojson(path, given)


def store(folder: Path) -> Store:
    return Store(folder / "store", CRS)


class Clock:
    """A clock that a test moves on; every look at it is a second later."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def refreshed(there: Store, wanted: Layer, **more: Any) -> Outcome:
    return refresh(there, wanted, who="steward", **more)
