"""ArcGIS REST against constructed answers of the documented shape."""

from pathlib import Path

import pytest
import shapely

from layers.harvest.service import Service
from layers.sources import arcgis
from tests.layers.sources.harvesting import harvest
from tests.upstream import region
from tests.upstream.arcgis import PATH
from tests.upstream.arcgis import arcgis as served_layer
from tests.upstream.gateway import Served


def test_all_objects_come_by_ranges_of_ids(arcgis_service: Served, tmp_path: Path) -> None:
    got = harvest(arcgis.pages, Service(arcgis_service.url + PATH), tmp_path / "spool")

    assert got.refusal is None
    assert got.protocol.pages == 3
    assert got.protocol.announced == (("count", region.COUNT), ("ids", region.COUNT))
    assert shapely.equals(got.shapes, region.squares()).all()
    assert got.pages[0].crs == "EPSG:25833"
    assert got.rows[0] == {
        "OBJECTID": 11, "nr": 1, "name": "Fläche 1", "status": "geplant", "breite": 7.0,
        "stand": "2026-01-01T00:00:00Z",
    }  # fmt: skip


def test_a_server_that_gives_fewer_than_it_promises_is_asked_in_halves(tmp_path: Path) -> None:
    with served_layer(100, promised=1_000, most=30) as served:
        layer = Service(served.url + PATH.removesuffix("/0"), "0")
        got = harvest(arcgis.pages, layer, tmp_path / "spool")

    assert (got.refusal, got.protocol.distinct) == (None, 100)
    assert {row["nr"] for row in got.rows} == set(range(1, 101))


def test_a_simple_filter_is_left_to_the_server(arcgis_service: Served, tmp_path: Path) -> None:
    service = Service(arcgis_service.url + PATH, where="status = 'geplant'")
    got = harvest(arcgis.pages, service, tmp_path / "spool")

    assert (got.refusal, got.protocol.received, got.protocol.kept) == (None, 500, 500)


def test_an_empty_layer_is_complete(tmp_path: Path) -> None:
    with served_layer(0) as served:
        got = harvest(arcgis.pages, Service(served.url + PATH), tmp_path / "spool")

    assert (got.refusal, got.pages, got.protocol.complete) == (None, [], True)


@pytest.mark.parametrize("path", ["/arcgis/rest/services/nix/FeatureServer/0"])
def test_an_error_with_status_200_is_an_error(
    arcgis_service: Served, path: str, tmp_path: Path
) -> None:
    got = harvest(arcgis.pages, Service(arcgis_service.url + path), tmp_path / "spool")

    assert got.code == "source-exception"
    assert "Service not found" in got.refusal.text.de  # type: ignore[union-attr]
