"""Documents of a case: looked at before they are kept, seen by whom their edition is for.

The inner edition is for the district's own people; planners neither see it nor hear of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.blobs import Blobs, Stored, recorded
from service.cases.events import happened
from service.cases.media import named
from service.cases.state import OPEN, State
from service.clamd import Clamd
from service.db import Json, referring
from service.errors import ConflictError, ForbiddenError, NotFoundError, UnusableError
from service.models.blob import Blob
from service.models.case import Case
from service.models.document import Document
from service.models.version import PlanVersion

INNER, OUTWARD = "inner", "outward"
UNCHECKED, CLEAN = "unchecked", "clean"
MOST = 1_000  # documents of a case
ERASED = "Unterlage"  # what a document is called whose name was erased


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that has arrived, and what looking at it has shown."""

    arrived: Stored
    filename: str
    media_type: str
    scan: str


@dataclass(frozen=True, slots=True)
class Filed:
    """As what a document is kept."""

    kind: str
    edition: str
    facts: Mapping[str, Any]
    version_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A document with what other tables know: its size in bytes, the number of its draft."""

    document: Document
    size: int
    version: int | None


def looked_at(
    arrived: Stored, filename: str | None, media_type: str, scanner: Clamd | None
) -> Looked:
    """Return what has arrived, if nothing is found in it; without a scanner it stays unchecked.

    Raises
    ------
    UnusableError
        If something is found in it.
    UnavailableError, TooLargeError
        If the scanner does not answer, or does not take it.
    """
    shown = named(filename, media_type)
    if scanner is None:
        return Looked(arrived, shown, media_type, UNCHECKED)
    with arrived.path.open("rb") as file:
        found = scanner.found(file)
    if found is not None:
        raise UnusableError("document-infected", INFECTED, found=found)
    return Looked(arrived, shown, media_type, CLEAN)


def edition_for(principal: Principal, said: str | None) -> str:
    """Return the edition a document gets: the inner one, unless somebody says or is outside.

    Raises
    ------
    ForbiddenError
        If a planner wants an inner one.
    """
    if principal.role == "planner":
        if said == INNER:
            raise ForbiddenError("edition-not-yours", OUTWARD_ONLY)
        return OUTWARD
    return said or INNER


def may_add(session: Session, principal: Principal, case: Case) -> None:
    """Let pass who may add a document now.

    Raises
    ------
    ConflictError
        If the case has ended (the coordinator may still file something until it is archived), or
        has as many documents as it can have.
    """
    if not _in_time(principal, case):
        raise ConflictError("state-conflict", ENDED, state=case.state)
    there = select(func.count()).where(Document.case_id == case.id)
    if (session.scalar(there) or 0) >= MOST:
        raise ConflictError("documents-full", FULL, limit=MOST)


def add(
    session: Session, principal: Principal, case: Case, looked: Looked, filed: Filed, blobs: Blobs
) -> Document:
    """Keep a document, bytes first, and write down that it came."""
    kept = blobs.keep(looked.arrived)
    document = Document(
        case_id=case.id,
        version_id=filed.version_id,
        kind=filed.kind,
        blob=recorded(session, kept),
        filename=looked.filename,
        media_type=looked.media_type,
        edition=filed.edition,
        scan=looked.scan,
        facts=dict(filed.facts),
        added_by=principal.pseudonym,
        created=datetime.now(UTC),  # the database has one time for all of a transaction
    )
    session.add(document)
    session.flush()
    facts = {**_facts(document), "sha256": document.blob, "scan": document.scan}
    _told(session, principal, case, "document.added", facts, filename=document.filename)
    return document


def listed(session: Session, principal: Principal, case: Case) -> list[Listed]:
    """Return the documents of a case that are for this principal, oldest first."""
    return [Listed(*row) for row in session.execute(_rows(principal, case))]


def document_of(session: Session, principal: Principal, case: Case, document_id: UUID) -> Listed:
    """Return one document.

    Raises
    ------
    NotFoundError
        If the case has none like it, or it is not for this principal.
    """
    row = session.execute(_rows(principal, case).where(Document.id == document_id)).first()
    if row is None:
        raise NotFoundError
    return Listed(*row)


def count(session: Session, principal: Principal, case: Case) -> int:
    """Return how many documents of a case are for this principal."""
    asked = select(func.count()).where(Document.case_id == case.id, seen_by(principal))
    return session.scalar(asked) or 0


def seen_by(principal: Principal) -> ColumnElement[bool]:
    """Return the condition for documents of a visible case that are for this principal."""
    return Document.edition == OUTWARD if principal.role == "planner" else true()


def may_touch(principal: Principal, case: Case, document: Document) -> bool:
    """Tell whether somebody may change or remove a document: their own, the coordinator any."""
    own = principal.role == "coordinator" or document.added_by == principal.pseudonym
    return own and _in_time(principal, case)


def change(
    session: Session, principal: Principal, case: Case, document: Document, values: Json
) -> bool:
    """Set what differs of kind, edition and facts; return whether anything did.

    Raises
    ------
    ForbiddenError
        If the document is somebody else's, or a planner wants to hide it.
    ConflictError
        If the case has ended, or something rests on the raster.
    """
    _touched(principal, case, document)
    after = {name: value for name, value in values.items() if value != getattr(document, name)}
    if not after:
        return False
    if "edition" in after:
        edition_for(principal, after["edition"])
    if "facts" in after and document.facts:
        _unused(session, document)
    for name, value in after.items():
        setattr(document, name, value)
    facts = {**_facts(document), "fields": sorted(after)}
    _told(session, principal, case, "document.changed", facts)
    return True


def remove(session: Session, principal: Principal, case: Case, document: Document) -> None:
    """Remove a document; the journal keeps that it was there. Its bytes go with the next sweep.

    Raises
    ------
    ForbiddenError, ConflictError
        As `change`.
    """
    _touched(principal, case, document)
    _unused(session, document)
    facts, filename = _facts(document), document.filename
    session.delete(document)
    session.flush()
    _told(session, principal, case, "document.removed", facts, filename=filename)


def forget_names(session: Session, case_id: UUID) -> int:
    """Erase what the documents of a case were called; their ending stays. Return how many."""
    documents = session.scalars(select(Document).where(Document.case_id == case_id)).all()
    for document in documents:
        document.filename = f"{ERASED}{PurePosixPath(document.filename).suffix}"
    return len(documents)


def _rows(principal: Principal, case: Case) -> Any:
    return (
        select(Document, Blob.size, PlanVersion.number)
        .join(Blob, Blob.sha256 == Document.blob)
        .outerjoin(PlanVersion, PlanVersion.id == Document.version_id)
        .where(Document.case_id == case.id, seen_by(principal))
        .order_by(Document.created, Document.id)
    )


def _in_time(principal: Principal, case: Case) -> bool:
    late = principal.role == "coordinator" and case.state != State.ARCHIVED
    return case.state in OPEN or late


def _touched(principal: Principal, case: Case, document: Document) -> None:
    if may_touch(principal, case, document):
        return
    if not _in_time(principal, case):
        raise ConflictError("state-conflict", ENDED, state=case.state)
    raise ForbiddenError("document-not-yours", NOT_YOURS)


def _unused(session: Session, document: Document) -> None:
    """Let pass a document nothing else refers to, such as an outline traced over it."""
    for column in referring(Document.__table__.c.id):
        if session.scalar(select(exists().where(column == document.id))):
            raise ConflictError("document-in-use", IN_USE)


def _facts(document: Document) -> Json:
    return {"document": str(document.id), "kind": document.kind, "edition": document.edition}


def _told(
    session: Session, principal: Principal, case: Case, action: str, facts: Json, **detail: str
) -> None:
    actor = principal.pseudonym
    happened(session, case, action, actor=actor, facts=facts, detail=detail or None)


INFECTED = Text(
    "Der Virenscanner hat in der Datei etwas gefunden (`found`); nichts wurde gespeichert. Bitte "
    "den Rechner prüfen, von dem sie kommt.",
    "The virus scanner found something in the file (`found`); nothing was stored. Please check the "
    "computer it comes from.",
)
OUTWARD_ONLY = Text(
    "Interne Unterlagen legt der Landkreis an; Ihre sind für alle Beteiligten sichtbar.",
    "Inner documents are the district's; yours are visible to everybody who takes part.",
)
ENDED = Text(
    "Der Vorgang ist beendet (`state`); seine Unterlagen werden nicht mehr geändert.",
    "The case has ended (`state`); its documents are not changed any more.",
)
FULL = Text(
    "Der Vorgang hat so viele Unterlagen, wie er haben kann (`limit`); bitte mehrere zu einem PDF "
    "zusammenfassen.",
    "The case has as many documents as it can have (`limit`); put several together as one PDF.",
)
NOT_YOURS = Text(
    "Diese Unterlage hat jemand anderes eingereicht; bitte der Koordination mitteilen, was zu "
    "ändern ist.",
    "Somebody else handed in this document; please tell the coordinator what should change.",
)
IN_USE = Text(
    "Auf dieser Unterlage beruht anderes, etwa ein darüber nachgezeichneter Umriss oder eine "
    "Stellungnahme; sie bleibt, wie sie ist.",
    "Other things rest on this document, such as an outline traced over it or a contribution; it "
    "stays as it is.",
)
