"""Putting prepared items into a draft: what the check found, in the words of the text blocks."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.blocks import Blocks
from service.cases.answering.contributions import Opened
from service.cases.answering.items import completed, next_number
from service.cases.answering.prepared import GERMAN, About, items
from service.cases.asking.proposal import proposal_of, reports_of
from service.cases.results import OFFICE
from service.cases.tasks.reading import decision_of
from service.db import Json
from service.models.case import Case
from service.models.contribution import Contribution, Item
from service.models.task import Task


def prepare(session: Session, who: Principal, opened: Opened, blocks: Blocks) -> list[Item]:
    """Add what is prepared and not there yet; return the new items."""
    case, task, contribution = opened.case, opened.task, opened.contribution
    there = {_key(partial(getattr, item)) for item in opened.items}
    position = max((item.position for item in opened.items), default=0)
    made = []
    for said in map(completed, prepared_for(session, who, case, task, blocks)):
        item = Item(contribution_id=contribution.id, by=who.pseudonym, revision=1, prepared=True,
                    edition=said.pop("edition", "public"), **said)  # fmt: skip
        if _key(partial(getattr, item)) in there:
            continue
        position += 1
        item.position, item.number = position, next_number(session, case, task.office)
        made.append(item)
    session.add_all(made)
    contribution.revision += bool(made)
    session.flush()
    return made


def renew(session: Session, who: Principal, opened: Opened, blocks: Blocks) -> list[Item]:
    """Look again at items taken over from an earlier draft that say to the letter what was prepared
    then. Where this draft's check has other figures they get these, where it finds nothing any more
    they keep their words; either way a person takes or discards each again. Return those.

    What somebody has written in their own words is left as it is.
    """
    base = session.get(Contribution, opened.contribution.reused_from)
    earlier = None if base is None else session.get_one(Task, base.task_id)
    if earlier is None or earlier.version_id == opened.task.version_id:
        return []
    before, now = (
        {_key(said.get): str(said["text"])
         for said in map(completed, prepared_for(session, who, opened.case, task, blocks))}
        for task in (earlier, opened.task)
    )  # fmt: skip
    renewed = []
    for item in opened.items:
        key = _key(partial(getattr, item))
        if item.text == before.get(key) != now.get(key):
            item.text, item.prepared = now.get(key, item.text), True
            renewed.append(item)
    session.flush()
    return renewed


def prepared_for(
    session: Session, who: Principal, case: Case, task: Task, blocks: Blocks
) -> list[Json]:
    """Return the fields of every item that is prepared for a task: from what its office may know,
    for one that stands in from what that one may.
    """
    decision = decision_of(session, task)
    if decision is None or decision.check_id is None:
        return []
    audience = who.audience if who.role == "officer" else f"{OFFICE}:{task.office}"
    asked = proposal_of(session, decision, audience)
    report = reports_of(session, decision.check_id, audience).get(GERMAN, {"findings": []})
    findings = {finding["layer"]: finding for finding in report["findings"]}
    reasons = () if asked is None else asked.reasons
    return items(task.office, reasons, findings, blocks, about(case))


def about(case: Case) -> About:
    """Return what text blocks may say of a case."""
    kinds = frozenset([case.kind, *case.uses])
    return About(case.title, case.municipality_names, case.reference, kinds)


def _key(of: Callable[[str], Any]) -> tuple[str | None, ...]:
    """Return what tells prepared items apart; what somebody wrote by hand has none."""
    return (of("rule"), of("layer"), of("object"), of("block") if of("rule") is None else None)
