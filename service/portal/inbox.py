"""The inbox of an office: what it is asked, the most urgent first, answered in two clicks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access import tokens
from service.access.principal import Principal
from service.api.dependencies import InAsking, InDistrict
from service.cases.answering import quick
from service.cases.asking.desk import Desk
from service.cases.outlines import outlines
from service.cases.state import State
from service.cases.tasks import inbox
from service.cases.tasks.access import acts_for, may_act, task_of
from service.cases.tasks.inbox import Row, Wanted
from service.cases.tasks.state import AWAITED
from service.house import House
from service.portal.entered import number
from service.portal.forms import Act, Failed, InForm, done
from service.portal.live import drawn
from service.portal.sheet import leading, sheet
from service.portal.urgency import Due, due
from service.portal.words import TASKS

router = APIRouter(include_in_schema=False)
HERE = "/posteingang"
LASTS = timedelta(days=365)  # an address for a calendar program
MOST = 200  # rows on a page
Words = Annotated[str, Query(max_length=200)]
View = Literal["offen", "meine", "spaet", "vorlage", "alle"]
VIEWS: Mapping[View, Text] = {
    "offen": Text("zu beantworten", "to be answered"),
    "meine": Text("mir zugewiesen", "passed on to me"),
    "spaet": Text("überfällig", "overdue"),
    "vorlage": Text("Wiedervorlage", "to be brought up again"),
    "alle": Text("alle", "all"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task in the inbox as it is shown."""

    row: Row
    due: Due
    quick: bool  # whether it can be answered at once


class Nothing(BaseModel, extra="forbid"):
    """A form that says nothing beside what it is about."""


@router.get(HERE)
def listed(
    request: Request,
    desk: InAsking,
    ansicht: View = "offen",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    erledigt: UUID | None = None,
) -> Response:
    """Show what waits for an answer."""
    return _page(request, desk, ansicht, cursor, erledigt, None)


@router.post(HERE)
def act(request: Request, desk: InAsking, sent: InForm, ansicht: View = "offen") -> Response:
    """Say “no objections” for one of them, or make an address for a calendar program."""
    if sent.act == "subscribe":  # shown once, so it is not behind a way back
        return _page(request, desk, ansicht, None, None, None, _subscribed(request, desk))
    failed = done(desk.session, sent, ACTS, desk)
    if failed is not None:
        return _page(request, desk, ansicht, None, None, failed)
    return leading(request, f"{HERE}?ansicht={ansicht}&erledigt={UUID(sent.of)}")


@router.get("/betroffenheiten")
def on_map(
    request: Request,
    desk: InAsking,
    district: InDistrict,
    ansicht: View = "offen",
    art: Words = "",
    q: Words = "",
) -> Response:
    """Show all plans that wait for the office on one map, with the list beside it."""
    waiting = _found(desk, ansicht, None).rows
    rows = [row for row in waiting if _fits(row, art, q.strip().lower())]
    kinds = sorted({row.case.kind for row in waiting})
    shapes = outlines(desk.session, [row.case.id for row in rows])
    shown = _waiting(desk, rows)
    plans = [
        {"id": str(one.row.task.id), "href": f"/aufgaben/{one.row.task.id}",
         "title": one.row.case.title, "light": one.due.light, "shape": shapes[one.row.case.id]}
        for one in shown if one.row.case.id in shapes
    ]  # fmt: skip
    return sheet(
        request, "affected_areas.html", desk.who, to=HERE, rows=shown, tasks=TASKS,
        data=drawn(plans, district), views=VIEWS, view=ansicht, kind=art, sought=q,
        kinds=[(code, district.vocabulary.title(code)) for code in kinds],
    )  # fmt: skip


def _fits(row: Row, kind: str, words: str) -> bool:
    case = row.case
    told = f"{case.title} {case.reference} {case.municipality_names}".lower()
    return (not kind or case.kind == kind) and words in told


