"""What is answered about deadlines: clocks, how they were computed, the plan within the house."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.cases.clocks import deadlines_of, extensions_of, plan_of
from service.deadlines.clock import Clock
from service.deadlines.period import Step
from service.deadlines.planning import Plan
from service.deadlines.procedures import EVENTS, TITLES
from service.deadlines.warned import Warned
from service.house import House
from service.models.case import Case
from service.models.clock import Extension


class StepOut(BaseModel):
    """A step of a computation."""

    text: str = Field(examples=["Eingang am Di, 13.01.2026; dieser Tag zählt nicht mit."])
    basis: str = Field(examples=["§ 187 (1) BGB"])
    day: date


class WarningOut(BaseModel):
    """Something to look at."""

    code: str = Field(examples=["below-minimum"])
    clock: str | None = Field(description="the clock it is about", examples=["statement"])
    text: str


class ClockOut(BaseModel):
    """A clock of a case."""

    code: str = Field(examples=["statement"])
    title: str = Field(examples=["Stellungnahme als Behörde"])
    party: Literal["authority", "affected", "decision", "other"] = Field(
        description="as whom the district acts; other: somebody else's clock"
    )
    basis: str = Field(examples=["§ 4 (2) BauGB"])
    event: str | None = Field(description="what starts it", examples=["Eingang"])
    start: date | None
    statutory: date | None = Field(description="the end the law itself sets, or its limit")
    end: date | None = Field(description="the end in force, with extensions")
    assumed: bool = Field(description="no day was named: the end is only planned with")
    late: str = Field(description="what happens afterwards")
    late_basis: str | None = Field(examples=["§ 4a (5) BauGB"])
    extension: str | None = Field(description="how it can be extended; null: not at all")
    extension_basis: str | None
    off: str | None = Field(description="why it does not count here; not for planners")
    counts: bool = Field(description="whether the statement must be out before it ends")
    steps: list[StepOut] = Field(description="how the end was computed")


class ExtensionOut(BaseModel):
    """An extension of a clock."""

    id: UUID
    clock: str = Field(examples=["statement"])
    state: Literal["requested", "consented", "refused"]
    until: date | None
    span: str | None = Field(description="from the end before", examples=["P2W"])
    requested: date
    reason: str | None = Field(description="not for planners")
    decided: date | None
    decided_by: str | None
    document: UUID | None = Field(description="the proof")


class PlanOut(BaseModel):
    """By when what must be done within the house."""

    start: date
    answers_by: date = Field(description="offices have answered")
    consolidated_by: date
    cosigned_by: date
    approved_by: date
    sent_by: date
    follow_up_by: date = Field(description="missing documents are asked for")
    extension_by: date = Field(description="an extension is asked for")
    reminders: list[date]
    escalate_on: date
    answering_days: int = Field(description="working days the offices have")
    paper_by: date | None = Field(description="the committee has the paper")
    sitting: date | None = Field(description="the committee decides")


class DeadlinesOut(BaseModel):
    """All deadlines of a case."""

    due: date | None = Field(description="the earliest end that counts")
    decisive: str | None = Field(description="the clock it is of", examples=["statement"])
    one_voice: Literal["statute", "practice"] = Field(
        description="whether one consistent statement is law, § 73a (3) VwVfG"
    )
    clocks: list[ClockOut]
    extensions: list[ExtensionOut]
    plan: PlanOut | None = Field(description="not for planners")
    warnings: list[WarningOut]


def deadlines_out(
    session: Session, who: Principal, case: Case, house: House, language: str
) -> DeadlinesOut:
    """Return the deadlines of a case as this principal may see them."""
    found = deadlines_of(session, case, house.calendar)
    inside = who.role != "planner"
    made = plan_of(case, house, found.due) if inside else None
    said = (*found.warned, *(made.warned if made is not None else ()))
    return DeadlinesOut(
        due=found.due,
        decisive=found.decisive,
        one_voice="statute" if found.statute else "practice",
        clocks=[_clock(one, language, inside) for one in found.clocks],
        extensions=[extension_out(one, inside) for one in extensions_of(session, case)],
        plan=None if made is None else _plan(made),
        warnings=[_warning(one, language) for one in said] if inside else [],
    )


def extension_out(row: Extension, inside: bool = True) -> ExtensionOut:
    """Return an extension as it is answered; only who is `inside` reads why it was asked for."""
    return ExtensionOut(
        id=row.id,
        clock=row.clock,
        state=row.state,  # type: ignore[arg-type]  # the database holds no other
        until=row.until,
        span=row.span,
        requested=row.requested,
        reason=row.reason if inside else None,
        decided=row.decided,
        decided_by=row.decided_by,
        document=row.document_id,
    )


def _clock(one: Clock, language: str, inside: bool) -> ClockOut:
    rule = one.rule
    extended = rule.extension
    return ClockOut(
        code=rule.code,
        title=TITLES[rule.code].in_language(language),
        party=rule.party,
        basis=rule.basis,
        event=None if one.event is None else EVENTS[one.event].in_language(language),
        start=one.start,
        statutory=one.statutory,
        end=one.end,
        assumed=one.assumed,
        late=rule.late.in_language(language),
        late_basis=rule.late_basis,
        extension=None if extended is None else extended.in_language(language),
        extension_basis=rule.extension_basis,
        off=one.off if inside else None,
        counts=one.counts,
        steps=[_step(step, language) for step in one.steps],
    )


def _step(one: Step, language: str) -> StepOut:
    return StepOut(text=one.text.in_language(language), basis=one.basis, day=one.day)


def _warning(one: Warned, language: str) -> WarningOut:
    return WarningOut(code=one.code, clock=one.clock, text=one.text.in_language(language))


def _plan(made: Plan) -> PlanOut:
    return PlanOut.model_validate(made, from_attributes=True)
