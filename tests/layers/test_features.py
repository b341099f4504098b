from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import crs_from
from gis.problem import Refusal
from layers.encoded import decoded, encoded, version_hash
from layers.features import Ready, canonical, ready
from layers.reading.features import Features, shapes
from layers.reading.wkt import WORKING

CRS = crs_from("EPSG:25833")
SQUARE = (
    "POLYGON ((330000 5670000, 330100 5670000, 330100 5670100, 330000 5670100, 330000 5670000))"
)


def made(
    wkts: Sequence[str | None], rows: Sequence[dict[str, Any]] = (), crs: str | None = "EPSG:25833",
    id_attribute: str | None = None,
) -> Ready:  # fmt: skip
    with np.errstate(all="ignore"):
        geometries = [None if w is None else shapely.from_wkt(w) for w in wkts]
    features = Features(shapes(geometries), tuple(rows or ({} for _ in wkts)), crs, "test")
    return ready(features, CRS, id_attribute=id_attribute)


def digest(found: Ready) -> str:
    return version_hash("EPSG:25833", [np.sort(encoded(found)[0].digests)], found.broken)


def test_objects_are_numbered_where_nothing_names_them() -> None:
    assert made(["POINT (1 1)", "POINT (0 0)"]).ids == ("1", "2")


def test_ids_come_from_the_attribute() -> None:
    rows = [{"nr": "b"}, {"nr": 7.0}, {"nr": None}, {"nr": ""}, {}]
    found = made(["POINT (1 1)"] * 5, rows, id_attribute="nr")
    assert found.ids == ("b", "7", "#3", "#4", "#5")
    assert not found.notes


def test_objects_of_the_same_id_are_all_kept() -> None:
    found = made(["POINT (2 2)", "POINT (1 1)"], [{"nr": 1}, {"nr": 1}], id_attribute="nr")
    assert found.ids == ("1", "1")
    assert sorted(g.x for g in found.geometries) == [1, 2]


def test_values_are_what_json_and_every_format_can_hold() -> None:
    row = {"a": float("nan"), "b": float("inf"), "c": 3.0, "d": 2.5, "e": True, "f": b"x", "g": "ä"}
    assert made(["POINT (1 1)"], [row]).attributes == (
        {"a": None, "b": None, "c": 3, "d": 2.5, "e": True, "f": "b'x'", "g": "ä"},
    )


def test_coordinates_come_into_the_working_crs() -> None:
    found = made(["POINT (12.5 51.2)"], crs="EPSG:4326")
    assert found.transformation.accuracy_m == 0
    x, y = found.geometries[0].coords[0]
    assert (330_000 > x > 320_000, 5_680_000 > y > 5_670_000) == (True, True)
    legacy = made(["POINT (4530000 5670000)"], crs="EPSG:31468")
    assert legacy.transformation.accuracy_m >= 1


def test_text_without_a_crs_is_in_the_working_one() -> None:
    assert made(["POINT (330000 5670000)"], crs=WORKING).geometries[0].x == 330_000


@pytest.mark.parametrize(("crs", "code"), [(None, "crs-missing"), ("EPSG:99999", "crs-unknown")])
def test_without_a_crs_nothing_is_ready(crs: str | None, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        made(["POINT (1 1)"], crs=crs)
    assert caught.value.code == code


def test_what_needs_no_guessing_is_repaired_and_told() -> None:
    twice = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (10 10, 30 10, 30 30, 10 30, 10 10), (20 20, 40 20, 40 40, 20 40, 20 20))"  # noqa: E501
    found = made([twice])
    assert shapely.is_valid(found.geometries).all()
    assert found.geometries[0].area == 10_000 - 700
    assert len(found.notes) == 1
    assert not found.broken


def test_what_needs_guessing_is_kept_apart_with_its_place() -> None:
    outside = "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (20 20, 30 20, 30 30, 20 30, 20 20))"
    found = made([outside, SQUARE])
    assert found.ids == ("2",)
    ((name, bounds),) = [(b.id, b.bounds) for b in found.broken]
    assert (name, bounds) == ("1", (0, 0, 9, 9))
    assert found.broken[0].reason


