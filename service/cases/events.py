"""Something happens to a case: into the journal, and its state follows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.cases.state import StepError, state_of
from service.errors import ConflictError
from service.models.case import Case
from service.models.journal import Entry


def happened(
    session: Session,
    case: Case,
    action: str,
    *,
    actor: str,
    facts: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Write down what happened to a case and set the state that follows.

    Raises
    ------
    ConflictError
        If it does not fit the state the case is in; nothing is written then.
    """
    earlier = select(Entry.action).where(Entry.case_id == case.id).order_by(Entry.seq)
    try:
        case.state = state_of([*session.scalars(earlier), action])
    except StepError as error:
        raise ConflictError("state-conflict", UNFITTING, state=error.state) from error
    case.revision = (case.revision or 0) + 1
    return journal.append(session, action, actor=actor, case_id=case.id, facts=facts, detail=detail)


UNFITTING = Text(
    "Das passt nicht zum Stand des Vorgangs (`state`); bitte neu laden und den Stand prüfen.",
    "This does not fit the state of the case (`state`); please reload and look at its state.",
)
