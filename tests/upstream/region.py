"""2,500 squares with the things that go wrong: umlauts, numbers, gaps; in two CRS."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from layers.reading.ogr import engine

COUNT = 2_500
LEFT, BOTTOM = 320_000.0, 5_660_000.0  # EPSG:25833
BBOX = (12.3, 51.0, 13.2, 51.6)  # degrees, around all of it


def squares(number: int = COUNT) -> list[Any]:
    """Return squares of 80 m on a grid of 100 m, 50 in a row."""
    return [
        shapely.box(x, y, x + 80, y + 80)
        for i in range(number)
        for x, y in [(LEFT + 100 * (i % 50), BOTTOM + 100 * (i // 50))]
    ]


def in_degrees(number: int = COUNT) -> list[Any]:
    """Return squares in EPSG:4326, x before y, beside one another."""
    return [
        shapely.box(x, y, x + 0.0008, y + 0.0008)
        for i in range(number)
        for x, y in [(12.5 + 0.001 * (i % 50), 51.1 + 0.001 * (i // 50))]
    ]


def rows(number: int = COUNT) -> list[dict[str, Any]]:
    """Return attributes: `nr` from 1, a name with an umlaut, a status and a width."""
    return [
        {
            "nr": i + 1,
            "name": f"Fläche {i + 1}",
            "status": "festgesetzt" if i % 5 else "geplant",
            "breite": 3.5 if i % 2 else 7.0,
        }
        for i in range(number)
    ]


def write(path: Path, geometries: list[Any], crs: str, layer: str | None = None) -> None:
    """Write a GeoPackage or a Shapefile by the suffix of `path`."""
    pyogrio = engine()
    table = rows(len(geometries))
    columns = [np.array([row[name] for row in table]) for name in table[0]]
    columns[1], columns[2] = columns[1].astype(object), columns[2].astype(object)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(geometries, dtype=object)),
        columns,
        list(table[0]),
        driver="GPKG" if path.suffix == ".gpkg" else "ESRI Shapefile",
        layer=layer or path.stem,
        geometry_type="Polygon",
        crs=CRS(crs).to_wkt(),
        encoding="UTF-8",
    )


def geojson(path: Path, geometries: list[Any]) -> None:
    """Write a GeoJSON file."""
    features = [
        {"type": "Feature", "id": row["nr"], "geometry": shapely.geometry.mapping(shape),
         "properties": row}
        for shape, row in zip(geometries, rows(len(geometries)), strict=True)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
