from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from layers.building import build_version
from layers.difference import Difference, difference
from layers.export import COLUMNS, export, export_difference, rows
from layers.features import ready
from layers.made import made
from layers.reading.features import Features, shapes
from layers.version import LayerVersion
from tests.layers.steward import CRS, square

Row = tuple[str, shapely.Geometry, dict[str, Any]]


def version(folder: Path, given_: list[Row]) -> LayerVersion:
    geometries = shapes([geometry for _, geometry, _ in given_])
    attributes = tuple({"nr": name, **more} for name, _, more in given_)
    batch = ready(Features(geometries, attributes, "EPSG:25833", "test"), CRS, id_attribute="nr")
    return build_version(folder, [made(batch)], CRS).version


def compared(folder: Path, before: list[Row], now: list[Row]) -> Difference:
    return difference(version(folder, before), version(folder, now))


def test_every_kind_of_change(tmp_path: Path) -> None:
    before: list[Row] = [
        ("same", square(0), {"art": 1}), ("gone", square(1), {"art": 1}),
        ("moved", square(2), {"art": 1}), ("renamed", square(3), {"art": 1}),
        ("both", square(4), {"art": 1, "x": None}),
    ]  # fmt: skip
    shifted = affinity.translate(square(2), 3, 4)
    now: list[Row] = [
        ("both", square(4, side=110), {"art": 2, "y": "neu"}), ("renamed", square(3), {"art": 2}),
        ("moved", shifted, {"art": 1}), ("new", square(5), {"art": 1}),
        ("same", square(0), {"art": 1}),
    ]  # fmt: skip
    found = compared(tmp_path, before, now)
    assert found.counts() == {"added": 1, "removed": 1, "moved": 2, "attributes": 2, "same": 1}
    assert [o.id for o in (*found.added, *found.removed)] == ["new", "gone"]
    both, moved, renamed = found.changed
    assert (both.area_m2, both.attributes) == (2_100, {"art": (1, 2), "y": (None, "neu")})
    assert (moved.shift_m, moved.deviation_m, moved.area_m2) == (5, 5, 0)
    assert (renamed.moved, renamed.attributes) == (False, {"art": (1, 2)})
    table = rows(found)
    assert [row["change"] for row in table] == ["added", "removed", "moved", "moved", "attributes"]
    assert all(tuple(row) == COLUMNS for row in table)
    export_difference(found, tmp_path / "a.gpkg", CRS)
    frame = geopandas.read_file(tmp_path / "a.gpkg")
    assert frame.crs == CRS
    assert frame["change"].tolist() == [row["change"] for row in table]
    assert frame["shift_m"].tolist()[3] == 5
    assert frame.geometry[0].equals(square(5))


def test_nothing_differs_from_itself(tmp_path: Path) -> None:
    one = version(tmp_path, [("a", square(0), {}), ("a", square(0), {})])
    assert difference(one, one).counts() == {
        "added": 0, "removed": 0, "moved": 0, "attributes": 0, "same": 2,
    }  # fmt: skip


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=6),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=6),
)
def test_the_sums_are_right_with_twins_too(
    tmp_path_factory: pytest.TempPathFactory, before: list[Any], now: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("twins")
    made = [[(name, square(place), {}) for name, place in each] for each in (before, now)]
    found = compared(folder, *made)
    assert len(found.added) + len(found.changed) + found.same == len(now)
    assert len(found.removed) + len(found.changed) + found.same == len(before)
    common = sum(min(before.count(each), now.count(each)) for each in set(before))
    assert found.same == common


def test_a_version_as_geopackage(tmp_path: Path) -> None:
    given_: list[Row] = [
        ("a", square(0), {"ha": 1.5, "n": 1, "ja": True, "fid": "x", "gap": None, "mix": 1}),
        ("b", square(1), {"ha": 2, "n": None, "ja": None, "fid": "y", "gap": None, "mix": "zwei"}),
    ]
    export(version(tmp_path, given_), tmp_path / "a.gpkg", "nsg")
    frame = geopandas.read_file(tmp_path / "a.gpkg", layer="nsg")
    assert frame["belang_id"].tolist() == ["a", "b"]
    assert frame["ha"].tolist() == [1.5, 2.0]
    assert frame["n"].tolist()[0] == 1
    assert frame["n"].isna().tolist() == [False, True]
    assert frame["fid_"].tolist() == ["x", "y"]
    assert frame["mix"].tolist() == ["1", "zwei"]
    export(version(tmp_path, []), tmp_path / "b.gpkg", "nsg")
    assert len(geopandas.read_file(tmp_path / "b.gpkg")) == 0
