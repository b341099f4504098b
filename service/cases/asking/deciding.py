"""The coordinator decides whom to ask; what was proposed stays beside what was decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.asking.desk import Desk
from service.cases.asking.letters import told_off
from service.cases.asking.proposal import Proposal, proposals_of
from service.cases.asking.rounds import concerned_again, earlier_of
from service.cases.drafts import last_version
from service.cases.events import happened
from service.cases.results import INTERNAL
from service.cases.state import OPEN
from service.cases.tasks.happening import moved
from service.cases.tasks.state import OVER
from service.errors import ConflictError, UnusableError
from service.models.case import Case
from service.models.check import Check
from service.models.decision import Decision
from service.models.task import Task
from service.models.version import PlanVersion

INVOLVE, DROP, ADD, HINT, CARRY = "involve", "drop", "add", "hint", "carry"


@dataclass(frozen=True, slots=True)
class Considered:
    """One office in the round that is on: proposal, decision and task, as far as there are any.

    `earlier` is its task of an earlier round; `again` tells whether something is new to it.
    """

    office: str
    proposal: Proposal | None
    decision: Decision | None
    task: Task | None
    earlier: Task | None
    again: bool


@dataclass(frozen=True, slots=True)
class Round:
    """The round that is on: the draft, the check that proposes, and every office considered."""

    version: PlanVersion
    check: Check | None
    offices: Sequence[Considered]


def round_of(session: Session, case: Case, audience: str = INTERNAL) -> Round:
    """Return the round that is on, as far as an audience may know of it: proposed offices first,
    then those added.

    Raises
    ------
    ConflictError
        If the case has no draft of which anything is known.
    """
    version = last_version(session, case)
    if version is None:
        raise ConflictError("plan-missing", NO_PLAN)
    check, proposals = proposals_of(session, case, audience)
    if check is not None and check.version_id != version.id:
        check, proposals = None, []  # of an earlier draft: the new one is not checked yet
    decided = session.scalars(select(Decision).where(Decision.version_id == version.id))
    decisions = {row.office: row for row in decided}
    asked = session.scalars(select(Task).where(Task.version_id == version.id))
    tasks = {row.office: row for row in asked}
    by_office = {proposal.office: proposal for proposal in proposals}
    earlier = earlier_of(session, case, version)
    again = concerned_again(session, check, earlier, audience)

    def considered(office: str) -> Considered:
        before = earlier.get(office)
        return Considered(
            office,
            by_office.get(office),
            decisions.get(office),
            tasks.get(office),
            None if before is None else before.task,
            before is None or office in again,
        )

    names = dict.fromkeys([*by_office, *sorted(decisions), *sorted(tasks), *sorted(earlier)])
    return Round(version, check, [considered(office) for office in names])


def decide(
    desk: Desk,
    case: Case,
    office: str,
    decision: str,
    reason: str | None,
    *,
    bodies: Collection[str],
) -> Decision:
    """Write down what is decided on an office; one already asked and now dropped is told no more.

    `bodies` are those outside the district, which can only be hints.

    Raises
    ------
    ConflictError
        If the case has ended, or the office has answered already.
    UnusableError
        If there is no such office, or a reason is needed and missing.
    """
    if case.state not in OPEN:
        raise ConflictError("state-conflict", ENDED, state=case.state)
    session, who = desk.session, desk.who
    _known(office, decision, desk.names, bodies)
    now = round_of(session, case)
    found = next((one for one in now.offices if one.office == office), None)
    proposal = found.proposal if found is not None else None
    if decision == INVOLVE and proposal is None:
        decision = ADD
    if decision in (DROP, ADD) and not reason:
        raise UnusableError("reason-missing", REASON, decision=decision)
    if decision == CARRY and (found is None or found.earlier is None):
        raise UnusableError("nothing-to-carry", NOTHING)
    made = _kept(session, now, case, office, proposal)
    made.decision, made.reason = decision, reason
    made.by, made.at = who.pseudonym, datetime.now(UTC)
    session.add(made)
    task = found.task if found is not None and decision == DROP else None
    if task is not None and task.state not in OVER:
        moved(task, "task.withdrawn")
    session.flush()
    entry = happened(
        session,
        case,
        "office.decided",
        actor=who.pseudonym,
        facts={"office": office, "decision": decision, "version": now.version.number,
               "proposed": None if proposal is None else proposal.certainty},
        detail={"reason": reason} if reason else None,
    )  # fmt: skip
    if task is not None:
        told_off(desk, case, task, entry)
    return made


def as_proposed(
    session: Session, now: Round, case: Case, who: Principal, one: Considered, decision: str
) -> None:
    """Keep what a release decides of itself; what was decided by hand stays."""
    if one.decision is None:
        made = _kept(session, now, case, one.office, one.proposal)
        made.decision, made.by, made.at = decision, who.pseudonym, datetime.now(UTC)
        session.add(made)


def _kept(
    session: Session, now: Round, case: Case, office: str, proposal: Proposal | None
) -> Decision:
    asked = select(Decision).where(Decision.version_id == now.version.id, Decision.office == office)
    made = session.scalars(asked).first() or Decision(
        case_id=case.id, version_id=now.version.id, office=office, reasons=[]
    )
    if proposal is not None:
        made.check_id = None if now.check is None else now.check.id
        made.effect, made.certainty = proposal.effect, proposal.certainty
        made.reasons = list(proposal.reasons)
    return made


def _known(office: str, decision: str, offices: Collection[str], bodies: Collection[str]) -> None:
    if decision == HINT and office not in bodies:
        raise UnusableError("office-unknown", BODIES, known=sorted(bodies))
    if decision != HINT and office in bodies and decision != DROP:
        raise UnusableError("body-outside", OUTSIDE)
    if office not in offices and office not in bodies:
        raise UnusableError("office-unknown", OFFICES, known=sorted(offices))


NO_PLAN = Text(
    "Zu diesem Vorgang gibt es noch keinen Planstand.", "There is no draft in this case yet."
)
ENDED = Text(
    "Der Vorgang ist beendet (`state`); beteiligt wird nur in offenen.",
    "The case has ended (`state`); offices are asked in open ones only.",
)
NOTHING = Text(
    "Dieses Amt hat zu keinem früheren Planstand geantwortet; es gibt nichts zu übernehmen.",
    "This office has answered on no earlier draft; there is nothing to carry over.",
)
REASON = Text(
    "Ein vorgeschlagenes Amt wegzulassen oder eines hinzuzunehmen braucht eine Begründung "
    "(`reason`); sie bleibt in der Akte.",
    "To drop a proposed office or add another one needs a reason (`reason`); it stays on record.",
)
OFFICES = Text(
    "Dieses Amt kennt der Katalog nicht; `known` nennt alle.",
    "The catalogue knows no such office; `known` names all of them.",
)
BODIES = Text(
    "Diese Stelle kennt der Katalog nicht als Stelle außerhalb des Landkreises; `known` nennt "
    "alle.",
    "The catalogue knows no such body outside the district; `known` names all of them.",
)
OUTSIDE = Text(
    "Diese Stelle gehört nicht zum Landkreis und wird nur als Hinweis genannt (`hint`).",
    "This body is not of the district and is only named as a hint (`hint`).",
)
