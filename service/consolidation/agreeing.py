"""Contradictions between offices: marked, settled; and items bundled that say the same.

Nobody rewrites an office's words: what is agreed on stands beside them.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.events import happened
from service.cases.state import OPEN
from service.errors import ConflictError, NotFoundError, UnusableError
from service.models.case import Case
from service.models.statement import Bundle, Contradiction

MARK, RULE = "mark", "rule"


def pairs_of(session: Session, case: Case) -> list[Contradiction]:
    """Return the contradictions of a case that were marked or settled, in order."""
    rows = select(Contradiction).where(Contradiction.case_id == case.id)
    return list(session.scalars(rows.order_by(Contradiction.first, Contradiction.second)))


def mark(
    session: Session,
    who: Principal,
    case: Case,
    said: Collection[str],
    items: Sequence[str],
    note: str,
) -> Contradiction:
    """Mark two items of different offices as excluding each other; `said` are all there are.

    Raises
    ------
    UnusableError
        If there are no such items, or both are of one office.
    ConflictError
        If they are marked already.
    """
    _open(case)
    first, second = _pair(said, items)
    if session.get(Contradiction, (case.id, first, second)) is not None:
        raise ConflictError("contradiction-known", KNOWN)
    made = Contradiction(case_id=case.id, first=first, second=second, cause=MARK, note=note)
    session.add(made)
    session.flush()
    _told(session, who, case, made, "contradiction.marked", note)
    return made


def settle(
    session: Session,
    who: Principal,
    case: Case,
    said: Collection[str],
    items: Sequence[str],
    resolution: str,
    *,
    outward: bool = False,
) -> Contradiction:
    """Write down how a contradiction was settled, or why it is none; it can be said anew.

    `outward` lets outsiders read it. Errors as `mark`, but for one that is there already.
    """
    _open(case)
    first, second = _pair(said, items)
    found = session.get(Contradiction, (case.id, first, second))
    if found is None:
        found = Contradiction(case_id=case.id, first=first, second=second, cause=RULE)
        session.add(found)
    found.resolution, found.outward = resolution, outward
    found.by, found.at = who.pseudonym, datetime.now(UTC)
    session.flush()
    _told(session, who, case, found, "contradiction.settled", resolution)
    return found


def bundles_of(session: Session, case: Case) -> list[Bundle]:
    """Return the bundles of a case in the order they were made."""
    rows = select(Bundle).where(Bundle.case_id == case.id)
    return list(session.scalars(rows.order_by(Bundle.at, Bundle.id)))


def bundle(
    session: Session,
    who: Principal,
    case: Case,
    said: Collection[str],
    heading: str,
    items: Sequence[str],
) -> Bundle:
    """Bundle items that say the same under a heading; each stays in its author's words.

    Raises
    ------
    UnusableError
        If there are no such items, or one is in another bundle.
    """
    _open(case)
    _known(said, items)
    taken = {number for one in bundles_of(session, case) for number in one.items}
    if again := sorted(taken & set(items)):
        raise UnusableError("items-bundled", BUNDLED, items=again)
    made = Bundle(case_id=case.id, heading=heading, items=sorted(set(items)), by=who.pseudonym)
    session.add(made)
    session.flush()
    happened(
        session, case, "items.bundled", actor=who.pseudonym, facts={"items": made.items},
        detail={"heading": heading},
    )  # fmt: skip
    return made


def unbundle(session: Session, who: Principal, case: Case, bundle_id: UUID) -> None:
    """Take a bundle apart; its items stand alone again.

    Raises
    ------
    NotFoundError
        If the case has no such bundle.
    """
    _open(case)
    found = session.get(Bundle, bundle_id)
    if found is None or found.case_id != case.id:
        raise NotFoundError
    items = found.items
    session.delete(found)
    session.flush()
    happened(session, case, "items.unbundled", actor=who.pseudonym, facts={"items": items})


def _told(
    session: Session, who: Principal, case: Case, one: Contradiction, action: str, text: str
) -> None:
    facts = {"items": [one.first, one.second], "cause": one.cause}
    happened(session, case, action, actor=who.pseudonym, facts=facts, detail={"text": text})


def _pair(said: Collection[str], items: Sequence[str]) -> tuple[str, str]:
    first, second = sorted(items)
    _known(said, [first, second])
    if first.rpartition("-")[0] == second.rpartition("-")[0]:
        raise UnusableError("same-office", SAME_OFFICE)
    return first, second


def _known(said: Collection[str], items: Sequence[str]) -> None:
    if missing := sorted(set(items) - set(said)):
        raise UnusableError("item-unknown", UNKNOWN, items=missing)


def _open(case: Case) -> None:
    if case.state not in OPEN:
        raise ConflictError("state-conflict", ENDED, state=case.state)


UNKNOWN = Text(
    "Diese Punkte (`items`) gibt es in den freigegebenen Beiträgen nicht.",
    "There are no such items (`items`) in the contributions released.",
)
SAME_OFFICE = Text(
    "Beide Punkte sind von einem Amt; bitte an das Amt zurückgeben.",
    "Both items are of one office; please return them to it.",
)
KNOWN = Text(
    "Dieser Widerspruch ist schon vermerkt.", "This contradiction has been marked already."
)
BUNDLED = Text(
    "Diese Punkte (`items`) stehen schon in einem Bündel; bitte zuerst dort lösen.",
    "These items (`items`) are in a bundle already; please take them out of it first.",
)
ENDED = Text("Der Vorgang ist beendet (`state`).", "The case has ended (`state`).")
