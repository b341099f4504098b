"""Static maps: the same bytes every time, everything a map needs, nothing it may not show."""

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from maps.figure import by_theme, draw, listed, overview
from maps.figure_furniture import Entry, metres, round_length, rows_of
from maps.figure_shapes import hatch_of, parts_of, path_of
from maps.figure_sheet import Taken, frame
from maps.fonts import writable
from maps.picture import Picture
from maps.style import THEMES, theme_style
from tests.maps.pictures import area_picture, crowded_picture, route_picture


def words(svg: bytes) -> str:
    """Return the texts of a map: matplotlib leaves them as comments beside their outlines."""
    return "\n".join(re.findall(r"<!-- (.*?) -->", svg.decode(), re.DOTALL))


@pytest.mark.parametrize("make", [area_picture, route_picture, lambda: crowded_picture(40)])
def test_the_same_picture_gives_the_same_bytes(make: object) -> None:
    picture: Picture = make()  # type: ignore[operator]
    assert draw.__wrapped__(overview(picture)) == draw(overview(picture))


def test_the_png_is_the_same_every_time_too() -> None:
    sheet = next(iter(by_theme(area_picture()).values()))
    assert draw(sheet, "png") == draw.__wrapped__(sheet, "png")
    assert draw(sheet, "png").startswith(b"\x89PNG")


def test_it_has_scale_north_legend_and_attribution() -> None:
    picture = area_picture()
    said = words(draw(overview(picture)))
    assert re.search(r"\d+ k?m$", said, re.MULTILINE)
    assert "N" in said.splitlines()
    assert "Geltungsbereich" in said
    assert "Datenquelle" in said
    for theme in dict.fromkeys(o.theme for o in overview(picture).overlays if o.hits):
        assert theme_style(theme).label.de in said


def test_equal_maps_are_drawn_once_and_others_are_not() -> None:
    picture = area_picture()
    told = replace(picture, notes=("x",), offices=(), disclaimer="y")
    assert overview(told) == overview(picture)
    assert hash(overview(told)) == hash(overview(picture))
    assert overview(replace(picture, language="en")) != overview(picture)
    assert overview(replace(picture, overlays=picture.overlays[:1])) != overview(picture)


def test_a_theme_has_its_own_map_with_its_objects_by_number() -> None:
    picture = area_picture()
    sheets = by_theme(picture)
    assert list(sheets) == list(dict.fromkeys(o.theme for o in overview(picture).overlays))
    for theme, sheet in sheets.items():
        assert {overlay.theme for overlay in sheet.overlays} == {theme}
        said = words(draw(sheet))
        for number, _, hit in listed(sheet):
            assert str(number) in said.splitlines()
            assert hit.title in said


def test_what_has_no_place_for_this_reader_is_not_drawn() -> None:
    picture = area_picture()
    secret = tuple(
        replace(
            o, hits=tuple(replace(h, geometry=None, overlap=None) for h in o.hits), uncovered=None
        )
        for o in picture.overlays
    )
    hidden = replace(picture, overlays=secret)
    assert overview(hidden).overlays == ()
    assert by_theme(hidden) == {}
    assert all(hit.title not in words(draw(overview(hidden))) for o in secret for hit in o.hits)


def test_it_asks_nobody_for_anything() -> None:
    svg = draw(overview(area_picture())).decode()
    assert set(re.findall(r'href="([^"#]+)', svg)) == set()
    assert "<image" not in svg


def test_english_says_it_in_english() -> None:
    said = words(draw(overview(replace(area_picture(), language="en"))))
    assert "Data:" in said
    assert "Scope" in said


def test_hatches_tell_apart_what_shares_a_colour() -> None:
    looks = [(style.hue, hatch_of(style)) for style in THEMES.values()]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("most", "length"), [(1, 1), (2.4, 2), (2.5, 2.5), (499, 250), (500, 500), (1e5, 1e5)]
)
def test_the_scale_is_a_round_length(most: float, length: float) -> None:
    assert round_length(most) == length


def test_lengths_have_the_languages_decimal_mark() -> None:
    assert metres(2500, "de") == "2,5 km"
    assert metres(2500, "en") == "2.5 km"
    assert metres(250, "de") == "250 m"


@pytest.mark.parametrize("make", [area_picture, route_picture, lambda: crowded_picture(40)])
def test_the_whole_plan_is_on_the_map(make: object) -> None:
    picture: Picture = make()  # type: ignore[operator]
    for sheet in (overview(picture), *by_theme(picture).values()):
        assert shapely.box(*frame(sheet)).covers(picture.plan.footprint)
        left, bottom, right, top = frame(sheet)
        assert (right - left) / (top - bottom) == pytest.approx(165.0 / sheet.height_mm)


def test_long_labels_have_a_row_to_themselves() -> None:
    short, long = Entry("text", "kurz"), Entry("text", "x" * 60)
    assert rows_of([short, short, short, short]) == [[short] * 3, [short]]
    assert rows_of([short, long, short]) == [[short], [long], [short]]


def test_no_two_labels_share_a_place() -> None:
    taken = Taken(2.0)
    assert taken.take(0, 0, 10, 4)
    assert not taken.take(5, 0, 10, 4)
    assert taken.take(0, 9, 10, 4)


def turning(xy: NDArray[np.float64]) -> float:
    """Return the signed area of a ring: positive where it turns to the left."""
    x, y = xy[:, 0], xy[:, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


@pytest.mark.parametrize("turned", [False, True])
def test_holes_stay_holes_however_their_rings_turn(turned: bool) -> None:
    hole = [(4, 4), (6, 4), (6, 6), (4, 6)]
    ring = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [hole[::-1] if turned else hole])
    path = path_of(parts_of(ring), areas=True)
    assert path is not None
    outer, inner = path.to_polygons()
    assert turning(np.asarray(outer)) == pytest.approx(100)
    assert turning(np.asarray(inner)) == pytest.approx(-4)


def test_points_and_lines_are_no_areas() -> None:
    for shape in (shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)])):
        assert path_of(parts_of(shape), areas=True) is None


def test_what_cannot_be_shown_is_written_out() -> None:
    assert writable("ä ß ≤ α → Ж") == "ä ß ≤ α → Ж"
    assert writable("中") == "[U+4E2D]"
    assert writable("a\u202eb\u0000c\nd\u00ad") == "abc\nd\u00ad"


def test_what_is_too_much_for_paper_is_put_together_and_said_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("maps.figure_sheet.MOST_DRAWN", 60)
    sheet = overview(crowded_picture(1_200))
    hits = [hit for overlay in sheet.overlays for hit in overlay.hits]
    assert sum(hit.stands_for for hit in hits) == 1_200
    assert len(hits) < 600
    last = [hit.stands_for > 1 for _, _, hit in listed(sheet)]
    assert last == sorted(last)
    assert "gemeinsame Umrisse" in words(draw(sheet))
