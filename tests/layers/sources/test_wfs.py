"""WFS against a real MapServer that announces 1,000 of its 2,500 objects."""

from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from layers.harvest.service import Service
from layers.sources import wfs
from tests.layers.sources.harvesting import harvest
from tests.upstream import region
from tests.upstream.gateway import Served

BBOX = (12.43, 51.06, 12.44, 51.07)  # some hundred of the squares in metres
DEGREES_BOX = (12.4999, 51.0999, 12.5101, 51.1101)  # 11 × 11 of those in degrees


@pytest.fixture
def url(mapserver_service: Served) -> str:
    return mapserver_service.url + "/?map=metres"


@pytest.fixture
def degrees_url(mapserver_service: Served) -> str:
    return mapserver_service.url + "/?map=degrees"


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_all_2500_come_where_1000_are_announced(url: str, version: str, tmp_path: Path) -> None:
    got = harvest(wfs.pages, Service(url, "metres_gpkg", version=version), tmp_path / "spool")

    assert got.refusal is None
    assert {row["nr"] for row in got.rows} == set(range(1, region.COUNT + 1))
    assert got.protocol.complete
    assert got.protocol.announced[0] == ("hits", 1_000)
    assert [note.code for note in got.protocol.notes] == ["count-understated"]
    assert shapely.equals(got.shapes, region.squares()).all()


def test_a_page_larger_than_the_cap_is_no_reason_to_stop(url: str, tmp_path: Path) -> None:
    got = harvest(wfs.pages, Service(url, "metres_shp", page=5_000), tmp_path / "spool")

    assert (got.refusal, got.protocol.received) == (None, region.COUNT)


def test_numbers_arrive_as_numbers_and_umlauts_as_umlauts(url: str, tmp_path: Path) -> None:
    row = harvest(wfs.pages, Service(url, "ms:metres_gpkg", bbox=BBOX), tmp_path / "spool").rows[0]

    assert row == {
        "gml_id": "metres_gpkg.1", "nr": 1, "name": "Fläche 1", "status": "geplant", "breite": 7.0,
    }  # fmt: skip


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_a_box_finds_what_lies_in_it(
    url: str, degrees_url: str, version: str, tmp_path: Path
) -> None:
    metres = Service(url, "metres_shp", version, bbox=BBOX)
    declared = version == "1.1.0"
    degrees = Service(degrees_url, "degrees_shp", version, bbox=DEGREES_BOX, swapped=declared)

    some = harvest(wfs.pages, metres, tmp_path / "spool")
    square = harvest(wfs.pages, degrees, tmp_path / "spool")

    assert (some.refusal, square.refusal) == (None, None)
    assert 20 < some.protocol.received < 200
    assert square.protocol.received == 11 * 11


def test_degrees_come_x_before_y(degrees_url: str, tmp_path: Path) -> None:
    service = Service(degrees_url, "degrees_shp", bbox=DEGREES_BOX)
    got = harvest(wfs.pages, service, tmp_path / "spool")
    expected = [region.in_degrees()[row["nr"] - 1] for row in got.rows]

    assert (got.refusal, len(got.rows)) == (None, 121)
    assert got.pages[0].crs == "urn:ogc:def:crs:EPSG::4326"
    assert shapely.equals_exact(got.shapes, expected, 1e-6, normalize=True).all()


def test_an_axis_order_that_contradicts_its_name_is_refused_until_declared(
    degrees_url: str, tmp_path: Path
) -> None:
    """MapServer's GML 3.1 says EPSG:4326, which means x before y, and writes y before x."""
    service = Service(degrees_url, "degrees_shp", "1.1.0", bbox=DEGREES_BOX)
    refused = harvest(wfs.pages, service, tmp_path / "spool")
    declared = harvest(wfs.pages, replace(service, swapped=True), tmp_path / "spool")

    assert refused.code == "source-axes"
    assert declared.refusal is None
    expected = [region.in_degrees()[row["nr"] - 1] for row in declared.rows]
    assert shapely.equals_exact(declared.shapes, expected, 1e-6, normalize=True).all()


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("status = 'geplant' AND nr > 100", lambda r: r["status"] == "geplant" and r["nr"] > 100),
        ("nr IN (1, 2, 3) OR nr BETWEEN 10 AND 12", lambda r: r["nr"] in (1, 2, 3, 10, 11, 12)),
        ("NOT (nr > 5)", lambda r: r["nr"] <= 5),
    ],
)
def test_simple_filters_are_left_to_the_service(
    url: str, version: str, where: str, wanted: object, tmp_path: Path
) -> None:
    got = harvest(wfs.pages, Service(url, "metres_shp", version, where=where), tmp_path / "spool")
    expected = {r["nr"] for r in region.rows() if wanted(r)}  # type: ignore[operator]

    assert got.refusal is None
    assert {row["nr"] for row in got.rows} == expected
    assert got.protocol.received == got.protocol.kept


def test_a_filter_and_a_box_go_together(url: str, tmp_path: Path) -> None:
    service = Service(url, "metres_gpkg", where="status = 'geplant'", bbox=BBOX)
    got = harvest(wfs.pages, service, tmp_path / "spool")

    assert got.refusal is None
    assert 10 < got.protocol.received < 50
    assert {row["status"] for row in got.rows} == {"geplant"}


def test_what_no_service_understands_is_filtered_here(url: str, tmp_path: Path) -> None:
    service = Service(url, "metres_gpkg", where="name LIKE '%5'", bbox=BBOX)
    got = harvest(wfs.pages, service, tmp_path / "spool")

    assert {row["name"][-1] for row in got.rows} == {"5"}
    assert 0 < got.protocol.kept == len(got.rows) < got.protocol.received
    assert got.protocol.dropped == (("where", got.protocol.received - got.protocol.kept),)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"layer": "nix"}, "source-layer"),
        ({"crs": "EPSG:31468"}, "source-crs"),
        ({"where": "name LIKE"}, "source-filter"),
        ({"where": "nam LIKE '%9'"}, "source-attribute"),
        ({"version": "1.0.0"}, "source-content"),
        ({"swapped": True}, "source-axes"),
    ],
)
def test_a_wrong_entry_in_the_catalogue_is_named(
    url: str, changes: dict[str, str], code: str, tmp_path: Path
) -> None:
    entry = {"layer": "metres_shp", "bbox": BBOX, **changes}
    got = harvest(wfs.pages, Service(url, **entry), tmp_path / "spool")  # type: ignore[arg-type]

    assert got.code == code
    assert not got.protocol.complete
