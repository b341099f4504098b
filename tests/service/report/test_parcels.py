"""The parcels a plan takes ground of: all of them, how much, and never whose they are."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry.base import BaseGeometry

from service.report.parcels import MOST
from tests.builders import (
    Checked,
    catalogue,
    check,
    geojson,
    layer,
    line,
    meets_schema,
    rectangle,
    unmendable,
)

NAMES = {"layer": "alkis", "gemarkung": "gmk", "flur": "flur", "number": "nr", "key": "kz"}
SQUARE = rectangle(0, 0, 100, 100)


def parcel(shape: BaseGeometry, nr: str, **more: Any) -> tuple[BaseGeometry, dict[str, Any]]:
    row = {"gmk": "Borna", "flur": "003", "nr": nr, "kz": f"140001-003-{nr:0>5}",
           "eigentuemer": "Erika Muster", "geburtstag": "1950-01-01"}  # fmt: skip
    return shape, {**row, **more}


ROWS = [
    parcel(rectangle(50, 0, 150, 100), "2"),
    parcel(rectangle(0, 0, 50, 100), "1"),
    parcel(rectangle(-50, 0, 0, 100), "3"),  # borders
    parcel(rectangle(300, 0, 400, 100), "4"),
]


def checked(
    folder: Path, rows: Any = ROWS, *options: str, plan: BaseGeometry = SQUARE, **more: Any
) -> Checked:
    named = more.pop("parcels", NAMES)
    entry = layer(folder, "alkis", rows, id="kz", name="nr", accuracy_m=0.03, **more)
    where = catalogue(folder, [entry], **({"parcels": named} if named else {}))
    file = geojson(folder / "plan.geojson", [plan])
    result = check(file, where, *options)
    meets_schema(result.document)
    return result


def section(*given: Any, **more: Any) -> Mapping[str, Any]:
    return checked(*given, **more).document["parcels"]


def test_touched_parcels_are_listed_with_their_area(tmp_path: Path) -> None:
    found = section(tmp_path)
    assert (found["layer"], found["count"], found["bordering"]) == ("alkis", 2, 1)
    assert found["reason"] is None
    assert found["touched"] == [
        {"gemarkung": "Borna", "flur": "3", "number": "1", "key": "140001-003-00001",
         "overlap_m2": 5000.0, "share_of_parcel": 1.0},
        {"gemarkung": "Borna", "flur": "3", "number": "2", "key": "140001-003-00002",
         "overlap_m2": 5000.0, "share_of_parcel": 0.5},
    ]  # fmt: skip


@pytest.mark.parametrize("audience", ["internal", "public", "planner", "office:AMT"])
def test_owners_reach_no_report(tmp_path: Path, audience: str) -> None:
    said = json.dumps(checked(tmp_path, ROWS, "--audience", audience).document)
    assert "140001-003-00001" in said
    assert "Muster" not in said
    assert "1950" not in said


def test_the_corridor_of_a_route_takes_ground(tmp_path: Path) -> None:
    found = section(tmp_path, ROWS, "--width", "4", plan=line((60, 50), (140, 50)))
    assert [(p["number"], p["overlap_m2"]) for p in found["touched"]] == [("2", 320.0)]


def test_nothing_touched_is_an_empty_list_only_where_it_is_known(tmp_path: Path) -> None:
    found = section(tmp_path, ROWS[3:])
    assert (found["count"], found["touched"], found["reason"]) == (0, [], None)


@pytest.mark.parametrize("rows", ["fehlt", [*ROWS, parcel(unmendable(20, 20), "9")]])
def test_a_layer_that_failed_has_no_list_but_a_reason(tmp_path: Path, rows: Any) -> None:
    result = checked(tmp_path, tmp_path / "fehlt.gpkg" if rows == "fehlt" else rows)
    found = result.document["parcels"]
    assert (found["count"], found["bordering"], found["touched"]) == (None, None, None)
    assert found["reason"] == result.finding("alkis")["reason"]
    assert result.status == 3


def test_outside_the_coverage_there_is_no_list_but_a_reason(tmp_path: Path) -> None:
    geojson(tmp_path / "weit.geojson", [rectangle(300, 0, 500, 200)])
    found = section(tmp_path, ROWS[3:], coverage={"path": "weit.geojson"})
    assert (found["count"], found["touched"]) == (None, None)
    assert found["reason"]


def test_a_list_that_may_lack_some_says_so(tmp_path: Path) -> None:
    geojson(tmp_path / "halb.geojson", [rectangle(-10, -10, 60, 110)])
    found = section(tmp_path, coverage={"path": "halb.geojson"})
    assert found["count"] == 2
    assert found["reason"]


def test_parcels_that_only_border_are_no_answer(tmp_path: Path) -> None:
    found = section(tmp_path, ROWS[2:3])
    assert (found["count"], found["bordering"], found["touched"]) == (0, 1, None)
    assert "Lagegenauigkeit" in found["reason"]


def test_too_many_are_counted(tmp_path: Path) -> None:
    rows = [parcel(rectangle(n % 50 * 2, n // 50 * 2, n % 50 * 2 + 1.5, n // 50 * 2 + 1.5), str(n))
            for n in range(1, MOST + 2)]  # fmt: skip
    found = section(tmp_path, rows)
    assert (found["count"], found["touched"]) == (MOST + 1, None)
    assert str(MOST + 1) in found["reason"]


def test_names_that_are_missing_are_null_and_the_id_is_the_key(tmp_path: Path) -> None:
    row = (SQUARE, {"gmk": None, "flur": "000", "nr": "", "kz": "K1"})
    named = {"layer": "alkis", "gemarkung": "gmk", "number": "nr"}
    (found,) = section(tmp_path, [row], parcels=named)["touched"]
    assert [found[k] for k in ("gemarkung", "flur", "number", "key")] == [None, None, None, "K1"]


def test_without_a_layer_of_parcels_there_is_no_section(tmp_path: Path) -> None:
    assert section(tmp_path, parcels=None) is None


def test_who_may_not_see_the_layer_gets_no_section(tmp_path: Path) -> None:
    for audience, seen in (("public", False), ("internal", True)):
        found = section(tmp_path, ROWS, "--audience", audience, visibility="restricted")
        assert (found is not None) is seen
