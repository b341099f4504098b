"""OGC API – Features against a real pygeoapi and a real MapServer, which ignores the offset."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from layers.harvest.service import Service
from layers.sources import ogcapi
from tests.layers.sources.harvesting import Harvested, harvest
from tests.upstream import region
from tests.upstream.gateway import Asked, Reply, Served, answering


def test_pages_that_repeat_are_refused(mapserver_service: Served, tmp_path: Path) -> None:
    service = Service(mapserver_service.url + "/metres/ogcapi", "metres_gpkg")
    got = harvest(ogcapi.pages, service, tmp_path / "spool")

    assert got.code == "source-repeats"
    assert got.protocol.received == 1_000
    assert not got.protocol.complete


def test_a_server_that_heeds_the_offset_gives_all(
    mapserver_service: Served, tmp_path: Path
) -> None:
    service = Service(mapserver_service.url + "/metres/ogcapi", "metres_shp")
    got = harvest(ogcapi.pages, service, tmp_path / "spool")

    assert (got.refusal, got.protocol.distinct) == (None, region.COUNT)


@pytest.mark.parametrize(
    ("crs", "digits"), [(None, 1e-6), ("EPSG:4326", 1e-9), ("OGC:CRS84", 1e-9)]
)
def test_pygeoapi_gives_all_in_every_crs(
    pygeoapi_service: str, crs: str | None, digits: float, tmp_path: Path
) -> None:
    collection = "metres" if crs is None else "degrees"
    got = harvest(ogcapi.pages, Service(pygeoapi_service, collection, crs=crs), tmp_path / "spool")
    expected = region.squares() if crs is None else region.in_degrees()

    assert (got.refusal, got.protocol.distinct) == (None, region.COUNT)
    assert shapely.equals_exact(got.shapes, expected, digits, normalize=True).all()
    assert got.protocol.announced == (("numberMatched", region.COUNT),)


def test_a_box_is_left_to_the_service(pygeoapi_service: str, tmp_path: Path) -> None:
    service = Service(pygeoapi_service, "degrees", bbox=(12.4999, 51.0999, 12.5101, 51.1101))
    got = harvest(ogcapi.pages, service, tmp_path / "spool")

    assert got.refusal is None
    assert got.protocol.received == 11 * 11


def test_a_filter_works_whether_or_not_the_service_has_it(
    pygeoapi_service: str, tmp_path: Path
) -> None:
    service = Service(pygeoapi_service, "degrees", where="status = 'geplant'")
    got = harvest(ogcapi.pages, service, tmp_path / "spool")

    assert got.refusal is None
    assert {row["nr"] for row in got.rows} == {
        row["nr"] for row in region.rows() if row["status"] == "geplant"
    }


def test_no_such_collection(pygeoapi_service: str, tmp_path: Path) -> None:
    got = harvest(ogcapi.pages, Service(pygeoapi_service, "nix"), tmp_path / "spool")

    assert got.code == "source-layer"


# --- an API of a few lines, for what no real server does ---------------------------------------


def api(tmp_path: Path, items: Callable[[Asked], dict[str, object]], page: int = 2) -> Harvested:
    def answer(asked: Asked) -> Reply:
        path = asked.path.partition("?")[0]
        document: dict[str, object] = {"conformsTo": []} if path == "/conformance" else {}
        if path.endswith("/items"):
            document = {"type": "FeatureCollection", **items(asked)}
        return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()

    with answering(answer) as served:
        return harvest(ogcapi.pages, Service(served.url, "c", page=page), tmp_path / "spool")


def point(number: int, **more: object) -> dict[str, object]:
    place = {"type": "Point", "coordinates": [12.5 + number / 1000, 51.1]}
    return {"type": "Feature", "id": number, "geometry": place, "properties": {}, **more}


def following(href: str) -> dict[str, object]:
    return {"links": [{"rel": "next", "href": href}]}


@pytest.mark.parametrize(
    ("href", "code"),
    [
        ("/collections/c/items?limit=2", "source-link"),
        ("http://localhost:1/collections/c/items?offset=2", "source-link"),
        ("file:///etc/passwd", "source-link"),
    ],
)
def test_a_next_page_elsewhere_or_in_a_circle_is_refused(
    href: str, code: str, tmp_path: Path
) -> None:
    got = api(tmp_path, lambda _: {"features": [point(1), point(2)], **following(href)})

    assert got.code == code


def test_the_last_page_full_and_nothing_counted_is_refused(tmp_path: Path) -> None:
    full = api(tmp_path, lambda _: {"features": [point(1), point(2)]}, page=2)
    short = api(tmp_path, lambda _: {"features": [point(1), point(2)]}, page=3)

    assert full.code == "source-incomplete"
    assert (short.code, short.protocol.received) == (None, 2)


def test_fewer_than_announced_are_refused(tmp_path: Path) -> None:
    got = api(tmp_path, lambda _: {"features": [point(1)], "numberMatched": 2})

    assert got.code == "source-incomplete"
    assert "2" in got.refusal.text.de  # type: ignore[union-attr]


def test_fewer_than_a_page_says_it_holds_are_refused(tmp_path: Path) -> None:
    got = api(tmp_path, lambda _: {"features": [point(1)], "numberReturned": 2})

    assert got.code == "source-truncated"


def test_ids_made_up_anew_do_not_hide_a_repeated_page(tmp_path: Path) -> None:
    made = iter(range(1_000))

    def items(asked: Asked) -> dict[str, object]:
        features = [{**point(1), "id": f"a{next(made)}"}, {**point(2), "id": f"a{next(made)}"}]
        following_page = f"/collections/c/items?limit=2&offset={next(made)}"
        return {"features": features, **following(following_page)}

    assert api(tmp_path, items).code == "source-repeats"


def test_without_ids_contents_are_compared(tmp_path: Path) -> None:
    def items(asked: Asked) -> dict[str, object]:
        start = int(asked.parameters.get("offset", 0))
        features = [{**point(start + i), "id": None} for i in (0, 1)]
        more = following("/collections/c/items?limit=2&offset=2") if not start else {}
        return {"features": features, "numberMatched": 4, **more}

    got = api(tmp_path, items)

    assert (got.code, got.protocol.evidence, got.protocol.distinct) == (None, "content", 4)
    assert [note.code for note in got.protocol.notes] == ["no-ids"]


def test_the_answers_crs_must_be_the_one_asked_for(tmp_path: Path) -> None:
    utm = "http://www.opengis.net/def/crs/EPSG/0/25833"

    def answer(asked: Asked) -> Reply:
        path = asked.path.partition("?")[0]
        document: dict[str, object] = {"crs": [utm], "storageCrs": utm}
        if path == "/conformance":
            document = {
                "conformsTo": ["http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"]
            }
        elif path.endswith("/items"):
            assert asked.parameters["crs"] == utm
            document = {"type": "FeatureCollection", "features": [point(1)]}
        return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()

    with answering(answer) as served:
        got = harvest(ogcapi.pages, Service(served.url, "c"), tmp_path / "spool")

    assert got.code == "source-crs"
