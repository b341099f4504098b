"""Releasing a contribution: from then on it counts, and never changes."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.answering.contributions import Opened
from service.cases.answering.labels import ALONE, DEMANDS
from service.cases.tasks.happening import step
from service.errors import UnusableError
from service.models.contribution import Contribution, Item, Suggestion
from service.models.journal import Entry


def complete(items: Iterable[Item]) -> None:
    """Let pass what can be released: something is said, and nothing waits for a decision.

    Raises
    ------
    UnusableError
        If not; `items` names those that stand in the way.
    """
    listed = list(items)
    if not listed:
        raise UnusableError("contribution-empty", EMPTY)
    if waiting := [item.number for item in listed if item.prepared]:
        raise UnusableError("items-prepared", PREPARED, items=waiting)
    if blank := [item.number for item in listed if not item.text.strip()]:
        raise UnusableError("items-blank", BLANK, items=blank)
    kinds = {item.kind for item in listed}
    if kinds & ALONE and kinds & DEMANDS:
        alone = [item.number for item in listed if item.kind in ALONE]
        raise UnusableError("items-contradict", CONTRADICT, items=alone)


def release(session: Session, who: Principal, opened: Opened) -> Entry:
    """Release a contribution; the one released before is superseded by it.

    Raises
    ------
    UnusableError
        If it is not complete.
    """
    case, task, found = opened.case, opened.task, opened.contribution
    complete(opened.items)
    before = session.scalars(
        select(Contribution).where(
            Contribution.task_id == task.id, Contribution.state == "released"
        )
    ).first()
    if before is not None:
        before.state = "superseded"
        _moot(session, before, who)
    now = datetime.now(UTC)
    found.state, found.released, found.released_by = "released", now, who.pseudonym
    found.revision += 1
    task.answered = task.answered or now
    task.closing = task.closing_code = None  # it has an answer after all
    session.flush()
    facts = {"contribution": str(found.id), "number": found.number, "source": found.source,
             "late": found.late, "items": len(opened.items)}  # fmt: skip
    return step(session, case, task, "task.answered", actor=who.pseudonym, facts=facts)


def _moot(session: Session, before: Contribution, who: Principal) -> None:
    """Close changes that were proposed to words that are now replaced."""
    rows = select(Suggestion).join(Item, Item.id == Suggestion.item_id)
    rows = rows.where(Item.contribution_id == before.id, Suggestion.state == "open")
    for one in session.scalars(rows):
        one.state, one.answered_by, one.answered = "withdrawn", who.pseudonym, datetime.now(UTC)


EMPTY = Text(
    "Der Beitrag enthält noch nichts; auch „keine Bedenken“ oder „Fehlanzeige“ ist ein Punkt.",
    "The contribution says nothing yet; “no objections” or “nothing to report” is an item, too.",
)
PREPARED = Text(
    "Die vorbereiteten Punkte in `items` hat noch niemand übernommen oder verworfen.",
    "Nobody has taken or discarded the prepared items in `items` yet.",
)
BLANK = Text("Die Punkte in `items` haben keinen Text.", "The items in `items` have no text.")
CONTRADICT = Text(
    "„Keine Bedenken“ und „Fehlanzeige“ (`items`) stehen neben Einwendungen, Bedenken oder "
    "Forderungen; bitte eines von beiden entfernen.",
    "“No objections” and “nothing to report” (`items`) stand beside objections, concerns or "
    "demands; please remove one or the other.",
)
