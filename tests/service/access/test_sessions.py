"""Sessions: opaque, ended by disuse, by age, by log-out, with the account."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access import sessions
from service.access.principal import PUBLIC
from service.config import Settings
from service.models.account import LoginSession
from tests.service.access.entering import account

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SETTINGS = Settings(data=Path("nowhere"), session_idle_minutes=30, session_hours=12)


def test_what_the_cookie_holds_is_kept_nowhere(session: Session) -> None:
    kim = account(session, "kim")
    key, principal = sessions.opened(session, kim, NOW)
    row = session.scalars(select(LoginSession)).one()
    assert key.encode() not in row.key
    assert len(key) == 43
    assert key not in (row.csrf, str(kim.id))
    assert sessions.resumed(session, key, SETTINGS, NOW) == principal
    assert sessions.resumed(session, key + "x", SETTINGS, NOW) is PUBLIC
    assert sessions.resumed(session, row.key.hex(), SETTINGS, NOW) is PUBLIC


def test_a_session_in_use_goes_on(session: Session) -> None:
    key, _ = sessions.opened(session, account(session, "kim"), NOW)
    for minutes in (29, 58, 87):  # each time within half an hour of the last
        at = NOW + timedelta(minutes=minutes)
        assert sessions.resumed(session, key, SETTINGS, at).role == "coordinator"
    late = NOW + timedelta(minutes=87 + 30)
    assert sessions.resumed(session, key, SETTINGS, late - timedelta(seconds=1)) is not PUBLIC


def test_a_session_nobody_uses_is_over_after_half_an_hour(session: Session) -> None:
    key, _ = sessions.opened(session, account(session, "kim"), NOW)
    assert sessions.resumed(session, key, SETTINGS, NOW + timedelta(minutes=30)) is PUBLIC


def test_a_session_ends_at_the_latest_after_twelve_hours(session: Session) -> None:
    key, _ = sessions.opened(session, account(session, "kim"), NOW)
    for minutes in range(20, 12 * 60, 20):
        at = NOW + timedelta(minutes=minutes)
        assert sessions.resumed(session, key, SETTINGS, at) is not PUBLIC
    assert sessions.resumed(session, key, SETTINGS, NOW + timedelta(hours=12)) is PUBLIC
    sessions.expired(session, SETTINGS, NOW + timedelta(hours=12))
    assert session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_an_inactive_account_has_no_session(session: Session) -> None:
    kim = account(session, "kim")
    key, _ = sessions.opened(session, kim, NOW)
    kim.active = False
    session.flush()
    assert sessions.resumed(session, key, SETTINGS, NOW) is PUBLIC


def test_all_sessions_of_an_account_end_but_one(session: Session) -> None:
    kim, robin = account(session, "kim"), account(session, "robin")
    mine, other = (sessions.opened(session, kim, NOW)[0] for _ in range(2))
    foreign, _ = sessions.opened(session, robin, NOW)
    sessions.ended_all(session, kim.id, but=mine)
    alive = [sessions.resumed(session, key, SETTINGS, NOW).name for key in (mine, other, foreign)]
    assert alive == ["Kim", "", "Robin"]
    sessions.ended(session, mine)
    assert sessions.resumed(session, mine, SETTINGS, NOW) is PUBLIC
