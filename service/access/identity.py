"""From the row of an account to who is asking."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.principal import SCOPES, Principal
from service.models.account import Account, Membership


def principal_of(
    session: Session,
    account: Account,
    *,
    csrf: str | None = None,
    scopes: frozenset[str] = frozenset(SCOPES),
    expires: datetime | None = None,
) -> Principal:
    """Return an account's holder as they are asking: with a session, or with a token."""
    mine = select(Membership.organisation_id).where(Membership.account_id == account.id)
    planner = account.role == "planner"
    return Principal(
        role=account.role,
        account_id=account.id,
        pseudonym=str(account.pseudonym),
        name=account.name,
        office=account.office,
        functions=frozenset(account.functions),
        organisations=frozenset(session.scalars(mine)) if planner else frozenset(),
        language=account.language,
        scopes=scopes,
        csrf=csrf,
        expires=expires,
    )
