"""One-time links: whoever reads an office's mailbox may read its task and answer once.

The seal shows that the link is ours; the row, whether it is still good.
"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gis.problem import Text
from service import seal
from service.errors import ConflictError, NotFoundError
from service.models.case import Case
from service.models.task import AnswerLink, Task


def link_of(
    session: Session, data: Path, word: str, *, lock: bool = False
) -> tuple[Case, Task, AnswerLink]:
    """Return what a link leads to, while it is good for reading.

    Raises
    ------
    NotFoundError
        If it is none of ours, or revoked: nobody learns which.
    ConflictError
        If its time is over.
    """
    number = seal.opened(data, word)
    known = None if number is None else session.get(AnswerLink, number)
    if known is None or known.revoked is not None:
        raise NotFoundError
    if known.expires < datetime.now(UTC):
        raise ConflictError("link-expired", EXPIRED)
    case_id = session.scalars(select(Task.case_id).where(Task.id == known.task_id)).one()
    case = session.get_one(Case, case_id, with_for_update=lock, populate_existing=lock)
    task = session.get_one(Task, known.task_id, with_for_update=lock, populate_existing=lock)
    link = session.get_one(AnswerLink, known.id, with_for_update=lock, populate_existing=lock)
    return case, task, link


def unused(link: AnswerLink) -> None:
    """Let pass a link by which nobody has answered yet.

    Raises
    ------
    ConflictError
        Otherwise.
    """
    if link.used is not None:
        raise ConflictError("link-used", USED)


def read(link: AnswerLink) -> bool:
    """Note that a link was opened; tells whether it was for the first time."""
    first = link.read is None
    link.read = link.read or datetime.now(UTC)
    return first


def revoked(session: Session, task_id: UUID) -> None:
    """Make all links of a task good for nothing."""
    rows = update(AnswerLink).where(AnswerLink.task_id == task_id, AnswerLink.used.is_(None))
    session.execute(rows.values(revoked=datetime.now(UTC)))


EXPIRED = Text(
    "Dieser Link ist abgelaufen. Bitte melden Sie sich an, oder antworten Sie per E-Mail an die "
    "Koordination.",
    "This link has expired. Please log in, or answer by mail to the coordinator.",
)
USED = Text(
    "Mit diesem Link wurde schon geantwortet. Für eine Änderung bitte anmelden oder die "
    "Koordination ansprechen.",
    "This link has been used to answer already. To change that, please log in or talk to the "
    "coordinator.",
)
