"""A look at every source: who answers, under which name, with which attributes."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shapely import Point

from gis.problem import Text
from layers.catalogue import read_catalogue
from layers.harvest.manners import Manners
from layers.layer import Layer
from layers.probing import Probed, alternatives, probe, wanted
from service.cli import main
from tests.builders import OFFICES, catalogue, geojson, layer
from tests.upstream import arcgis, fixtures
from tests.upstream.gateway import Served

arcgis_service, database = fixtures.arcgis_service, fixtures.database
mapserver_service, pygeoapi_service = fixtures.mapserver_service, fixtures.pygeoapi_service

QUICK = Manners(connect=2, read=20, request=30, attempts=1, per_second=1_000)
Printed = pytest.CaptureFixture[str]


def entry(source: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"code": "thema", "title": "Thema", "keeper": "AMT", "source": source, **more}


def layers(folder: Path, *entries: dict[str, Any]) -> list[Layer]:
    numbered = [{**one, "code": f"{one['code']}{n}"} for n, one in enumerate(entries)]
    return list(read_catalogue(catalogue(folder, numbered, offices=OFFICES)).layers)


def one(folder: Path, source: dict[str, Any], **more: Any) -> Probed:
    (found,) = probe(layers(folder, entry(source, **more)), manners=QUICK)
    return found


@pytest.fixture
def closed() -> Iterator[str]:
    """Return an address at which nobody listens."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/wfs"


def test_a_wfs_that_has_everything(mapserver_service: Served, tmp_path: Path) -> None:
    wfs = {"type": "wfs", "url": f"{mapserver_service.url}/?map=metres", "layer": "metres_gpkg"}
    found = one(tmp_path, wfs, id="nr", name="name")
    assert found.fine
    assert found.look is not None
    assert found.look.reachable
    assert found.look.found
    assert found.look.crs == "EPSG:25833"
    assert found.look.count == 1_000  # what it announces: its cap, the harvest will tell
    assert {"nr", "name", "status", "breite"} <= set(found.look.attributes)


def test_a_wfs_is_asked_for_few_objects(mapserver_service: Served, tmp_path: Path) -> None:
    wfs = {"type": "wfs", "url": f"{mapserver_service.url}/?map=metres", "layer": "metres_gpkg"}
    before = len(mapserver_service.asked)
    one(tmp_path, {**wfs, "where": "nr = 1"})
    asked = [a.parameters for a in mapserver_service.asked[before:]]
    pages = [a for a in asked if a["request"] == "GetFeature" and a.get("resulttype") != "hits"]
    assert [page["count"] for page in pages] == ["20"]
    assert len(asked) <= 6


def test_attributes_that_are_missing_are_named(mapserver_service: Served, tmp_path: Path) -> None:
    wfs = {
        "type": "wfs", "url": f"{mapserver_service.url}/?map=metres", "layer": "metres_gpkg",
        "where": "zone = 'I'", "attributes": {"rename": {"bezeichnung": "titel", "nummer": "nr"}},
    }  # fmt: skip
    found = one(tmp_path, wfs, id="nummer", name="bezeichnung")
    assert found.look is not None
    assert found.look.missing == ("titel", "zone")
    assert not found.fine


def test_which_of_several_names_is_the_right_one(
    mapserver_service: Served, closed: str, tmp_path: Path
) -> None:
    url = f"{mapserver_service.url}/?map=metres"
    others = [{"layer": "metres_gpkg"}, {"url": closed}, {"layer": "auch_nicht"}]
    found = one(tmp_path, {"type": "wfs", "url": url, "layer": "nsg", "alternatives": others})
    assert found.look is not None
    assert (found.look.reachable, found.look.found) == (True, False)
    assert found.look.code == "source-layer"
    assert [(o.reachable, o.found, o.fine) for o in found.others] == [
        (True, True, True), (False, False, False), (True, False, False),
    ]  # fmt: skip


def test_an_api(pygeoapi_service: str, tmp_path: Path) -> None:
    api = {"type": "ogcapi", "url": pygeoapi_service, "layer": "metres"}
    found = one(tmp_path, api, id="nr", half_width={"attribute": "breite"})
    assert found.fine
    assert found.look is not None
    assert (found.look.crs, found.look.count) == ("EPSG:25833", 2_500)
    assert one(tmp_path, {**api, "layer": "nowhere"}).look.code == "source-layer"  # type: ignore[union-attr]


