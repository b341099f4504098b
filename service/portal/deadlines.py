"""The deadlines of a case: every step of how they were computed, and extensions of them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.api.deadline_forms import deadlines_out
from service.api.deadlines import ClockCode, SpanCode
from service.api.dependencies import InHouse, InLanguage, InSession, Who
from service.api.handing_in import Line, Prose
from service.api.moments import Day
from service.cases.clocks import deadlines_of
from service.cases.documents import listed
from service.cases.extending import SWITCHED, Verdict, Wish, decide, extend, switch
from service.cases.requesting import Draft, drafted
from service.cases.visible import full_case_of
from service.deadlines.clock import extendable
from service.deadlines.period import Span
from service.errors import NotFoundError, UnusableError
from service.house import House
from service.models.case import Case
from service.portal.casefile import case_page
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import Nothing, Reason

router = APIRouter(include_in_schema=False)
WEEKS = ("P1W", "P2W", "P3W", "P4W")
EXTENSIONS = {
    "requested": Text("beantragt", "asked for"),
    "consented": Text("gewährt", "granted"),
    "refused": Text("abgelehnt", "refused"),
}
Optional = Annotated[Prose, Field(min_length=1)] | None


class Asked(BaseModel):
    """An extension that was asked for, or granted already."""

    clock: ClockCode
    state: Literal["requested", "consented"] = "requested"
    until: Day | None = None
    span: SpanCode | None = None
    reason: Optional = None
    decided_by: Line | None = None
    document: UUID | None = None


class Decided(BaseModel):
    """What became of an extension."""

    state: Literal["consented", "refused"]
    until: Day | None = None
    decided: Day | None = None
    decided_by: Line | None = None
    document: UUID | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What the forms of this page work on; the case is locked."""

    session: Session
    who: Principal
    case: Case
    house: House


@router.get("/vorgaenge/{case_id}/fristen")
def deadlines(
    case_id: UUID,
    request: Request,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
) -> Response:
    """Show every clock of a case, step by step, and the plan within the house."""
    case = full_case_of(session, who, case_id)
    return _page(request, Work(session, who, case, house), language)


@router.post("/vorgaenge/{case_id}/fristen")
def move(
    case_id: UUID,
    request: Request,
    sent: InForm,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
) -> Response:
    """Enter an extension, what became of it, or switch a clock off that does not count."""
    case = full_case_of(session, who, case_id, lock=True)
    work = Work(session, who, case, house)
    failed = done(session, sent, ACTS, work)
    return again(request) if failed is None else _page(request, work, language, failed)


def _page(request: Request, work: Work, language: str, failed: Failed | None = None) -> Response:
    session, case, house, who = work.session, work.case, work.house, work.who
    found = deadlines_out(session, who, case, house, language)
    coordinates = who.role == "coordinator"
    letters = _letters(work) if coordinates else []
    return case_page(
        request, "deadlines.html", who, case, failed=failed, found=found, letters=letters,
        coordinates=coordinates, switched=SWITCHED, extension_states=EXTENSIONS,
        clock_options=[(one.code, one.title) for one in found.clocks],
        titles={one.code: one.title for one in found.clocks},
        documents=[(one.document.id, one.document.filename)
                   for one in listed(session, who, case)],
        spans=[(code, f"{code[1]} {'Wochen' if language == 'de' else 'weeks'}") for code in WEEKS],
        today=date.today(),
    )  # fmt: skip


def _letters(work: Work) -> list[Draft]:
    """Return a drafted request for two more weeks of every clock that can be extended."""
    found = deadlines_of(work.session, work.case, work.house.calendar)
    subjects = {work.case.kind, *work.case.uses}
    return [
        drafted(work.case, work.house, found, one.rule.code, Span.of("P2W"))
        for one in found.clocks
        if one.counts and extendable(one.rule, subjects)
    ]


def _asked(work: Work, _: str, said: Asked) -> None:
    if (said.until is None) == (said.span is None):
        raise UnusableError("extension-end", ONE_END)
    today = date.today()
    wish = Wish(said.clock, said.until, said.span, said.reason, today)
    verdict = None
    if said.state == "consented":
        verdict = Verdict(said.state, today, said.decided_by, said.document)
    extend(work.session, work.who, work.case, wish, verdict, work.house.calendar)


def _decided(work: Work, of: str, said: Decided) -> None:
    try:
        number = UUID(of)
    except ValueError as error:
        raise NotFoundError from error
    on = said.decided or date.today()
    verdict = Verdict(said.state, on, said.decided_by, said.document)
    until = said.until if said.state == "consented" else None
    decide(work.session, work.who, work.case, number, verdict, until, work.house.calendar)


def _off(work: Work, of: str, said: Reason) -> None:
    switch(work.session, work.who, work.case, of, said.reason, work.house.calendar)


def _on(work: Work, of: str, _: Nothing) -> None:
    switch(work.session, work.who, work.case, of, None, work.house.calendar)


ACTS: dict[str, Act[Work]] = {
    "extend": Act(Asked, _asked),
    "decide": Act(Decided, _decided),
    "off": Act(Reason, _off),
    "on": Act(Nothing, _on),
}
ONE_END = Text(
    "Bitte entweder einen Tag oder eine Dauer angeben.", "Please give either a day or a span."
)
