"""The collection of hostile files through HTTP; `make goal` does the same with a real service."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from bench import handing
from bench.corpus import heard, listening, planted, samples
from layers.catalogue import read_catalogue
from layers.store import Store
from service.app import create_app
from service.config import Settings
from service.db import transaction
from service.district import District
from service.models import Blob, Case, PlanVersion
from service.plans.intake import read_plan
from tests.service.builders import account, kept, token

pytestmark = pytest.mark.skipif(
    not samples(), reason="the folder `shared/hostile` does not lie beside the checkout"
)


@pytest.fixture
def app(fresh_database_url: str, tmp_path: Path) -> Iterator[FastAPI]:
    folder = tmp_path / "district"
    folder.mkdir()
    catalogue = read_catalogue(handing.district(folder))
    settings = Settings(
        data=tmp_path / "data", uploads_per_minute=100_000, anonymous_checks_per_minute=100_000
    )
    here = District(catalogue, Store(tmp_path / "layers", catalogue.crs))
    made = create_app(settings, fresh_database_url, here, read_plan)
    yield made
    made.state.engine.dispose()


def test_every_file_is_answered_as_it_should_be_and_what_is_refused_leaves_nothing(
    app: FastAPI, tmp_path: Path
) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    with kept(app.state.engine) as session:
        client.headers.update(token(session, account(session, "coordinator")))
    refused = [s for s in samples() if s.wants == ("reject",)]
    with planted(), listening() as hits:
        checks = handing.tallied(samples(), lambda s: handing.by_check(client, s))
        cases = handing.tallied(refused[::3], lambda s: handing.by_case(client, s))
        assert hits == []
        assert heard(hits)
    for tally in (checks, cases):
        assert (tally.other_outcome, tally.told_foreign) == ([], [])
        assert tally.longest_s < handing.LONGEST_S
        assert len(tally.other_code) <= 0.05 * tally.files, tally.other_code
    with transaction(app.state.engine) as session:
        for table in (Case, PlanVersion, Blob):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    assert not [p for p in (tmp_path / "data").rglob("*") if p.is_file()]


def test_a_problem_leads_to_what_it_means(app: FastAPI) -> None:
    client = TestClient(app)
    answer = client.post("/api/v1/checks", files={"file": ("a.gml", b"<a/>")})
    link = answer.headers["Link"]
    assert link == '</api/v1/problems/format-mismatch>; rel="help"'
    told = client.get(link[1:].partition(">")[0], headers={"Accept-Language": "en"}).json()
    assert told["kind"] == "refusal"
    assert told["do"].startswith("Supply")
    assert client.get("/api/v1/problems/nichts").status_code == 404
