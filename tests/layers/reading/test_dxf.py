import math
from pathlib import Path

import pytest

from gis.problem import Question, Refusal
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


def read(tmp_path: Path, text: str, layer: str | None = None, *accept: str) -> reading.Features:
    path = tmp_path / "plan.dxf"
    path.write_text(text, encoding="cp1252")
    return reading.read(path, layer=layer, accept=frozenset(accept))


def asked(tmp_path: Path, text: str) -> str:
    with pytest.raises(Question) as caught:
        read(tmp_path, text)
    return f"{caught.value.code} {caught.value.text.de}"


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
    assert [n.code for n in found.notices] == ["dxf-lines-dropped"]
    assert "wurden: offene Linien (1)." in found.notices[0].text.de


def test_an_outline_that_nearly_closes_is_asked_about(tmp_path: Path) -> None:
    other = [(x + 300, y) for x, y in SQUARE]
    for gap, areas in ((0.005, 2), (0.0005, 2)):
        nearly = polyline([*other, (300.0, gap)], closed=False)
        text = drawing(polyline(SQUARE), nearly)
        if gap > 0.001:
            assert asked(tmp_path, text).startswith("ring-unclosed")
        found = read(tmp_path, text, None, "ring-unclosed")
        assert len(found.geometries) == areas
        assert found.geometries[1].area == pytest.approx(10_000, abs=1)


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    return pairs((0, "LINE"), (8, "0"), (10, x1), (20, y1), (11, x2), (21, y2))


def test_an_outline_of_single_lines_is_asked_about(tmp_path: Path) -> None:
    ends = zip(SQUARE, [*SQUARE[1:], SQUARE[0]], strict=True)
    lines = [line(*a, b[0], b[1] + 1e-7) for a, b in ends]
    small = polyline([(x / 2, y / 2) for x, y in SQUARE], layer="Bau")
    text = drawing(small, *lines)
    assert "Umrisse aus einzelnen Linien" in asked(tmp_path, text)
    found = read(tmp_path, text, None, "dxf-outline-unread")
    assert "offene Linien (4)" in found.notices[0].text.de
    assert not read(tmp_path, text, "Bau").notices
    assert len(read(tmp_path, drawing(small, *lines[:3])).notices) == 1
    assert code_of(tmp_path, drawing(*lines)) == "geometry-type"


@pytest.mark.parametrize(
    ("entity", "blocks"),
    [
        (pairs((0, "REGION"), (8, "0")), ""),
        (pairs((0, "INSERT"), (8, "0"), (2, "fehlt"), (10, 0), (20, 0)), ""),
        (
            pairs((0, "INSERT"), (8, "0"), (2, "Kataster"), (10, 0), (20, 0)),
            pairs((0, "BLOCK"), (8, "0"), (2, "Kataster"), (70, 4), (1, "k.dwg"), (0, "ENDBLK")),
        ),
    ],
)
def test_areas_that_are_not_read_are_asked_about(tmp_path: Path, entity: str, blocks: str) -> None:
    text = drawing(polyline(SQUARE), entity, blocks=blocks)
    assert asked(tmp_path, text).startswith("dxf-outline-unread")
    assert len(read(tmp_path, text, None, "dxf-outline-unread").geometries) == 1
    assert len(read(tmp_path, drawing(polyline(SQUARE, layer="a"), entity), "a").geometries) == 1


def test_a_mesh_in_space_is_told(tmp_path: Path) -> None:
    mesh = pairs((0, "POLYLINE"), (8, "0"), (66, 1), (70, 64), (71, 4), (72, 1))
    for x, y in SQUARE:
        mesh += pairs((0, "VERTEX"), (8, "0"), (10, x), (20, y), (30, x), (70, 192))
    face = pairs((70, 128), (71, 1), (72, 2), (73, 3), (74, 4))
    mesh += pairs((0, "VERTEX"), (8, "0"), (10, 0), (20, 0), (30, 0)) + face + pairs((0, "SEQEND"))
    found = read(tmp_path, drawing(polyline(SQUARE), mesh))
    assert len(found.geometries) == 1
    assert "räumliche Netze (1)" in found.notices[0].text.de


def test_the_frame_of_a_sheet_is_no_ground(tmp_path: Path) -> None:
    frame = polyline(SQUARE).replace("0\n90\n", "0\n67\n1\n90\n", 1)
    assert len(read(tmp_path, drawing(polyline(SQUARE), frame)).geometries) == 1


def test_marks_and_breaks_within_texts(tmp_path: Path) -> None:
    text = pairs((0, "TEXT"), (8, "0"), (10, 0), (20, 0), (40, 2), (1, "Flur\x0cstück"))
    assert len(read(tmp_path, "ï»¿" + drawing(text, polyline(SQUARE))).geometries) == 1


def test_millimetres_are_told(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read(
            tmp_path, drawing(polyline([(x * 1000 + 320e6, y * 1000 + 5670e6) for x, y in SQUARE]))
        )
    assert caught.value.code == "coords-out-of-range"
    assert "Millimeter" in caught.value.text.de


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


def test_a_block_of_several_outlines_loses_none(tmp_path: Path) -> None:
    other = polyline([(x + 200, y) for x, y in SQUARE])
    open_one = polyline(SQUARE, closed=False)
    text = drawing(insert("haus"), blocks=block("haus", polyline(SQUARE), other, open_one))
    found = read(tmp_path, text)
    assert [g.bounds[0] for g in found.geometries] == [500, 700]
    assert [n.code for n in found.notices] == ["dxf-lines-dropped"]


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


def test_lines_within_what_is_read_take_nothing_away(tmp_path: Path) -> None:
    house = [(20.0, 20.0), (30.0, 20.0), (30.0, 30.0), (20.0, 30.0)]
    walls = [line(*a, *b) for a, b in zip(house, [*house[1:], house[0]], strict=True)]
    found = read(tmp_path, drawing(polyline(SQUARE), *walls))
    assert len(found.geometries) == 1
    assert "offene Linien (4)" in found.notices[0].text.de


def test_what_is_not_read_may_lie_beyond_all_metres(tmp_path: Path) -> None:
    stray = pairs((0, "POINT"), (8, "0"), (10, 1e9), (20, 1e9))
    assert len(read(tmp_path, drawing(polyline(SQUARE), stray)).geometries) == 1
    far = polyline([(x * 1e7, y * 1e7) for x, y in SQUARE])
    assert code_of(tmp_path, drawing(far)) == "coords-out-of-range"


def test_a_drawing_that_is_not_bound_in_is_called_one(tmp_path: Path) -> None:
    missing = pairs((0, "INSERT"), (8, "0"), (2, "fehlt"), (10, 0), (20, 0))
    assert "1 andere Zeichnung oder Block" in asked(tmp_path, drawing(polyline(SQUARE), missing))
