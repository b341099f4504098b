"""Esri's geometries: rings in any order and direction, parts, gaps."""

from typing import Any

import pytest
import shapely

from gis.problem import Refusal
from layers.harvest import esri

SHELL = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]  # clockwise
HOLE = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]  # the other way
ISLAND = [[20, 0], [20, 5], [25, 5], [25, 0], [20, 0]]
LAKE_ISLAND = [[2.5, 2.5], [2.5, 3.5], [3.5, 3.5], [3.5, 2.5], [2.5, 2.5]]
ISLAND_HOLE = [[21, 1], [22, 1], [22, 2], [21, 2], [21, 1]]


def turned(rings: list[list[list[float]]]) -> list[list[list[float]]]:
    return [ring[::-1] for ring in rings]


@pytest.mark.parametrize(
    ("rings", "area", "parts", "holes"),
    [
        ([SHELL], 100, 1, 0),
        ([SHELL, HOLE], 96, 1, 1),
        ([HOLE, SHELL], 96, 1, 1),
        ([SHELL, ISLAND], 125, 2, 0),
        ([ISLAND_HOLE, SHELL, HOLE, ISLAND], 120, 2, 2),
        ([SHELL, HOLE, LAKE_ISLAND], 97, 2, 1),
        ([SHELL, ISLAND[::-1], HOLE], 121, 2, 1),
        ([[[p[0] / 2, p[1] / 2] for p in SHELL], [[p[0] / 2, p[1] / 2] for p in HOLE]], 24, 1, 1),
    ],
)
@pytest.mark.parametrize("wrong_way", [False, True])
def test_rings_become_areas(
    rings: list[Any], area: float, parts: int, holes: int, wrong_way: bool
) -> None:
    found = esri.geometry({"rings": turned(rings) if wrong_way else rings})
    pieces = shapely.get_parts(found)

    assert found is not None
    assert found.is_valid
    assert found.area == pytest.approx(area)
    assert len(pieces) == parts
    assert sum(len(p.interiors) for p in pieces) == holes


@pytest.mark.parametrize(
    ("member", "wkt"),
    [
        (None, None),
        ({"x": 1, "y": 2, "z": 3}, "POINT (1 2)"),
        ({"x": "NaN", "y": "NaN"}, None),
        ({"x": None, "y": None}, None),
        ({"points": [[1, 2], [3, 4, 5]]}, "MULTIPOINT ((1 2), (3 4))"),
        ({"paths": [[[0, 0, 9], [1, 1, 9]]]}, "LINESTRING (0 0, 1 1)"),
        ({"paths": [[[0, 0], [1, 1]], [[5, 5], [6, 6]]]},
         "MULTILINESTRING ((0 0, 1 1), (5 5, 6 6))"),
        ({"rings": []}, "POLYGON EMPTY"),
    ],
)  # fmt: skip
def test_other_geometries(member: Any, wkt: str | None) -> None:
    found = esri.geometry(member)

    assert (None if found is None else found.wkt) == wkt


@pytest.mark.parametrize(
    "member",
    [
        {},
        {"rings": [[[0, 0], [1, 1]]]},
        {"rings": [[[0, "NaN"], [1, 1], [2, 0]]]},
        {"curveRings": [[[0, 0]]]},
        {"paths": [[[0]]]},
        {"x": "east", "y": 1},
        {"rings": 7},
        [],
        "x",
    ],
)
def test_what_is_no_geometry_is_refused(member: Any) -> None:
    with pytest.raises(Refusal) as caught:
        esri.geometry(member)
    assert caught.value.code == "source-content"


def test_dates_become_text() -> None:
    row = esri.row({"d": 0, "e": None, "n": 5, "far": 10**18}, frozenset({"d", "e", "far"}))

    assert row == {"d": "1970-01-01T00:00:00Z", "e": None, "n": 5, "far": str(10**18)}
