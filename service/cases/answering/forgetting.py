"""Erasing names and free text beside the answers; what the offices said officially stays."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.models.contribution import Contribution, Item, Suggestion
from service.models.decision import Decision
from service.models.signature import Signature
from service.models.supplement import Supplement
from service.models.task import Task

ERASED = "–"  # where a column must say something


def forget(session: Session, case_id: UUID) -> None:
    """Erase contacts, remarks, reasons and questions of a case; states, days and items stay."""
    tasks = select(Task.id).where(Task.case_id == case_id)
    contributions = select(Contribution.id).where(Contribution.task_id.in_(tasks))
    items = select(Item.id).where(Item.contribution_id.in_(contributions))
    of_decision = Decision.case_id == case_id
    of_supplement = Supplement.case_id == case_id
    signatures = Signature.contribution_id.in_(contributions)
    erasures = (
        update(Decision).where(of_decision, Decision.reason.is_not(None)).values(reason=ERASED),
        update(Task).where(Task.case_id == case_id).values(note=None, resubmit_note=None),
        update(Task)
        .where(Task.case_id == case_id, Task.closing.is_not(None))
        .values(closing=ERASED),
        update(Contribution).where(Contribution.id.in_(contributions)).values(contact=None),
        update(Suggestion).where(Suggestion.item_id.in_(items)).values(reason=ERASED, answer=None),
        update(Signature).where(signatures, Signature.remark.is_not(None)).values(remark=ERASED),
        update(Supplement).where(of_supplement).values(question=ERASED),
        update(Supplement)
        .where(of_supplement, Supplement.forwarded_text.is_not(None))
        .values(forwarded_text=ERASED),
        update(Supplement)
        .where(of_supplement, Supplement.answer.is_not(None))
        .values(answer=ERASED),
    )
    for erasure in erasures:
        session.execute(erasure, execution_options={"synchronize_session": False})
