"""Accounts: made, changed and closed by an administrator; their holders change what is theirs."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.access import membership, passwords, sessions, tokens
from service.errors import ConflictError, NotFoundError, UnusableError
from service.models.account import ROLES, Account

LAST = 0x42_45_4C_41_44_4D  # advisory lock of whoever may leave no administrator


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody is here: a role, with the office or the organisations that belong to it."""

    role: str
    office: str | None = None
    organisations: frozenset[UUID] = frozenset()

    def checked(self, offices: Collection[str]) -> "Part":
        """Return the part, if its role, its office and the two together exist.

        Raises
        ------
        UnusableError
            ``role-unknown``, ``office-required``, ``office-unknown``, ``office-not-allowed``,
            ``organisation-not-allowed``.
        """
        if self.role not in ROLES:
            raise UnusableError("role-unknown", ROLE_UNKNOWN, roles=list(ROLES))
        if self.role == "officer" and self.office is None:
            raise UnusableError("office-required", OFFICE_REQUIRED)
        if self.role != "officer" and self.office is not None:
            raise UnusableError("office-not-allowed", OFFICE_NOT_ALLOWED)
        if self.office is not None and self.office not in offices:
            raise UnusableError("office-unknown", OFFICE_UNKNOWN, offices=sorted(offices))
        if self.role != "planner" and self.organisations:
            raise UnusableError("organisation-not-allowed", ORGANISATION_NOT_ALLOWED)
        return self


def created(
    session: Session,
    *,
    by: str,
    login: str,
    name: str,
    part: Part,
    offices: Collection[str],
    password: str | None = None,
    mail: str | None = None,
    language: str = "de",
    functions: Collection[str] = (),
    subject: str | None = None,
) -> Account:
    """Create an account; `by` is the pseudonym of who does it, or ``system``.

    Raises
    ------
    ConflictError
        ``login-taken``.
    UnusableError
        If the part or the password cannot be used.
    """
    part.checked(offices)
    if password is not None:
        password = passwords.hashed(passwords.accepted(password, login))
    account = Account(
        login=login,
        name=name,
        mail=mail,
        password=password,
        subject=subject,
        role=part.role,
        office=part.office,
        functions=sorted(functions),
        language=language,
        active=True,
    )
    if is_taken(session, login):
        raise ConflictError("login-taken", LOGIN_TAKEN)
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError as error:  # somebody was faster
        raise ConflictError("login-taken", LOGIN_TAKEN) from error
    membership.set_to(session, account, part.organisations)
    facts = {"account": str(account.pseudonym), "role": account.role, "office": account.office}
    journal.append(session, "account.created", actor=by, facts=facts)
    return account


def is_taken(session: Session, login: str) -> bool:
    """Tell whether an account has that login, in whatever case it is written."""
    return by_login(session, login) is not None


def by_login(session: Session, login: str) -> Account | None:
    """Return the account with that login, in whatever case it is written."""
    same = select(Account).where(func.lower(Account.login) == func.lower(login))
    return session.scalars(same.order_by(Account.created)).first()


