"""What an office reads with its task: why it is asked, its own findings, what it said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.cases.reading import note, report_of
from service.cases.results import OFFICE
from service.db import Json
from service.models.case import Case
from service.models.check import Check, Report
from service.models.contribution import Contribution, Item
from service.models.decision import Decision
from service.models.task import Task
from service.models.version import PlanVersion

QUIET = frozenset({"clear"})


@dataclass(frozen=True, slots=True)
class Reusable:
    """An earlier contribution of an office in the same case."""

    id: UUID
    version: int
    state: str
    items: int
    released: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What an office answered last in a case."""

    case: Case
    released: datetime | None
    items: list[Item]


def decision_of(session: Session, task: Task) -> Decision | None:
    """Return the decision by which an office was asked."""
    rows = select(Decision).where(
        Decision.version_id == task.version_id, Decision.office == task.office
    )
    return session.scalars(rows).first()


def findings_for(
    session: Session, who: Principal, case: Case, task: Task, language: str
) -> tuple[UUID | None, list[Json]]:
    """Return the check an office was asked by, and the findings that concern it, as the reader
    may see them: those it is asked for, and whatever is not clear of the layers it keeps.
    """
    decision = decision_of(session, task)
    if decision is None or decision.check_id is None:
        return None, []
    check = session.get_one(Check, decision.check_id)
    report = report_of(session, who, check, language)
    note(session, who, case, check, "task")
    layers = {reason.get("layer") for reason in decision.reasons}
    found = [
        finding
        for finding in orjson.loads(report.body)["findings"]
        if finding["layer"] in layers
        or (finding["keeper"] == task.office and finding["outcome"] not in QUIET)
    ]
    return check.id, found


def open_findings(session: Session, decision: Decision | None, language: str) -> list[Json]:
    """Return the findings an office is asked for, as any office may read them: for a reader of
    whom only the mailbox is known, nothing is restricted.
    """
    if decision is None or decision.check_id is None:
        return []
    report = session.get(Report, (decision.check_id, OFFICE, language))
    layers = {reason.get("layer") for reason in decision.reasons}
    findings = [] if report is None else orjson.loads(report.body)["findings"]
    return [finding for finding in findings if finding["layer"] in layers]


def reusable_of(session: Session, task: Task) -> list[Reusable]:
    """Return contributions of this office to earlier drafts of the case, the latest first."""
    rows = (
        select(
            Contribution.id, PlanVersion.number, Contribution.state, func.count(Item.id),
            Contribution.released,
        )
        .join(Task, Task.id == Contribution.task_id)
        .join(PlanVersion, PlanVersion.id == Task.version_id)
        .outerjoin(Item, Item.contribution_id == Contribution.id)
        .where(Task.case_id == task.case_id, Task.office == task.office, Task.id != task.id)
        .where(Contribution.state != "superseded")
        .group_by(Contribution.id, PlanVersion.number)
        .order_by(PlanVersion.number.desc(), Contribution.number.desc())
    )  # fmt: skip
    return [Reusable(*row) for row in session.execute(rows)]


def said_before(session: Session, task: Task, cases: Sequence[UUID]) -> list[Said]:
    """Return what this office answered last in each of some cases, in their order."""
    rows = (
        select(Case, Contribution.released, Item)
        .join(Task, Task.case_id == Case.id)
        .join(Contribution, Contribution.task_id == Task.id)
        .join(Item, Item.contribution_id == Contribution.id)
        .where(Case.id.in_(list(cases)), Task.office == task.office, Task.id != task.id)
        .where(Contribution.state == "released")
        .order_by(Contribution.released.desc(), Item.position, Item.number)
    )
    found: dict[UUID, Said] = {}
    for case, released, item in session.execute(rows):
        one = found.setdefault(case.id, Said(case, released, []))
        if one.released == released:
            one.items.append(item)
    return [found[number] for number in cases if number in found]
