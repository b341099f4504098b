"""What the second computation starts from: files, read by geopandas and GDAL, in EPSG:25833."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
import yaml
from shapely.geometry.base import BaseGeometry

CRS = 25833


def read(path: Path) -> geopandas.GeoDataFrame:
    """Return the features of a file in EPSG:25833 without heights; GeoJSON is read without GDAL."""
    if path.suffix == ".geojson":
        content = json.loads(path.read_text(encoding="utf-8"))
        frame = geopandas.GeoDataFrame.from_features(content["features"], crs=4326)
    else:
        frame = geopandas.read_file(path)
    frame.geometry = shapely.force_2d(frame.geometry.to_numpy())
    return frame.to_crs(CRS)


# GDAL reads arcs in steps of 0.25°: the finer, the nearer to the circle.
GDAL_ALONE = """
import sys, geopandas, pyogrio
for path in sys.argv[1:]:
    layer = next(n for n in pyogrio.list_layers(path)[:, 0] if n.endswith("_Plan"))
    print(geopandas.read_file(path, layer=layer).to_crs(25833).union_all().wkb_hex)
"""


def xplan_outlines(paths: Sequence[Path], scratch: Path) -> dict[str, BaseGeometry]:
    """Return the outlines of XPlanGML files (or archives) as GDAL reads them, by file name.

    In a process of its own: the one under test has no GML driver, and must not get one.
    """
    copies = []
    for path in paths:
        content = path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                inside = next(n for n in archive.namelist() if n.endswith(".gml"))
                content = archive.read(inside)
        copies.append(scratch / f"{path.stem}.gml")  # GDAL writes a file of its own beside it
        copies[-1].write_bytes(content)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GDAL_", "OGR_", "CPL_"))}
    found = subprocess.run(
        [sys.executable, "-c", GDAL_ALONE, *map(str, copies)],
        env={**clean, "OGR_ARC_STEPSIZE": "0.25"},
        capture_output=True,
        check=True,
        text=True,
    )
    shapes = shapely.from_wkb(found.stdout.split())
    return {path.name: shape for path, shape in zip(paths, shapes, strict=True)}


@dataclass(frozen=True)
class Theme:
    """A layer of the catalogue with its objects, read and buffered here."""

    code: str
    ids: tuple[str, ...]
    things: np.ndarray[Any, Any]
    wide: np.ndarray[Any, Any]
    rows: tuple[Mapping[str, Any], ...]
    half_m: float
    eps_m: float
    reach_m: float
    asks: tuple[tuple[float, Callable[[Mapping[str, Any]], bool]], ...]
    cover: BaseGeometry | None

    @property
    def dimension(self) -> int:
        """0 points, 1 lines, 2 areas."""
        return int(shapely.get_dimensions(self.things).max())


# What the filters of the catalogue say, in Python.
FILTERS: Mapping[str | None, Callable[[Mapping[str, Any]], bool]] = {
    None: lambda row: True,
    "Hub_m >= 100": lambda row: np.isnan(row["Hub_m"]) or row["Hub_m"] >= 100,
}


@cache
def themes(catalogue: Path, accuracy: tuple[tuple[str, float], ...] = ()) -> tuple[Theme, ...]:
    """Return the layers of a catalogue; `accuracy` says what a layer's transformation cost, m."""
    content = yaml.safe_load(catalogue.read_text(encoding="utf-8"))
    area = content.get("area", {}).get("path")
    return tuple(_theme(la, content["rules"], area, dict(accuracy)) for la in content["layers"])


def _theme(
    layer: Mapping[str, Any], rules: list[Any], area: str | None, accuracy: Mapping[str, float]
) -> Theme:
    frame = read(Path(layer["source"]["path"]))
    rows = tuple(frame.drop(columns="geometry").to_dict("records"))
    ids = [str(row[layer["id"]]) for row in rows] if "id" in layer else range(1, len(rows) + 1)
    half = layer.get("half_width", {}).get("metres", 0.0)
    things = frame.geometry.to_numpy()
    mine = [r for r in rules if r.get("layer") == layer["code"] and "within" in r["when"]]
    asks = [(float(r["when"]["within"]), FILTERS[r.get("where")]) for r in mine]
    cover = layer.get("coverage", {}).get("path", area)
    sigma = np.hypot(layer["accuracy_m"], accuracy.get(layer["code"], 0.0))
    return Theme(
        layer["code"],
        tuple(map(str, ids)),
        things,
        shapely.buffer(things, half, cap_style="flat") if half else things,
        rows,
        half,
        max(0.01, 2 * float(sigma)),
        max((distance for distance, _ in asks), default=0.0),
        tuple(asks),
        None if cover is None else read(Path(cover)).union_all(),
    )
