"""Sessions of browsers: opened by a log-in, ended by a log-out, by time, or with the account."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.access import secret
from service.access.identity import principal_of
from service.access.principal import PUBLIC, Principal
from service.access.throttle import aside
from service.config import Settings
from service.db import transaction
from service.models.account import Account, LoginSession

SEEN_EVERY = timedelta(minutes=1)  # so that reading pages does not mean writing rows
AHEAD = timedelta(minutes=1)  # between the clocks of two servers; more means one was set back


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie; its prefix makes browsers bind it to this very host."""
    return "__Host-belang" if settings.secure else "belang"


def opened(session: Session, account: Account, now: datetime) -> tuple[str, Principal]:
    """Open a session; returns what its cookie holds, and who came in."""
    key, csrf = secret.fresh(), secret.fresh()
    row = LoginSession(
        key=secret.kept(key), account_id=account.id, csrf=csrf, created=now, seen=now
    )
    session.add(row)
    session.flush()
    return key, principal_of(session, account, csrf=csrf)


def resumed(session: Session, key: str, settings: Settings, now: datetime) -> Principal:
    """Return who holds the session with that cookie; `PUBLIC` if it has ended.

    One that was used in the future has ended for good: the clock was set back, and nobody can
    tell how old it is.
    """
    found = session.execute(
        select(LoginSession, Account, ahead(now))
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.key == secret.kept(key), Account.active, _young(settings, now))
    ).first()
    if found is None:
        return PUBLIC
    row, account, from_later = found
    if from_later:
        with transaction(aside(session)) as own:  # it stays, though what was asked for is refused
            ended(own, key)
        return PUBLIC
    if row.seen <= now - SEEN_EVERY:
        _touch(session, row.key, now)
    return principal_of(session, account, csrf=row.csrf)


def ended(session: Session, key: str) -> None:
    """End one session."""
    session.execute(delete(LoginSession).where(LoginSession.key == secret.kept(key)))


def ended_all(session: Session, account_id: UUID, *, but: str | None = None) -> None:
    """End all sessions of an account, `but` the one with that cookie."""
    these = delete(LoginSession).where(LoginSession.account_id == account_id)
    if but is not None:
        these = these.where(LoginSession.key != secret.kept(but))
    session.execute(these)


def expired(session: Session, settings: Settings, now: datetime) -> None:
    """Remove the rows of sessions that have ended by time."""
    session.execute(delete(LoginSession).where(over(settings, now)))


def set_cookie(response: Response, key: str, settings: Settings) -> None:
    """Let the browser keep a session until it is closed."""
    response.set_cookie(
        cookie_name(settings), key, path="/", httponly=True, samesite="lax", secure=settings.secure
    )


def clear_cookie(response: Response, settings: Settings) -> None:
    """Let the browser forget a session."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.secure
    )


def over(settings: Settings, now: datetime) -> ColumnElement[bool]:
    """Return the condition for a session to have ended by time."""
    return ~_young(settings, now) | ahead(now)


def ahead(now: datetime) -> ColumnElement[bool]:
    """Return the condition for a session to be from a time that has not come yet."""
    return (LoginSession.seen > now + AHEAD) | (LoginSession.created > now + AHEAD)


def _young(settings: Settings, now: datetime) -> ColumnElement[bool]:
    idle = timedelta(minutes=settings.session_idle_minutes)
    longest = timedelta(hours=settings.session_hours)
    return (LoginSession.seen > now - idle) & (LoginSession.created > now - longest)


def _touch(session: Session, key: bytes, now: datetime) -> None:
    """Note that a session is used; a request at the same time that does so is not waited for."""
    free = select(LoginSession.key).where(LoginSession.key == key).with_for_update(skip_locked=True)
    these = update(LoginSession).where(LoginSession.key.in_(free.scalar_subquery()))
    session.execute(these.values(seen=now), execution_options={"synchronize_session": False})
