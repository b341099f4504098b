"""The end of a check: its results and all that follows from them, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from gis.problem import Text
from service import journal
from service.blobs import recorded
from service.cases import difference
from service.cases.events import happened
from service.cases.freezing import Recorded
from service.cases.notifying import notify
from service.cases.results import INTERNAL, LANGUAGES, Told
from service.db import Json, transaction
from service.errors import ConflictError
from service.models.case import Case
from service.models.check import Check, Involvement, Report
from service.models.journal import Entry
from service.models.version import PlanVersion

DONE, FAILED, CANCELLED = "check.done", "check.failed", "check.cancelled"
COMPARED = LANGUAGES[0]  # a difference holds no texts: one language does


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be checked."""

    check_id: UUID
    case_id: UUID
    version_id: UUID
    blob: str
    said: Json
    day: date
    tries: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a check has come to."""

    task: Task
    reports: Sequence[Told]
    recorded: Recorded
    difference: Json | None


def differing(session: Session, task: Task, reports: Sequence[Told]) -> Json | None:
    """Return what differs from the check of the case before, by audience; None for the first."""
    earlier = _previous(session, task)
    if earlier is None:
        return None
    kept = select(Report.audience, Report.body)
    kept = kept.where(Report.check_id == earlier.id, Report.language == COMPARED)
    before = {audience: orjson.loads(body) for audience, body in session.execute(kept)}
    found = {
        told.audience: difference.difference(before[told.audience], told.document)
        for told in reports
        if told.language == COMPARED and told.audience in before
    }
    return {
        "check": str(earlier.id),
        "plan": _outlines(session, earlier.version_id, task.version_id),
        "audiences": found,
    }


def finished(engine: Engine, outcome: Outcome) -> None:
    """Make a check done, with everything it has come to, unless it no longer runs."""
    with transaction(engine) as session:
        case, check = held(session, outcome.task.check_id)
        if check.state == "running":
            settled(session, case, check, outcome)


def settled(
    session: Session, case: Case, check: Check, outcome: Outcome, *, quiet: bool = False
) -> None:
    """Make a running check done; both are `held`. Nobody is written to where it is `quiet`."""
    task = outcome.task
    session.add_all(Report(**_row(task.check_id, told)) for told in outcome.reports)
    internal = _internal(outcome.reports)
    session.add_all(_involvements(task.check_id, outcome.reports))
    for stored in outcome.recorded.blobs:
        recorded(session, stored)
    check.frozen = outcome.recorded.frozen
    check.difference = outcome.difference
    check.unresolved = unchecked(internal)
    check.progress = {**check.progress, "done": check.progress["total"], "layer": None}
    _over(check, "done")
    if _latest(session, task):
        _placed(case, internal)
    facts = {"check": str(check.id), "cause": check.cause, "sha256": _digest(outcome.reports)}
    entry = told_of(session, case, DONE, facts)
    if not quiet:
        notify(session, case, entry)


def failed(engine: Engine, check_id: UUID, code: str, text: Text) -> None:
    """Make a check failed for good, unless it is over already."""
    with transaction(engine) as session:
        case, check = held(session, check_id)
        if check.state in ("queued", "running"):
            broken(session, case, check, code, text)


def broken(session: Session, case: Case, check: Check, code: str, text: Text) -> None:
    """Make a check failed that is not over; both are `held`."""
    check.problem = {"code": code, "text": text._asdict()}
    _over(check, "failed")
    facts = {"check": str(check.id), "code": code}
    notify(session, case, told_of(session, case, FAILED, facts))


def cancelled(session: Session, case: Case, check: Check, actor: str) -> bool:
    """Make a check cancelled; False where it is over already. Both are `held`.

    A worker that is at it notices at the next layer.
    """
    if check.state not in ("queued", "running"):
        return False
    _over(check, "cancelled")
    told_of(session, case, CANCELLED, {"check": str(check.id)}, actor)
    return True


def held(session: Session, check_id: UUID) -> tuple[Case, Check]:
    """Return a check and its case, both locked, the case first as everybody does."""
    of = select(PlanVersion.case_id).join(Check, Check.version_id == PlanVersion.id)
    case_id = session.scalars(of.where(Check.id == check_id)).one()
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    check = session.get_one(Check, check_id, with_for_update=True, populate_existing=True)
    return case, check


def told_of(
    session: Session, case: Case, action: str, facts: Json, actor: str = journal.SYSTEM
) -> Entry:
    """Write down what became of a check; last in a transaction.

    Where the case has been closed or withdrawn meanwhile it changes its state no more.
    """
    session.flush()
    try:
        return happened(session, case, action, actor=actor, facts=facts)
    except ConflictError:
        return journal.append(session, f"{action}.late", actor=actor, case_id=case.id, facts=facts)


def _over(check: Check, state: str) -> None:
    check.state = state
    check.finished = datetime.now(UTC)


def _previous(session: Session, task: Task) -> Check | None:
    done = select(Check).join(PlanVersion, PlanVersion.id == Check.version_id)
    done = done.where(PlanVersion.case_id == task.case_id, Check.state == "done")
    done = done.where(Check.id != task.check_id).order_by(Check.finished.desc())
    return session.scalars(done.limit(1)).first()


def _outlines(session: Session, before: UUID, now: UUID) -> Json | None:
    """Return how the outline differs; None where it is the same version of the plan."""
    if before == now:
        return None
    shapes = [session.get_one(PlanVersion, version).geometry for version in (before, now)]
    if None in shapes:
        return None  # a question was opened anew; there is no outline then
    return difference.outlines(*(to_shape(shape) for shape in shapes if shape is not None))


def _row(check_id: UUID, told: Told) -> Json:
    return {
        "check_id": check_id,
        "audience": told.audience,
        "language": told.language,
        "body": told.body,
        "sha256": told.sha256,
    }


def _internal(reports: Sequence[Told]) -> Json:
    return next(t.document for t in reports if (t.audience, t.language) == (INTERNAL, COMPARED))


def _digest(reports: Sequence[Told]) -> str:
    """Return the hash of the internal report: the journal then shows that it was not exchanged."""
    return next(t.sha256 for t in reports if (t.audience, t.language) == (INTERNAL, COMPARED))


def _involvements(check_id: UUID, reports: Sequence[Told]) -> list[Involvement]:
    names = ("office", "effect", "certainty")
    return [
        Involvement(
            check_id=check_id, audience=told.audience, **{name: office[name] for name in names}
        )
        for told in reports
        if told.language == COMPARED
        for office in told.document["offices"]
    ]


def unchecked(document: Json) -> list[str]:
    """Return the layers that a report could not, or not wholly, say anything about."""
    gaps = [g for g in document["unresolved"] if g["outcome"] in ("failed", "not_covered")]
    return sorted({gap["layer"] for gap in gaps if gap["layer"] is not None})


def _latest(session: Session, task: Task) -> bool:
    versions = select(PlanVersion.id).where(PlanVersion.case_id == task.case_id)
    newest = versions.order_by(PlanVersion.number.desc()).limit(1)
    return session.scalars(newest).one() == task.version_id


def _placed(case: Case, document: dict[str, Any]) -> None:
    """Say which municipalities a case lies in, as far as the check could find out."""
    towns = document["plan"]["by_municipality"]
    if towns is not None:
        case.municipalities = [town["key"] for town in towns]
        case.municipality_names = ", ".join(town["name"] for town in towns)
