"""Accounts to come in with."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from service.access import accounts
from service.access.accounts import Part
from service.db import transaction
from service.models.account import Account

PASSWORD = "vier Worte auf Wanderschaft"  # noqa: S105 - of the tests
OFFICES = frozenset({"UNB", "UWB"})


def account(session: Session, login: str, role: str = "coordinator", **more: Any) -> Account:
    office = more.pop("office", "UNB" if role == "officer" else None)
    part = Part(role, office, more.pop("organisations", frozenset()))
    values = {"by": "system", "login": login, "name": login.title(), "offices": OFFICES,
              "password": PASSWORD}  # fmt: skip
    return accounts.created(session, part=part, **(values | more))


def known(app: FastAPI, login: str, role: str = "coordinator", **more: Any) -> UUID:
    """Make an account that stays; returns its id."""
    with transaction(app.state.engine) as session:
        return account(session, login, role, **more).id


def log_in(client: TestClient, login: str, password: str = PASSWORD) -> Response:
    return client.post("/api/v1/session", json={"login": login, "password": password})


def entered(app: FastAPI, login: str, password: str = PASSWORD) -> TestClient:
    """Return a browser in which somebody is logged in, with the token its pages send along."""
    client = TestClient(app, raise_server_exceptions=False)
    answer = log_in(client, login, password)
    assert answer.status_code == 201, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client
