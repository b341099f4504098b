"""The statement while it is written: begun, its assessment, gaps and committee set."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.drafts import last_version
from service.cases.events import happened
from service.cases.state import State
from service.errors import ConflictError, NotFoundError, UnusableError
from service.models.case import Case
from service.models.statement import Statement

AFTERWARDS = frozenset({State.SENT, State.RESULT_RECEIVED})


def statements_of(session: Session, case: Case) -> list[Statement]:
    """Return all versions of the statement, the first one first."""
    rows = select(Statement).where(Statement.case_id == case.id)
    return list(session.scalars(rows.order_by(Statement.number)))


def statement_of(
    session: Session, case: Case, statement_id: UUID, *, lock: bool = False
) -> Statement:
    """Return one version.

    Raises
    ------
    NotFoundError
        If the case has no such statement.
    """
    found = session.get(Statement, statement_id, with_for_update=lock, populate_existing=lock)
    if found is None or found.case_id != case.id:
        raise NotFoundError
    return found


def under_way(session: Session, case: Case) -> Statement | None:
    """Return the version that is being written or signed."""
    rows = select(Statement).where(Statement.case_id == case.id, Statement.state != "sent")
    return session.scalars(rows).first()


def begin(
    session: Session,
    who: Principal,
    case: Case,
    kind: str = "statement",
    changes: str | None = None,
) -> Statement:
    """Begin the statement, or after it was sent a supplement or correction of it.

    The state of the case follows: it is being put together. What was sent stays as it is.

    Raises
    ------
    ConflictError
        If one is under way, or a further one is begun before the first was sent.
    UnusableError
        If a correction does not say what changes.
    """
    earlier = statements_of(session, case)
    if earlier and earlier[-1].state != "sent":
        raise ConflictError("statement-under-way", THERE, statement=str(earlier[-1].id))
    if (kind == "statement") == bool(earlier):
        raise ConflictError("statement-kind", KIND, sent=len(earlier))
    if kind == "correction" and not changes:
        raise UnusableError("changes-missing", CHANGES)
    version = last_version(session, case)
    if version is None:
        raise ConflictError("plan-missing", NO_PLAN)
    last = earlier[-1] if earlier else None
    made = Statement(
        case_id=case.id, version_id=version.id, number=len(earlier) + 1, kind=kind, state="draft",
        changes=changes, gaps=[], by=who.pseudonym, revision=1,
        verdict=last.verdict if last else None, assessment=last.assessment if last else None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    action = "statement.begun" if case.state in AFTERWARDS else "consolidation.begun"
    facts = {"statement": str(made.id), "number": made.number, "kind": kind}
    detail = {"changes": changes} if changes else None
    happened(session, case, action, actor=who.pseudonym, facts=facts, detail=detail)
    return made


def write(
    session: Session, who: Principal, case: Case, draft: Statement, values: Mapping[str, Any]
) -> None:
    """Set assessment, verdict, gaps, objection, committee of a draft.

    Raises
    ------
    ConflictError
        If it is no draft any more.
    """
    if draft.state != "draft":
        raise ConflictError("statement-fixed", FIXED, state=draft.state)
    for name, value in values.items():
        setattr(draft, name, value)
    draft.revision += 1
    session.flush()
    facts = {"statement": str(draft.id), "fields": sorted(values)}
    happened(session, case, "statement.changed", actor=who.pseudonym, facts=facts)


THERE = Text(
    "Eine Fassung ist schon in Arbeit (`statement`); bitte dort weiterschreiben.",
    "A version is under way already (`statement`); please go on there.",
)
KIND = Text(
    "Zuerst kommt die Stellungnahme; nach ihrem Versand folgen nur Nachträge (`supplement`) und "
    "Berichtigungen (`correction`).",
    "First comes the statement; after it was sent only supplements (`supplement`) and corrections "
    "(`correction`) follow.",
)
CHANGES = Text(
    "Eine Berichtigung sagt, was sich warum ändert (`changes`).",
    "A correction says what changes, and why (`changes`).",
)
NO_PLAN = Text("Der Vorgang hat noch keinen Planstand.", "The case has no draft of a plan yet.")
FIXED = Text(
    "Diese Fassung liegt zur Mitzeichnung vor oder ist versandt (`state`); sie ändert sich erst "
    "nach einer Rückgabe, später nur durch eine neue Fassung.",
    "This version is being signed or was sent (`state`); it changes after a return only, later "
    "by a new version only.",
)
