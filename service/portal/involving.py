"""Whom the coordinator asks in a case: proposals with reasons, decisions, release, progress."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from service import seal
from service.api.asking import reasons
from service.api.dependencies import InAsking, InDistrict, InLanguage, InSettings
from service.cases.asking.deciding import Considered, Round, decide, round_of
from service.cases.asking.desk import Desk
from service.cases.asking.letters import answer_link, mailbox_of
from service.cases.asking.releasing import Terms, release
from service.cases.asking.reminding import Letter, by_hand, press
from service.cases.clocks import plan_of
from service.cases.tasks import doing
from service.cases.tasks.access import task_of
from service.cases.tasks.doing import Bench
from service.cases.tasks.state import AWAITED, OVER, TaskState, is_late
from service.cases.visible import full_case_of
from service.deadlines.planning import Plan
from service.district import District
from service.errors import ConflictError, NotFoundError
from service.letters.templates import filled
from service.models.case import Case
from service.models.task import Reminder, Task
from service.portal import entering
from service.portal.casefile import case_page
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import (
    Added,
    Choice,
    Nothing,
    Postponed,
    Reason,
    Released,
    StoodIn,
)
from service.portal.words import CERTAINTIES, DECISIONS, EFFECTS, KINDS, TASKS

router = APIRouter(include_in_schema=False)
NO_LINKS = {"link": None, "map": None, "answer": None}  # they are added when it is sent
CLOSED = frozenset({TaskState.NO_ANSWER, TaskState.NOT_AFFECTED, TaskState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Work:
    """What the forms of this page work on; the case is locked."""

    desk: Desk
    case: Case
    district: District

    @property
    def bodies(self) -> frozenset[str]:
        """Codes of bodies outside the district."""
        return frozenset(each.code for each in self.district.catalogue.external)

    def bench(self, task_id: str) -> Bench:
        """Return a task of this case to work on, locked; NotFoundError where there is none."""
        try:
            number = UUID(task_id)
        except ValueError as error:
            raise NotFoundError from error
        case, task = task_of(self.desk.session, self.desk.who, number, lock=True)
        if case.id != self.case.id:
            raise NotFoundError
        return Bench(self.desk, case, task)


@dataclass(frozen=True, slots=True)
class Line:
    """One office on the page."""

    office: str
    name: str
    body: bool
    considered: Considered
    why: list[Any]
    planned: date | None
    late: bool
    reminded: list[Reminder]
    begun: bool  # an answer that came by letter is being entered
    takes_answer: bool
    closed: bool


@router.get("/vorgaenge/{case_id}/beteiligung")
def involvement(
    case_id: UUID, request: Request, desk: InAsking, district: InDistrict, language: InLanguage
) -> Response:
    """Show whom the check proposes, what was decided, and how far those asked are."""
    case = full_case_of(desk.session, desk.who, case_id)
    return _page(request, Work(desk, case, district), language)


@router.post("/vorgaenge/{case_id}/beteiligung")
def involve(
    case_id: UUID,
    request: Request,
    sent: InForm,
    desk: InAsking,
    district: InDistrict,
    settings: InSettings,
    language: InLanguage,
) -> Response:
    """Decide on an office, ask them, postpone, enter an answer, make a link."""
    case = full_case_of(desk.session, desk.who, case_id, lock=True)
    work = Work(desk, case, district)
    if sent.act == "link":  # shown once, so it is not behind a way back
        bench = work.bench(sent.of)
        made = answer_link(desk.session, bench.task, mailbox_of(desk.house, bench.task))
        bench.told("task.link_made", {"link": str(made.id)})
        address = f"{request.base_url}antwort/{seal.sealed(settings.data, made.id)}"
        return _page(request, work, language, link=(bench.task, made, address))
    failed = done(desk.session, sent, ACTS, work)
    if failed is not None:
        return _page(request, work, language, failed=failed)
    return again(request, f"#amt-{sent.of}" if sent.act in ("decide",) else "")


def _page(
    request: Request,
    work: Work,
    language: str,
    *,
    failed: Failed | None = None,
    link: object = None,
) -> Response:
    desk, case, district = work.desk, work.case, work.district
    try:
        now = round_of(desk.session, case)
    except ConflictError as error:  # nothing is known of the plan yet
        return case_page(request, "involvement_none.html", desk.who, case, text=error.text)
    lines = _lines(work, now, language)
    opened = request.query_params.get("amt", "")
    proposed = [one for one in lines if not one.body and one.considered.task is None]
    return case_page(
        request, "involvement.html", desk.who, case, failed=failed, link=link,
        checked=now.check is not None, draft=now.version,
        to_decide=proposed,
        asked=[one for one in lines if one.considered.task is not None],
        hints=[one for one in lines if one.body and one.considered.task is None],
        plan=_plan(work), addable=_addable(work, lines, language),
        all_offices=[(o.code, o.name.in_language(language)) for o in district.catalogue.offices],
        documents=entering.letters_of(desk.session, case),
        kind_options=[(code, text.in_language(language)) for code, text in KINDS.items()],
        certainties=CERTAINTIES, effects=EFFECTS, decisions=DECISIONS, task_states=TASKS,
        today=desk.today, opened=opened, drafted=_drafted(work, opened) if opened else None,
    )  # fmt: skip


def _lines(work: Work, now: Round, language: str) -> list[Line]:
    desk, district = work.desk, work.district
    named = (*district.catalogue.offices, *district.catalogue.external)
    names = {each.code: each.name.in_language(language) for each in named}
    tasks = [one.task for one in now.offices if one.task is not None]
    reminded = _reminders(work, tasks)
    begun = entering.begun_in(desk.session, tasks)

    def line(one: Considered) -> Line:
        task, proposal = one.task, one.proposal
        given = proposal.reasons if proposal else one.decision.reasons if one.decision else ()
        return Line(
            office=one.office,
            name=names.get(one.office, one.office),
            body=one.office in work.bodies,
            considered=one,
            why=reasons(given, language),
            planned=_planned(work, one.office) if task is None else None,
            late=task is not None and is_late(task.state, task.due, task.answered, desk.today),
            reminded=reminded.get(task.id, []) if task is not None else [],
            begun=task is not None and task.id in begun,
            takes_answer=task is not None and task.state not in OVER,
            closed=task is not None and task.state in CLOSED,
        )

    return [line(one) for one in now.offices]


def _plan(work: Work) -> Plan | None:
    return plan_of(work.case, work.desk.house, work.case.due, start=work.desk.today)


def _planned(work: Work, office: str) -> date | None:
    made = plan_of(work.case, work.desk.house, work.case.due, start=work.desk.today, office=office)
    return None if made is None else made.answers_by


def _addable(work: Work, lines: list[Line], language: str) -> list[tuple[str, str]]:
    there = {one.office for one in lines}
    catalogue = work.district.catalogue
    return [
        (each.code, each.name.in_language(language))
        for each in (*catalogue.offices, *catalogue.external)
        if each.code not in there
    ]


def _reminders(work: Work, tasks: list[Task]) -> dict[UUID, list[Reminder]]:
    rows = select(Reminder).where(Reminder.task_id.in_([task.id for task in tasks]))
    found: dict[UUID, list[Reminder]] = {}
    for one in work.desk.session.scalars(rows.order_by(Reminder.at)):
        found.setdefault(one.task_id, []).append(one)
    return found


def _decided(work: Work, office: str, said: Choice) -> None:
    decide(work.desk, work.case, office, said.decision, said.reason, bodies=work.bodies)


def _added(work: Work, _: str, said: Added) -> None:
    way = "hint" if said.office in work.bodies else "involve"
    decide(work.desk, work.case, said.office, way, said.reason, bodies=work.bodies)


def _reminder(work: Work, task: Task) -> Letter:
    name = work.desk.names.get(task.office, task.office)
    return by_hand(work.case, task, name, work.desk.today)


def _reminded(work: Work, task: Task) -> None:
    desk = work.desk
    press(desk.session, desk.who, desk.house, work.case, task, _reminder(work, task))


def _drafted(work: Work, office: str) -> tuple[str, str] | None:
    """Return subject and text of an office's reminder; None where no answer is awaited."""
    rows = select(Task).where(Task.case_id == work.case.id, Task.office == office)
    task = work.desk.session.scalars(rows.order_by(Task.due.desc())).first()
    if task is None or task.state not in AWAITED:
        return None
    letter = _reminder(work, task)
    return filled(letter.template, "de", {**NO_LINKS, **letter.values})


def _released(work: Work, _: str, said: Released) -> None:
    only = frozenset(said.offices)
    release(work.desk, work.case, Terms(said.due, {}, said.note, only))


ACTS: dict[str, Act[Work]] = {
    "decide": Act(Choice, _decided),
    "add": Act(Added, _added),
    "release": Act(Released, _released),
    "remind": Act(Nothing, lambda w, t, _: _reminded(w, w.bench(t).task)),
    "postpone": Act(Postponed, lambda w, t, s: doing.postponed(w.bench(t), s.due, s.reason)),
    "close": Act(Reason, lambda w, t, s: doing.no_answer(w.bench(t), s.reason)),
    "reopen": Act(Postponed, lambda w, t, s: doing.reopened(w.bench(t), s.due, s.reason)),
    "stand_in": Act(StoodIn, lambda w, t, s: doing.stood_in(w.bench(t), s.office, s.reason)),
    "enter": Act(entering.Entered, lambda w, t, s: entering.enter(w.bench(t), s)),
    "finish": Act(Nothing, lambda w, t, _: entering.finish(w.bench(t))),
}
