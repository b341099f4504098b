"""What keeps each of many cases from being sent: for the coordinator's board.

A fixed number of queries for all of them, and a few more for each with answers of several offices.
"""

from collections import defaultdict
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.cases.answering.answers import answers_of
from service.cases.clocks import plan_of
from service.cases.extending import REQUESTED
from service.cases.state import BEFORE_OFFICES, OPEN, State
from service.cases.tasks.state import AWAITED
from service.consolidation.agreeing import pairs_of
from service.consolidation.case import point, resolutions
from service.house import House
from service.models.case import Case
from service.models.check import Check
from service.models.clock import Extension
from service.models.contribution import Contribution
from service.models.task import Task
from service.models.version import PlanVersion
from service.statements.contradictions import contradictions

OUT = frozenset({State.SENT, State.RESULT_RECEIVED, State.RESTING})
NEW = frozenset({State.RECEIVED, State.ASKING, State.READY})


@dataclass(frozen=True, slots=True)
class Standing:
    """One case on the board: offices still to answer and those late, layers not checked and with
    newer data since, contradictions not settled, whether to ask for more time now.
    """

    missing: tuple[Task, ...] = ()
    silent: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    contradictions: int = 0
    extend: bool = False
    new: bool = False


def standings(
    session: Session,
    cases: Sequence[Case],
    house: House,
    versions: Mapping[str, str | None],
    today: date,
    counted: MutableMapping[tuple[UUID, int], int] | None = None,
) -> dict[UUID, Standing]:
    """Return how each case stands; `versions` are the layers' as they are now, by code.

    `counted` keeps the contradictions of a case in one revision, which do not change.
    """
    counted = {} if counted is None else counted
    numbers = [case.id for case in cases]
    awaited, checked = _awaited(session, numbers), _checked(session, numbers)
    asked = _asked_for(session, numbers)
    several = _with_several_answers(session, numbers)
    found = {}
    for case in cases:
        missing = tuple(awaited.get(case.id, ()))
        unresolved, rests_on = checked.get(case.id, ((), {}))
        going = case.state in OPEN - OUT
        found[case.id] = Standing(
            missing=missing,
            silent=tuple(task.office for task in missing if task.due < today),
            unresolved=unresolved,
            newer=_newer(rests_on, versions) if going else (),
            contradictions=_counted(session, case, counted) if case.id in several else 0,
            extend=going and case.id not in asked and _too_late(case, house, missing, today),
            new=case.state in NEW,
        )
    return found


def _awaited(session: Session, cases: Sequence[UUID]) -> Mapping[UUID, list[Task]]:
    rows = select(Task).where(Task.case_id.in_(cases), Task.state.in_(sorted(AWAITED)))
    found: dict[UUID, list[Task]] = defaultdict(list)
    for task in session.scalars(rows.order_by(Task.due, Task.office)):
        found[task.case_id].append(task)
    return found


def _checked(
    session: Session, cases: Sequence[UUID]
) -> dict[UUID, tuple[tuple[str, ...], Mapping[str, str | None]]]:
    """Return what the last check left open, and which versions it rests on, by case."""
    rows = (
        select(PlanVersion.case_id, Check.unresolved, Check.frozen["layers"])
        .join(Check, Check.version_id == PlanVersion.id)
        .where(PlanVersion.case_id.in_(cases), Check.state == "done")
        .ext(distinct_on(PlanVersion.case_id))
        .order_by(PlanVersion.case_id, PlanVersion.number.desc(), Check.created.desc())
    )
    return {case: (tuple(gaps or ()), layers) for case, gaps, layers in session.execute(rows)}


def _asked_for(session: Session, cases: Sequence[UUID]) -> frozenset[UUID]:
    rows = select(Extension.case_id).where(
        Extension.case_id.in_(cases), Extension.state == REQUESTED
    )
    return frozenset(session.scalars(rows))


def _with_several_answers(session: Session, cases: Sequence[UUID]) -> frozenset[UUID]:
    """Return the cases where offices can contradict each other."""
    rows = (
        select(Task.case_id)
        .join(Contribution, Contribution.task_id == Task.id)
        .where(Task.case_id.in_(cases), Contribution.state == "released")
        .group_by(Task.case_id)
        .having(func.count(Task.office.distinct()) > 1)
    )
    return frozenset(session.scalars(rows))


def _newer(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the layers of which there is another version than the check has seen."""
    return tuple(code for code, version in before.items() if now.get(code) not in (None, version))


def _counted(session: Session, case: Case, counted: MutableMapping[tuple[UUID, int], int]) -> int:
    key = (case.id, case.revision)
    if key not in counted:
        counted[key] = _contradicting(session, case)
    return counted[key]


def _contradicting(session: Session, case: Case) -> int:
    pairs = pairs_of(session, case)
    points = [
        point(one.office, item)
        for one in answers_of(session, case)
        for item in one.items
        if not item.prepared
    ]
    marked = tuple((one.first, one.second) for one in pairs if one.cause == "mark")
    found = contradictions(points, marked=marked, resolutions=tuple(resolutions(pairs, "")))
    return sum(one.open for one in found)


def _too_late(case: Case, house: House, missing: Sequence[Task], today: date) -> bool:
    """Tell whether an extension should be asked for by today: answers are still to come."""
    if case.due is None or case.due < today or not (missing or case.state in BEFORE_OFFICES):
        return False
    made = plan_of(case, house, case.due)
    return made is not None and made.extension_by <= today
