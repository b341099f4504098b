"""The signatures under a contribution, and whether somebody is asked for one of them."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.cases.answering.chain import following, may_sign
from service.models.contribution import Contribution
from service.models.signature import Signature


def signatures_of(session: Session, contribution: Contribution) -> list[Signature]:
    """Return the signatures of the round that is on, or was the last, in order."""
    last = rounds(contribution).scalar_subquery()
    rows = select(Signature).where(
        Signature.contribution_id == contribution.id, Signature.round == last
    )
    return list(session.scalars(rows.order_by(Signature.position)))


def rounds(contribution: Contribution) -> Select[int]:
    """Return the query for the number of the last round of signing."""
    return select(func.max(Signature.round)).where(Signature.contribution_id == contribution.id)


def current(steps: Sequence[Signature]) -> Signature | None:
    """Return the step to be signed next; None where all have signed."""
    at = following([one.state for one in steps])
    return None if at is None else steps[at]


def signs(who: Principal, step: Signature) -> str | None:
    """Return in which function somebody may sign a step; None where they may not."""
    return may_sign(who.functions, who.office, step.code, step.office)


def takes_part(session: Session, who: Principal, contribution: Contribution) -> bool:
    """Tell whether somebody signs, or has to sign, what goes round: they must see all of it."""
    steps = signatures_of(session, contribution) if who.functions else []
    return any(signs(who, step) is not None for step in steps)
