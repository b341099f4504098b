"""The application of the tests: the sample district, a database of this worker's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from layers.catalogue import read_catalogue
from layers.store import Store
from service.app import create_app
from service.config import Settings
from service.district import District
from service.plans.intake import read_plan


def routes(app: FastAPI) -> set[str]:
    """Return every route that leads to a function of ours; the description is FastAPI's own."""
    return {
        f"{method} {found.path}"
        for found in iter_route_contexts(app.routes)
        if isinstance(found.route, APIRoute)
        for method in found.methods
    }


@pytest.fixture(scope="session")
def district(sample: Path) -> District:
    """Return the sample district; all modules and workers read its layers from one folder."""
    catalogue = read_catalogue(sample / "catalogue.yaml")
    return District(catalogue, Store(sample.parent / "sample-layers", catalogue.crs))


@pytest.fixture
def app(fresh_database_url: str, district: District, tmp_path: Path) -> Iterator[FastAPI]:
    settings = Settings(data=tmp_path, uploads_per_minute=100_000)
    made = create_app(settings, fresh_database_url, district, read_plan)
    yield made
    made.state.engine.dispose()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)