def _page(
    request: Request,
    desk: Desk,
    view: View,
    cursor: str | None,
    settled: UUID | None,
    failed: Failed | None,
    address: str = "",
) -> Response:
    found = _found(desk, view, cursor)
    title = None if settled is None else task_of(desk.session, desk.who, settled)[0].title
    return sheet(
        request, "inbox.html", desk.who, to=f"{HERE}?ansicht={view}", failed=failed,
        rows=_waiting(desk, found.rows), views=VIEWS, view=view, tasks=TASKS, settled=title,
        names=desk.names, next=found.cursor, address=address, calendar=_calendar(desk),
    )  # fmt: skip


def _calendar(desk: Desk) -> str:
    """Return the address of the office's calendar; the coordinator's is that of the staff unit."""
    own = desk.who.office or min(desk.house.staff_unit, default="")
    return f"/api/v1/offices/{own}/calendar.ics" if own else ""


def _subscribed(request: Request, desk: Desk) -> str:
    """Return a new address for a calendar program; it can do nothing but read the calendar."""
    now = datetime.now(UTC)
    token, _ = tokens.created(
        desk.session, desk.who, name="Kalender", scopes=("calendar",), expires=now + LASTS, now=now
    )
    return f"{str(request.base_url).rstrip('/')}{_calendar(desk)}?token={token}"


def _found(desk: Desk, view: View, cursor: str | None) -> inbox.Page:
    """Return the tasks of an office; the coordinator's are those of the staff unit."""
    wanted = SOUGHT[view](Wanted(desk.today), desk.who)
    if desk.who.role != "coordinator":
        return inbox.find(desk.session, desk.who, wanted, cursor=cursor, most=MOST)
    rows: list[Row] = []
    for office in sorted(desk.house.staff_unit):
        own = replace(wanted, office=office)
        rows += inbox.find(desk.session, desk.who, own, most=MOST).rows
    return inbox.Page(sorted(rows, key=lambda row: (row.task.due, row.task.id)), None)


SOUGHT: Mapping[View, Callable[[Wanted, Principal], Wanted]] = {
    "offen": lambda wanted, _: replace(wanted, awaited=True),
    "meine": lambda wanted, who: replace(wanted, awaited=True, assignee=who.account_id),
    "spaet": lambda wanted, _: replace(wanted, late=True),
    "vorlage": lambda wanted, _: replace(wanted, awaited=True, resubmit=True),
    "alle": lambda wanted, _: wanted,
}


def _waiting(desk: Desk, rows: Sequence[Row]) -> list[Waiting]:
    return [Waiting(row, light(row, desk.today), _quick(desk, row)) for row in rows]


def light(row: Row, today: date) -> Due:
    """Return how near the last day of a task is; what is answered has none to meet."""
    waits = row.task.state in AWAITED
    return due(row.task.due, State.WITH_OFFICES if waits else State.CLOSED, today)


def _quick(desk: Desk, row: Row) -> bool:
    begun = "draft" in row.contributions or "circulating" in row.contributions
    return may_answer(desk.who, row, desk.house) and not begun


def may_answer(who: Principal, row: Row, house: House) -> bool:
    """Tell whether the reader writes the answer, and it is still to come."""
    return row.task.state in AWAITED and acts_for(who, row.task, house)


def no_objections(desk: Desk, of: str, _: Nothing) -> None:
    """Say “no objections” for a task."""
    answer_at_once(desk.session, desk.who, desk.house, of, "keine_bedenken")


def answer_at_once(session: Session, who: Principal, house: House, of: str, kind: str) -> None:
    """Give one of the short answers.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        If there is no such task, or it cannot be answered so.
    """
    case, task = task_of(session, who, number(of), lock=True)
    may_act(who, task, house)
    quick.answered(session, who, case, task, kind, text=None, contact=None)


ACTS: Mapping[str, Act[Desk]] = {"clear": Act(Nothing, no_objections)}
