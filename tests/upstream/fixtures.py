"""Real servers for a whole session of tests; each skips visibly where it is not installed."""

from collections.abc import Iterator

import pytest

from tests.service.postgres import Server
from tests.upstream import arcgis, mapserver, pygeoapi
from tests.upstream.faults import Upstream
from tests.upstream.gateway import Served


@pytest.fixture(scope="session")
def mapserver_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not mapserver.PROGRAM.is_file():
        pytest.skip("MapServer (package cgi-mapserver) is not installed")
    with mapserver.mapserver(tmp_path_factory.mktemp("mapserver")) as served:
        yield served


@pytest.fixture(scope="session")
def mapserver_answers(mapserver_service: Served) -> Upstream:
    return Upstream(mapserver_service.url)


@pytest.fixture(scope="session")
def pygeoapi_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not pygeoapi.PROGRAM.is_file():
        pytest.skip("pygeoapi is not installed (requirements/upstream.txt in .venv-upstream)")
    with pygeoapi.pygeoapi(tmp_path_factory.mktemp("pygeoapi")) as url:
        yield url


@pytest.fixture(scope="session")
def pygeoapi_answers(pygeoapi_service: str) -> Upstream:
    return Upstream(pygeoapi_service)


@pytest.fixture(scope="session")
def arcgis_service() -> Iterator[Served]:
    with arcgis.arcgis() as served:
        yield served


@pytest.fixture(scope="session")
def arcgis_answers(arcgis_service: Served) -> Upstream:
    return Upstream(arcgis_service.url)


@pytest.fixture(scope="session")
def database(postgres: Server) -> Iterator[str]:
    with postgres.database() as name:
        yield postgres.conninfo(name)
