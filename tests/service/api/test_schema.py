"""The interface keeps what its description says, whatever is sent to it.

A quick form, in one process; `bench/schema.py` is the long one.
"""

import json
import re
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from bench.schema import narrowed
from bench.walk import CONFIG, KINDS, Kind, walked
from service.api.description import TAGS
from tests.service.api.people import person
from tests.service.api.serving import app, client, district

__all__ = ["app", "client", "district"]
SCHEMA = "/api/v1/openapi.json"
EXAMPLES = 2
SEED = 1
VALID = KINDS[1]


def described(app: FastAPI, kind: Kind) -> Any:
    """Return what the application says of itself, as cases of that kind are made from it."""
    document = narrowed(app.openapi(), kind, {})
    schema = schemathesis.openapi.from_dict(document, config=CONFIG)
    schema.app = app
    return schema


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the generator's own making
def test_every_operation_answers_as_described(app: FastAPI) -> None:
    people = {role: person(app.state.engine, role) for role in ("coordinator", "administrator")}
    found = {}
    for kind in KINDS[::2]:  # the long form walks all of them
        for result in described(app, kind).get_all_operations():
            operation = result.ok()
            name = f"{operation.method.upper()} {operation.path}"
            walk = walked({kind: operation}, people, cases=EXAMPLES, seed=SEED)
            assert walk.cases or not kind.valid, name
            found.update({f"{name}: {title}": how for title, how in walk.failures.items()})
    assert found == {}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_not_described_is_found(app: FastAPI) -> None:
    @app.get("/api/v1/undescribed")
    def undescribed(number: int) -> Response:
        return JSONResponse({}, 418)

    app.openapi_schema = None
    operation = described(app, VALID)["/api/v1/undescribed"]["GET"]
    walk = walked({VALID: operation}, {"public": {}}, cases=EXAMPLES, seed=SEED)
    assert "Undocumented status code (418)" in walk.failures
    assert walk.answers == {"valid: 418": walk.cases["valid"]}


def test_a_number_is_no_day_and_no_moment(app: FastAPI, client: TestClient) -> None:
    headers = person(app.state.engine, "coordinator")
    answer = client.get("/api/v1/cases", params={"deadline_to": "0"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
    body = {"name": "t", "scopes": ["read"], "expires": 1_800_000_000}
    assert client.post("/api/v1/tokens", json=body, headers=headers).status_code == 422


def test_an_unknown_method_is_told_all_that_the_address_knows(client: TestClient) -> None:
    answer = client.put("/api/v1/accounts")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


def test_the_description_is_whole(client: TestClient) -> None:
    document = client.get(SCHEMA).json()
    assert document["openapi"].startswith("3.1")
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert len(operations) > 30
    names = {operation["operationId"] for operation in operations.values()}
    assert len(names) == len(operations)
    assert {"get_cases_case_id", "post_checks", "get_checks_check_id_findings_csv"} <= names
    lacking = [
        name
        for name, o in operations.items()
        if not (o["description"] and o["x-roles"] and set(o["tags"]) <= set(TAGS))
        or not {"401", "403", "404", "422", "429", "503"} <= set(o["responses"])
    ]
    assert lacking == []
    assert operations["GET /api/v1/accounts"]["security"] == [{"token": []}, {"session": []}]
    assert {} in operations["POST /api/v1/checks"]["security"]


def test_every_reference_of_the_description_leads_somewhere(client: TestClient) -> None:
    document = client.get(SCHEMA).json()
    schemas = document["components"]["schemas"]
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert {"Problem9457", "Report", "Report.finding"} <= references
    assert references <= set(schemas)
    assert "x-vocabulary" not in json.dumps(document)


def test_the_words_of_the_district_are_named(client: TestClient) -> None:
    schemas = client.get(SCHEMA).json()["components"]["schemas"]
    known = {word["code"] for word in client.get("/api/v1/vocabulary").json()["kinds"]}
    kind = schemas["Opening"]["properties"]["kind"]
    assert set(kind["enum"]) == known
    assert set(kind["examples"]) <= known
    assert schemas["Opening"]["oneOf"][0] == {"required": ["file"]}
