"""A new draft begins a new round: only offices to which something is new are asked again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.asking.proposal import Proposal, reports_of
from service.cases.difference import difference
from service.cases.results import INTERNAL, LANGUAGES
from service.cases.tasks.state import SETTLED
from service.models.case import Case
from service.models.check import Check
from service.models.decision import Decision
from service.models.task import Task
from service.models.version import PlanVersion

COMPARED = LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last task of an office in an earlier round, and the check it rested on."""

    task: Task
    check_id: UUID | None


def earlier_of(session: Session, case: Case, version: PlanVersion) -> dict[str, Earlier]:
    """Return, by office, the last task of the rounds before `version`."""
    rows = (
        select(Task, Decision.check_id)
        .join(PlanVersion, PlanVersion.id == Task.version_id)
        .outerjoin(
            Decision, (Decision.version_id == Task.version_id) & (Decision.office == Task.office)
        )
        .where(Task.case_id == case.id, PlanVersion.number < version.number)
        .where(Task.state != "withdrawn")
        .order_by(PlanVersion.number)
    )
    return {task.office: Earlier(task, check) for task, check in session.execute(rows)}


def concerned_again(
    session: Session, check: Check | None, earlier: Mapping[str, Earlier], audience: str = INTERNAL
) -> frozenset[str]:
    """Return the offices of earlier rounds to which something is new in this one, as an audience
    may know it.

    Without a check to compare with, that is all of them: what was not compared is not the same.
    """
    if check is None:
        return frozenset(earlier)
    again: set[str] = set()
    now = reports_of(session, check.id, audience).get(COMPARED)
    for number in {one.check_id for one in earlier.values()}:
        before = None if number is None else reports_of(session, number, audience).get(COMPARED)
        offices = {office for office, one in earlier.items() if one.check_id == number}
        if now is None or before is None:
            again |= offices
        else:
            again |= offices & set(difference(before, now)["ask_again"])
    return frozenset(again)


def stand(earlier: Mapping[str, Earlier], again: Iterable[str]) -> frozenset[str]:
    """Return the offices whose earlier answer stands: settled, and nothing is new to them."""
    new = set(again)
    return frozenset(
        office for office, one in earlier.items() if one.task.state in SETTLED and office not in new
    )


def to_ask(
    proposals: Sequence[Proposal],
    decisions: Mapping[str, str],
    asked: Iterable[str],
    standing: Iterable[str],
) -> tuple[list[str], list[str]]:
    """Return whom a release asks and whose earlier answer is carried over.

    What was decided holds; of what was only proposed those are asked whose earlier answer does
    not stand. Whoever has a task in this round already is left alone.
    """
    done, carried = set(asked), set(standing)
    proposed = [p.office for p in proposals if not p.external and p.office not in decisions]
    decided = [office for office, what in decisions.items() if what in ("involve", "add")]
    ask = [o for o in proposed if o not in carried] + decided
    carry = [o for o in sorted(carried) if o not in decisions]
    return [o for o in dict.fromkeys(ask) if o not in done], [o for o in carry if o not in done]
