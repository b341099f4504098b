"""Logging in with a password, and whatever ends in an open session; logging out."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.access import accounts, passwords, sessions, throttle
from service.access.principal import Principal
from service.config import Settings
from service.db import transaction
from service.errors import ForbiddenError, UnauthenticatedError
from service.models.account import Account

SHARED = 10  # an address is that of many people: so many times the tries of one account
BEGUN = 10  # and a whole house comes in the morning: so many times that


def account_with(
    session: Session, login: str, password: str, *, address: str, settings: Settings
) -> Account:
    """Return the account a login and a password belong to.

    Raises
    ------
    UnauthenticatedError
        ``log-in-failed``: one answer, in the same time, for everything that is wrong.
    TooManyError
        ``too-often``, without looking at the password.
    """
    within = timedelta(minutes=settings.login_window_minutes)
    most = settings.login_tries
    here = throttle.counted(session, f"log-in from {address}", most * SHARED, within)
    whose = f"log-in as {login.casefold()}"
    throttle.counted(session, whose, most, within)
    account = accounts.by_login(session, login)
    right = passwords.fits(password, account.password if account else None)
    if account is None or not right or not account.active:
        refused(session, account, by="password")
        raise UnauthenticatedError("log-in-failed", FAILED)
    throttle.forgiven(session, key=whose, number=here)
    if account.password and passwords.is_outdated(account.password):
        account.password = passwords.hashed(password)
    return account


def confirmed(session: Session, account: Account, password: str, settings: Settings) -> None:
    """Make sure that whoever sits at an open session knows the password, too.

    Raises
    ------
    ForbiddenError
        ``password-wrong``.
    TooManyError
        ``too-often``; these tries count like those to log in.
    """
    whose = f"log-in as {account.login.casefold()}"
    within = timedelta(minutes=settings.login_window_minutes)
    throttle.counted(session, whose, settings.login_tries, within)
    if not passwords.fits(password, account.password):
        raise ForbiddenError("password-wrong", WRONG)
    throttle.forgiven(session, key=whose)


def opened(
    session: Session,
    account: Account,
    *,
    by: str,
    before: str | None,
    settings: Settings,
    now: datetime,
) -> tuple[str, Principal]:
    """Open a session in place of the one `before`; returns what its cookie holds, and who it is."""
    if before is not None:
        sessions.ended(session, before)
    sessions.expired(session, settings, now)
    key, principal = sessions.opened(session, account, now)
    journal.append(session, "session.opened", actor=principal.pseudonym, facts={"by": by})
    return key, principal


def begun(session: Session, *, address: str, settings: Settings) -> None:
    """Count a log-in that is begun at the identity provider; most of them are nothing to fear.

    Raises
    ------
    TooManyError
        ``too-often``.
    """
    within = timedelta(minutes=settings.login_window_minutes)
    most = settings.login_tries * SHARED * BEGUN
    throttle.counted(session, f"log-in begun from {address}", most, within)


def brought(session: Session, *, address: str, settings: Settings) -> int:
    """Count an answer brought from the identity provider; returns its number, for `forgiven`.

    Raises
    ------
    TooManyError
        ``too-often``, without asking the provider.
    """
    within = timedelta(minutes=settings.login_window_minutes)
    most = settings.login_tries * SHARED
    return throttle.counted(session, f"log-in brought from {address}", most, within)


def closed(session: Session, key: str, principal: Principal) -> None:
    """End the session of a principal."""
    sessions.ended(session, key)
    journal.append(session, "session.closed", actor=principal.pseudonym)


def refused(session: Session, account: Account | None, *, by: str, reason: str = "") -> None:
    """Write into the journal that somebody was refused, whatever becomes of the request."""
    actor = journal.SYSTEM if account is None else str(account.pseudonym)
    facts = {"by": by, "known": account is not None, "reason": reason or "credentials"}
    with transaction(throttle.aside(session)) as own:
        journal.append(own, "session.refused", actor=actor, facts=facts)


FAILED = Text(
    "Anmeldename oder Passwort stimmt nicht, oder das Konto ist nicht aktiv.",
    "Login or password is wrong, or the account is not active.",
)
WRONG = Text(
    "Das bisherige Passwort stimmt nicht; nichts wurde geändert.",
    "The current password is wrong; nothing was changed.",
)
