"""All accounts by login, page by page."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.errors import UnusableError
from service.models.account import Account


def page(session: Session, after: UUID | None, most: int) -> tuple[Sequence[Account], UUID | None]:
    """Return at most `most` accounts `after` that one, and what the next page begins after.

    Raises
    ------
    UnusableError
        ``cursor-invalid``: there is no such account.
    """
    login = func.lower(Account.login)
    asked = select(Account).order_by(login)
    if after is not None:
        last = session.scalar(select(login).where(Account.id == after))
        if last is None:
            raise UnusableError("cursor-invalid", CURSOR)
        asked = asked.where(login > last)
    found = session.scalars(asked.limit(most + 1)).all()
    return found[:most], found[most - 1].id if len(found) > most else None


CURSOR = Text(
    "Dieser `cursor` gehört nicht zu dieser Liste; bitte von vorn beginnen.",
    "This `cursor` does not belong to this list; please start from the beginning.",
)
