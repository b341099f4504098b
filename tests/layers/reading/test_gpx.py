import zipfile
from pathlib import Path
from typing import Any

import pytest

from gis.problem import Question, Refusal
from layers import reading
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from tests.builders import CRS25833


def document(*inside: str, version: str = "1/1") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="x" '
        f'xmlns="http://www.topografix.com/GPX/{version}"><metadata><name>alles</name></metadata>'
        f"{''.join(inside)}</gpx>"
    )


def places(tag: str, *pairs: tuple[Any, Any], inner: str = "") -> str:
    return "".join(f'<{tag} lat="{lat}" lon="{lon}">{inner}</{tag}>' for lon, lat in pairs)


A, B, C = (12.40, 51.20), (12.41, 51.20), (12.42, 51.21)
SEGMENT = f"<trkseg>{places('trkpt', A, B)}</trkseg>"
ROUTE = f"<rte><name>Radweg</name>{places('rtept', A, B, C)}</rte>"
TRACK = f"<trk><name>Fahrt</name>{SEGMENT}</trk>"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "plan.gpx"
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path: Path, text: str, **options: Any) -> reading.Features:
    return reading.read(write(tmp_path, text), **options)


@pytest.mark.parametrize("version", ["1/0", "1/1"])
def test_a_route(tmp_path: Path, version: str) -> None:
    found = read(tmp_path, document(ROUTE, version=version))
    assert (found.format, found.crs, found.layer) == ("gpx", "EPSG:4326", "routes")
    assert list(found.geometries[0].coords) == [A, B, C]
    assert found.attributes == ({"name": "Radweg"},)
    assert not found.notices


def test_a_track_of_several_segments_is_one_object(tmp_path: Path) -> None:
    text = document(f"<trk>{SEGMENT}<trkseg>{places('trkpt', B, C)}</trkseg></trk>")
    (found,) = read(tmp_path, text).geometries
    assert [list(part.coords) for part in found.geoms] == [[A, B], [B, C]]


def test_segments_without_length_are_passed_over_and_told(tmp_path: Path) -> None:
    short = f"<trkseg>{places('trkpt', C)}</trkseg><trkseg>{places('trkpt', C, C)}</trkseg>"
    found = read(tmp_path, document(f"<trk>{short}{SEGMENT}<trkseg/></trk>"))
    assert list(found.geometries[0].coords) == [A, B]
    assert [n.code for n in found.notices] == ["gpx-segment-dropped"]


def test_heights_are_dropped_and_times_never_read(tmp_path: Path) -> None:
    inner = "<ele>130.5</ele><time>2026-05-01T07:15:00Z</time>"
    found = read(tmp_path, document(f"<rte>{places('rtept', A, B, inner=inner)}</rte>"))
    assert [n.code for n in found.notices] == ["z-dropped"]
    assert "2026" not in repr(found)


def test_what_of_several_kinds_is_meant_is_asked(tmp_path: Path) -> None:
    text = document(places("wpt", C), ROUTE, TRACK)
    with pytest.raises(Question) as caught:
        read(tmp_path, text)
    assert caught.value.code == "layer-multiple"
    assert [p.option for p in caught.value.proposals] == [
        "--plan-layer routes", "--plan-layer tracks", "--plan-layer waypoints",
    ]  # fmt: skip
    assert read(tmp_path, text, layer="waypoints").geometries[0].coords[0] == C
    with pytest.raises(Question):
        read(tmp_path, document(ROUTE), layer="tracks")


def test_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "plan.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weg.gpx", document(ROUTE))
    assert reading.read(path).format == "gpx"


def test_a_route_becomes_a_corridor_and_waypoints_become_sites(tmp_path: Path) -> None:
    said: dict[str, Any] = {"crs": CRS25833, "vocabulary": vocabulary_of()}
    plan = read_plan(write(tmp_path, document(ROUTE)), Intake(kind="radweg", width_m=3, **said))
    assert (plan.title, plan.geometry.geometry_type) == ("Radweg", "route")
    assert plan.transformation.accuracy_m == 0
    masts = write(tmp_path, document(places("wpt", A, B)))
    sites = read_plan(masts, Intake(kind="windenergie", **said))
    assert sites.geometry.geometry_type == "sites"


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (f"<rte>{places('rtept', A)}</rte>", "geometry-invalid"),
        (f"<rte>{places('rtept', A, A)}</rte>", "geometry-invalid"),
        ("<rte/>", "geometry-empty"),
        ("<trk/>", "geometry-empty"),
        ("<trk><trkseg/></trk>", "geometry-empty"),
        (f"<rte>{places('rtept', A, ('x', 51))}</rte>", "xml-malformed"),
        (f"<rte>{places('rtept', A, ('1_2', 51))}</rte>", "xml-malformed"),
        ('<wpt lat="51"/>', "xml-malformed"),
        (places("wpt", (12, "nan")), "geometry-nonfinite"),
        (places("wpt", ("-Infinity", 51)), "geometry-nonfinite"),
        (places("wpt", (181, 51)), "coords-out-of-range"),
        (places("wpt", (12, 5_670_000)), "coords-out-of-range"),
        (places("wpt", (12, "1e999")), "coords-out-of-range"),
        ("", "no-features"),
    ],
)
def test_refused(tmp_path: Path, inner: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, document(inner))
    assert caught.value.code == code


def test_a_doctype_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, '<!DOCTYPE gpx [<!ENTITY a "b">]>' + document(ROUTE))
    assert caught.value.code == "xml-dtd"


def test_a_source_may_be_empty(tmp_path: Path) -> None:
    assert len(read(tmp_path, document(), profile=reading.SOURCE).geometries) == 0
