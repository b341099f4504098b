"""Contradictions between offices: found, marked, resolved; and items bundled that say the same.

Nobody rewrites an office's words: what is agreed on stands beside them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.events import happened
from service.cases.state import OPEN
from service.consolidation.voices import Voices
from service.errors import ConflictError, NotFoundError, UnusableError
from service.models.case import Case
from service.models.statement import Bundle, Contradiction

MARK = "mark"
Pair = tuple[str, str, str]  # two items by number, and the cause


def contradictions_of(session: Session, case: Case) -> list[Contradiction]:
    """Return the contradictions of a case, open ones first."""
    rows = select(Contradiction).where(Contradiction.case_id == case.id)
    order = (Contradiction.state != "open", Contradiction.first, Contradiction.second)
    return list(session.scalars(rows.order_by(*order)))


def standing(found: Iterable[Contradiction], voices: Voices) -> list[Contradiction]:
    """Return those whose two items are still said."""
    said = voices.items()
    return [one for one in found if one.first in said and one.second in said]


def noted(session: Session, case: Case, pairs: Iterable[Pair]) -> list[Contradiction]:
    """Write down contradictions that a rule has found; those known already stay as they are."""
    known = {(one.first, one.second) for one in contradictions_of(session, case)}
    new = [
        Contradiction(case_id=case.id, first=first, second=second, cause=cause, state="open")
        for first, second, cause in sorted(_ordered(pairs))
        if (first, second) not in known
    ]
    session.add_all(new)
    session.flush()
    return new


def mark(
    session: Session, who: Principal, case: Case, voices: Voices, items: Sequence[str], note: str
) -> Contradiction:
    """Mark two items of different offices as excluding each other.

    Raises
    ------
    UnusableError
        If there are no such items, or both are of one office.
    ConflictError
        If they are marked already.
    """
    _open(case)
    first, second = sorted(items)
    _said(voices, [first, second])
    if voices.office_of(first) == voices.office_of(second):
        raise UnusableError("same-office", SAME_OFFICE)
    rows = select(Contradiction).where(
        Contradiction.case_id == case.id, Contradiction.first == first,
        Contradiction.second == second,
    )  # fmt: skip
    if session.scalars(rows).first() is not None:
        raise ConflictError("contradiction-known", KNOWN)
    made = Contradiction(
        case_id=case.id, first=first, second=second, cause=MARK, note=note, state="open"
    )
    session.add(made)
    session.flush()
    _told(session, who, case, made, "contradiction.marked", note)
    return made


def resolve(
    session: Session,
    who: Principal,
    case: Case,
    contradiction_id: UUID,
    resolution: str,
    *,
    dismissed: bool = False,
) -> Contradiction:
    """Write down how a contradiction was resolved, or why it is none; it can be said anew.

    Raises
    ------
    NotFoundError
        If the case has no such contradiction.
    """
    _open(case)
    found = session.get(Contradiction, contradiction_id)
    if found is None or found.case_id != case.id:
        raise NotFoundError
    found.state = "dismissed" if dismissed else "resolved"
    found.resolution, found.by, found.at = resolution, who.pseudonym, datetime.now(UTC)
    session.flush()
    _told(session, who, case, found, f"contradiction.{found.state}", resolution)
    return found


def bundles_of(session: Session, case: Case) -> list[Bundle]:
    """Return the bundles of a case in the order they were made."""
    rows = select(Bundle).where(Bundle.case_id == case.id)
    return list(session.scalars(rows.order_by(Bundle.at, Bundle.id)))


def bundle(
    session: Session, who: Principal, case: Case, voices: Voices, heading: str, items: Sequence[str]
) -> Bundle:
    """Bundle items that say the same under a heading; each stays in its author's words.

    Raises
    ------
    UnusableError
        If there are no such items, or one is in another bundle.
    """
    _open(case)
    _said(voices, items)
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


def _said(voices: Voices, items: Sequence[str]) -> None:
    if missing := sorted(set(items) - voices.items().keys()):
        raise UnusableError("item-unknown", UNKNOWN, items=missing)


def _open(case: Case) -> None:
    if case.state not in OPEN:
        raise ConflictError("state-conflict", ENDED, state=case.state)


def _ordered(pairs: Iterable[Pair]) -> set[Pair]:
    return {(min(a, b), max(a, b), cause) for a, b, cause in pairs}


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
