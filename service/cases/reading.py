"""Reading the result of a check: what is kept for the reader's audience, byte for byte.

Whoever reads of restricted layers is written down.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.access.principal import Principal
from service.cases.results import audience_kept
from service.cases.visible import full_case_of
from service.errors import ConflictError, NotFoundError
from service.models.case import Case
from service.models.check import Check, Report
from service.models.version import PlanVersion

READ = "restricted.read"


def check_of(
    session: Session, principal: Principal, check_id: UUID, *, lock: bool = False
) -> tuple[Case, Check]:
    """Return a check with its case, if that is for this principal; `lock` both for a change.

    Raises
    ------
    NotFoundError, ForbiddenError
        As `service.cases.visible.full_case_of`.
    """
    of = select(PlanVersion.case_id).join(Check, Check.version_id == PlanVersion.id)
    case_id = session.scalars(of.where(Check.id == check_id)).first()
    if case_id is None:
        raise NotFoundError
    case = full_case_of(session, principal, case_id, lock=lock)
    check = session.get_one(Check, check_id, with_for_update=lock, populate_existing=lock)
    return case, check


def report_of(session: Session, principal: Principal, check: Check, language: str) -> Report:
    """Return the report that is kept for the principal's audience.

    Raises
    ------
    ConflictError
        If the check has no result, or not yet.
    """
    if check.state != "done":
        raise ConflictError("check-not-done", NOT_DONE, state=check.state)
    kept = session.scalars(select(Report.audience).where(Report.check_id == check.id))
    audience = audience_kept(principal.audience, kept)
    return session.get_one(Report, (check.id, audience, language))


def note(session: Session, principal: Principal, case: Case, check: Check, form: str) -> None:
    """Write down that somebody reads of restricted layers, where their report tells of some."""
    told = (check.frozen or {}).get("restricted", {})
    layers = told.get(audience_kept(principal.audience, told))
    if layers:
        facts = {"check": str(check.id), "form": form, "layers": layers}
        actor = principal.pseudonym
        journal.append(session, READ, actor=actor, case_id=case.id, facts=facts)


def note_aside(session: Session, principal: Principal, form: str, layers: Collection[str]) -> None:
    """Write down that somebody learns of restricted layers beside any case; nothing where of
    none.
    """
    if layers:
        facts = {"form": form, "layers": sorted(layers)}
        journal.append(session, READ, actor=principal.pseudonym, facts=facts)


def difference_for(principal: Principal, check: Check) -> dict[str, Any] | None:
    """Return what differs from the check before, as far as the principal's reports tell."""
    if check.difference is None:
        return None
    by_audience = check.difference["audiences"]
    found = by_audience.get(audience_kept(principal.audience, by_audience))
    about = {name: check.difference[name] for name in ("check", "plan")}
    return None if found is None else {**about, **found}


NOT_DONE = Text(
    "Zu dieser Prüfung gibt es kein Ergebnis (`state`); läuft sie noch, bitte warten, sonst erneut "
    "prüfen lassen.",
    "There is no result of this check (`state`); wait where it is under way, else have the plan "
    "checked again.",
)
