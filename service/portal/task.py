"""One task of an office: what it is asked and why, and its answer written on the same page."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from service.api.dependencies import InAsking, InDistrict, InLanguage, InSettings
from service.cases.answering import contributions
from service.cases.tasks import doing
from service.cases.tasks.access import task_of
from service.cases.tasks.doing import Bench
from service.portal.forms import Failed, InForm, done
from service.portal.sheet import leading, sheet
from service.portal.task_acts import ACTS, Table
from service.portal.task_answer import answer_of
from service.portal.task_choices import choices
from service.portal.task_view import View, looked_at
from service.portal.words import TASKS

router = APIRouter(include_in_schema=False)


@router.get("/aufgaben/{task_id}")
def read(
    task_id: UUID,
    request: Request,
    desk: InAsking,
    district: InDistrict,
    settings: InSettings,
    language: InLanguage,
) -> Response:
    """Show a task; that its office has read it is noted, once."""
    case, task = task_of(desk.session, desk.who, task_id)
    if task.seen is None and desk.who.role == "officer":
        case, task = task_of(desk.session, desk.who, task_id, lock=True)
        doing.seen(Bench(desk, case, task))
    table = Table(desk, district, settings, case, task)
    return _page(request, table, language, None)


@router.post("/aufgaben/{task_id}")
def act(
    task_id: UUID,
    sent: InForm,
    request: Request,
    desk: InAsking,
    district: InDistrict,
    settings: InSettings,
    language: InLanguage,
) -> Response:
    """Do what one of the page's forms asks for."""
    case, task = task_of(desk.session, desk.who, task_id, lock=True)
    table = Table(desk, district, settings, case, task)
    failed = done(desk.session, sent, ACTS, table)
    if failed is not None:
        return _page(request, table, language, failed)
    desk.session.flush()
    return leading(request, f"/aufgaben/{task.id}{_where(sent.act, table)}")


def _where(action: str, table: Table) -> str:
    """Return the part of the page that somebody comes back to."""
    under_way = contributions.under_way(table.desk.session, table.task)
    if action in ("save", "add", "take", "discard", "block", "begin", "prepare"):
        return "#answer" if under_way is not None else ""
    return f"?getan={action}"


def _page(request: Request, table: Table, language: str, failed: Failed | None) -> Response:
    view: View = looked_at(table, language)
    return sheet(
        request, "task.html", table.desk.who, to=f"/aufgaben/{table.task.id}", failed=failed,
        case=table.case, task=table.task, tasks=TASKS, v=view,
        answer=answer_of(table, language), did=request.query_params.get("getan"),
        **choices(view, language),
    )  # fmt: skip
