import math
from pathlib import Path

import pytest

from gis.problem import Refusal
from layers import reading

SQUARE = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]


def pairs(*values: tuple[int, object]) -> str:
    return "".join(f"{code}\n{value}\n" for code, value in values)


def polyline(
    points: list[tuple[float, float]], closed: bool = True, bulge: float = 0, layer: str = "0"
) -> str:
    head = pairs((0, "LWPOLYLINE"), (8, layer), (90, len(points)), (70, int(closed)))
    return head + "".join(pairs((10, x), (20, y), (42, bulge)) for x, y in points)


def drawing(*entities: str, blocks: str = "", comment: str = "") -> str:
    header = pairs((0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1015"), (0, "ENDSEC"))
    section = pairs((0, "SECTION"), (2, "BLOCKS")) + blocks + pairs((0, "ENDSEC"))
    section = header + section if blocks else ""
    inner = pairs((0, "SECTION"), (2, "ENTITIES")) + "".join(entities) + pairs((0, "ENDSEC"))
    return comment + section + inner + pairs((0, "EOF"))


def read(tmp_path: Path, text: str, layer: str | None = None) -> reading.Features:
    path = tmp_path / "plan.dxf"
    path.write_text(text, encoding="cp1252")
    return reading.read(path, layer=layer)


def code_of(tmp_path: Path, text: str) -> str:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, text)
    return caught.value.code


@pytest.mark.parametrize("comment", ["", "999\nerzeugt von Hand\n", "999\na\n999\nb\n", "  "])
def test_a_closed_polyline_is_an_area_without_crs(tmp_path: Path, comment: str) -> None:
    found = read(tmp_path, drawing(polyline(SQUARE), comment=comment))
    assert (found.crs, found.format) == (None, "dxf")
    assert found.geometries[0].area == 10_000
    assert not found.notices


def test_a_closed_polyline_at_one_place_has_no_area(tmp_path: Path) -> None:
    assert read(tmp_path, drawing(polyline([(5.0, 5.0)] * 5))).geometries[0].area == 0


def test_lines_end_as_windows_ends_them(tmp_path: Path) -> None:
    text = drawing(polyline(SQUARE)).replace("\n", "\r\n")
    assert read(tmp_path, text).geometries[0].area == 10_000


def test_bulges_are_arcs(tmp_path: Path) -> None:
    found = read(tmp_path, drawing(polyline([(0, 0), (100, 0)], bulge=1)))
    assert found.geometries[0].area == pytest.approx(math.pi * 2_500, rel=2e-5)
    assert [n.code for n in found.notices] == ["curve-linearised"]


def test_circles_are_areas(tmp_path: Path) -> None:
    circle = pairs((0, "CIRCLE"), (8, "0"), (10, 0), (20, 0), (40, 1_000))
    found = read(tmp_path, drawing(circle))
    ideal = math.pi * 1_000**2
    assert found.geometries[0].area == pytest.approx(ideal, rel=5e-6)
    assert [n.code for n in found.notices] == ["curve-linearised"]


def test_open_lines_are_left_out(tmp_path: Path) -> None:
    assert code_of(tmp_path, drawing(polyline(SQUARE, closed=False))) == "geometry-type"
    found = read(tmp_path, drawing(polyline(SQUARE), polyline(SQUARE, closed=False)))
    assert len(found.geometries) == 1


def test_a_layer_of_the_drawing_can_be_chosen(tmp_path: Path) -> None:
    small = [(x / 2, y / 2) for x, y in SQUARE]
    text = drawing(polyline(SQUARE, layer="Grenze"), polyline(small, layer="Bau"))
    assert len(read(tmp_path, text).geometries) == 2
    assert [g.area for g in read(tmp_path, text, "Bau").geometries] == [2_500]


def block(name: str, *entities: str) -> str:
    return (
        pairs((0, "BLOCK"), (8, "0"), (2, name), (70, 0), (10, 0), (20, 0))
        + "".join(entities)
        + pairs((0, "ENDBLK"))
    )


def insert(name: str, columns: int = 1, rows: int = 1) -> str:
    return pairs(
        (0, "INSERT"), (8, "0"), (2, name), (10, 500), (20, 0), (70, columns), (71, rows),
        (44, 200), (45, 200),
    )  # fmt: skip


def test_a_block_is_resolved(tmp_path: Path) -> None:
    text = drawing(insert("haus"), blocks=block("haus", polyline(SQUARE)))
    assert read(tmp_path, text).geometries[0].bounds == (500, 0, 600, 100)


@pytest.mark.parametrize(
    ("entities", "blocks"),
    [
        ([insert("a")], block("a", insert("a"))),
        ([insert("a")], block("a", insert("b")) + block("b", insert("a"))),
        ([insert("b0")], "".join(block(f"b{i}", insert(f"b{i + 1}")) for i in range(12))),
        ([insert("a", 32_000, 32_000)], block("a", polyline(SQUARE))),
        ([insert("a", 10, 101)], block("a", polyline(SQUARE))),
        ([pairs((0, "SPLINE"), (8, "0"), (71, 3), (72, 2_000_000_000))], ""),
        ([pairs((0, "INSERT"), (8, "0"), (2, "a"), (70, "viele"))], block("a")),
    ],
)
def test_what_never_ends_is_refused(tmp_path: Path, entities: list[str], blocks: str) -> None:
    assert code_of(tmp_path, drawing(*entities, blocks=blocks)) == "dxf-structure"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (drawing(polyline([(0, 0), (math.nan, 0), (1, 1)])), "geometry-nonfinite"),
        (drawing(polyline([(0, 0), (1e12, 0), (1, 1)])), "coords-out-of-range"),
        (drawing(), "geometry-type"),
        ("0\nSECTION\nx\ny\n", "dxf-structure"),
        ("0\n" + " " * 60_000 + "x", "format-mismatch"),
        ("0\n" + "\n" * 60_000 + "x", "format-mismatch"),
    ],
)
def test_refused(tmp_path: Path, text: str, code: str) -> None:
    assert code_of(tmp_path, text) == code
