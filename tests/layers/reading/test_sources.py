"""Formats only layers come in, and what the two profiles allow."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from pyproj import CRS

from gis.problem import Refusal
from layers import reading
from layers.reading.ogr import engine

SHAPES = np.array(
    [shapely.box(330_000, 5_670_000, 330_100, 5_670_100), shapely.Point(330_500, 5_670_500)]
)


def code_of(path: Path, profile: reading.Profile) -> str:
    with pytest.raises(Refusal) as caught:
        reading.read(path, profile=profile)
    return caught.value.code


def flatgeobuf(path: Path) -> Path:
    engine().raw.write(
        path,
        geometry=shapely.to_wkb(SHAPES),
        field_data=[np.array(["Größe", None], dtype=object), np.array([1.5, np.nan])],
        fields=["name", "number"],
        geometry_type="Unknown",
        crs="EPSG:25833",
        driver="FlatGeobuf",
    )
    return path


def geoparquet(path: Path, crs: str | None = "EPSG:25833", **columns: Any) -> Path:
    geopandas.GeoDataFrame(columns, geometry=list(SHAPES), crs=crs).to_parquet(path)
    return path


def test_flatgeobuf(tmp_path: Path) -> None:
    path = flatgeobuf(tmp_path / "a.fgb")
    found = reading.read(path, profile=reading.SOURCE, layer="whatever")
    assert (found.crs, found.format) == ("EPSG:25833", "flatgeobuf")
    rows = dict(zip([g.geom_type for g in found.geometries], found.attributes, strict=True))
    assert rows == {
        "Polygon": {"name": "Größe", "number": 1.5},
        "Point": {"name": None, "number": None},
    }
    by_kind = sorted(found.geometries, key=lambda g: g.geom_type, reverse=True)  # FGB sorts them
    assert shapely.equals(by_kind, SHAPES).all()
    assert code_of(path, reading.UPLOAD) == "format-not-allowed"


def test_a_damaged_flatgeobuf(tmp_path: Path) -> None:
    path = flatgeobuf(tmp_path / "a.fgb")
    content = path.read_bytes()
    for cut in (8, 60, len(content) // 2, len(content) - 4):
        path.write_bytes(content[:cut])
        assert code_of(path, reading.SOURCE) == "format-mismatch"


def test_geoparquet_with_values_of_every_type(tmp_path: Path) -> None:
    path = geoparquet(
        tmp_path / "a.parquet",
        name=["Größe", None],
        number=[1.5, float("nan")],
        endless=[float("inf"), 1.0],
        whole=pandas.array([3, None], dtype="Int64"),
        true=pandas.array([True, None], dtype="boolean"),
        day=pandas.to_datetime(["2026-01-31", None]),
        raw=[b"\x01\xff", None],
        several=[[1, 2], None],
        struct=[{"a": "ä"}, None],
    )
    found = reading.read(path, profile=reading.SOURCE)
    assert found.crs is not None
    assert CRS.from_wkt(found.crs).to_epsg() == 25833
    assert shapely.equals(found.geometries, SHAPES).all()
    first, second = found.attributes
    assert first == {
        "name": "Größe",
        "number": 1.5,
        "endless": None,
        "whole": 3,
        "true": True,
        "day": "2026-01-31 00:00:00",
        "raw": "01ff",
        "several": "[1, 2]",
        "struct": '{"a": "ä"}',
    }
    assert second == dict.fromkeys(first) | {"endless": 1.0}
    assert code_of(path, reading.UPLOAD) == "format-not-allowed"


def test_geoparquet_without_crs_or_attributes(tmp_path: Path) -> None:
    found = reading.read(geoparquet(tmp_path / "a.parquet", None), profile=reading.SOURCE)
    assert found.crs is None
    assert found.attributes == ({}, {})


def test_parquet_that_is_no_geoparquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pandas.DataFrame({"a": [1]}).to_parquet(path)
    assert code_of(path, reading.SOURCE) == "format-mismatch"
    path.write_bytes(path.read_bytes()[:50])
    assert code_of(path, reading.SOURCE) == "format-mismatch"


def test_a_file_may_be_as_large_as_its_profile_says(tmp_path: Path) -> None:
    path = flatgeobuf(tmp_path / "a.fgb")
    size = path.stat().st_size
    assert reading.read(path, profile=replace(reading.SOURCE, most_bytes=size)).geometries.size == 2
    assert code_of(path, replace(reading.SOURCE, most_bytes=size - 1)) == "plan-too-large"
    assert code_of(path, replace(reading.SOURCE, most_features=1)) == "plan-too-large"


def test_a_plan_larger_than_50_mb_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    assert code_of(path, reading.UPLOAD) == "plan-too-large"


def test_layers_may_be_larger_than_plans_in_every_respect() -> None:
    plan, layer = reading.UPLOAD, reading.SOURCE
    assert plan.formats < layer.formats
    for limit in ("bytes", "features", "fields", "text", "unpacked", "members"):
        assert getattr(plan, f"most_{limit}") < getattr(layer, f"most_{limit}")


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path, reading.SOURCE) == "format-mismatch"
    assert code_of(tmp_path / "missing", reading.SOURCE) == "format-mismatch"
