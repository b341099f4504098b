"""Tokens for programs: limited in what they may do and for how long; shown once, then hashed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.access import secret
from service.access.identity import principal_of
from service.access.principal import SCOPES, Principal
from service.errors import ForbiddenError, NotFoundError, UnauthenticatedError, UnusableError
from service.models.account import Account, Token

PREFIX = "belang_"  # so that tools which look for leaked secrets know it
LONGEST = timedelta(days=365)
MOST = 50  # in force at a time, of one account


def bearer(session: Session, given: str, now: datetime) -> Principal:
    """Return who holds a token.

    Raises
    ------
    UnauthenticatedError
        ``token-invalid``: there is none, it has expired or was revoked, its account is inactive.
    """
    found = session.execute(
        select(Token, Account)
        .join(Account, Account.id == Token.account_id)
        .where(Token.key == secret.kept(given), Account.active, _in_force(now))
    ).first()
    if found is None:
        raise UnauthenticatedError("token-invalid", INVALID)
    token, account = found
    return principal_of(session, account, scopes=frozenset(token.scopes), expires=token.expires)


def created(
    session: Session,
    principal: Principal,
    *,
    name: str,
    scopes: Collection[str],
    expires: datetime,
    now: datetime,
) -> tuple[str, Token]:
    """Create a token of the principal's account; returns the token itself, this once, and its row.

    Raises
    ------
    UnusableError
        ``token-scopes``, ``token-expiry``, ``tokens-too-many``.
    ForbiddenError
        ``token-wider``: a token asks for more, or for longer, than it has itself.
    """
    if not scopes or not set(scopes) <= set(SCOPES):
        raise UnusableError("token-scopes", WHICH_SCOPES, scopes=list(SCOPES))
    if not now < expires <= now + LONGEST:
        raise UnusableError("token-expiry", EXPIRY, longest_days=LONGEST.days)
    if not set(scopes) <= principal.scopes or (principal.expires or expires) < expires:
        raise ForbiddenError("token-wider", WIDER)
    assert principal.account_id is not None  # noqa: S101 - the public has no route here
    if len(listed(session, principal.account_id, now)) >= MOST:
        raise UnusableError("tokens-too-many", TOO_MANY, most=MOST)
    given = PREFIX + secret.fresh()
    token = Token(
        key=secret.kept(given),
        account_id=principal.account_id,
        name=name,
        scopes=sorted(set(scopes)),
        expires=expires,
        created=now,
    )
    session.add(token)
    session.flush()
    facts = {"token": str(token.id), "scopes": token.scopes, "expires": expires.isoformat()}
    journal.append(session, "token.created", actor=principal.pseudonym, facts=facts)
    return given, token


def listed(session: Session, account_id: UUID, now: datetime) -> Sequence[Token]:
    """Return the tokens of an account that are in force, newest first."""
    mine = select(Token).where(Token.account_id == account_id, _in_force(now))
    return session.scalars(mine.order_by(Token.created.desc(), Token.id)).all()


def revoked(session: Session, principal: Principal, token_id: UUID, now: datetime) -> None:
    """Revoke one of the principal's own tokens.

    Raises
    ------
    NotFoundError
        If there is none in force, or it is somebody else's.
    """
    token = session.get(Token, token_id, with_for_update=True)
    if token is None or token.account_id != principal.account_id or token.revoked is not None:
        raise NotFoundError
    token.revoked = now
    session.flush()
    facts = {"token": str(token.id)}
    journal.append(session, "token.revoked", actor=principal.pseudonym, facts=facts)


def revoked_all(session: Session, account_id: UUID, now: datetime) -> None:
    """Revoke all tokens of an account."""
    these = update(Token).where(Token.account_id == account_id, Token.revoked.is_(None))
    session.execute(these.values(revoked=now))


def _in_force(now: datetime) -> ColumnElement[bool]:
    return Token.revoked.is_(None) & (Token.expires > now)


INVALID = Text(
    "Das Token ist unbekannt, abgelaufen oder widerrufen; bitte ein neues anlegen.",
    "The token is unknown, expired or revoked; please create a new one.",
)
WHICH_SCOPES = Text(
    "Ein Token braucht mindestens eine Befugnis aus `scopes`.",
    "A token needs at least one scope out of `scopes`.",
)
EXPIRY = Text(
    "Das Ablaufdatum muss in der Zukunft liegen, höchstens `longest_days` Tage entfernt.",
    "The expiry must lie in the future, at most `longest_days` days away.",
)
WIDER = Text(
    "Ein Token kann kein anderes anlegen, das mehr darf oder länger gilt; bitte dafür anmelden.",
    "A token cannot create one that may do more or lasts longer; please log in for that.",
)
TOO_MANY = Text(
    "Mehr als `most` Token auf einmal gibt es nicht; bitte nicht mehr gebrauchte widerrufen.",
    "There are no more than `most` tokens at a time; please revoke those no longer needed.",
)
