"""Organisations that hand plans in, and the planners who act for them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.errors import ConflictError, UnusableError
from service.models.account import Account, Membership, Organisation

KINDS = ("municipality", "engineering_office", "authority", "developer", "other")


def founded(
    session: Session, *, by: str, name: str, kind: str, municipality: str | None = None
) -> Organisation:
    """Create an organisation.

    Raises
    ------
    ConflictError
        ``organisation-exists``.
    """
    organisation = Organisation(name=name, kind=kind, municipality=municipality)
    try:
        with session.begin_nested():
            session.add(organisation)
            session.flush()
    except IntegrityError as error:
        raise ConflictError("organisation-exists", EXISTS) from error
    facts = {"organisation": str(organisation.id), "kind": kind}
    journal.append(session, "organisation.created", actor=by, facts=facts)
    return organisation


def listed(session: Session) -> Sequence[Organisation]:
    """Return all organisations by name."""
    return session.scalars(select(Organisation).order_by(func.lower(Organisation.name))).all()


def named(session: Session, names: Collection[str]) -> frozenset[UUID]:
    """Return the organisations with these names, or ids.

    Raises
    ------
    UnusableError
        ``organisation-unknown``, if one of them is missing.
    """
    found = {o.name: o.id for o in listed(session)} | {str(o.id): o.id for o in listed(session)}
    if not set(names) <= found.keys():
        raise UnusableError("organisation-unknown", UNKNOWN)
    return frozenset(found[name] for name in names)


def of(session: Session, account: Account) -> frozenset[UUID]:
    """Return the organisations an account acts for."""
    mine = select(Membership.organisation_id).where(Membership.account_id == account.id)
    return frozenset(session.scalars(mine))


def set_to(session: Session, account: Account, organisations: Collection[UUID]) -> None:
    """Let an account act for exactly these organisations.

    Raises
    ------
    UnusableError
        ``organisation-unknown``, if one of them is missing.
    """
    before, after = of(session, account), frozenset(organisations)
    if before == after:
        return
    known = select(Organisation.id).where(Organisation.id.in_(sorted(after)))
    if set(session.scalars(known)) != after:
        raise UnusableError("organisation-unknown", UNKNOWN)
    gone = delete(Membership).where(Membership.account_id == account.id)
    session.execute(gone.where(Membership.organisation_id.in_(sorted(before - after))))
    new = sorted(after - before)
    session.add_all(Membership(account_id=account.id, organisation_id=one) for one in new)
    session.flush()


EXISTS = Text(
    "Eine Organisation dieses Namens gibt es schon; bitte diese verwenden.",
    "An organisation of that name exists already; please use that one.",
)
UNKNOWN = Text(
    "Diese Organisation gibt es nicht; bitte erst anlegen (POST /api/v1/organisations).",
    "There is no such organisation; please create it first (POST /api/v1/organisations).",
)
