"""After sending: how it went out, the copy signed outside, and what was made of each item."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import blobs
from service.access.principal import Principal
from service.blobs import Stored
from service.cases.events import happened
from service.errors import ConflictError, UnusableError
from service.models.case import Case
from service.models.document import Document
from service.models.statement import Dispatch, Statement, Weighing


@dataclass(frozen=True, slots=True)
class Sending:
    """How a statement went out: the way, to whom, when, and the document that proves it."""

    way: str
    recipient: str | None
    at: datetime
    proof: UUID | None = None
    note: str | None = None


def dispatched(
    session: Session, who: Principal, case: Case, statement: Statement, sending: Sending
) -> Dispatch:
    """Write down how a statement went out.

    Raises
    ------
    ConflictError
        If it was not sent yet.
    UnusableError
        If the proof is no document of this case.
    """
    _sent(statement)
    _document(session, case, sending.proof)
    made = Dispatch(
        statement_id=statement.id, way=sending.way, recipient=sending.recipient, at=sending.at,
        proof=sending.proof, note=sending.note, by=who.pseudonym,
    )  # fmt: skip
    session.add(made)
    session.flush()
    facts = {"statement": str(statement.id), "way": sending.way, "proof": _text(sending.proof)}
    detail = {"recipient": sending.recipient, "note": sending.note}
    happened(session, case, "statement.dispatched", actor=who.pseudonym, facts=facts, detail=detail)
    return made


def bound(
    session: Session, who: Principal, case: Case, statement: Statement, stored: Stored
) -> None:
    """Keep the PDF that was signed outside: it is the binding copy from now on.

    Raises
    ------
    ConflictError
        If the statement is not approved or sent, or has a binding copy already.
    """
    if statement.state not in ("approved", "sent"):
        raise ConflictError("statement-not-approved", NOT_APPROVED, state=statement.state)
    if statement.binding is not None:
        raise ConflictError("binding-there", BOUND, sha256=statement.binding)
    blobs.recorded(session, stored)
    statement.binding, statement.binding_by = stored.sha256, who.pseudonym
    statement.binding_at = datetime.now(UTC)
    statement.revision += 1
    session.flush()
    facts = {"statement": str(statement.id), "sha256": stored.sha256, "size": stored.size}
    happened(session, case, "statement.bound", actor=who.pseudonym, facts=facts)


def weigh(
    session: Session,
    who: Principal,
    case: Case,
    said: Collection[str],
    results: Mapping[str, tuple[str, str | None]],
    *,
    received: date,
    document_id: UUID | None,
) -> list[Weighing]:
    """Write down what the planning authority made of items; said anew it replaces what was said.

    `said` are the numbers of all items there are.

    Raises
    ------
    UnusableError
        If there is no such item, or the document is not of this case.
    """
    if unknown := sorted(results.keys() - set(said)):
        raise UnusableError("item-unknown", UNKNOWN, items=unknown)
    _document(session, case, document_id)
    made = []
    for number, (result, text) in sorted(results.items()):
        row = session.get(Weighing, (case.id, number)) or Weighing(case_id=case.id, item=number)
        row.result, row.text, row.received = result, text, received
        row.document_id, row.by, row.at = document_id, who.pseudonym, datetime.now(UTC)
        session.add(row)
        made.append(row)
    session.flush()
    facts = {"items": {row.item: row.result for row in made}, "received": received.isoformat()}
    happened(session, case, "items.weighed", actor=who.pseudonym, facts=facts)
    return made


def weighings_of(session: Session, case: Case) -> list[Weighing]:
    """Return what was made of each item, as far as it is known."""
    rows = select(Weighing).where(Weighing.case_id == case.id)
    return list(session.scalars(rows.order_by(Weighing.item)))


def dispatches_of(session: Session, statement: Statement) -> list[Dispatch]:
    """Return how a statement went out, oldest first."""
    rows = select(Dispatch).where(Dispatch.statement_id == statement.id)
    return list(session.scalars(rows.order_by(Dispatch.at, Dispatch.id)))


def _sent(statement: Statement) -> None:
    if statement.state != "sent":
        raise ConflictError("statement-not-sent", NOT_SENT, state=statement.state)


def _document(session: Session, case: Case, document_id: UUID | None) -> None:
    found = None if document_id is None else session.get(Document, document_id)
    if document_id is not None and (found is None or found.case_id != case.id):
        raise UnusableError("document-unknown", DOCUMENT)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


NOT_SENT = Text(
    "Diese Fassung ist noch nicht versandt (`state`).", "This version was not sent yet (`state`)."
)
NOT_APPROVED = Text(
    "Erst nach der Freigabe (`state`) kann die unterschriebene Fassung hinterlegt werden.",
    "The signed copy can be loaded once the statement is approved (`state`).",
)
BOUND = Text(
    "Die unterschriebene Fassung liegt schon vor; eine andere braucht eine Berichtigung.",
    "The signed copy is there already; another one needs a correction.",
)
UNKNOWN = Text(
    "Diese Punkte (`items`) stehen nicht in der Stellungnahme.",
    "There are no such items (`items`) in the statement.",
)
DOCUMENT = Text(
    "Das Dokument gehört nicht zu diesem Vorgang; bitte zuerst dort hinzufügen.",
    "The document is not of this case; please add it there first.",
)