def test_an_arcgis_server(arcgis_service: Served, tmp_path: Path) -> None:
    url = f"{arcgis_service.url}/arcgis/rest/services/probe/FeatureServer"
    found = one(tmp_path, {"type": "arcgis", "url": url, "layer": 0}, id="nr", name="fehlt")
    assert found.look is not None
    assert (found.look.crs, found.look.count) == ("EPSG:25833", 2_500)
    assert found.look.missing == ("fehlt",)


def test_another_kind_of_service_may_be_the_alternative(
    arcgis_service: Served, closed: str, tmp_path: Path
) -> None:
    url = f"{arcgis_service.url}/arcgis/rest/services/probe/FeatureServer"
    other = {"type": "arcgis", "url": url, "layer": 0}
    found = one(tmp_path, {"type": "wfs", "url": closed, "layer": "a", "alternatives": [other]})
    assert not found.fine
    assert [o.fine for o in found.others] == [True]


def test_a_database(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE_DSN", database)
    query = "SELECT 1 AS nr, ST_SetSRID(ST_MakePoint(320000, 5670000), 25833) AS geom"
    source = {"type": "postgis", "dsn_env": "PROBE_DSN", "query": query}
    found = one(tmp_path, source, id="nr")
    assert found.fine
    assert found.look is not None
    assert (found.look.crs, found.look.count) == ("EPSG:25833", 1)
    monkeypatch.delenv("PROBE_DSN")
    missing = one(tmp_path, source).look
    assert missing is not None
    assert (missing.reachable, missing.code) == (False, "source-unset")


def test_files_are_looked_at_too(tmp_path: Path) -> None:
    geojson(tmp_path / "a.geojson", [(Point(320000, 5670000), {"nr": 1})])
    source = {"type": "file", "path": "a.geojson"}
    assert one(tmp_path, source, id="nr").fine
    assert one(tmp_path, source, id="nummer").look.missing == ("nummer",)  # type: ignore[union-attr]
    gone = one(tmp_path, {**source, "path": "b.geojson"}).look
    assert gone is not None
    assert (gone.reachable, gone.found, gone.code) == (False, False, "file-missing")


def test_a_closed_port(closed: str, tmp_path: Path) -> None:
    look = one(tmp_path, {"type": "wfs", "url": closed, "layer": "a"}).look
    assert look is not None
    assert (look.reachable, look.found, look.code) == (False, False, "source-unreachable")


def test_what_is_looked_up_by_hand_is_asked_nothing(tmp_path: Path) -> None:
    found = one(tmp_path, {"type": "manual", "viewer": "http://127.0.0.1:1/"})
    assert found.look is None
    assert found.fine


def test_a_broken_entry_is_told_and_the_others_are_asked(tmp_path: Path) -> None:
    geojson(tmp_path / "a.geojson", [Point(320000, 5670000)])
    good = entry({"type": "file", "path": "a.geojson"})
    found = list(probe(layers(tmp_path, entry({"type": "wfs"}), good), manners=QUICK))
    assert [one.fine for one in found] == [False, True]
    look = found[0].look
    assert look is not None
    assert isinstance(look.reason, Text)
    assert "source.url" in look.reason.de


def test_servers_are_asked_side_by_side_and_told_in_order(
    arcgis_service: Served, closed: str, tmp_path: Path
) -> None:
    url = f"{arcgis_service.url}/arcgis/rest/services/probe/FeatureServer"
    sources = [{"type": "arcgis", "url": u, "layer": 0} for u in (url, closed, url, url, url)]
    arcgis_service.most_at_once = 0
    found = list(probe(layers(tmp_path, *map(entry, sources)), manners=QUICK))
    assert [one.layer.code for one in found] == [f"thema{n}" for n in range(5)]
    assert [one.fine for one in found] == [True, False, True, True, True]
    assert arcgis_service.most_at_once <= 2  # the gate of that server holds for all of them


def test_attributes_are_those_of_the_source(tmp_path: Path) -> None:
    mapping = {
        "rename": {"name": "NAME"}, "constant": {"art": "x"},
        "widths": {"breite_m": {"attribute": "CM"}},
    }  # fmt: skip
    source = {"type": "file", "path": "a", "attributes": mapping, "where": "TYP = 1"}
    linear = {"section": "art", "from": "von", "to": "bis"}
    (thing,) = layers(
        tmp_path, entry(source, id="nr", name="name", linear_reference=linear,
                        half_width={"attribute": "breite_m"}),
    )  # fmt: skip
    assert wanted(thing) == {"nr", "NAME", "CM", "TYP", "von", "bis"}


def test_an_alternative_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    source = {"type": "arcgis", "url": "https://a.example", "layer": 3, "page": 9}
    others = [{"url": "https://b.example"}, {"layer": 4}]
    (thing,) = layers(tmp_path, entry({**source, "alternatives": others}))
    first, second = alternatives(thing.source)
    assert (first.layer, first.options) == ("3", {"url": "https://b.example", "page": 9})
    assert (second.layer, second.options) == ("4", {"url": "https://a.example", "page": 9})
    assert list(alternatives(replace(thing.source, stated='{"url": "x"}'))) == []


def test_the_command_says_what_is_to_be_settled(
    closed: str, tmp_path: Path, capsys: Printed
) -> None:
    geojson(tmp_path / "a.geojson", [Point(320000, 5670000)])
    entries = [
        layer(tmp_path, "gut", tmp_path / "a.geojson"),
        {**entry({"type": "wfs", "url": closed, "layer": "x"}), "code": "zu"},
        {**entry({"type": "manual", "viewer": closed}), "code": "hand"},
    ]
    file = str(catalogue(tmp_path, entries))
    assert main(["catalogue", "probe", "--catalogue", file]) == 3
    said = capsys.readouterr().out
    assert "1 von 3 Ebenen in Ordnung, 1 zu klären, 1 von Hand nachzusehen." in said
    assert main(["catalogue", "probe", "gut", "hand", "--catalogue", file]) == 0
    capsys.readouterr()
    assert main(["catalogue", "probe", "--json", "--catalogue", file, "--lang", "en"]) == 3
    told = {row["layer"]: row for row in json.loads(capsys.readouterr().out)["layers"]}
    assert told["gut"]["fine"]
    assert told["hand"]["look"] is None
    assert told["zu"]["look"]["code"] == "source-unreachable"
    assert "cannot be reached" in told["zu"]["look"]["reason"]
    assert main(["catalogue", "probe", "nichts", "--catalogue", file]) == 64


def test_the_landkreis_can_be_probed_without_any_network(capsys: Printed) -> None:
    """Two of its entries that need no network; the tool itself is what its steward will use."""
    from importlib import resources

    with resources.as_file(resources.files("layers") / "catalogues") as folder:
        file = str(folder / "landkreis-leipzig.yaml")
        assert main(["catalogue", "probe", "kampfmittel", "--catalogue", file]) == 0
        assert main(["catalogue", "probe", "kreisstrassen", "--catalogue", file]) == 3
    assert "strassennetz.shp" in capsys.readouterr().out.replace("\n", "")


def test_whatever_one_source_does_the_others_are_asked(tmp_path: Path) -> None:
    """A folder where a file was expected is nothing anybody has foreseen."""
    (tmp_path / "a.geojson").mkdir()
    geojson(tmp_path / "b.geojson", [Point(320000, 5670000)])
    sources = [entry({"type": "file", "path": f"{name}.geojson"}) for name in "ab"]
    found = list(probe(layers(tmp_path, *sources), manners=QUICK))
    assert [one.fine for one in found] == [False, True]
    look = found[0].look
    assert look is not None
    assert look.reason is not None


def test_a_broken_layer_is_shown_with_the_others(tmp_path: Path, capsys: Printed) -> None:
    """Only `validate` looks for faults."""
    file = str(catalogue(tmp_path, [entry({"type": "wfs"})]))
    assert main(["catalogue", "show", "--catalogue", file]) == 0
    assert "Thema" in capsys.readouterr().out
    assert main(["catalogue", "validate", file]) == 4
    assert "layers[0].source.url: is missing" in capsys.readouterr().err


def test_a_layer_without_objects_is_there(tmp_path: Path) -> None:
    with arcgis.arcgis(0) as server:
        url = f"{server.url}/arcgis/rest/services/probe/FeatureServer"
        look = one(tmp_path, {"type": "arcgis", "url": url, "layer": 0}, id="nr").look
    assert look is not None
    assert (look.reachable, look.found, look.count) == (True, True, 0)
