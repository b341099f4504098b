import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis.problem import Refusal
from layers import reading

HOLE = "12.58,51.21 12.59,51.21 12.59,51.22 12.58,51.21"
RING = "12.5,51.2,100 12.6,51.2,100\n12.6,51.3,100 12.5,51.2,100"


def document(*marks: str, more: str = "") -> str:
    inner = "".join(f"<Folder><Placemark>{m}</Placemark></Folder>" for m in marks)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{inner}{more}</Document></kml>"
    )


def ring(text: str, side: str = "outer") -> str:
    return (
        f"<{side}BoundaryIs><LinearRing><coordinates>{text}</coordinates></LinearRing>"
        f"</{side}BoundaryIs>"
    )


def polygon(text: str = RING, *holes: str) -> str:
    return f"<Polygon>{ring(text)}{''.join(ring(h, 'inner') for h in holes)}</Polygon>"


def line(text: str = "12,51 12.1,51") -> str:
    return f"<LineString><coordinates>{text}</coordinates></LineString>"


def point(text: str = "12,51") -> str:
    return f"<Point><coordinates>{text}</coordinates></Point>"


def read(tmp_path: Path, text: str, **options: Any) -> reading.Features:
    path = tmp_path / "plan.kml"
    path.write_text(text, encoding="utf-8")
    return reading.read(path, **options)


def test_geometry_attributes_and_crs(tmp_path: Path) -> None:
    row = (
        "<name>Größe</name><ExtendedData><Data name='a'><value>1</value></Data>"
        "<SchemaData><SimpleData name='b'>zwei</SimpleData></SchemaData></ExtendedData>"
    )
    found = read(tmp_path, document(row + polygon()))
    assert found.crs == "EPSG:4326"
    assert found.geometries[0].bounds == (12.5, 51.2, 12.6, 51.3)
    assert found.attributes == ({"name": "Größe", "a": "1", "b": "zwei"},)
    assert [n.code for n in found.notices] == ["z-dropped"]


def test_in_a_kmz(tmp_path: Path) -> None:
    path = tmp_path / "plan.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", document(polygon()))
        archive.writestr("files/icon.png", b"x")
    assert len(reading.read(path).geometries) == 1


def test_holes(tmp_path: Path) -> None:
    (found,) = read(tmp_path, document(polygon(RING, HOLE))).geometries
    assert len(found.interiors) == 1


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        (polygon() + polygon("13,51 13.1,51 13.1,51.1 13,51"), "MultiPolygon"),
        (line() + line("13,51 13.1,51"), "MultiLineString"),
        (point() + point("13,51"), "MultiPoint"),
    ],
)
def test_several_geometries_of_one_kind(tmp_path: Path, inner: str, kind: str) -> None:
    (found,) = read(tmp_path, document(f"<MultiGeometry>{inner}</MultiGeometry>")).geometries
    assert (found.geom_type, len(found.geoms)) == (kind, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        polygon("13,51 13.1,51.1 13.1,51 13,51.1 13,51"),
        polygon("13,51 14,51 14,52 13,52 13,51", "13.1,51.1 13.6,51.1 13.6,51.6 13.1,51.1",
                "13.3,51.2 13.8,51.2 13.8,51.7 13.3,51.2"),
    ],
)  # fmt: skip
def test_an_invalid_area_among_several_is_left_for_repair(tmp_path: Path, wrong: str) -> None:
    inner = f"<MultiGeometry><extrude>1</extrude>{polygon()}{wrong}</MultiGeometry>"
    (found,) = read(tmp_path, document(inner)).geometries
    assert (found.geom_type, len(found.geoms)) == ("MultiPolygon", 2)


def test_areas_lines_and_points_at_once_are_a_collection(tmp_path: Path) -> None:
    lines = f"<MultiGeometry>{line()}{point()}</MultiGeometry>"
    inner = f"<MultiGeometry>{polygon()}{point()}{lines}</MultiGeometry>"
    (found,) = read(tmp_path, document(inner)).geometries
    assert [p.geom_type for p in found.geoms] == ["Polygon", "Point", "GeometryCollection"]


def test_an_object_of_a_layer_lies_wherever_it_might(tmp_path: Path) -> None:
    other = polygon("13,51 13.1,51 13.1,51.1 13,51")
    marks = (polygon() + other, polygon() + "<Model/>")
    found = read(tmp_path, document(*marks), profile=reading.SOURCE).geometries
    assert shapely.is_missing(found).tolist() == [False, True]
    assert len(found[0].geoms) == 2


def test_placemarks_without_geometry(tmp_path: Path) -> None:
    text = document(polygon(), "<name>x</name>")
    assert "geometry-null-dropped" in {n.code for n in read(tmp_path, text).notices}
    assert len(read(tmp_path, text, profile=reading.SOURCE).geometries) == 2


def test_links_are_not_followed(tmp_path: Path) -> None:
    more = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    found = read(tmp_path, document(line(), more=more))
    assert [n.code for n in found.notices] == ["kml-networklink-ignored"]


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (line("12,51"), "geometry-invalid"),
        (line("12,51 x,y"), "xml-malformed"),
        (line("12 51"), "geometry-empty"),
        (line(""), "geometry-empty"),
        (line("12,51 nan,51"), "geometry-nonfinite"),
        (polygon("12,51 13,51"), "geometry-invalid"),
        ("<Polygon/>", "geometry-empty"),
        ("<MultiGeometry/>", "geometry-empty"),
        (f"<MultiGeometry>{polygon()}<Model/></MultiGeometry>", "geometry-type"),
        ("<Track><coord>12 51 0</coord></Track>", "geometry-type"),
        (polygon() + polygon("13,51 13.1,51 13.1,51.1 13,51"), "xml-malformed"),
        (polygon() + point(), "xml-malformed"),
        (f"<Polygon>{ring(RING)}{ring(HOLE)}</Polygon>", "xml-malformed"),
        (f"<Polygon>{ring(RING, 'inner')}</Polygon>", "geometry-empty"),
        (point("12,51 13,51"), "xml-malformed"),
        (line("12,51 12.1,51,0,12.2,51"), "xml-malformed"),
        (line("12, 51, 0 12.1, 51, 0"), "xml-malformed"),
        (line("12,51 12.1,51</coordinates><coordinates>13,51 13.1,51"), "xml-malformed"),
    ],
)
def test_refused(tmp_path: Path, inner: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, document(inner))
    assert caught.value.code == code


def test_a_document_without_placemarks(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, document())
    assert caught.value.code == "no-features"
    assert len(read(tmp_path, document(), profile=reading.SOURCE).geometries) == 0
    assert (
        shapely.is_missing(read(tmp_path, document(), profile=reading.SOURCE).geometries).size == 0
    )


def test_an_object_of_a_layer_that_is_not_read_costs_no_other(tmp_path: Path) -> None:
    partly = f"<MultiGeometry>{polygon()}<Model/></MultiGeometry>"
    found = read(tmp_path, document(polygon(), partly), profile=reading.SOURCE).geometries
    assert list(shapely.is_missing(found)) == [False, True]
    with pytest.raises(Refusal, match="Model"):
        read(tmp_path, document(polygon(), partly))
