"""A file at an address."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.harvest.visit import UnchangedError, visit
from layers.layer import Source
from layers.sources import remote
from tests.layers.sources.harvesting import PATIENT, Harvested, client, harvest
from tests.upstream import region
from tests.upstream.gateway import Asked, Reply, Served, answering

ETAG = '"v1"'


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("file") / "felder.gpkg"
    region.write(path, region.squares(200), "EPSG:25833")
    return path.read_bytes()


@pytest.fixture
def server(package: bytes) -> Iterator[Served]:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/elsewhere":
            return (
                302,
                {"Location": f"http://localhost:{asked.headers['Host'][10:]}/felder.gpkg"},
                b"",
            )
        if asked.path == "/page":
            return 200, {"Content-Type": "text/html"}, b"<html>404</html>"
        if asked.path == "/half":
            return 200, {}, package[: len(package) // 2]
        if asked.headers.get("If-None-Match") == ETAG:
            return 304, {}, b""
        return 200, {"ETag": ETAG, "Content-Type": "application/geopackage+sqlite3"}, package

    with answering(answer) as served:
        yield served


def fetched(url: str, folder: Path, **said: object) -> Harvested:
    source = Source("url", stated=json.dumps({"url": url, **said}))
    return harvest(remote.pages, source, folder / "spool", manners=PATIENT)


def test_a_file_comes_whole_and_says_how_to_ask_again(
    server: Served, package: bytes, tmp_path: Path
) -> None:
    checksum = hashlib.sha256(package).hexdigest()
    got = fetched(f"{server.url}/felder.gpkg", tmp_path, sha256=checksum)

    assert (got.refusal, got.protocol.received, got.protocol.complete) == (None, 200, True)
    assert got.protocol.validators == {"etag": ETAG}
    assert got.protocol.bytes == len(package)


def test_nothing_is_fetched_again_that_has_not_changed(server: Served, tmp_path: Path) -> None:
    source = Source("url", stated=json.dumps({"url": f"{server.url}/felder.gpkg"}))
    with (
        visit("x", tmp_path, manners=PATIENT, known={"etag": ETAG}, client=client) as again,
        pytest.raises(UnchangedError),
    ):
        next(remote.pages(source, again))

    assert not again.protocol().complete


def test_a_filter_is_applied(server: Served, tmp_path: Path) -> None:
    got = fetched(f"{server.url}/felder.gpkg", tmp_path, where="status = 'geplant'")

    assert (got.protocol.received, got.protocol.kept, len(got.rows)) == (200, 40, 40)


@pytest.mark.parametrize(
    ("path", "said", "code"),
    [
        ("/felder.gpkg", {"sha256": "0" * 64}, "source-checksum"),
        ("/elsewhere", {}, "source-link"),
        ("/page", {}, "source-html"),
        ("/half", {}, "source-content"),
        ("/felder.gpkg", {"where": "nix = 1"}, "source-attribute"),
        ("/felder.gpkg", {"crs": "EPSG:4326"}, "source-place"),
    ],
)
def test_what_is_not_the_file_is_refused(
    server: Served, path: str, said: dict[str, str], code: str, tmp_path: Path
) -> None:
    got = fetched(server.url + path, tmp_path, **said)

    assert got.code == code
    assert not got.protocol.complete


def test_with_a_checksum_it_may_come_from_elsewhere(
    server: Served, package: bytes, tmp_path: Path
) -> None:
    checksum = hashlib.sha256(package).hexdigest()
    got = fetched(f"{server.url}/elsewhere", tmp_path, sha256=checksum)

    assert (got.refusal, got.protocol.received) == (None, 200)
