"""Erasing names and free text beside the answers; what the offices said officially stays."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.models.contribution import Contribution, Item, Suggestion
from service.models.decision import Decision
from service.models.signature import Signature
from service.models.supplement import Supplement
from service.models.task import Task

ERASED = "–"  # where a column must say something


def forget(session: Session, case_id: UUID) -> dict[str, int]:
    """Erase contacts, remarks, reasons and questions of a case; states, days and items stay.

    Returns how many rows of each kind.
    """
    session.flush()  # nothing that was set is lost when all is read again
    tasks = select(Task.id).where(Task.case_id == case_id)
    answers = select(Contribution.id).where(Contribution.task_id.in_(tasks))
    items = select(Item.id).where(Item.contribution_id.in_(answers))
    mine = Supplement.case_id == case_id
    changes: dict[str, Any] = {
        "decisions": update(Decision)
        .where(Decision.case_id == case_id, Decision.reason.is_not(None))
        .values(reason=ERASED),
        "tasks": update(Task).where(Task.case_id == case_id).values(note=None, resubmit_note=None),
        "closings": update(Task)
        .where(Task.case_id == case_id, Task.closing.is_not(None))
        .values(closing=ERASED),
        "contacts": update(Contribution)
        .where(Contribution.id.in_(answers), Contribution.contact.is_not(None))
        .values(contact=None),
        "suggestions": update(Suggestion)
        .where(Suggestion.item_id.in_(items))
        .values(reason=ERASED, answer=None),
        "signatures": update(Signature)
        .where(Signature.contribution_id.in_(answers), Signature.remark.is_not(None))
        .values(remark=ERASED),
        "supplements": update(Supplement).where(mine).values(question=ERASED),
        "forwarded": update(Supplement)
        .where(mine, Supplement.forwarded_text.is_not(None))
        .values(forwarded_text=ERASED),
        "supplied": update(Supplement)
        .where(mine, Supplement.answer.is_not(None))
        .values(answer=ERASED),
    }
    unseen = {"synchronize_session": False}  # what is loaded is read again by whoever needs it
    done = {n: session.execute(c, execution_options=unseen) for n, c in changes.items()}
    session.expire_all()
    return {name: result.rowcount for name, result in done.items()}  # type: ignore[attr-defined]  # of a delete it is a CursorResult
