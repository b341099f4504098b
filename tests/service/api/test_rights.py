"""Every route × every role, against the one table; and no case of others for planners."""

import re
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.api.rights import EVERYBODY, RIGHTS
from tests.service.api.people import ROLES, person
from tests.service.api.serving import app, client, district, routes

__all__ = ["app", "client", "district"]
TURNED_AWAY = {"log-in-required", "role-not-allowed"}


def test_the_table_names_every_route_and_no_other(app: FastAPI) -> None:
    assert len(routes(app)) > 30
    assert routes(app) == set(RIGHTS)


def test_every_role_calls_what_the_table_allows_and_nothing_else(
    app: FastAPI, client: TestClient
) -> None:
    people = {"public": {}, **{role: person(app.state.engine, role) for role in ROLES}}
    wrong = []
    for route in sorted(routes(app)):
        method, path = route.split(" ")
        address = re.sub(r"{[^}]+}", lambda _: str(uuid4()), path)
        for role, headers in people.items():
            answer = client.request(method, address, headers=headers, follow_redirects=False)
            is_problem = "problem" in answer.headers.get("content-type", "")
            away = is_problem and answer.json()["code"] in TURNED_AWAY
            # No worker runs here, so that the service rightly is not ready.
            broken = answer.status_code >= 500 and route != "GET /readyz"
            if away == (role in RIGHTS[route][0]) or broken:
                wrong.append((route, role, answer.status_code))
    assert wrong == []
    assert set(people) == EVERYBODY


def test_a_token_does_what_its_scopes_allow(app: FastAPI, client: TestClient) -> None:
    reader = person(app.state.engine, "coordinator", scopes=("read",))
    assert client.get("/api/v1/cases", headers=reader).status_code == 200
    refused = client.post("/api/v1/cases", headers=reader)
    assert (refused.status_code, refused.json()["code"]) == (403, "role-not-allowed")
