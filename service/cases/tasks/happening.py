"""Something happens to a task: its state follows, and the journal of its case tells of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from gis.problem import Text
from service.cases.events import happened
from service.cases.tasks.state import TaskState, TaskStepError, after
from service.errors import ConflictError
from service.models.case import Case
from service.models.journal import Entry
from service.models.task import Task


def step(
    session: Session,
    case: Case,
    task: Task,
    action: str,
    *,
    actor: str,
    facts: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Take a step with a task and write it down; both are locked.

    Raises
    ------
    ConflictError
        If it does not fit the state of the task; nothing is written then.
    """
    moved(task, action)
    session.flush()
    told = {"task": str(task.id), "office": task.office, **(facts or {})}
    return happened(session, case, action, actor=actor, facts=told, detail=detail)


def moved(task: Task, action: str) -> None:
    """Set the state that follows from an action; errors as `step`."""
    try:
        task.state = after(TaskState(task.state), action)
    except TaskStepError as error:
        raise ConflictError("task-conflict", UNFITTING, state=task.state) from error
    task.revision += 1


UNFITTING = Text(
    "Das passt nicht zum Stand der Aufgabe (`state`); bitte neu laden und den Stand prüfen.",
    "This does not fit the state of the task (`state`); please reload and look at its state.",
)
