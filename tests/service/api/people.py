"""Somebody of each role, with a token, and an application to send it to."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from service.access import tokens
from service.access.principal import Principal
from service.db import transaction
from service.models import Account, Membership, Organisation

ROLES = ("planner", "officer", "coordinator", "steward", "administrator")


def person(
    engine: Engine, role: str, *, office: str | None = None, organisation: str | None = None,
    login: str | None = None, scopes: tuple[str, ...] = ("read", "write", "checks", "admin"),
) -> Mapping[str, str]:  # fmt: skip
    """Make an account; returns the headers with which it is asking."""
    with transaction(engine) as session:
        office = office or ("UNB" if role == "officer" else None)
        account = Account(login=login or f"{role}-{datetime.now(UTC).timestamp()}", name=role,
                          role=role, office=office)  # fmt: skip
        session.add(account)
        session.flush()
        if role == "planner":
            member(session, account, organisation or account.login)
        now = datetime.now(UTC)
        who = Principal(role=role, account_id=account.id, pseudonym=str(account.pseudonym))
        until = now + timedelta(hours=1)
        token, _ = tokens.created(session, who, name="t", scopes=scopes, expires=until, now=now)
    return {"Authorization": f"Bearer {token}"}


def member(session: Any, account: Account, name: str) -> None:
    organisation = Organisation(name=name, kind="municipality")
    session.add(organisation)
    session.flush()
    session.add(Membership(account_id=account.id, organisation_id=organisation.id))
