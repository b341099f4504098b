"""Cases: the list by deadline, and one case with its result on a map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import figures
from service.access.principal import Principal
from service.api.case_forms import Words
from service.api.dependencies import InDesk, InDistrict, InHouse, InLanguage, InSession, Who
from service.cases import search, telling
from service.cases.claiming import claim
from service.cases.drafts import last_check, last_version
from service.cases.opening import Desk
from service.cases.rechecking import recheck
from service.cases.state import OPEN, State
from service.cases.tasks.access import mine
from service.cases.understanding import in_language
from service.cases.visible import case_of, concerning, takes_part
from service.district import District
from service.models.case import Case
from service.models.task import Task
from service.portal import planner_case
from service.portal.board import board, watched
from service.portal.casefile import tabs
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import Nothing, Reason
from service.portal.rendering import page
from service.portal.result import EVERYTHING, Result, result_of
from service.portal.sheet import here, sheet
from service.portal.urgency import Due, due
from service.portal.words import STATES

router = APIRouter(include_in_schema=False)
Row = tuple[Text, str]


class Sought(BaseModel, extra="ignore"):
    """What is looked for; empty fields of a form do not matter."""

    q: Words | str | None = None
    state: State | str | None = None
    kind: Words | str | None = None
    cursor: str | None = None
    need: str | None = None  # of the board: only cases that need this


@dataclass(frozen=True, slots=True)
class Listed:
    """One case in the list."""

    case: Case
    full: bool
    day: date | None
    due: Due


@router.get("/vorgaenge")
def listed(
    sought: Annotated[Sought, Query()],
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
) -> Response:
    """List cases, the most urgent first; for the coordinator with what each of them needs."""
    if who.role == "coordinator":
        return board(
            request, session, who, district, house, _wanted(sought),
            cursor=sought.cursor or None, need=sought.need or "", given=sought,
        )  # fmt: skip
    found = search.find(session, who, _wanted(sought), cursor=sought.cursor or None)
    kinds = {code: kind.title for code, kind in district.vocabulary.kinds.items()}
    following = request.url.include_query_params(cursor=found.cursor) if found.cursor else None
    return page(
        request, "cases.html", who, rows=_rows(session, who, found.cases), states=STATES,
        kinds=kinds, sought=sought, next=following and f"{following.path}?{following.query}",
    )  # fmt: skip


@router.get("/vorgaenge/{case_id}")
def one(
    case_id: UUID, request: Request, desk: InDesk, district: InDistrict, language: InLanguage
) -> Response:
    """Show one case: what it is, what the check found, what happened."""
    case = case_of(desk.session, desk.principal, case_id)
    if desk.principal.role == "planner":
        return planner_case.shown(request, desk.session, desk.principal, case, district, language)
    return _page(request, Work(desk, case, district), language)


@router.post("/vorgaenge/{case_id}")
def act(
    case_id: UUID,
    request: Request,
    sent: InForm,
    desk: InDesk,
    district: InDistrict,
    language: InLanguage,
) -> Response:
    """Say for an office that a case concerns it, or have the plan checked on today's data."""
    work = Work(desk, case_of(desk.session, desk.principal, case_id, lock=True), district)
    failed = done(desk.session, sent, ACTS[desk.principal.role], work)
    return again(request) if failed is None else _page(request, work, language, failed)


@dataclass(frozen=True, slots=True)
class Work:
    """What the page of a case works with; for a change the case is locked."""

    desk: Desk
    case: Case
    district: District


def _page(request: Request, work: Work, language: str, failed: Failed | None = None) -> Response:
    session, who, case = work.desk.session, work.desk.principal, work.case
    full = takes_part(session, who, case)
    version = last_version(session, case) if full else None
    result = result_of(session, who, case, language) if full else None
    return sheet(
        request, "case.html", who, failed=failed, case=case, full=full, result=result,
        **EVERYTHING, tabs=tabs(who, case.id, here(request)),
        facts=_facts(case, work.district, language, full=full), tasks=_tasks(session, who, case),
        may_claim=who.role == "officer" and not full and case.state in OPEN,
        newer=_newer(request, work, result), check=last_check(session, case) if full else None,
        question=in_language(version.question, language) if version else None,
        understood=in_language(version.understood, language) if version else None,
        events=telling.told(session, who, case, most=1_000) if full else [],
    )  # fmt: skip


def _newer(request: Request, work: Work, result: Result | None) -> list[Text]:
    """Return the layers of which there are newer data than the check has seen."""
    if result is None or work.desk.principal.role != "coordinator" or work.case.state not in OPEN:
        return []
    now = watched(request).versions(work.district)
    frozen = (result.check.frozen or {}).get("layers", {})
    titles = {layer.code: layer.title for layer in work.district.catalogue.layers}
    return [
        titles[code] for code, version in frozen.items()
        if code in titles and now.get(code) not in (None, version)
    ]  # fmt: skip


def _tasks(session: Session, who: Principal, case: Case) -> list[Task]:
    """Return what an officer was asked in a case, the latest last."""
    if who.role != "officer":
        return []
    rows = select(Task).where(Task.case_id == case.id, mine(who))
    return list(session.scalars(rows.order_by(Task.due, Task.office)))[-3:]


ACTS: Mapping[str, Mapping[str, Act[Work]]] = {
    "officer": {
        "claim": Act(Reason, lambda w, _, s: _claimed(w, s.reason)),
    },
    "coordinator": {"recheck": Act(Nothing, lambda w, _, __: _rechecked(w))},
}


def _claimed(work: Work, reason: str) -> None:
    claim(work.desk.session, work.desk.principal, work.case, reason)


def _rechecked(work: Work) -> None:
    recheck(work.desk, work.case)


def _rows(session: Session, who: Principal, cases: Sequence[Case]) -> list[Listed]:
    concerned = concerning(session, who, [case.id for case in cases])
    today = date.today()
    ends = [(case, case.due or case.deadline) for case in cases]
    return [Listed(c, c.id in concerned, end, due(end, c.state, today)) for c, end in ends]


def _wanted(sought: Sought) -> search.Wanted:
    states = (str(sought.state),) if sought.state else ()
    return search.Wanted(kind=sought.kind or None, states=states, text=sought.q or None)


def _facts(case: Case, district: District, language: str, *, full: bool) -> list[Row]:
    """Return what is known of a case, for those it concerns."""
    words = district.vocabulary
    shown = [
        (Text("Gemeinde", "Municipality"), case.municipality_names),
        (Text("Frist", "Deadline"), _day(case.due or case.deadline, language)),
    ]
    if full:
        procedure = words.named(case.procedure).in_language(language) if case.procedure else ""
        shown += [
            (Text("Stand", "State"), STATES[case.state].in_language(language)),
            (Text("Art", "Kind"), words.title(case.kind).in_language(language)),
            (Text("Verfahren", "Procedure"), procedure),
            (Text("Eingang", "Received"), _day(case.received, language)),
            (Text("Ihr Zeichen", "Sender's reference"), case.sender_reference or ""),
        ]
    return [(label, value) for label, value in shown if value]


def _day(day: date | None, language: str) -> str:
    return "" if day is None else figures.day(day.isoformat()).in_language(language)