@pytest.mark.parametrize(
    "wkt", [None, "POLYGON EMPTY", "POINT EMPTY", "POLYGON ((0 0, 9 0, nan 9, 0 0))",
            "LINESTRING (0 0, 5 nan)"]
)  # fmt: skip
def test_what_is_nowhere_may_be_anywhere(wkt: str | None) -> None:
    found = made([wkt, SQUARE])
    assert found.ids == ("2",)
    assert [(b.id, b.bounds) for b in found.broken] == [("1", None)]


def test_a_layer_without_objects_is_ready() -> None:
    found = made([])
    assert (found.ids, found.attributes, found.broken) == ((), (), ())
    assert len(digest(found)) == 64


def test_the_hash_knows_every_difference() -> None:
    base = made([SQUARE, "POINT (1 1)"], [{"n": 1}, {"n": 2}])
    others = [
        made([SQUARE, "POINT (1 1)"], [{"n": 1}, {"n": 3}]),
        made([SQUARE, "POINT (1 1)"], [{"n": 1}, {"m": 2}]),
        made([SQUARE, "POINT (1 1)"], [{"n": 1}, {"n": "2"}]),
        made([SQUARE, "POINT (1 1.000001)"], [{"n": 1}, {"n": 2}]),
        made([SQUARE], [{"n": 1}]),
        made([SQUARE, "POINT (1 1)", None], [{"n": 1}, {"n": 2}, {}]),
        made(["POINT (1 1)", SQUARE], [{"n": 1}, {"n": 2}]),
    ]
    assert len({digest(base), *map(digest, others)}) == 1 + len(others)


WAYS = [
    SQUARE,
    "POLYGON ((330100 5670100, 330000 5670100, 330000 5670000, 330100 5670000, 330100 5670100))",
    "POLYGON ((330000 5670000, 330000 5670100, 330100 5670100, 330100 5670000, 330000 5670000))",
    f"MULTI{SQUARE.replace('((', '(((').replace('))', ')))')}",
]


@pytest.mark.parametrize("wkt", WAYS)
def test_how_a_ring_is_written_does_not_matter(wkt: str) -> None:
    assert digest(made([wkt])) == digest(made([SQUARE]))


def test_lines_keep_their_direction() -> None:
    """Kilometres count along them."""
    for wkt in ("LINESTRING (10 0, 5 0, 0 0)", "MULTILINESTRING ((9 0, 8 0), (5 0, 0 0))"):
        assert shapely.equals_exact(made([wkt]).geometries[0], shapely.from_wkt(wkt), tolerance=0)
    assert digest(made(["LINESTRING (0 0, 9 0)"])) != digest(made(["LINESTRING (9 0, 0 0)"]))


def test_a_collection_stays_as_it_is() -> None:
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (9 0, 0 0))")
    assert shapely.equals_exact(canonical(shapes([mixed]))[0], mixed, tolerance=0)


@given(st.permutations(range(6)), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_the_order_of_a_file_does_not_change_the_hash(order: list[int], numbers: list[int]) -> None:
    wkts = ["POINT (0 0)", SQUARE, "POINT (0 0)", None, "POLYGON EMPTY", "LINESTRING (3 3, 1 1)"]
    rows = [{"nr": n, "name": f"Nr {i % 4}"} for i, n in enumerate(numbers)]
    first = made(wkts, rows, id_attribute="nr")
    again = made([wkts[i] for i in order], [rows[i] for i in order], id_attribute="nr")
    assert digest(again) == digest(first)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        0.1,
        2**63,
        10**19,
        -(10**30),
        "DESN12345678901234567890",
        "\ud800",
        "ä",
    ],
)
def test_a_row_is_read_as_it_was_written(value: Any) -> None:
    found, _ = encoded(made(["POINT (330000 5670000)"], [{"a": value}]))
    row = found.content[: found.records["row_lengths"][0]]
    assert decoded(row) == ("1", {"a": value})
