"""Extensions of a deadline, and clocks that are switched off; only what is on record counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.clocks import deadlines_of, reckon
from service.cases.events import happened
from service.cases.state import OPEN
from service.errors import ConflictError, NotFoundError, UnusableError
from service.house.house import HouseCalendar
from service.models.case import Case
from service.models.clock import ClockOff, Extension
from service.models.document import Document

REQUESTED, CONSENTED, REFUSED = "requested", "consented", "refused"
SWITCHED = frozenset({"objection", "change", "par7"})  # of the district in its own rights


@dataclass(frozen=True, slots=True)
class Wish:
    """An extension as it is entered: until a day or by a span, of which clock, and why."""

    clock: str
    until: date | None
    span: str | None
    reason: str | None
    requested: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of it: by which body, when, and the document that proves it."""

    state: str
    decided: date
    decided_by: str | None
    document_id: UUID | None


def extend(
    session: Session,
    principal: Principal,
    case: Case,
    wish: Wish,
    verdict: Verdict | None,
    calendar: HouseCalendar,
) -> Extension:
    """Enter an extension that was asked for; with a verdict, one that is decided already.

    Raises
    ------
    ConflictError
        If the case has ended.
    UnusableError
        If the clock does not run in this case, or the document is not one of it.
    """
    _open(case)
    _runs(session, case, wish.clock, calendar)
    row = Extension(
        case_id=case.id,
        clock=wish.clock,
        state=REQUESTED,
        until=wish.until,
        span=wish.span,
        reason=wish.reason,
        requested=wish.requested,
        added_by=principal.pseudonym,
    )
    session.add(row)
    if verdict is not None:
        _judged(session, case, row, verdict)
    _recorded(session, principal, case, row, calendar)
    return row


def decide(
    session: Session,
    principal: Principal,
    case: Case,
    extension_id: UUID,
    verdict: Verdict,
    until: date | None,
    calendar: HouseCalendar,
) -> Extension:
    """Record what became of an extension; `until` where another day was granted than asked for.

    Raises
    ------
    NotFoundError
        If there is none in this case.
    ConflictError
        If it is decided already, or the case has ended.
    UnusableError
        If the document is not one of the case.
    """
    _open(case)
    row = session.get(Extension, extension_id, with_for_update=True)
    if row is None or row.case_id != case.id:
        raise NotFoundError
    if row.state != REQUESTED:
        raise ConflictError("extension-decided", DECIDED)
    if until is not None:
        row.until, row.span = until, None
    _judged(session, case, row, verdict)
    _recorded(session, principal, case, row, calendar)
    return row


def switch(
    session: Session,
    principal: Principal,
    case: Case,
    clock: str,
    reason: str | None,
    calendar: HouseCalendar,
) -> None:
    """Switch a clock of a case off, with a reason, or on again without one.

    Raises
    ------
    ConflictError
        If the case has ended.
    UnusableError
        If it is none that may be switched off, or does not run in this case.
    """
    _open(case)
    if clock not in SWITCHED:
        raise UnusableError("clock-stays", STAYS, known=sorted(SWITCHED))
    _runs(session, case, clock, calendar)
    session.execute(delete(ClockOff).where(ClockOff.case_id == case.id, ClockOff.clock == clock))
    if reason is not None:
        off = {"case_id": case.id, "clock": clock, "reason": reason}
        session.add(ClockOff(**off, added_by=principal.pseudonym))
    due = reckon(session, case, calendar).due
    action = "clock.on" if reason is None else "clock.off"
    detail = None if reason is None else {"reason": reason}
    _told(session, principal, case, action, {"clock": clock, "due": _iso(due)}, detail)


def forget(session: Session, case_id: UUID) -> None:
    """Erase the free text that stands with the deadlines of a case; what they are stays."""
    of = {"reason": None, "decided_by": None}
    session.execute(update(Extension).where(Extension.case_id == case_id).values(of))
    session.execute(update(ClockOff).where(ClockOff.case_id == case_id).values(reason=""))


def _judged(session: Session, case: Case, row: Extension, verdict: Verdict) -> None:
    if verdict.document_id is not None:
        proof = session.get(Document, verdict.document_id)
        if proof is None or proof.case_id != case.id:
            raise UnusableError("document-unknown", NO_DOCUMENT)
    row.state, row.decided = verdict.state, verdict.decided
    row.decided_by, row.document_id = verdict.decided_by, verdict.document_id


def _recorded(
    session: Session, principal: Principal, case: Case, row: Extension, calendar: HouseCalendar
) -> None:
    due = reckon(session, case, calendar).due
    facts = {
        "extension": str(row.id),
        "clock": row.clock,
        "until": _iso(row.until),
        "span": row.span,
        "due": _iso(due),
        "document": None if row.document_id is None else str(row.document_id),
    }
    detail = {"reason": row.reason, "decided_by": row.decided_by}
    _told(session, principal, case, f"extension.{row.state}", facts, detail)


def _told(
    session: Session,
    principal: Principal,
    case: Case,
    action: str,
    facts: Mapping[str, Any],
    detail: Mapping[str, Any] | None,
) -> None:
    happened(session, case, action, actor=principal.pseudonym, facts=facts, detail=detail)


def _open(case: Case) -> None:
    if case.state not in OPEN:
        raise ConflictError("state-conflict", ENDED, state=case.state)


def _runs(session: Session, case: Case, clock: str, calendar: HouseCalendar) -> None:
    running = [one.rule.code for one in deadlines_of(session, case, calendar).clocks]
    if clock not in running:
        raise UnusableError("clock-unknown", NO_CLOCK, known=running)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


ENDED = Text(
    "Der Vorgang ist beendet (`state`); seine Fristen ändern sich nicht mehr.",
    "The case has ended (`state`); its deadlines do not change any more.",
)
DECIDED = Text(
    "Über diese Verlängerung ist schon entschieden; bitte eine neue eintragen.",
    "This extension is decided already; please enter another.",
)
NO_DOCUMENT = Text(
    "Diese Unterlage gehört nicht zu dem Vorgang; bitte sie zuerst dort hinzufügen.",
    "This document does not belong to the case; please add it there first.",
)
NO_CLOCK = Text(
    "Diese Frist läuft in dem Vorgang nicht; `known` nennt die laufenden.",
    "This clock does not run in the case; `known` lists those that do.",
)
STAYS = Text(
    "Abschalten lassen sich nur Fristen des Landkreises als Betroffener (`known`).",
    "Only clocks of the district as an affected party can be switched off (`known`).",
)
