"""Routes for what offices are asked: the inbox, one task, what is done with it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from service import seal
from service.access.principal import Principal
from service.api.contribution_forms import ContributionOut
from service.api.dependencies import InAsking, InHouse, InLanguage, InSession, InSettings, Who
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, unchanged
from service.api.shown import shown
from service.api.shown_tasks import row_out, task_out
from service.api.task_forms import (
    Forward,
    LinkOut,
    NoAnswer,
    NotAffected,
    Postpone,
    Reopen,
    Resubmit,
    ShortAnswer,
    StandIn,
    TaskOut,
    TaskPage,
    TaskQuery,
    TaskRow,
    TaskStep,
    Wait,
)
from service.cases.answering import quick
from service.cases.asking.deciding import OFFICES
from service.cases.asking.letters import answer_link, mailbox_of
from service.cases.tasks import doing, inbox
from service.cases.tasks.access import acts_for, may_act, task_of
from service.cases.tasks.doing import Bench, coordinates
from service.errors import UnusableError
from service.house import House

router = APIRouter(prefix="/api/v1", tags=["tasks"])


@router.get("/tasks", responses=DECLARED)
def listed(
    wanted: Annotated[TaskQuery, Query()],
    request: Request,
    session: InSession,
    who: Who,
    response: Response,
) -> TaskPage:
    """List tasks, the most urgent first: an office's own, for the coordinator all."""
    today = date.today()
    sought = inbox.Wanted(
        today, wanted.office, wanted.case, tuple(wanted.state), wanted.awaited, wanted.late,
        wanted.resubmit, wanted.due_to, who.account_id if wanted.mine else None,
    )  # fmt: skip
    page = inbox.find(session, who, sought, cursor=wanted.cursor, most=wanted.limit)
    response.headers.update(PRIVATE)
    following = request.url.include_query_params(cursor=page.cursor).query
    return TaskPage(
        tasks=[TaskRow(**row_out(row, who, today)) for row in page.rows],
        next=None if page.cursor is None else f"{request.url.path}?{following}",
        total=inbox.count(session, who, sought) if wanted.count else None,
    )


@router.get("/tasks/{task_id}", responses=DECLARED)
def read(task_id: UUID, desk: InAsking, language: InLanguage, response: Response) -> TaskOut:
    """Read a task with reasons, findings and earlier answers; that its office did is noted once."""
    session, who = desk.session, desk.who
    case, task = task_of(session, who, task_id)
    if task.seen is None and who.role == "officer":
        case, task = task_of(session, who, task_id, lock=True)
        doing.seen(Bench(desk, case, task))
    response.headers.update({**PRIVATE, "ETag": f'"{task.revision}"'})
    return task_out(session, who, case, task, language)


@router.post("/tasks/{task_id}/events", responses=DECLARED)
def step(
    task_id: UUID,
    given: TaskStep,
    desk: InAsking,
    language: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> TaskOut:
    """Pass a task on, postpone it, bring it up again, wait for a body outside, close, reopen it."""
    case, task = task_of(desk.session, desk.who, task_id, lock=True)
    if if_match is not None:
        unchanged(if_match, task.revision)
    _may(desk.who, given, task, desk.house)
    if isinstance(given, StandIn) and given.office not in (None, *desk.names):
        raise UnusableError("office-unknown", OFFICES, known=sorted(desk.names))
    STEPS[type(given)](Bench(desk, case, task), given)
    desk.session.flush()
    response.headers.update({**PRIVATE, "ETag": f'"{task.revision}"'})
    return task_out(desk.session, desk.who, case, task, language)


@router.post(
    "/tasks/{task_id}/answers", response_model=ContributionOut, status_code=201, responses=DECLARED
)
def answer(
    task_id: UUID,
    given: ShortAnswer,
    session: InSession,
    who: Who,
    house: InHouse,
    once: InOnce,
    language: InLanguage,
) -> Response:
    """Say “no objections” or “nothing to report” in one step."""
    if earlier := once.earlier(given.model_dump(mode="json")):
        return earlier
    case, task = task_of(session, who, task_id, lock=True)
    may_act(who, task, house)
    opened = quick.answered(
        session, who, case, task, given.kind, text=given.text, contact=given.contact
    )
    body = shown(session, who, opened, house, language)
    headers = {"ETag": f'"{opened.contribution.revision}"',
               "Location": f"/api/v1/contributions/{opened.contribution.id}"}  # fmt: skip
    made = Response(body.model_dump_json(), 201, headers, media_type="application/json")
    return once.keep(made)


@router.post("/tasks/{task_id}/links", status_code=201, responses=DECLARED)
def link(task_id: UUID, desk: InAsking, settings: InSettings) -> LinkOut:
    """Make a link by which the task can be answered once without an account."""
    coordinates(desk.who)
    case, task = task_of(desk.session, desk.who, task_id, lock=True)
    made = answer_link(desk.session, task, mailbox_of(desk.house, task))
    Bench(desk, case, task).told("task.link_made", {"link": str(made.id)})
    word = seal.sealed(settings.data, made.id)
    return LinkOut(address=f"/antwort/{word}", mailbox=made.mailbox, expires=made.expires)


def _may(who: Principal, given: Any, task: Any, house: House) -> None:
    """Let pass who may take a step: the office its own, the coordinator all but its answer."""
    if isinstance(given, NotAffected):
        may_act(who, task, house)
    elif isinstance(given, Forward | Resubmit | Wait):
        if not acts_for(who, task, house):
            coordinates(who)
    else:
        coordinates(who)


STEPS: Mapping[type, Callable[[Bench, Any], None]] = {
    Forward: lambda b, g: doing.forwarded(b, g.account, g.note),
    StandIn: lambda b, g: doing.stood_in(b, g.office, g.reason),
    Postpone: lambda b, g: doing.postponed(b, g.due, g.reason),
    Resubmit: lambda b, g: doing.resubmit(b, g.day, g.note),
    Wait: lambda b, g: doing.waiting(b, g.body, g.until),
    NotAffected: lambda b, g: doing.not_affected(b, g.code, g.reason),
    NoAnswer: lambda b, g: doing.no_answer(b, g.reason),
    Reopen: lambda b, g: doing.reopened(b, g.due, g.reason),
}
