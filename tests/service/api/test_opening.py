"""Plans that come in by the interface: files, outlines, parcels; repeats, limits, refusals."""

import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.models import Blob, Case
from tests.service.api.people import person
from tests.service.api.serving import app, client, district

__all__ = ["app", "client", "district"]
SQUARE = {
    "type": "Polygon",
    "crs": {"type": "name", "properties": {"name": "EPSG:25833"}},
    "coordinates": [[[318_000, 5_668_000], [318_100, 5_668_000], [318_100, 5_668_100],
                     [318_000, 5_668_000]]],
}  # fmt: skip
FILE = {"file": ("plan.geojson", json.dumps(SQUARE).encode())}


@pytest.fixture
def sender(app: FastAPI) -> dict[str, str]:
    return dict(person(app.state.engine, "coordinator"))


def cases(app: FastAPI) -> int:
    with Session(app.state.engine) as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_repeat_with_the_same_key_gets_the_first_answer(
    app: FastAPI, client: TestClient, sender: dict[str, str]
) -> None:
    keyed = {**sender, "Idempotency-Key": "once"}
    first, again = (client.post("/api/v1/cases", files=FILE, headers=keyed) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again.headers["idempotent-replay"]) == (first.content, "true")
    assert again.headers["location"] == f"/api/v1/cases/{first.json()['id']}"
    other = client.post("/api/v1/cases", files=FILE, data={"title": "B"}, headers=keyed)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    stranger = {**person(app.state.engine, "coordinator"), "Idempotency-Key": "once"}
    assert client.post("/api/v1/cases", files=FILE, headers=stranger).status_code == 201
    assert cases(app) == 2


def test_an_outline_is_drawn_by_hand_and_says_so(
    client: TestClient, sender: dict[str, str]
) -> None:
    drawn = json.dumps({"type": "Point", "coordinates": [12.5, 51.15]})
    given = {"outline": drawn, "kind": "windenergie", "title": "Eine Anlage"}
    answer = client.post("/api/v1/cases", data=given, headers=sender).json()
    assert (answer["title"], answer["understood"]["accuracy_m"]) == ("Eine Anlage", 5.0)
    assert "outline-origin" in {n["code"] for n in answer["understood"]["notices"]}


def test_parcels_make_an_outline(client: TestClient, sender: dict[str, str]) -> None:
    answer = client.post("/api/v1/cases", data={"parcels": "nowhere 1 2/3"}, headers=sender)
    assert answer.status_code == 422
    assert answer.json()["code"].startswith("parcels-")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, "file-or-outline"),
        ({"outline": "POINT (1 1)", "parcels": "Borna 3 1"}, "file-or-outline"),
        ({"outline": "POINT (1 1)", "kind": "luftschloss"}, "word-unknown"),
        ({"outline": "POINT (1 1)", "attributes": "[1]"}, "attributes-invalid"),
        ({"outline": "POINT (1 1)", "deadline": "tomorrow"}, "request-invalid"),
        ({"outline": "POINT (1 1)", "nobody": "knows"}, "request-invalid"),
        ({"outline": "nonsense"}, "list-line"),
    ],
)
def test_what_cannot_be_used_is_a_problem_and_leaves_nothing(
    app: FastAPI, client: TestClient, sender: dict[str, str], data: dict[str, str], code: str
) -> None:
    answer = client.post("/api/v1/cases", data=data or {"title": "A"}, headers=sender)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:belang:problem:{code}"
    with Session(app.state.engine) as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 0
    folder = app.state.blobs.folder
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_planner_does_not_find_the_case_of_another(app: FastAPI, client: TestClient) -> None:
    own, other = (person(app.state.engine, "planner") for _ in range(2))
    case = client.post("/api/v1/cases", files=FILE, headers=own).json()
    address = f"/api/v1/cases/{case['id']}"
    assert client.get(address, headers=own).status_code == 200
    for method, path in (("GET", address), ("POST", f"{address}/answers"),
                         ("GET", case["check"]), ("GET", f"{case['check']}/report")):  # fmt: skip
        answer = client.request(method, path, headers=other, json={"option": "--crs EPSG:25833"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path


def test_nobody_checks_too_often_without_an_account(app: FastAPI, client: TestClient) -> None:
    most = app.state.settings.anonymous_checks_per_minute
    codes = [client.post("/api/v1/checks", files=FILE).status_code for _ in range(most + 1)]
    assert codes == [200] * most + [429]
    told = client.post("/api/v1/checks", files=FILE, headers={"Accept-Language": "en"})
    assert told.json()["title"] == "Too often"
    assert int(told.headers["retry-after"]) > 0


def test_the_public_learns_nothing_of_restricted_layers(client: TestClient, app: FastAPI) -> None:
    report = client.post("/api/v1/checks", files=FILE).json()
    catalogue = app.state.district.catalogue
    hidden = {layer.code for layer in catalogue.layers if layer.visibility != "public"}
    assert hidden
    assert not hidden & {finding["layer"] for finding in report["findings"]}


def test_a_body_beyond_the_limit_is_cut_off(app: FastAPI, sender: dict[str, str]) -> None:
    from service.api.size import BodyLimit

    small = TestClient(BodyLimit(app, most=10_000))
    many = {"file": ("plan.geojson", b" " * 20_000)}
    answer = small.post("/api/v1/cases", files=many, headers=sender)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload-too-large")
    assert answer.json()["limit_bytes"] == 10_000
