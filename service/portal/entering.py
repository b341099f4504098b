"""Entering for an office what came from it by mail or letter, with its source."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.api.contribution_forms import Kind, Short
from service.api.moments import Day
from service.cases.answering import contributions, items
from service.cases.answering.contributions import ENTERED, Opened, Source
from service.cases.answering.releasing import release
from service.cases.tasks.doing import Bench
from service.errors import NotFoundError
from service.models.case import Case
from service.models.contribution import Contribution
from service.models.document import Document
from service.models.task import Task
from service.portal.involving_forms import Said


class Entered(BaseModel):
    """One point as it stands in a letter; `more`: further points follow."""

    kind: Kind
    text: Said
    basis: Short | None = None
    source: Literal["mail", "letter"] = "mail"
    received: Day | None = None
    document: UUID | None = None
    more: bool = False


def enter(bench: Bench, said: Entered) -> None:
    """Enter a point; the answer is begun with the first and released with the last."""
    found = contributions.under_way(bench.session, bench.task)
    if found is None or found.source not in ENTERED:
        source = Source(said.source, said.document, said.received)
        found = contributions.begin(bench, source)
    there = contributions.items_of(bench.session, found.id)
    values = {"kind": said.kind, "text": said.text, "basis": said.basis}
    items.add(bench.session, bench.who, bench.case, bench.task, found, there, values)
    if not said.more:
        _released(bench, found)


def finish(bench: Bench) -> None:
    """Release what was entered; NotFoundError where nothing was."""
    found = contributions.under_way(bench.session, bench.task)
    if found is None or found.source not in ENTERED:
        raise NotFoundError
    _released(bench, found)


def _released(bench: Bench, found: Contribution) -> None:
    there = contributions.items_of(bench.session, found.id)
    release(bench.session, bench.who, Opened(bench.case, bench.task, found, there))


def begun_in(session: Session, tasks: Sequence[Task]) -> frozenset[UUID]:
    """Return the tasks to which an answer is being entered."""
    rows = select(Contribution.task_id).where(
        Contribution.task_id.in_([task.id for task in tasks]),
        Contribution.state == "draft",
        Contribution.source.in_(ENTERED),
    )
    return frozenset(session.scalars(rows))


def letters_of(session: Session, case: Case) -> list[tuple[UUID, str]]:
    """Return the documents of a case, the newest first, to choose the letter from."""
    rows = select(Document.id, Document.filename).where(Document.case_id == case.id)
    found = session.execute(rows.order_by(Document.created.desc(), Document.id).limit(200))
    return [(number, name) for number, name in found]
