"""The drafts of a case and their checks, newest first."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models.case import Case
from service.models.check import Check
from service.models.version import PlanVersion


def last_version(session: Session, case: Case) -> PlanVersion | None:
    """Return the draft that was handed in last; None for a case without any."""
    asked = select(PlanVersion).where(PlanVersion.case_id == case.id)
    return session.scalars(asked.order_by(PlanVersion.number.desc()).limit(1)).first()


def last_check(session: Session, case: Case, *states: str) -> Check | None:
    """Return the newest check of any draft, of those in `states` where given."""
    asked = select(Check).join(PlanVersion).where(PlanVersion.case_id == case.id)
    if states:
        asked = asked.where(Check.state.in_(states))
    newest = asked.order_by(PlanVersion.number.desc(), Check.created.desc(), Check.id)
    return session.scalars(newest.limit(1)).first()
