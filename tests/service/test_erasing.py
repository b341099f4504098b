"""Names and free text go when their time is over; the file and the chain stay."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from service import journal
from service.db import transaction
from service.erasing import due, erase_account, erase_case
from service.errors import ConflictError
from service.models import Account, Case, Claim, Party
from tests.service.api.people import person
from tests.service.consolidation.answers import asked
from tests.service.consolidation.test_consolidation import app, case_id, district, say

__all__ = ["app", "case_id", "district", "say"]
CANARY = "Kanarienvogel"
KEPT = "Hecke entlang der Straße pflanzen."
NOW = datetime(2040, 6, 1, tzinfo=UTC)
Say = Callable[..., Any]


def everything(app: FastAPI) -> str:
    """Return all texts of all rows of the database."""
    with transaction(app.state.engine) as session:
        tables = session.scalars(
            text("select tablename from pg_tables where schemaname = 'public'")
        ).all()
        rows = (session.scalars(text(f"select t::text from {t} t")).all() for t in tables)  # noqa: S608
        return "\n".join(row for found in rows for row in found)


def test_a_case_loses_its_names_and_keeps_what_it_says(
    app: FastAPI, case_id: UUID, say: Say, tmp_path: Path
) -> None:
    engine = app.state.engine
    asked(engine, case_id, "UNB", [("forderung", KEPT)])
    with transaction(engine) as session:
        person(engine, "officer", login="o")
        account = session.scalars(select(Account).where(Account.login == "o")).one()
        session.add(Party(case_id=case_id, part="sender", name=CANARY, contact=CANARY))
        session.add(Claim(case_id=case_id, office="GA", reason=CANARY, account_id=account.id))
        case = session.get_one(Case, case_id)
        with pytest.raises(ConflictError):
            erase_case(session, case, actor="system", reason="retention")
    say("POST", "/events", 200, json={"action": "withdraw", "reason": CANARY})
    with transaction(engine) as session:
        case = session.get_one(Case, case_id)
        case.closed = datetime(2029, 5, 31, tzinfo=UTC)
        session.flush()
        assert due(session, 12, NOW) == []
        assert due(session, 10, NOW) == [case]
    assert CANARY in everything(app)
    with transaction(engine) as session:
        case = session.get_one(Case, case_id)
        done = erase_case(session, case, actor="system", reason="retention")
        assert done.counts["parties"] == done.counts["claims"] == 1
        assert done.counts["details"] >= 1
    left = everything(app)
    assert CANARY not in left
    assert KEPT in left
    with transaction(engine) as session:
        assert list(journal.faults(session)) == []
        assert due(session, 10, NOW) == []


def test_an_account_that_left_is_nobody(app: FastAPI) -> None:
    person(app.state.engine, "officer", login=CANARY)
    with transaction(app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == CANARY)).one()
        account.name = account.mail = CANARY
        pseudonym = account.pseudonym
        erase_account(session, account, actor="system")
    assert CANARY not in everything(app)
    with transaction(app.state.engine) as session:
        kept = session.scalars(select(Account).where(Account.pseudonym == pseudonym)).one()
        assert not kept.active
        assert list(journal.faults(session)) == []
