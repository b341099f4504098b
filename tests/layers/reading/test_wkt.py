import math
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis.problem import Question, Refusal
from layers import reading
from layers.reading.wkt import WORKING


def read(tmp_path: Path, text: str | bytes, **options: Any) -> reading.Features:
    path = tmp_path / "plan.wkt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return reading.read(path, **options)


def codes(found: reading.Features) -> list[str]:
    return [n.code for n in found.notices]


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON ((0 0, 10 0, 10 10, 0 0))",
        "  polygon((0 0,10 0,10 10,0 0))\n",
        "\ufeffPOLYGON ((0 0, 10 0, 10 10, 0 0))",
    ],
)
def test_without_srid_coordinates_are_in_the_working_crs(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found.crs == WORKING
    assert found.geometries[0].area == 50


def test_a_srid_names_the_crs(tmp_path: Path) -> None:
    assert read(tmp_path, "SRID=31468;LINESTRING (1 2, 3 4)").crs == "EPSG:31468"
    assert read(tmp_path, "srid=4326; POINT (12 51)").crs == "EPSG:4326"


@pytest.mark.parametrize(
    "text",
    [
        "POINT (1 2)",
        "MULTIPOINT (1 2, 3 4)",
        "MULTIPOINT ((1 2), (3 4))",
        "LINESTRING (1 2, .5 -4e1)",
        "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
        "POLYGON ((0 0, 9 0, 9 9, 0 0), (7 1, 8 1, 8 2, 7 1))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
        "GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (1 2, 3 4)))",
        "GEOMETRYCOLLECTION (POINT EMPTY, LINESTRING (123456.7890123456 2, 3 4))",
        "MULTIPOLYGON (EMPTY, ((0 0, 1 0, 1 1, 0 0)))",
    ],
)
def test_every_geometry_is_what_was_written(tmp_path: Path, text: str) -> None:
    (found,) = read(tmp_path, text).geometries
    assert shapely.equals_exact(found, shapely.from_wkt(text), tolerance=0)
    assert codes(read(tmp_path, text)) == []


RING = "(0 0, 100 0, 100 100, 0 100)"


@pytest.mark.parametrize(
    ("text", "gap", "area"),
    [
        (f"POLYGON ({RING})", "100", 10_000),
        (f"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ({RING}))", "100", 10_000.5),
        (f"GEOMETRYCOLLECTION (POLYGON ({RING}))", "100", 10_000),
        ("CURVEPOLYGON (COMPOUNDCURVE ((0 0, 100 0), (400 0, 400 100, 0 0)))", "300", 20_000),
        ("CURVEPOLYGON (COMPOUNDCURVE ((0 0, 100 0), (100 0, 100 100)))", "141.421", 5_000),
    ],
)
def test_a_gap_in_an_outline_is_asked_about(
    tmp_path: Path, text: str, gap: str, area: float
) -> None:
    with pytest.raises(Question) as caught:
        read(tmp_path, text)
    assert caught.value.code == "ring-unclosed"
    assert gap in caught.value.text.de
    (closed,) = read(tmp_path, text, accept=frozenset({"ring-unclosed"})).geometries
    assert closed.area == area


def test_pieces_that_meet_but_for_rounding_are_joined(tmp_path: Path) -> None:
    pieces = "(1000 0, 1400 0), (1400.0009 0, 1400 100, 1000.0009 0)"
    (found,) = read(tmp_path, f"CURVEPOLYGON (COMPOUNDCURVE ({pieces}))").geometries
    assert found.area == 20_000


@pytest.mark.parametrize("mark", ["Z", "ZM", "M"])
def test_heights_are_dropped(tmp_path: Path, mark: str) -> None:
    more = " 7 8" if mark == "ZM" else " 7"
    found = read(tmp_path, f"LINESTRING {mark} (1 2{more}, 3 4{more})")
    assert shapely.get_coordinate_dimension(found.geometries[0]) == 2
    if mark != "M":
        assert codes(found) == ["z-dropped"]


CIRCLE = "(0 0, 50 50, 100 0, 50 -50, 0 0)"


@pytest.mark.parametrize(
    ("text", "area"),
    [
        (f"CURVEPOLYGON(CIRCULARSTRING{CIRCLE})", math.pi * 2500),
        (f"curvepolygon ( circularstring {CIRCLE} )", math.pi * 2500),
        (f"CURVEPOLYGON(CIRCULARSTRING{CIRCLE},(40 0, 60 0, 50 9, 40 0))", math.pi * 2500 - 90),
        (
            "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0, 50 50, 100 0),(100 0, 0 0)))",
            math.pi * 1250,
        ),
        (
            f"MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING{CIRCLE}),((200 0, 210 0, 210 10, 200 0)))",
            math.pi * 2500 + 50,
        ),
        (
            f"GEOMETRYCOLLECTION(CURVEPOLYGON(CIRCULARSTRING{CIRCLE}),POINT(5 5))",
            math.pi * 2500,
        ),
        (
            "CURVEPOLYGON Z (COMPOUNDCURVE Z (CIRCULARSTRING Z (0 0 1, 50 50 1, 100 0 1),"
            "(100 0 1, 0 0 1)))",
            math.pi * 1250,
        ),
    ],
)
def test_arcs_of_areas_are_resolved(tmp_path: Path, text: str, area: float) -> None:
    found = read(tmp_path, text)
    assert found.geometries[0].area == pytest.approx(area, rel=1e-5)
    assert "curve-linearised" in codes(found)
    assert ("z-dropped" in codes(found)) == (" Z " in text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("CIRCULARSTRING(0 0, 50 50, 100 0)", math.pi * 50),
        ("COMPOUNDCURVE(CIRCULARSTRING(0 0, 50 50, 100 0),(100 0, 110 0))", math.pi * 50 + 10),
        ("MULTICURVE((0 0, 10 0),CIRCULARSTRING(0 0, 50 50, 100 0))", math.pi * 50 + 10),
    ],
)
def test_arcs_of_lines_are_resolved(tmp_path: Path, text: str, length: float) -> None:
    assert read(tmp_path, text).geometries[0].length == pytest.approx(length, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("POLYGON ((0 0, 1 0", "wkt-malformed"),
        ("POLYGON 0 0)", "wkt-malformed"),
        ("POLYGON ((0 0, 1 x, 1 1, 0 0))", "wkt-malformed"),
        ("POLYGON EMPTY", "geometry-empty"),
        ("POINT (nan 1)", "geometry-nonfinite"),
        ("POINT (1 -inf)", "geometry-nonfinite"),
        ("POINT (1 1e400)", "geometry-nonfinite"),
        ("POINT (1 2e9)", "coords-out-of-range"),
        ("CIRCULARSTRING(0 0, 1)", "wkt-malformed"),
        ("CIRCULARSTRING(0 0, 1 1, 2 0, 3 1)", "geometry-invalid"),
        ("CIRCULARSTRING(0 0)", "geometry-invalid"),
        ("LINESTRING (1 1)", "geometry-invalid"),
        ("POLYGON ((0 0, 1 1))", "geometry-invalid"),
        ("POLYGON ((0 0, 1 1, 0 0))", "geometry-zero-area"),
        ("POLYGON (0 0, 1 0, 1 1, 0 0)", "wkt-malformed"),
        ("POINT (1 1, 2 2)", "wkt-malformed"),
        ("POINT (1 1) POINT (2 2)", "wkt-malformed"),
        ("POINT (1 1_0)", "wkt-malformed"),
        ("POINT (1 2 e)", "wkt-malformed"),
        ("LINESTRING (1 1, 2 2 2)", "wkt-malformed"),
        ("MULTIPOLYGON (POINT (1 1))", "wkt-malformed"),
        ("MULTIPOINT (1 1, (2 2))", "wkt-malformed"),
        ("GEOMETRYCOLLECTION ((1 1))", "wkt-malformed"),
        ("GEOMETRYCOLLECTION (POINT (1 1) POINT (2 2))", "wkt-malformed"),
        ("MULTIPOINT EMPTY", "geometry-empty"),
        ("GEOMETRYCOLLECTION(" * 17 + "POINT (1 1)" + ")" * 17, "wkt-depth"),
        ("GEOMETRYCOLLECTION(" * 200_000, "wkt-depth"),
        ("POLYGON" + "(" * 300_000 + ")" * 300_000, "wkt-depth"),
        (b"POINT (1 \xff)", "encoding"),
        ("POINT (1 1)" + " " * 20_000_001, None),
    ],
)
def test_refused(tmp_path: Path, text: str | bytes, code: str | None) -> None:
    if code is None:  # blanks are no content
        assert len(read(tmp_path, text).geometries) == 1
        return
    with pytest.raises(Refusal) as caught:
        read(tmp_path, text)
    assert caught.value.code == code


def test_a_text_longer_than_any_plan_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, "LINESTRING (" + "1 1, " * 4_100_000 + "1 1)")
    assert caught.value.code == "plan-too-large"


@pytest.mark.parametrize(
    "text",
    [
        "CURVEPOLYGON(COMPOUNDCURVE((0 0)" + " " * 2_000_000,
        "CURVEPOLYGON(COMPOUNDCURVE((0 0)" + " , " * 500_000 + "x))",
        " " * 2_000_000 + "x",
        "SRID=1;" + " " * 2_000_000 + "x",
    ],
)
def test_blanks_without_end_end_soon(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal):
        read(tmp_path, text)
