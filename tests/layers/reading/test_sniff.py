import contextlib
import time
from pathlib import Path

import pytest

from gis.problem import Refusal
from layers.reading.sniff import HEAD, sniff


def named(tmp_path: Path, content: bytes, name: str = "plan.dat") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"SQLite format 3\0", "gpkg"),
        (b"fgb\x03", "flatgeobuf"),
        (b"PAR1", "geoparquet"),
        (b"\x00\x00\x27\x0a", "shapefile"),
        (b' \n{"type"', "geojson"),
        (b"\xef\xbb\xbf[", "geojson"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><gml:FeatureCollection", "gml"),
        (b"<!-- x --><XPlanAuszug>", "gml"),
        (b"<!-- of <kml> -->\n<gml:FeatureCollection>", "gml"),
        (b"<?xml version='1.0'?><!-- as <a/> -->\n<kml>", "kml"),
        (b"<kml><![CDATA[<!DOCTYPE html>]]>", "kml"),
        (b"<a:kml>", "kml"),
        (b"<?xml version='1.0'?><gpx>", "gpx"),
        (b"SRID=25833; POINT(1 2)", "wkt"),
        (b"\n multipolygon (", "wkt"),
        (b"  0\r\nSECTION\r\n", "dxf"),
    ],
)
@pytest.mark.parametrize("name", ["plan.dat", "plan.csv", "plan.gpkg"])
def test_content_alone_tells_the_format(
    tmp_path: Path, content: bytes, kind: str, name: str
) -> None:
    assert sniff(named(tmp_path, content, name)) == kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"a,b\n1,2\n", "plan.csv", "format-not-allowed"),
        (b"AC1027", "plan.dwg", "format-not-allowed"),
        (b"%PDF-1.7", "plan.kml", "format-mismatch"),
        (b"<OGRVRTDataSource>", "plan.geojson", "format-mismatch"),
        (b"<!DOCTYPE html><html>", "plan.gml", "format-mismatch"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC><html>", "plan.gml", "format-mismatch"),
        (b"<!-- /gml --><OGRVRTDataSource>", "plan.gml", "format-mismatch"),
        (b"<!DOCTYPE kml><kml>", "plan.kml", "xml-dtd"),
        (b"<!-- a --><!DOCTYPE kml><kml>", "plan.kml", "xml-dtd"),
        (b"<ows:ExceptionReport>", "plan.gml", "service-exception"),
        (b"\xff\xfe{\0", "plan.geojson", "encoding"),
        (b"<", "plan.gml", "format-mismatch"),
        (b"Rar!\x1a\x07", "plan.rar", "format-mismatch"),
    ],
)
def test_not_taken(tmp_path: Path, content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        sniff(named(tmp_path, content, name))
    assert caught.value.code == code


@pytest.mark.parametrize("fill", [b" ", b"\n", b"\t", b"999\n", b"999\n\n", b"0\n", b"<", b"<!"])
@pytest.mark.parametrize("lead", [b"", b"0", b"999\n", b"SRID=1;", b"\xef\xbb\xbf", b"<a"])
def test_a_head_of_anything_repeated_is_told_at_once(
    tmp_path: Path, lead: bytes, fill: bytes
) -> None:
    path = named(tmp_path, lead + fill * (HEAD // len(fill)) + b"?")
    begin = time.perf_counter()
    with contextlib.suppress(Refusal):
        sniff(path)
    assert time.perf_counter() - begin < 1
