"""Putting prepared items into a draft: what the check found, in the words of the text blocks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.blocks import Blocks
from service.cases.answering.contributions import Opened
from service.cases.answering.items import completed, next_number
from service.cases.answering.prepared import GERMAN, About, items
from service.cases.asking.proposal import reports_of
from service.db import Json
from service.models.case import Case
from service.models.contribution import Item
from service.models.decision import Decision
from service.models.task import Task


def prepare(session: Session, who: Principal, opened: Opened, blocks: Blocks) -> list[Item]:
    """Add what is prepared and not there yet; return the new items."""
    case, task, contribution = opened.case, opened.task, opened.contribution
    there = {_key(item) for item in opened.items}
    position = max((item.position for item in opened.items), default=0)
    made = []
    for said in map(completed, prepared_for(session, case, task, blocks)):
        item = Item(contribution_id=contribution.id, by=who.pseudonym, revision=1, prepared=True,
                    edition=said.pop("edition", "public"), **said)  # fmt: skip
        if _key(item) in there:
            continue
        position += 1
        item.position, item.number = position, next_number(session, case, task.office)
        made.append(item)
    session.add_all(made)
    contribution.revision += bool(made)
    session.flush()
    return made


def prepared_for(session: Session, case: Case, task: Task, blocks: Blocks) -> list[Json]:
    """Return the fields of every item that is prepared for a task."""
    decision = session.scalars(
        select(Decision).where(
            Decision.version_id == task.version_id, Decision.office == task.office
        )
    ).first()
    if decision is None or decision.check_id is None:
        return []
    report = reports_of(session, decision.check_id).get(GERMAN, {"findings": []})
    findings = {finding["layer"]: finding for finding in report["findings"]}
    return items(task.office, decision.reasons, findings, blocks, about(case))


def about(case: Case) -> About:
    """Return what text blocks may say of a case."""
    kinds = frozenset([case.kind, *case.uses])
    return About(case.title, case.municipality_names, case.reference, kinds)


def _key(item: Item) -> tuple[str | None, ...]:
    """Return what tells prepared items apart; what somebody wrote by hand has none."""
    return (item.rule, item.layer, item.object, item.block if item.rule is None else None)
