"""An office says that a case concerns it, although no rule named it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.events import happened
from service.cases.state import OPEN
from service.cases.visible import takes_part
from service.errors import ConflictError, ForbiddenError
from service.models.case import Case, Claim


def claim(session: Session, principal: Principal, case: Case, reason: str) -> Claim:
    """Claim a part in a case for the principal's office; from then on it sees all of it.

    Raises
    ------
    ForbiddenError
        If the principal is of no office.
    ConflictError
        If the office is involved already, or the case has ended.
    """
    if principal.office is None or principal.account_id is None:
        raise ForbiddenError("office-missing", NO_OFFICE)
    if case.state not in OPEN:
        raise ConflictError("state-conflict", ENDED, state=case.state)
    if takes_part(session, principal, case):
        raise ConflictError("already-involved", INVOLVED)
    made = Claim(
        case_id=case.id, office=principal.office, reason=reason, account_id=principal.account_id
    )
    session.add(made)
    session.flush()
    happened(
        session,
        case,
        "case.claimed",
        actor=principal.pseudonym,
        facts={"office": principal.office},
        detail={"reason": reason},
    )
    return made


def claims_of(session: Session, case: Case) -> list[Claim]:
    """Return the claims on a case, oldest first."""
    asked = select(Claim).where(Claim.case_id == case.id)
    return list(session.scalars(asked.order_by(Claim.at, Claim.office)))


NO_OFFICE = Text(
    "Nur Fachämter melden sich an; Ihr Konto gehört zu keinem.",
    "Only offices claim a part; your account belongs to none.",
)
ENDED = Text(
    "Der Vorgang ist beendet (`state`); anmelden geht nur bei offenen.",
    "The case has ended (`state`); only open ones can be claimed.",
)
INVOLVED = Text(
    "Ihr Fachamt ist an diesem Vorgang schon beteiligt.",
    "Your office is involved in this case already.",
)
