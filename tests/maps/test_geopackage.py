import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from layers.reading.ogr import engine
from maps import geopackage
from maps.picture import Picture
from maps.style import THEMES
from tests.maps.pictures import area_picture, box, crowded_picture, line, route_picture

pyogrio = engine()  # set up as everywhere, before anything else imports it


def layers_of(path: Path) -> dict[str, str | None]:
    return dict(pyogrio.list_layers(path).tolist())


def rows(path: Path, layer: str) -> tuple[Any, dict[str, list[Any]]]:
    """Return the geometries of a layer and its columns by name."""
    meta, _, wkb, columns = pyogrio.raw.read(path, layer=layer)
    names = [str(n) for n in meta["fields"]]
    shapes = None if wkb is None else shapely.from_wkb(wkb)
    return shapes, {n: c.tolist() for n, c in zip(names, columns, strict=True)}


def query(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "ergebnis.gpkg"
    geopackage.write(path, area_picture())
    return path


def test_an_area_plan_has_these_layers(written: Path) -> None:
    assert layers_of(written) == {
        "plan": "MultiPolygon",
        "parts": "MultiPolygon",
        "objects": "MultiPolygon",
        "objects_lines": "MultiLineString",
        "objects_points": "MultiPoint",
        "overlaps": "MultiPolygon",
        "overlaps_lines": "MultiLineString",
        "uncovered": "MultiPolygon",
        "findings": None,
        "offices": None,
        "about": None,
        "layer_styles": None,
    }


def test_a_route_has_its_axis_and_crossings(tmp_path: Path) -> None:
    picture = route_picture()
    geopackage.write(tmp_path / "r.gpkg", picture)
    (axis,), facts = rows(tmp_path / "r.gpkg", "axis")
    assert picture.plan.axis is not None
    assert axis.length == pytest.approx(picture.plan.axis.length)
    assert facts["length_m"] == [pytest.approx(picture.plan.axis.length)]
    (place,), crossing = rows(tmp_path / "r.gpkg", "crossings")
    assert place.equals(shapely.MultiPoint([picture.overlays[0].hits[0].crossings[0].point]))
    assert crossing["angle_deg"] == [84.6]


def test_overlaps_have_the_areas_of_the_check(written: Path) -> None:
    picture = area_picture()
    shapes, columns = rows(written, "overlaps")
    wanted = {
        h.id: h.overlap_m2
        for o in picture.overlays
        for h in o.hits
        if h.overlap is not None and h.overlap.area
    }
    assert dict(zip(columns["object_id"], shapely.area(shapes).tolist(), strict=True)) == (
        pytest.approx(wanted)
    )
    assert dict(zip(columns["object_id"], columns["overlap_m2"], strict=True)) == wanted
    (plan,), _ = rows(written, "plan")
    assert shapely.covered_by(shapes, plan.buffer(1e-6)).all()


def test_coordinates_stay_in_the_crs_of_the_check(written: Path) -> None:
    assert pyogrio.raw.read(written, layer="plan")[0]["crs"] == "EPSG:25833"


def test_every_finding_and_office_has_a_row(written: Path) -> None:
    _, findings = rows(written, "findings")
    assert findings["outcome"] == ["affected"] * 4 + ["not_covered", "failed", "clear"]
    assert findings["outcome_text"][-2:] == ["nicht prüfbar", "kein Anhaltspunkt"]
    _, offices = rows(written, "offices")
    assert offices["code"] == ["UNB", "SBA", "UDB"]
    assert offices["objects"] == [2, 1, 1]
    assert offices["reasons"][1] == "Beteiligt, weil nah."
    _, about = rows(written, "about")
    assert any("Unverbindliche" in text for text in about["text"])


def test_an_object_without_a_place_is_in_no_layer(written: Path) -> None:
    names = [n for layer, kind in layers_of(written).items() if kind for n in
             rows(written, layer)[1].get("object_name", [])]  # fmt: skip
    assert names
    assert not any("Fundstelle" in name for name in names)


def test_a_missing_figure_is_null_and_not_zero(written: Path) -> None:
    found = query(written, "SELECT overlap_m2, distance_m FROM objects_points")
    assert found == [(None, 50.0)]


def test_an_overlap_of_areas_has_no_stray_lines(tmp_path: Path) -> None:
    picture = area_picture()
    first = picture.overlays[0]
    mixed = shapely.GeometryCollection([box(0, 0, 10, 10), line((50, 0), (50, 10))])
    hits = (replace(first.hits[0], overlap=mixed),)
    changed = replace(picture, overlays=(replace(first, hits=hits),))
    geopackage.write(tmp_path / "m.gpkg", changed)
    (overlap,), _ = rows(tmp_path / "m.gpkg", "overlaps")
    assert overlap.area == 100
    assert "overlaps_lines" not in layers_of(tmp_path / "m.gpkg")


def test_a_plan_without_any_finding_still_has_the_usual_layers(tmp_path: Path) -> None:
    empty = replace(area_picture(), overlays=(), offices=(), notes=())
    geopackage.write(tmp_path / "e.gpkg", empty)
    for layer in ("objects", "overlaps", "uncovered"):
        shapes, _ = rows(tmp_path / "e.gpkg", layer)
        assert len(shapes) == 0


@pytest.mark.parametrize("picture", [area_picture(), route_picture()])
def test_every_layer_has_a_style_that_qgis_finds(picture: Picture, tmp_path: Path) -> None:
    path = tmp_path / "s.gpkg"
    geopackage.write(path, picture)
    styles = query(
        path, "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
    )
    columns = dict(query(path, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert {name: column for name, column, *_ in styles} == columns
    for _, _, default, qml in styles:
        assert default == 1
        assert qml.startswith("<!DOCTYPE qgis PUBLIC")
        root = ET.fromstring(qml)  # noqa: S314 - our own
        assert root.tag == "qgis"
        check_renderer(root.find("renderer-v2"))


def check_renderer(renderer: ET.Element | None) -> None:
    """What QGIS needs of a renderer: a symbol for every category, of one known kind."""
    assert renderer is not None
    symbols = renderer.findall("symbols/symbol")
    kinds = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}
    for symbol in symbols:
        layer = symbol.find("layer")
        assert layer is not None
        assert layer.get("class") == kinds[str(symbol.get("type"))]
        options = {o.get("name"): o.get("value") for o in layer.findall("Option/Option")}
        colour = options.get("color") or options.get("line_color")
        assert len(str(colour).split(",")) == 4
    if renderer.get("type") == "categorizedSymbol":
        used = {c.get("symbol") for c in renderer.findall("categories/category")}
        assert used == {s.get("name") for s in symbols}
    else:
        assert renderer.get("type") == "singleSymbol"
        assert len(symbols) == 1


def test_objects_are_coloured_by_theme(written: Path) -> None:
    ((qml,),) = query(written, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'overlaps'")
    renderer = ET.fromstring(qml).find("renderer-v2")  # noqa: S314 - our own
    assert renderer is not None
    assert renderer.get("attr") == "theme"
    _, columns = rows(written, "overlaps")
    values = {c.get("value") for c in renderer.findall("categories/category")}
    assert values == set(columns["theme"])
    hue = THEMES["natur"].hue.light
    red, green, blue = (int(hue[i : i + 2], 16) for i in (1, 3, 5))
    assert f"{red},{green},{blue}," in qml


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        geopackage.write(tmp_path / name, crowded_picture(100))
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    dates = query(tmp_path / "a.gpkg", "SELECT DISTINCT last_change FROM gpkg_contents")
    assert dates == [(geopackage.STAMP,)]


def test_gdal_gets_its_clock_back(written: Path) -> None:
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_file_that_was_there_is_replaced_whole(written: Path) -> None:
    geopackage.write(written, route_picture())
    assert "axis" in layers_of(written)
    assert "parts" not in layers_of(written)
    assert [p.name for p in written.parent.iterdir()] == [written.name]


def test_a_failure_leaves_the_old_file_alone(written: Path) -> None:
    before = written.read_bytes()
    broken = replace(area_picture(), title="\ud800")  # cannot be written as UTF-8
    with pytest.raises(UnicodeEncodeError):
        geopackage.write(written, replace(broken, disclaimer="\ud800"))
    assert written.read_bytes() == before
    assert [p.name for p in written.parent.iterdir()] == [written.name]


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        geopackage.write(tmp_path / "missing" / "x.gpkg", area_picture())


def test_columns_keep_what_is_missing() -> None:
    values, missing = geopackage._column([1.5, None], float)
    assert missing is not None
    assert missing.tolist() == [False, True]
    assert values.dtype == np.float64
