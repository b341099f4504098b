"""Tokens: limited in scope and time, revoked, and never more than their account."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import accounts, membership, tokens
from service.access.identity import principal_of
from service.access.principal import Principal
from service.errors import ForbiddenError, NotFoundError, UnauthenticatedError, UnusableError
from service.models.account import Account, Token
from tests.service.access.entering import OFFICES, account

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=10)


def made(session: Session, who: Principal, **more: Any) -> tuple[str, Token]:
    values = {"name": "t", "scopes": ["read"], "expires": LATER, "now": NOW}
    return tokens.created(session, who, **(values | more))


def code(session: Session, who: Principal, error: type[Exception], **more: Any) -> Any:
    with pytest.raises(error) as refused:
        made(session, who, **more)
    return refused.value.code  # type: ignore[attr-defined]


def test_a_token_opens_what_it_says_until_it_expires(session: Session) -> None:
    kim = account(session, "kim", "officer")
    given, token = made(session, principal_of(session, kim), scopes=["write", "read"])
    assert given.startswith("belang_")
    assert given.encode() not in token.key
    found = tokens.bearer(session, given, LATER - timedelta(seconds=1))
    assert (found.role, found.office, found.scopes) == ("officer", "UNB", {"read", "write"})
    assert (found.csrf, found.expires) == (None, LATER)
    for wrong, at in ((given, LATER), (given[:-1], NOW), ("", NOW), (given + "\ud800", NOW)):
        with pytest.raises(UnauthenticatedError) as refused:
            tokens.bearer(session, wrong, at)
        assert refused.value.code == "token-invalid"


def test_a_token_follows_its_account(session: Session) -> None:
    boss, kim = account(session, "boss", "administrator"), account(session, "kim", "administrator")
    given, _ = made(session, principal_of(session, kim), scopes=["admin"])
    change(session, kim, {"role": "officer", "office": "UWB"}, boss)
    found = tokens.bearer(session, given, NOW)
    assert (found.role, found.office) == ("officer", "UWB")
    change(session, kim, {"active": False}, boss)
    with pytest.raises(UnauthenticatedError):
        tokens.bearer(session, given, NOW)
    change(session, kim, {"active": True}, boss)
    with pytest.raises(UnauthenticatedError):  # revoked for good
        tokens.bearer(session, given, NOW)


def change(session: Session, whose: Account, values: dict[str, Any], by: Account) -> None:
    who = str(by.pseudonym)
    accounts.changed(session, whose, values, by=who, offices=OFFICES, now=NOW)


def test_a_token_makes_none_that_may_do_more_or_lasts_longer(session: Session) -> None:
    given, _ = made(session, principal_of(session, account(session, "kim")), scopes=["read"])
    itself = tokens.bearer(session, given, NOW)
    assert code(session, itself, ForbiddenError, scopes=["read", "write"]) == "token-wider"
    longer = LATER + timedelta(seconds=1)
    assert code(session, itself, ForbiddenError, expires=longer) == "token-wider"
    assert made(session, itself)[1].scopes == ["read"]


def test_a_token_must_have_a_scope_and_an_end_within_a_year(session: Session) -> None:
    kim = principal_of(session, account(session, "kim"))
    assert code(session, kim, UnusableError, scopes=[]) == "token-scopes"
    assert code(session, kim, UnusableError, scopes=["root"]) == "token-scopes"
    for expires in (NOW, NOW - timedelta(days=1), NOW + timedelta(days=366)):
        assert code(session, kim, UnusableError, expires=expires) == "token-expiry"
    for _ in range(tokens.MOST):
        made(session, kim)
    assert code(session, kim, UnusableError) == "tokens-too-many"


def test_one_revokes_ones_own_tokens_only(session: Session) -> None:
    kim, robin = (principal_of(session, account(session, name)) for name in ("kim", "robin"))
    given, token = made(session, kim)
    with pytest.raises(NotFoundError):
        tokens.revoked(session, robin, token.id, NOW)
    tokens.revoked(session, kim, token.id, NOW)
    with pytest.raises(UnauthenticatedError):
        tokens.bearer(session, given, NOW)
    with pytest.raises(NotFoundError):
        tokens.revoked(session, kim, token.id, NOW)
    assert kim.account_id is not None
    assert tokens.listed(session, kim.account_id, NOW) == []
    assert session.scalars(select(Token)).one().revoked == NOW


def test_a_planner_acts_for_the_organisations_of_now(session: Session) -> None:
    town, other = (membership.founded(session, by="system", name=name, kind="municipality").id
                   for name in ("Borna", "Grimma"))  # fmt: skip
    kim = account(session, "kim", "planner", organisations=frozenset({town}))
    given, _ = made(session, principal_of(session, kim))
    assert tokens.bearer(session, given, NOW).organisations == {town}
    membership.set_to(session, kim, {other})
    assert tokens.bearer(session, given, NOW).organisations == {other}