def account_of(session: Session, account_id: UUID, *, lock: bool = False) -> Account:
    """Return an account; `lock` it for a change.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    account = session.get(Account, account_id, with_for_update=lock, populate_existing=lock)
    if account is None:
        raise NotFoundError
    return account


def changed(
    session: Session,
    account: Account,
    values: dict[str, Any],
    *,
    by: str,
    offices: Collection[str],
    now: datetime,
) -> Account:
    """Change what `values` names: name, mail, language, role, office, functions, organisations,
    active.

    A new role drops an office or organisations it cannot have; who changes role or office signs
    as nothing any more, unless `values` says so. An account that is made inactive loses its
    sessions and tokens at once.

    Raises
    ------
    ConflictError
        ``last-administrator``: nobody would be left to administer.
    UnusableError
        If the part cannot be used.
    """
    part = _part_after(session, account, values).checked(offices)
    active = values.get("active", account.active)
    if account.role == "administrator" and account.active:
        _keep_one(session, account, stays=active and part.role == "administrator")
    for field in ("name", "mail", "language", "functions", "active"):
        if field in values:
            setattr(account, field, values[field])
    take_up(session, account, part, keep_functions="functions" in values)
    if not active:
        sessions.ended_all(session, account.id)
        tokens.revoked_all(session, account.id, now)
    session.flush()
    facts = {
        "account": str(account.pseudonym),
        "fields": sorted(values),
        "role": account.role,
        "office": account.office,
        "functions": sorted(account.functions),
        "active": account.active,
    }
    journal.append(session, "account.changed", actor=by, facts=facts)
    return account


def password_reset(
    session: Session, account: Account, password: str | None, *, by: str, now: datetime
) -> str:
    """Give an account a password, a generated one without `password`; returns it.

    Whoever knew the one before is out: sessions end, tokens are revoked.

    Raises
    ------
    ConflictError
        ``no-local-password``: the account belongs to the identity provider.
    """
    given = _set_password(account, password or passwords.generated())
    sessions.ended_all(session, account.id)
    tokens.revoked_all(session, account.id, now)
    session.flush()
    facts = {"account": str(account.pseudonym)}
    journal.append(session, "account.password_reset", actor=by, facts=facts)
    return given


def password_changed(
    session: Session, account: Account, password: str, *, session_key: str | None, now: datetime
) -> None:
    """Give an account the password its holder has chosen; their other sessions end, and so do
    their tokens: whoever had got in by the old password may have made one.
    """
    _set_password(account, password)
    sessions.ended_all(session, account.id, but=session_key)
    tokens.revoked_all(session, account.id, now)
    session.flush()
    actor = str(account.pseudonym)
    journal.append(session, "account.password_changed", actor=actor, facts={"account": actor})


def take_up(session: Session, account: Account, part: Part, *, keep_functions: bool) -> None:
    """Give an account its part; in another one it signs as nothing, unless that was said."""
    if (account.role, account.office) != (part.role, part.office) and not keep_functions:
        account.functions = []
    account.role, account.office = part.role, part.office
    membership.set_to(session, account, part.organisations)


def language_changed(session: Session, account: Account, language: str) -> None:
    """Let an account be spoken to in another language; on record like every change of one."""
    if account.language == language:
        return
    account.language = language
    session.flush()
    actor = str(account.pseudonym)
    facts = {"account": actor, "fields": ["language"]}
    journal.append(session, "account.changed", actor=actor, facts=facts)


def _set_password(account: Account, password: str) -> str:
    if account.subject is not None:
        raise ConflictError("no-local-password", NO_LOCAL_PASSWORD)
    account.password = passwords.hashed(passwords.accepted(password, account.login))
    return password


def _part_after(session: Session, account: Account, values: dict[str, Any]) -> Part:
    now = Part(account.role, account.office, membership.of(session, account))
    part = replace(
        now, **{k: values[k] for k in ("role", "office", "organisations") if k in values}
    )
    if part.role != "officer" and "office" not in values:
        part = replace(part, office=None)
    if part.role != "planner" and "organisations" not in values:
        part = replace(part, organisations=frozenset())
    return part


def _keep_one(session: Session, account: Account, *, stays: bool) -> None:
    """Refuse to lose the last active administrator; two at once wait for each other."""
    if stays:
        return
    session.execute(select(func.pg_advisory_xact_lock(LAST)))
    others = select(func.count()).where(
        Account.role == "administrator", Account.active, Account.id != account.id
    )
    if not session.scalar(others):
        raise ConflictError("last-administrator", LAST_ADMINISTRATOR)


ROLE_UNKNOWN = Text("Diese Rolle gibt es nicht; `roles` nennt alle.", "No such role; see `roles`.")
OFFICE_REQUIRED = Text(
    "Zur Rolle „officer“ gehört ein Amt; bitte `office` angeben.",
    "The role “officer” goes with an office; please give `office`.",
)
OFFICE_UNKNOWN = Text(
    "Dieses Amt kennt der Katalog nicht; `offices` nennt alle.",
    "The catalogue knows no such office; `offices` names all of them.",
)
OFFICE_NOT_ALLOWED = Text(
    "Ein Amt hat nur die Rolle „officer“; bitte `office` weglassen.",
    "Only the role “officer” has an office; please leave `office` out.",
)
ORGANISATION_NOT_ALLOWED = Text(
    "Organisationen hat nur die Rolle „planner“; bitte `organisations` weglassen.",
    "Only the role “planner” has organisations; please leave `organisations` out.",
)
LOGIN_TAKEN = Text(
    "Diesen Anmeldenamen gibt es schon; bitte einen anderen wählen.",
    "This login exists already; please choose another one.",
)
LAST_ADMINISTRATOR = Text(
    "Das ist das letzte aktive Administrationskonto; bitte erst ein anderes anlegen.",
    "This is the last active administrator; please create another one first.",
)
NO_LOCAL_PASSWORD = Text(
    "Dieses Konto meldet sich über den Identitätsdienst an und hat hier kein Passwort.",
    "This account logs in through the identity provider and has no password here.",
)
