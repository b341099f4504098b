"""From a task to its form in the interface."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.api.asking import why_asked
from service.api.task_forms import ReusableOut, TaskOut
from service.cases.tasks import inbox
from service.cases.tasks.inbox import Row
from service.cases.tasks.reading import decision_of, findings_for, reusable_of
from service.cases.tasks.state import is_late
from service.models.account import Account
from service.models.case import Case
from service.models.task import Task
from service.models.version import PlanVersion

SAME = (
    "id", "office", "stand_in", "state", "due", "resubmit", "outside_body", "outside_until",
    "revision",
)  # fmt: skip


def row_out(row: Row, who: Principal, today: date) -> dict[str, Any]:
    """Return a row of the inbox."""
    task, case = row.task, row.case
    return {
        **{name: getattr(task, name) for name in SAME},
        "case": case.id,
        "reference": case.reference,
        "title": case.title,
        "municipality_names": case.municipality_names,
        "case_state": case.state,
        "case_deadline": case.deadline,
        "version": row.version,
        "late": is_late(task.state, task.due, task.answered, today),
        "mine": task.assignee_id is not None and task.assignee_id == who.account_id,
        "escalated": task.escalated is not None,
        "draft": row.contributions.get("draft") or row.contributions.get("circulating"),
        "released": row.contributions.get("released"),
    }


def task_out(session: Session, who: Principal, case: Case, task: Task, language: str) -> TaskOut:
    """Return a task with all an office needs for its answer."""
    version = session.get_one(PlanVersion, task.version_id)
    there = inbox.contributions_of(session, [task.id]).get(task.id, {})
    row = Row(task, case, version.number, there)
    decision = decision_of(session, task)
    check, findings = findings_for(session, who, case, task, language)
    assignee = None if task.assignee_id is None else session.get(Account, task.assignee_id)
    return TaskOut(
        **row_out(row, who, date.today()),
        released_at=task.released,
        note=task.note,
        assignee=None if assignee is None else assignee.name,
        resubmit_note=task.resubmit_note,
        closing=task.closing,
        closing_code=task.closing_code,
        reasons=why_asked(session, decision, who, language),
        findings=findings,
        reusable=[
            ReusableOut(
                id=r.id, version=r.version, state=r.state, items=r.items, released=r.released
            )
            for r in reusable_of(session, task)
        ],
        links=_links(case, task, None if check is None else str(check)),
    )


def _links(case: Case, task: Task, check: str | None) -> dict[str, str]:
    here = f"/api/v1/tasks/{task.id}"
    links = {
        "self": here,
        "events": f"{here}/events",
        "answers": f"{here}/answers",
        "contributions": f"{here}/contributions",
        "supplements": f"{here}/supplements",
        "case": f"/api/v1/cases/{case.id}",
        "documents": f"/api/v1/cases/{case.id}/documents",
    }
    if check is not None:
        of = f"/api/v1/checks/{check}"
        links |= {"report": f"{of}/report", "map": f"{of}/map", "geojson": f"{of}/geojson"}
    return links
