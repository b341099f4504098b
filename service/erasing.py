"""Erasing names and free text: when their time is over, or when somebody may ask for it.

What stays is the administrative file: the plan, its checks and reports, what offices answered, the
statement. What goes is who it was: names, contacts, mails, remarks, file names, the details of the
journal, whose chain goes on holding. See docs/datenschutz.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, delete, exists, func, select, update
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.cases import documents, extending, publishing
from service.cases.answering import forgetting
from service.cases.events import happened
from service.cases.state import State
from service.db import transaction
from service.errors import ConflictError, NotFoundError
from service.models.account import Account, LoginSession, Token
from service.models.case import Case, Claim, Party
from service.models.journal import Entry
from service.models.mail import Mail
from service.models.statement import CoSignature, Dispatch, Statement
from service.models.version import PlanVersion

ENDED = frozenset({State.CLOSED, State.ARCHIVED, State.WITHDRAWN})
ERASED = "case.erased"
PARTY_ERASED = "party.erased"
GONE = "–"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of a case: how many rows of each kind."""

    reference: str
    counts: Mapping[str, int]


def due(session: Session, years: int, now: datetime) -> list[Case]:
    """Return the cases that ended so many years ago and still hold names."""
    oldest = now.replace(year=now.year - years, day=min(now.day, 28))
    gone = exists().where(Entry.case_id == Case.id, Entry.action == ERASED)
    ended = func.coalesce(Case.closed, Case.changed)
    rows = select(Case).where(Case.state.in_(sorted(ENDED)), ended < oldest, ~gone)
    return list(session.scalars(rows.order_by(ended, Case.id)))


def erase_case(session: Session, case: Case, *, actor: str, reason: str) -> Erased:
    """Erase names and free text of a case that has ended; the case is locked.

    Raises
    ------
    ConflictError
        If it has not ended.
    """
    if case.state not in ENDED:
        raise ConflictError("state-conflict", OPEN, state=case.state)
    statements = select(Statement.id).where(Statement.case_id == case.id)
    entries = select(Entry.seq).where(Entry.case_id == case.id)
    now = datetime.now(UTC)
    changes: dict[str, Any] = {
        "parties": update(Party)
        .where(Party.case_id == case.id, Party.erased.is_(None))
        .values(name=None, contact=None, erased=now),
        "claims": update(Claim).where(Claim.case_id == case.id).values(reason=GONE),
        "plans": update(PlanVersion).where(PlanVersion.case_id == case.id).values(filename=GONE),
        "cosignatures": update(CoSignature)
        .where(CoSignature.statement_id.in_(statements), CoSignature.remark.is_not(None))
        .values(remark=GONE),
        "dispatches": update(Dispatch)
        .where(Dispatch.statement_id.in_(statements))
        .values(recipient=None, note=None),
        "mails": delete(Mail).where(Mail.event.in_(entries), Mail.sent.is_not(None)),
    }
    counts = {n: session.execute(c).rowcount for n, c in changes.items()}  # type: ignore[attr-defined]  # of an update it is a CursorResult
    counts["documents"] = documents.forget_names(session, case.id)
    extending.forget(session, case.id)
    counts |= forgetting.forget(session, case.id)
    publishing.forget(session, case.id)
    happened(session, case, ERASED, actor=actor, facts={"reason": reason, "counts": counts})
    gone = journal.erase(session, session.scalars(entries), actor=actor, reason=reason)
    return Erased(case.reference, {**counts, "details": len(gone)})


def erase_party(session: Session, case: Case, party_id: UUID, *, actor: str, reason: str) -> None:
    """Erase who one party of a case is; its part stays. The case is locked.

    What the journal tells of the parties goes with it: it names all of them together.

    Raises
    ------
    NotFoundError
        If the case has no such party.
    """
    party = session.get(Party, party_id)
    if party is None or party.case_id != case.id:
        raise NotFoundError
    if party.erased is not None:
        return
    party.name, party.contact, party.erased = None, None, datetime.now(UTC)
    happened(session, case, PARTY_ERASED, actor=actor, facts={"part": party.part, "reason": reason})
    about = select(Entry.seq).where(Entry.case_id == case.id, Entry.action == "parties.changed")
    journal.erase(session, session.scalars(about), actor=actor, reason=reason)


def erase_account(session: Session, account: Account, *, actor: str) -> None:
    """Erase who an account was; its pseudonym stays in the journal and means nobody any more."""
    of = account.id
    session.execute(delete(LoginSession).where(LoginSession.account_id == of))
    session.execute(delete(Token).where(Token.account_id == of))
    session.execute(delete(Mail).where(Mail.account_id == of))
    account.login, account.name = f"geloescht-{of}", GONE
    account.mail = account.password = account.subject = None
    account.active = False
    session.flush()
    about = select(Entry.seq).where(
        Entry.action.startswith("account."), Entry.facts["account"].astext == str(account.pseudonym)
    )
    found = list(session.scalars(about))
    journal.append(session, "account.erased", actor=actor, facts={"of": str(account.pseudonym)})
    journal.erase(session, found, actor=actor, reason="request")


OPEN = Text(
    "Der Vorgang ist noch nicht beendet (`state`); Namen werden erst danach gelöscht.",
    "The case has not ended (`state`) yet; names are erased only then.",
)


def erase_due(engine: Engine, years: int, now: datetime) -> int:
    """Erase every case whose time is over, each in a transaction of its own; return how many."""
    with transaction(engine) as session:
        found = [case.id for case in due(session, years, now)]
    for case_id in found:
        with transaction(engine) as session:
            case = session.get_one(Case, case_id, with_for_update=True)
            erase_case(session, case, actor=journal.SYSTEM, reason="retention")
    return len(found)
