"""One district with people and cases, one server, for all tests that go through a browser."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from bench.barriers import serving
from bench.visits import demonstrated
from service.app import create_app
from service.cases.demonstration import Login
from service.config import Settings
from service.district import District
from service.plans.intake import read_plan
from tests.service.api import serving as sampled
from tests.service.portal.served import Visitor
from tests.service.postgres import Server

CASES = 6  # of the demonstration: ready, with the offices, waiting for documents, consolidating
district = sampled.district


@dataclass(frozen=True, slots=True)
class Demo:
    """The demonstration as it runs: who can log in, by role, and where its sample plans are."""

    app: FastAPI
    address: str
    people: Mapping[str, Login]
    plans: Path


@pytest.fixture(scope="session")
def demo(
    postgres: Server,
    template: str,
    district: District,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Demo]:
    with postgres.database(template) as name:
        folder = tmp_path_factory.mktemp("demo")
        settings = Settings(
            data=folder, uploads_per_minute=100_000, anonymous_checks_per_minute=100_000
        )
        app = create_app(settings, postgres.url(name), district, read_plan)
        made = demonstrated(app.state.engine, district, settings, CASES)
        plans = district.catalogue.path.parent / "plans"
        with serving(app) as address:
            yield Demo(app, address, {one.role: one for one in made}, plans)
        app.state.engine.dispose()


@pytest.fixture
def newcomer(browser: Browser, demo: Demo) -> Iterator[Visitor]:
    """Somebody at the demonstration who knows nothing but what a page says."""
    made = Visitor(browser, demo.address)
    yield made
    made.context.close()
    assert made.complaints == []
    assert made.foreign == []
