"""A made-up district of any size: 24 layers at a constant density, as files with a catalogue.

From 10,000 objects (30 km², a town) to 10,000,000 (30,000 km², a Land). The same seed draws the
same bytes of geometry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
import yaml

from bench import shapes
from layers.reading.ogr import engine

DENSITY = 333e-6  # objects a square metre
WEST, SOUTH = 300_000.0, 5_600_000.0  # in EPSG:25833
CRS = "EPSG:25833"
BATCH = 100_000


class Kind(NamedTuple):
    """A layer: its share of all objects, how far a rule looks, fewest and most vertices.

    `shape` is ``area``, ``line`` or ``point``.
    """

    share: float
    reach_m: float
    shape: str
    least: int = 5
    most: int = 40


LAYERS: Mapping[str, Kind] = {
    "parcels": Kind(0.36, 0, "area", 5, 60),
    "buildings": Kind(0.16, 20, "area", 5, 30),
    "trees": Kind(0.10, 10, "point"),
    "monuments": Kind(0.04, 100, "point"),
    "ensembles": Kind(0.02, 50, "area", 6, 400),
    "wells": Kind(0.02, 200, "point"),
    "boreholes": Kind(0.03, 0, "point"),
    "biotopes": Kind(0.06, 50, "area", 10, 4_000),
    "lakes": Kind(0.03, 50, "area", 12, 8_000),
    "forests": Kind(0.03, 30, "area", 12, 12_000),
    "reserves": Kind(0.0006, 300, "area", 60, 29_000),
    "landscapes": Kind(0.0003, 0, "area", 120, 29_000),
    "habitats": Kind(0.0006, 500, "area", 60, 29_000),
    "floodplains": Kind(0.003, 0, "area", 40, 16_000),
    "springs": Kind(0.003, 0, "area", 20, 4_000),
    "suspicions": Kind(0.02, 100, "area", 6, 200),
    "mining": Kind(0.004, 0, "area", 20, 8_000),
    "roads": Kind(0.03, 40, "line", 4, 3_000),
    "railways": Kind(0.004, 60, "line", 10, 3_000),
    "rivers": Kind(0.02, 10, "line", 8, 3_000),
    "power": Kind(0.006, 60, "line", 3, 300),
    "pipes": Kind(0.02, 20, "line", 3, 600),
    "paths": Kind(0.04, 0, "line", 4, 800),
    "turbines": Kind(0.003, 1000, "point"),
}
WHOLE = sum(kind.share for kind in LAYERS.values())


@dataclass(frozen=True)
class Extent:
    """A square of `side_m` in which everything begins."""

    side_m: float

    def places(self, numbers: np.random.Generator, count: int) -> shapes.Floats:
        """Return places in it, shape (count, 2)."""
        return np.array([WEST, SOUTH]) + numbers.uniform(0, self.side_m, (count, 2))


def extent(objects: int) -> Extent:
    """Return the square that holds so many objects."""
    return Extent(float(np.sqrt(objects / DENSITY)))


def drawn(folder: Path, objects: int, seed: int) -> Path:
    """Write the district below `folder`, unless it is there; return its catalogue's path."""
    home = folder / f"district-{objects}-{seed}"
    path = home / "catalogue.yaml"
    if path.exists():
        return path
    home.mkdir(parents=True, exist_ok=True)
    numbers = np.random.default_rng(seed)
    where = extent(objects)
    for code, kind in LAYERS.items():
        _write(home / f"{code}.gpkg", kind, round(objects * kind.share / WHOLE), where, numbers)
    path.write_text(yaml.safe_dump(_catalogue(), sort_keys=False), encoding="utf-8")
    return path


def _write(path: Path, kind: Kind, count: int, where: Extent, numbers: np.random.Generator) -> None:
    path.unlink(missing_ok=True)
    for first in range(0, max(count, 1), BATCH):
        size = min(BATCH, max(count, 1) - first)
        found = layer_shapes(kind, size, where, numbers)
        engine().raw.write(
            path,
            geometry=shapely.to_wkb(found),
            field_data=_attributes(first, size, numbers),
            fields=["nr", "name", "art", "stand"],
            geometry_type="Unknown",
            crs=CRS,
            driver="GPKG",
            layer=path.stem,
            append=first > 0,
        )


def layer_shapes(
    kind: Kind, count: int, where: Extent, numbers: np.random.Generator
) -> shapes.Shapes:
    """Return `count` objects of a kind."""
    places = where.places(numbers, count)
    if kind.shape == "point":
        return np.asarray(shapely.points(np.round(places, 3)))
    sizes = shapes.vertices(numbers, count, kind.least, kind.most)
    if kind.shape == "line":
        return shapes.lines(numbers, places, sizes, 30.0)
    return shapes.areas(numbers, places, sizes)


def _attributes(first: int, count: int, numbers: np.random.Generator) -> list[Any]:
    every = range(first, first + count)
    return [
        np.array([f"N{n:08d}" for n in every], dtype=object),
        np.array([f"Objekt {n}" for n in every], dtype=object),
        numbers.integers(1, 9, count),
        np.array(["2026-01-31"] * count, dtype=object),
    ]


def _catalogue() -> dict[str, Any]:
    layers = [
        {
            "code": code, "title": f"Schicht {code}", "keeper": "AMT", "id": "nr", "name": "name",
            "source": {"type": "file", "path": f"{code}.gpkg"}, "accuracy_m": 1,
        }
        for code in LAYERS
    ]  # fmt: skip
    return {
        "title": "Musterland", "crs": CRS,
        "offices": [{"code": "AMT", "name": "Amt"}],
        "layers": layers,
        "rules": [_rule(code, kind) for code, kind in LAYERS.items()],
    }  # fmt: skip


def _rule(code: str, kind: Kind) -> dict[str, Any]:
    when: Any = {"within": kind.reach_m} if kind.reach_m else "overlaps"
    return {
        "code": f"R_{code}", "layer": code, "when": when, "offices": ["AMT"],
        "effect": "consideration", "basis": "§ 1 TestG", "origin": "statute",
    }  # fmt: skip
