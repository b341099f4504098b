"""The interface keeps what its description says, whatever is sent to it.

A quick form, in one process; `bench/schema.py` is the long one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup

from tests.service.api.people import person
from tests.service.api.serving import app, client, district

__all__ = ["app", "client", "district"]
CONFIG = Path(__file__).parent / "schemathesis.toml"
SCHEMA = "/api/v1/openapi.json"
EXAMPLES = 3
SEED = 1


def described(app: FastAPI) -> Any:
    """Return what the application says of itself."""
    return schemathesis.openapi.from_asgi(SCHEMA, app, config=SchemathesisConfig.from_path(CONFIG))


def tried(operation: Any, headers: Mapping[str, str], mode: GenerationMode) -> int:
    """Send examples of one operation, with all checks; return how many."""
    sent = 0

    @seeded(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(mode))
    def send(case: Any) -> None:
        nonlocal sent
        sent += 1
        case.call_and_validate(headers=dict(headers))

    send()
    return sent


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the generator's own making
@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_every_operation_answers_as_described(app: FastAPI, role: str) -> None:
    operations = [found.ok() for found in described(app).get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        # A token of its own for each: one of the operations revokes tokens, another log-ins.
        headers = person(app.state.engine, role)
        assert tried(operation, headers, GenerationMode.POSITIVE) > 0


def test_what_is_not_described_is_found(app: FastAPI) -> None:
    @app.get("/api/v1/undescribed")
    def undescribed(number: int) -> str:
        raise RuntimeError(number)

    app.openapi_schema = None
    operation = described(app)["/api/v1/undescribed"]["GET"]
    with pytest.raises((FailureGroup, RuntimeError)):
        tried(operation, {}, GenerationMode.POSITIVE)


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


def test_every_problem_is_described(client: TestClient) -> None:
    document = client.get(SCHEMA).json()
    assert "Problem9457" in document["components"]["schemas"]
