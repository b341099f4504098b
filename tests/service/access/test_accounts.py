"""Accounts: who is made what, and that somebody is always left to administer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.access import accounts, membership
from service.access.accounts import Part
from service.db import engine_for, transaction
from service.errors import ConflictError, NotFoundError, ServiceError, UnusableError
from service.models.account import Account
from service.models.journal import Entry
from tests.service.access.entering import OFFICES, account

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def changed(session: Session, one: Account, **values: Any) -> Account:
    return accounts.changed(session, one, values, by="system", offices=OFFICES, now=NOW)


def facts(session: Session, action: str) -> Any:
    last = select(Entry).where(Entry.action == action).order_by(Entry.seq.desc())
    found = session.scalars(last).first()
    return found and found.facts


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (Part("emperor"), "role-unknown"),
        (Part("officer"), "office-required"),
        (Part("officer", "XYZ"), "office-unknown"),
        (Part("coordinator", "UNB"), "office-not-allowed"),
        (Part("steward", None, frozenset({uuid4()})), "organisation-not-allowed"),
    ],
)
def test_role_office_and_organisations_fit_together(part: Part, code: str) -> None:
    with pytest.raises(UnusableError) as refused:
        part.checked(OFFICES)
    assert refused.value.code == code


def test_a_login_is_taken_however_it_is_written(session: Session) -> None:
    kim = account(session, "Kim.Muster")
    assert accounts.by_login(session, "kim.MUSTER") is kim
    with pytest.raises(ConflictError) as refused:
        account(session, "KIM.muster")
    assert refused.value.code == "login-taken"
    # Not only by our own look: the database refuses it to whoever comes at the same time.
    session.add(Account(login="KIM.muster", name="x", role="steward"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_an_account_is_on_record_by_its_pseudonym_alone(session: Session) -> None:
    kim = account(session, "kim.muster", "officer", mail="kim@example.org")
    said = facts(session, "account.created")
    assert said == {"account": str(kim.pseudonym), "role": "officer", "office": "UNB"}
    accounts.language_changed(session, kim, "en")
    assert facts(session, "account.changed")["fields"] == ["language"]


def test_another_role_drops_what_it_cannot_have(session: Session) -> None:
    town = membership.founded(session, by="system", name="Borna", kind="municipality").id
    kim = account(session, "kim", "officer", functions=["head"])
    changed(session, kim, name="Kim Neu")
    assert kim.functions == ["head"]
    changed(session, kim, office="UWB")
    assert (kim.office, kim.functions) == ("UWB", [])
    changed(session, kim, role="planner", organisations=frozenset({town}))
    assert (kim.office, membership.of(session, kim)) == (None, {town})
    changed(session, kim, role="coordinator", functions=["staff-unit"])
    assert (kim.functions, membership.of(session, kim)) == (["staff-unit"], frozenset())
    with pytest.raises(UnusableError) as refused:
        changed(session, kim, role="planner", organisations=frozenset({uuid4()}))
    assert refused.value.code == "organisation-unknown"


def test_an_organisation_exists_once_and_is_found_by_name_or_id(session: Session) -> None:
    town = membership.founded(session, by="system", name="Borna", kind="municipality").id
    with pytest.raises(ConflictError) as refused:
        membership.founded(session, by="system", name="Borna", kind="other")
    assert refused.value.code == "organisation-exists"
    assert membership.named(session, ["Borna"]) == membership.named(session, [str(town)]) == {town}
    with pytest.raises(UnusableError):
        membership.named(session, ["Borna", "Atlantis"])


def test_the_last_administrator_stays(session: Session) -> None:
    session.execute(text("delete from accounts"))
    one, two = account(session, "one", "administrator"), account(session, "two", "administrator")
    changed(session, one, active=False)
    for values in ({"active": False}, {"role": "coordinator"}):
        with pytest.raises(ConflictError) as refused:
            changed(session, two, **values)
        assert refused.value.code == "last-administrator"
    changed(session, two, name="Two")
    changed(session, one, active=True)
    changed(session, two, active=False)


def test_two_administrators_cannot_put_each_other_out_at_once(fresh_database_url: str) -> None:
    engine = engine_for(fresh_database_url)
    with transaction(engine) as session:
        both = [account(session, name, "administrator").id for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(lambda one: put_out(engine, one), both))
    assert sorted(codes) == ["", "last-administrator"]
    engine.dispose()


def put_out(engine: Engine, account_id: Any) -> str:
    try:
        with transaction(engine) as session:
            changed(session, accounts.account_of(session, account_id, lock=True), active=False)
    except ServiceError as error:
        return error.code
    return ""


def test_an_account_of_the_provider_has_no_password_here(session: Session) -> None:
    kim = account(session, "kim", subject="https://id.example|1", password=None)
    with pytest.raises(ConflictError) as refused:
        accounts.password_reset(session, kim, None, by="system", now=NOW)
    assert refused.value.code == "no-local-password"
    with pytest.raises(NotFoundError):
        accounts.account_of(session, uuid4())
