"""The deadlines of a stored case: fetch what they depend on, compute them, keep the day due."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.dates import known
from service.cases.state import State
from service.deadlines.deadlines import Deadlines, deadlines
from service.deadlines.facts import Consent, Facts
from service.deadlines.period import Span
from service.deadlines.planning import Plan, plan
from service.deadlines.workdays import Workdays
from service.house import House
from service.house.house import HouseCalendar
from service.models.case import Case
from service.models.clock import ClockOff, Extension


def deadlines_of(session: Session, case: Case, calendar: HouseCalendar) -> Deadlines:
    """Return all deadlines of a case."""
    return deadlines(facts_of(session, case), legal_days(case, calendar))


def reckon(session: Session, case: Case, calendar: HouseCalendar) -> Deadlines:
    """Set the day a case is due; to be called whenever something it depends on has changed."""
    session.flush()
    found = deadlines_of(session, case, calendar)
    case.due = found.due
    return found


def plan_of(
    case: Case,
    house: House,
    due: date | None,
    *,
    start: date | None = None,
    office: str | None = None,
) -> Plan | None:
    """Return the internal deadlines of a case, counted back from the day due; of one `office`,
    with the time it needs.

    `start` is when work on it can begin, unless that is the day it came in. None without a day
    due, or with one before the start.
    """
    if due is None:
        return None
    return plan(
        start or case.received,
        due,
        house.lead_days_of(office),
        house.reminders,
        house_days(case, house.calendar),
        committee=house.committee_for(case.procedure),
    )


def facts_of(session: Session, case: Case) -> Facts:
    """Return what the deadlines of a case depend on."""
    off = select(ClockOff.clock, ClockOff.reason).where(ClockOff.case_id == case.id)
    return Facts(
        procedure=case.procedure,
        received=case.received,
        named=case.deadline,
        named_fixed=case.deadline_fixed,
        dates=known(case.dates),
        kind=case.kind,
        uses=tuple(case.uses),
        law=case.law,
        consents=tuple(map(_consent, extensions_of(session, case, "consented"))),
        off={row.clock: row.reason for row in session.execute(off)},
        supplement=case.state == State.SUPPLEMENT_DUE,
    )


def extensions_of(session: Session, case: Case, *states: str) -> list[Extension]:
    """Return the extensions of a case, oldest first; all, or those in some states."""
    asked = select(Extension).where(Extension.case_id == case.id)
    if states:
        asked = asked.where(Extension.state.in_(states))
    return list(session.scalars(asked.order_by(Extension.created, Extension.id)))


def legal_days(case: Case, calendar: HouseCalendar) -> Workdays:
    """Return the working days by law at the place of a case."""
    kept = bool(calendar.corpus_christi.intersection(case.municipalities))
    return Workdays(calendar.state, kept)


def house_days(case: Case, calendar: HouseCalendar) -> Workdays:
    """Return the working days of the house, with the holidays at the place of a case."""
    legal = legal_days(case, calendar)
    return Workdays(legal.state, legal.corpus_christi, calendar.closed)


def _consent(row: Extension) -> Consent:
    if row.until is not None:
        return Consent(row.clock, row.until)
    return Consent(row.clock, Span.of(row.span or ""))
