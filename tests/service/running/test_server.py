"""The web server, before it serves."""

from typing import Any

import pytest
from fastapi import FastAPI, routing
from fastapi.testclient import TestClient
from starlette.routing import Match

from service.running.server import NOWHERE, made_ready
from tests.service.api import serving

app, district = serving.app, serving.district


def test_no_request_waits_until_routes_are_worked_out(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[str] = []
    before = routing.get_dependant  # type: ignore[attr-defined]

    def counted(**named: Any) -> Any:
        worked_out.append(str(named["path"]))
        return before(**named)

    monkeypatch.setattr(routing, "get_dependant", counted)
    made_ready(app)
    assert len(worked_out) > 100
    worked_out.clear()
    assert TestClient(app).get("/healthz").status_code == 200
    assert worked_out == []


def test_nothing_lies_where_that_is_asked_for(app: FastAPI) -> None:
    """Else what comes after it would be left to the first request."""
    assert {route.matches(NOWHERE)[0] for route in app.router.routes} == {Match.NONE}
