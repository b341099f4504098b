"""From what an identity provider says about a person to their account here."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.access import accounts, membership
from service.access.accounts import Part
from service.config import Settings
from service.errors import ForbiddenError, UnusableError
from service.models.account import ROLES, Account

LONGEST = 200  # characters of a name


def account_for(
    session: Session, claims: Mapping[str, Any], *, settings: Settings, offices: Collection[str]
) -> Account:
    """Return the account of whom the claims describe: created at first, brought up to date later.

    Only issuer and subject identify a person. A local account with the same login or mail is
    somebody else's.

    Raises
    ------
    ForbiddenError
        ``oidc-role-unknown``, ``oidc-office-unknown``, ``oidc-organisation-unknown``: the claims
        name none of ours. ``account-inactive``.
    """
    part = part_from(session, claims, settings=settings, offices=offices)
    subject = f"{claims['iss']}|{claims['sub']}"
    lock = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], signed=True)
    session.execute(select(func.pg_advisory_xact_lock(lock)))  # of two windows at once
    account = session.scalars(select(Account).where(Account.subject == subject)).first()
    if account is None:
        return _created(session, claims, subject, part, offices)
    if not account.active:
        raise ForbiddenError("account-inactive", INACTIVE)
    _updated(session, account, claims, part)
    return account


def part_from(
    session: Session, claims: Mapping[str, Any], *, settings: Settings, offices: Collection[str]
) -> Part:
    """Return role, office and organisations that claims name; other claims do not matter."""
    roles = [one for one in claimed(claims, settings.oidc_role_claim) if one in ROLES]
    if len(roles) != 1:
        raise ForbiddenError("oidc-role-unknown", NO_ROLE, claim=settings.oidc_role_claim)
    role = roles[0]
    if role == "officer":
        known = [o for o in claimed(claims, settings.oidc_office_claim) if o in offices]
        if len(known) != 1:
            raise ForbiddenError("oidc-office-unknown", NO_OFFICE, claim=settings.oidc_office_claim)
        return Part(role, known[0])
    if role == "planner":
        claim = settings.oidc_organisation_claim
        try:
            organisations = membership.named(session, claimed(claims, claim))
        except UnusableError:
            organisations = frozenset()
        if not organisations:
            raise ForbiddenError("oidc-organisation-unknown", NO_ORGANISATION, claim=claim)
        return Part(role, organisations=organisations)
    return Part(role)


def claimed(claims: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts of a claim, one or a list; ``realm_access.roles`` looks inside of one."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for step in name.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _created(
    session: Session,
    claims: Mapping[str, Any],
    subject: str,
    part: Part,
    offices: Collection[str],
) -> Account:
    return accounts.created(
        session,
        by=journal.SYSTEM,
        login=_free_login(session, claims, subject),
        name=_text(claims, "name") or _text(claims, "preferred_username") or "–",
        mail=_text(claims, "email"),
        part=part,
        offices=offices,
        subject=subject,
    )


def _updated(session: Session, account: Account, claims: Mapping[str, Any], part: Part) -> None:
    before = (account.role, account.office, membership.of(session, account))
    account.name = _text(claims, "name") or account.name
    account.mail = _text(claims, "email") or account.mail
    accounts.take_up(session, account, part, keep_functions=False)
    session.flush()
    if before != (part.role, part.office, part.organisations):
        facts = {
            "account": str(account.pseudonym),
            "fields": ["role", "office", "organisations"],
            "role": account.role,
            "office": account.office,
            "functions": sorted(account.functions),
            "active": account.active,
        }
        journal.append(session, "account.changed", actor=journal.SYSTEM, facts=facts)


def _free_login(session: Session, claims: Mapping[str, Any], subject: str) -> str:
    """Return the name the provider has for a person, or a longer one where that is taken."""
    mark = hashlib.sha256(subject.encode()).hexdigest()[:12]
    wanted = _text(claims, "preferred_username") or f"oidc-{mark}"
    return f"{wanted[: LONGEST - 13]}-{mark}" if accounts.is_taken(session, wanted) else wanted


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a text for display: one line, not endless."""
    found = claims.get(name)
    if not isinstance(found, str):
        return None
    line = "".join(char if char.isprintable() else " " for char in found)
    return " ".join(line.split())[:LONGEST] or None


NO_ROLE = Text(
    "Der Identitätsdienst nennt für Sie keine oder keine eindeutige Rolle in Belang; bitte die "
    "Administration bitten, sie dort einzutragen (`claim`).",
    "The identity provider names no role in Belang for you, or several; please ask your "
    "administrator to enter one there (`claim`).",
)
NO_OFFICE = Text(
    "Der Identitätsdienst nennt für Sie kein Amt, das der Katalog kennt; bitte die Administration "
    "bitten, es dort einzutragen (`claim`).",
    "The identity provider names no office for you that the catalogue knows; please ask your "
    "administrator to enter it there (`claim`).",
)
NO_ORGANISATION = Text(
    "Der Identitätsdienst nennt für Sie keine Organisation, die Belang kennt; bitte die "
    "Administration bitten, sie anzulegen oder dort einzutragen (`claim`).",
    "The identity provider names no organisation for you that Belang knows; please ask your "
    "administrator to create it, or to enter it there (`claim`).",
)
INACTIVE = Text(
    "Ihr Konto ist nicht aktiv; bitte an die Administration wenden.",
    "Your account is not active; please turn to your administrator.",
)
