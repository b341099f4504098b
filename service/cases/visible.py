"""Which cases exist for whom: a foreign one does not."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.results import OFFICE, read_by
from service.cases.state import OPEN
from service.errors import ForbiddenError, NotFoundError
from service.models.case import Case, Claim
from service.models.check import Check, Involvement
from service.models.task import Task
from service.models.version import PlanVersion

WHOLE = frozenset({"planner", "coordinator"})  # what they know of they see as a whole


def visible(principal: Principal) -> ColumnElement[bool]:
    """Return the condition for cases this principal may know of.

    Planners know those of their organisations; officers the open ones, and all that concern their
    office; steward and administrator the open ones; the coordinator all; the public none.
    """
    if principal.role == "coordinator":
        return true()
    if principal.inside:
        return Case.state.in_(sorted(OPEN)) | wholly(principal)
    if principal.role == "planner":
        return Case.organisation_id.in_(sorted(principal.organisations))
    return false()


def wholly(principal: Principal) -> ColumnElement[bool]:
    """Return the condition for those of the visible cases that are more than an outline to them.

    Steward and administrator look after layers and accounts; no case concerns them.
    """
    if principal.role == "officer":
        return concerns(principal.office or "")
    return true() if principal.role in WHOLE else false()


def concerns(office: str) -> ColumnElement[bool]:
    """Return the condition for cases in which an office is named by a check, as it reads that
    itself, claims a part or is asked.

    What only others may know, like a restricted layer that another office keeps, makes no case its
    own before the coordinator asks it.
    """
    return _named(office, read_by(f"{OFFICE}:{office}")) | _takes_part(office)


def concerns_as_told(office: str, principal: Principal) -> ColumnElement[bool]:
    """Return the condition for cases that concern an office as far as somebody may know: named by
    a report they may read; within the house also those in which it claims a part or is asked.
    """
    known = _named(office, read_by(principal.audience))
    return known | _takes_part(office) if principal.inside else known


def _named(office: str, audiences: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition for cases in which a check names an office to one of some audiences."""
    found = (
        select(PlanVersion.case_id)
        .join(Check, Check.version_id == PlanVersion.id)
        .join(Involvement, Involvement.check_id == Check.id)
        .where(Involvement.office == office, Involvement.audience.in_(list(audiences)))
    )
    return Case.id.in_(found)


def _takes_part(office: str) -> ColumnElement[bool]:
    claimed = select(Claim.case_id).where(Claim.office == office)
    tasks = select(Task.case_id).where((Task.office == office) | (Task.stand_in == office))
    return Case.id.in_(claimed) | Case.id.in_(tasks)


def case_of(session: Session, principal: Principal, case_id: UUID, *, lock: bool = False) -> Case:
    """Return a case; `lock` it for a change.

    Raises
    ------
    NotFoundError
        If there is none, or it is not for this principal.
    """
    asked = select(Case).where(Case.id == case_id, visible(principal))
    case = session.scalars(asked.with_for_update() if lock else asked).first()
    if case is None:
        raise NotFoundError
    return case


def takes_part(session: Session, principal: Principal, case: Case) -> bool:
    """Tell whether a visible case concerns this principal.

    To an officer whose office is not involved, to steward and administrator a case is only title,
    municipality, outline and deadline.
    """
    return principal.role in WHOLE or case.id in concerning(session, principal, [case.id])


def concerning(session: Session, principal: Principal, cases: Iterable[UUID]) -> frozenset[UUID]:
    """Return which of the (visible) cases concern this principal."""
    asked = select(Case.id).where(Case.id.in_(list(cases)), wholly(principal))
    return frozenset(session.scalars(asked))


def full_case_of(
    session: Session, principal: Principal, case_id: UUID, *, lock: bool = False
) -> Case:
    """Return a case with all that belongs to it: documents, reports, journal.

    Raises
    ------
    NotFoundError
        As `case_of`.
    ForbiddenError
        If the case is known to this principal and does not concern their office.
    """
    case = case_of(session, principal, case_id, lock=lock)
    if not takes_part(session, principal, case):
        raise ForbiddenError("not-involved", NOT_INVOLVED)
    return case


NOT_INVOLVED = Text(
    "Ihr Fachamt ist an diesem Vorgang nicht beteiligt. Betrifft er Sie doch, melden Sie das mit "
    "einer Begründung an (`claims`).",
    "Your office is not involved in this case. If it concerns you nevertheless, claim a part in it "
    "with a reason (`claims`).",
)
