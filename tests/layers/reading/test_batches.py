import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from gis.problem import Problem
from layers import reading
from layers.reading import Features
from tests import builders

FORMATS = {"gpkg": "GPKG", "fgb": "FlatGeobuf"}


def written(path: Path, driver: str, count: int = 25, corner: tuple[float, float] = (0, 0)) -> Path:
    """Write every type of attribute a format knows, with gaps."""
    x, y = corner
    numbers = range(count)
    columns: dict[str, Any] = {
        "text": [None if n % 5 == 0 else f"Größe {n}" for n in numbers],
        "whole": list(numbers),
        "large": [2**53 + n for n in numbers],
        "real": [np.nan if n % 7 == 0 else n / 3 for n in numbers],
        "short": np.array([n / 3 for n in numbers], dtype="float32"),
        "truth": [n % 2 == 0 for n in numbers],
        "day": [pandas.Timestamp("2026-01-31").date()] * count,
        "time": pandas.to_datetime(["2026-01-31T12:00:01.5"] * count),
        "gaps": pandas.array([None if n % 3 == 0 else n for n in numbers], dtype="Int64"),
        "nothing": [None] * count,
    }
    shapes = [None if n == 3 else shapely.box(x + n, y + n, x + n + 1, y + n + 2) for n in numbers]
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:25833")
    options = {"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}
    frame.to_file(path, driver=driver, **options)
    return path


def joined(batches: list[Features]) -> tuple[Any, ...]:
    first = batches[0]
    assert {b.crs for b in batches} == {first.crs}
    wkb = shapely.to_wkb(np.concatenate([b.geometries for b in batches]), byte_order=1)
    rows = [dict(row) for b in batches for row in b.attributes]
    return wkb.tolist(), rows, first.crs, first.format, first.notices


@pytest.mark.parametrize("size", [1, 7, 25, 1_000])
@pytest.mark.parametrize("suffix", FORMATS)
def test_batches_are_what_reading_all_gives(tmp_path: Path, suffix: str, size: int) -> None:
    path = written(tmp_path / f"a.{suffix}", FORMATS[suffix])
    whole = reading.read(path, profile=reading.SOURCE)
    batches = list(reading.batches(path, profile=reading.SOURCE, size=size))
    assert joined(batches) == joined([whole])
    assert [type(v) for r in joined(batches)[1] for v in r.values()] == [
        type(v) for r in joined([whole])[1] for v in r.values()
    ]
    assert max(len(b.geometries) for b in batches) <= size


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_a_format_that_is_read_in_one_piece(tmp_path: Path, size: int) -> None:
    path = builders.geojson(
        tmp_path / "a.geojson", [(shapely.Point(n, n), {"n": n}) for n in (0, 1, 2)]
    )
    whole = reading.read(path, profile=reading.SOURCE)
    assert joined(list(reading.batches(path, profile=reading.SOURCE, size=size))) == joined([whole])


@pytest.mark.parametrize("size", [1, 3])
def test_arcs_are_resolved_as_in_the_whole(tmp_path: Path, size: int) -> None:
    path = written(tmp_path / "a.gpkg", "GPKG", 3)
    circle = struct.pack("<BIIBII", 1, 10, 1, 1, 8, 5)  # a polygon of one ring of two arcs
    circle += struct.pack("<10d", 0, 0, 50, 50, 100, 0, 50, -50, 0, 0)
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'trigger'"):
            database.execute(f'drop trigger "{name}"')
        header = b"GP\0\1" + struct.pack("<i", 25833)
        database.execute("update a set geom = ? where fid = 2", (header + circle,))
        database.commit()
    whole = reading.read(path, profile=reading.SOURCE)
    assert max(shapely.area(whole.geometries)) == pytest.approx(np.pi * 2500, rel=1e-3)
    batches = list(reading.batches(path, profile=reading.SOURCE, size=size))
    assert joined(batches) == joined([whole])
    assert max(len(b.geometries) for b in batches) <= size


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_an_empty_layer_is_one_batch_that_says_where_it_would_lie(
    tmp_path: Path, suffix: str
) -> None:
    path = builders.geojson(tmp_path / "a.geojson", [])
    if suffix == "gpkg":
        path = tmp_path / "a.gpkg"
        frame = geopandas.GeoDataFrame({"a": []}, geometry=[], crs="EPSG:25833")
        frame.to_file(path, driver="GPKG")
    (batch,) = reading.batches(path, profile=reading.SOURCE)
    assert len(batch.geometries) == 0
    assert batch.crs is not None


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("suffix", ["gpkg", "fgb"])
def test_a_file_that_breaks_off_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    path = written(tmp_path / f"a.{suffix}", FORMATS[suffix], 400)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(Problem):
        list(reading.batches(path, profile=reading.SOURCE, size=50))


def test_of_several_layers_one_must_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for name in ("eins", "zwei"):
        frame = geopandas.GeoDataFrame({"a": [name]}, geometry=[shapely.Point(0, 0)], crs=25833)
        frame.to_file(path, layer=name, driver="GPKG")
    with pytest.raises(Problem) as caught:
        list(reading.batches(path, profile=reading.SOURCE))
    assert caught.value.code == "layer-multiple"
    (batch,) = reading.batches(path, profile=reading.SOURCE, layer="zwei")
    assert batch.attributes[0]["a"] == "zwei"
