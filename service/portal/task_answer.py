"""The answer to a task as its page shows it: the draft that is written, or what was released."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from service.api.contribution_forms import ContributionOut
from service.api.shown import shown
from service.cases.answering.contributions import Opened, items_of, may_read, under_way
from service.cases.answering.preparing import prepared_for
from service.db import Json
from service.models.contribution import Contribution
from service.portal.task_acts import Table


@dataclass(frozen=True, slots=True)
class Written:
    """The contributions of a task: `now` under way, `stands` released; texts at hand."""

    now: ContributionOut | None
    stands: ContributionOut | None
    blocks: Sequence[Json]
    may_sign: bool


def answer_of(table: Table, language: str) -> Written:
    """Return what is written of the answer, as the reader may see it."""
    session = table.desk.session
    writing = under_way(session, table.task)
    released = session.scalars(
        select(Contribution).where(
            Contribution.task_id == table.task.id, Contribution.state == "released"
        )
    ).first()
    now, stands = _shown(table, writing, language), _shown(table, released, language)
    writable = now is not None and now.writable
    blocks: Sequence[Json] = ()
    if writable:
        blocks = prepared_for(
            session, table.desk.who, table.case, table.task, table.district.blocks
        )
    return Written(
        now,
        stands,
        blocks,
        now is not None and any(step.yours for step in now.signatures),
    )


def _shown(table: Table, found: Contribution | None, language: str) -> ContributionOut | None:
    desk = table.desk
    if found is None or not may_read(
        desk.session, desk.who, table.case, table.task, found, desk.house
    ):
        return None
    opened = Opened(table.case, table.task, found, items_of(desk.session, found.id))
    return shown(desk.session, desk.who, opened, desk.house, language)
