"""Releasing: each office gets its task, in its mailbox and its inbox, with its own deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from gis.problem import Text
from service import journal
from service.cases.asking.deciding import CARRY, INVOLVE, Round, as_proposed, round_of
from service.cases.asking.desk import Desk
from service.cases.asking.letters import asked
from service.cases.asking.rounds import Earlier, earlier_of, stand, to_ask
from service.cases.clocks import plan_of
from service.cases.events import happened
from service.cases.state import OPEN, State
from service.cases.tasks.happening import moved
from service.cases.tasks.state import AWAITED, TaskState
from service.errors import ConflictError, UnusableError
from service.models.case import Case
from service.models.task import Task
from service.models.version import PlanVersion

MORE = frozenset({State.WITH_OFFICES, State.SUPPLEMENT_DUE, State.CONSOLIDATING, State.COSIGNING})


@dataclass(frozen=True, slots=True)
class Terms:
    """Until when offices answer; `by_office` goes before `due`, and without either the day that
    is planned backwards for an office. `only`: no other is asked now.
    """

    due: date | None
    by_office: Mapping[str, date] = field(default_factory=dict)
    note: str | None = None
    only: frozenset[str] | None = None


def release(desk: Desk, case: Case, terms: Terms) -> tuple[list[Task], list[str]]:
    """Ask the offices that were decided on or proposed and not dropped; the case is locked.

    Returns the new tasks, and the offices whose answer to an earlier draft is carried over.

    Raises
    ------
    ConflictError
        If the plan is not checked, or there is nobody to ask.
    UnusableError
        If a deadline is missing or past.
    """
    session = desk.session
    now = round_of(session, case)
    if now.check is None:
        raise ConflictError("check-missing", UNCHECKED)
    earlier = earlier_of(session, case, now.version)
    ask, carry = _whom(now, earlier, terms)
    if not ask and not carry:
        raise ConflictError("nobody-to-ask", NOBODY)
    dues = _dues(desk, case, ask, terms)
    for one in now.offices:
        if one.office in (*ask, *carry):
            decision = INVOLVE if one.office in ask else CARRY
            as_proposed(session, now, case, desk.who, one, decision)
    _supersede(desk, case, now.version)
    made = [_task(desk, case, now, office, day, terms.note) for office, day in dues.items()]
    session.add_all(made)
    session.flush()
    _written_down(desk, case, now, made, carry)
    return made, carry


def _whom(now: Round, earlier: Mapping[str, Earlier], terms: Terms) -> tuple[list[str], list[str]]:
    proposals = [one.proposal for one in now.offices if one.proposal is not None]
    decisions = {o.office: o.decision.decision for o in now.offices if o.decision is not None}
    asked_already = [one.office for one in now.offices if one.task is not None]
    again = [one.office for one in now.offices if one.again]
    ask, carry = to_ask(proposals, decisions, asked_already, stand(earlier, again))
    if terms.only is not None:
        ask = [office for office in ask if office in terms.only]
    return ask, carry


def _dues(desk: Desk, case: Case, ask: Sequence[str], terms: Terms) -> dict[str, date]:
    """Return the last day of each office."""
    dues = {o: terms.by_office.get(o, terms.due) or _planned(desk, case, o) for o in ask}
    if missing := sorted(office for office, day in dues.items() if day is None):
        raise UnusableError("due-missing", NO_DUE, offices=missing)
    found = {office: day for office, day in dues.items() if day is not None}
    if past := sorted(office for office, day in found.items() if day < desk.today):
        raise UnusableError("due-past", PAST, offices=past)
    return found


def _planned(desk: Desk, case: Case, office: str) -> date | None:
    made = plan_of(case, desk.house, case.due, start=desk.today, office=office)
    return None if made is None else made.answers_by


def _task(desk: Desk, case: Case, now: Round, office: str, due: date, note: str | None) -> Task:
    return Task(
        case_id=case.id,
        version_id=now.version.id,
        office=office,
        due=due,
        released_by=desk.who.pseudonym,
        note=note,
        state=TaskState.OPEN,
        revision=1,
    )


def _supersede(desk: Desk, case: Case, version: PlanVersion) -> None:
    """End what earlier rounds still wait for; drafts that were begun stay, to be reused."""
    rows = select(Task).where(Task.case_id == case.id, Task.version_id != version.id)
    rows = rows.where(Task.state.in_(sorted({*AWAITED, TaskState.NO_ANSWER})))
    for task in desk.session.scalars(rows.with_for_update()):
        moved(task, "task.superseded")


def _written_down(
    desk: Desk, case: Case, now: Round, made: Sequence[Task], carry: Sequence[str]
) -> None:
    """Write the release down once, and each task, from which its mail goes out."""
    actor = desk.who.pseudonym
    facts = {"version": now.version.number, "offices": [t.office for t in made],
             "carried": list(carry)}  # fmt: skip
    if case.state in OPEN and State(case.state) in MORE:
        happened(desk.session, case, "offices.more", actor=actor, facts=facts)
    else:
        happened(desk.session, case, "offices.released", actor=actor, facts=facts)
    for task in made:
        told = {"task": str(task.id), "office": task.office, "due": task.due.isoformat()}
        entry = journal.append(
            desk.session, "task.released", actor=actor, case_id=case.id, facts=told
        )
        asked(desk, case, task, entry)


UNCHECKED = Text(
    "Dieser Planstand ist noch nicht geprüft; bitte das Ergebnis abwarten oder erneut prüfen "
    "lassen.",
    "This draft is not checked yet; please wait for the result, or have it checked again.",
)
NOBODY = Text(
    "Es ist niemand zu beteiligen: Alle Vorgeschlagenen sind schon gefragt oder weggelassen. "
    "Andere Ämter lassen sich mit einer Begründung hinzunehmen.",
    "There is nobody to ask: all that were proposed have been asked or dropped. Other offices can "
    "be added with a reason.",
)
NO_DUE = Text(
    "Den Ämtern in `offices` fehlt eine Frist; bitte `due` oder `deadlines` angeben.",
    "The offices in `offices` have no deadline; please give `due` or `deadlines`.",
)
PAST = Text(
    "Die Frist der Ämter in `offices` ist schon vorbei; bitte einen späteren Tag wählen.",
    "The deadline of the offices in `offices` is past; please choose a later day.",
)
