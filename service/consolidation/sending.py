"""Sending: what was signed becomes documents, bytes first, rows then, all of it or nothing."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import blobs
from service.access.principal import Principal
from service.blobs import Blobs
from service.cases.events import happened
from service.cases.notifying import notify
from service.cases.state import State
from service.errors import ConflictError
from service.models.case import Case
from service.models.statement import Statement, StatementFile

LARGEST = 1_000_000_000  # bytes; what we make ourselves is limited by what it is made of


@dataclass(frozen=True, slots=True)
class Made:
    """A document made of a statement, for one kind of reader."""

    edition: str
    form: str
    filename: str
    content: bytes


def send(
    session: Session,
    who: Principal,
    store: Blobs,
    case: Case,
    statement: Statement,
    make: Callable[[bytes], Sequence[Made]],
) -> None:
    """Send an approved statement: make and keep its documents, tell the planner.

    `make` turns its fixed content into documents. The case is sent with its first statement;
    supplements and corrections leave its state as it is.

    Raises
    ------
    ConflictError
        If it was not approved, or was sent already.
    """
    if statement.state != "approved" or statement.content is None:
        raise ConflictError("statement-not-approved", NOT_APPROVED, state=statement.state)
    keep(session, store, statement, make(statement.content))
    statement.state, statement.sent = "sent", datetime.now(UTC)
    statement.sent_by = who.pseudonym
    statement.revision += 1
    session.flush()
    files = {f"{one.edition}/{one.form}": one.blob for one in files_of(session, statement)}
    facts = {"statement": str(statement.id), "number": statement.number, "kind": statement.kind,
             "sha256": statement.sha256, "files": files}  # fmt: skip
    first = case.state not in (State.SENT, State.RESULT_RECEIVED)
    action = "statement.sent" if first else "statement.followed"
    notify(session, case, happened(session, case, action, actor=who.pseudonym, facts=facts))


def keep(session: Session, store: Blobs, statement: Statement, made: Iterable[Made]) -> None:
    """Keep documents of a statement: their bytes are on the disk before a row names them."""
    for one in made:
        stored = store.store(io.BytesIO(one.content), most=LARGEST)
        blobs.recorded(session, stored)
        session.add(
            StatementFile(
                statement_id=statement.id, edition=one.edition, form=one.form, blob=stored.sha256,
                filename=one.filename,
            )
        )  # fmt: skip
    session.flush()


def files_of(session: Session, statement: Statement) -> list[StatementFile]:
    """Return the documents made of a statement."""
    rows = select(StatementFile).where(StatementFile.statement_id == statement.id)
    return list(session.scalars(rows.order_by(StatementFile.edition, StatementFile.form)))


NOT_APPROVED = Text(
    "Versandt wird nur, was mitgezeichnet und freigegeben ist (`state`).",
    "Only what was signed and approved is sent (`state`).",
)
