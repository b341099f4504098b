"""A plan comes in: a case is opened, a question answered, a further draft added.

The bytes lie on disk before any row speaks of them; case, version, check, job and journal entry
are one transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.problem import Question, Text
from service import jobs
from service.access.principal import Principal
from service.blobs import Blobs, Stored, recorded
from service.cases.clocks import reckon
from service.cases.dates import of_plan
from service.cases.drafts import last_version
from service.cases.events import happened
from service.cases.notifying import notify
from service.cases.reference import next_reference, taken
from service.cases.understanding import asked, outline, understood
from service.config import Settings
from service.district import District
from service.errors import ConflictError, UnusableError
from service.house.house import SAXONY, HouseCalendar
from service.models.account import Organisation
from service.models.case import Case
from service.models.check import Check
from service.models.version import PlanVersion
from service.plans.answer import answered, intake_from, stored
from service.plans.declared import Intake
from service.plans.origin import OFFICIAL
from service.plans.plan import Plan

Read = Callable[[Path, Intake], Plan]
RECEIVED, RECHECK, REVISED = "received", "recheck", "revised"


@dataclass(frozen=True, slots=True)
class Sent:
    """A plan file that has arrived, and what was said with it."""

    arrived: Stored
    filename: str
    intake: Intake
    label: str | None = None  # Planstand


@dataclass(frozen=True, slots=True)
class Letter:
    """What a case says beside the plan itself: when it came in, when it must be answered."""

    received: date
    deadline: date | None = None
    deadline_fixed: bool = False
    title: str | None = None
    summary: str | None = None
    law: str | None = None
    sender_reference: str | None = None
    reference: str | None = None  # typed by hand; otherwise the next of the pattern
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What opening a case works with."""

    session: Session
    blobs: Blobs
    district: District
    settings: Settings
    read: Read
    principal: Principal
    calendar: HouseCalendar = SAXONY  # whose holidays count


def open_case(desk: Desk, sent: Sent, letter: Letter) -> tuple[Case, PlanVersion]:
    """Open a case for a plan, with a check on its way, or with a question to be answered first.

    Raises
    ------
    Refusal
        If the plan cannot be used; nothing is kept then.
    UnusableError
        If the organisation is not the sender's.
    ConflictError
        If the reference is taken.
    """
    sender = _sender(desk, letter.organisation_id)
    outcome = read(desk.read, sent.arrived.path, sent.intake)
    case = Case(
        reference=_reference(desk, letter),
        sender_reference=letter.sender_reference,
        title=letter.title or _title(outcome, sent),
        summary=letter.summary,
        law=letter.law,
        municipalities=[],
        organisation_id=sender,
        on_behalf=desk.principal.role != "planner",
        received=letter.received,
        deadline=letter.deadline,
        deadline_fixed=letter.deadline_fixed,
        dates=of_plan(outcome),
        state="received",
        revision=1,
        **_declared(outcome, sent.intake),
    )
    desk.session.add(case)
    desk.session.flush()
    version = _version(desk, case, sent, outcome, 1)
    reckon(desk.session, case, desk.calendar)
    _told(desk, case, "case.received", {"on_behalf": case.on_behalf}, title=case.title)
    _settle(desk, case, version, RECEIVED)
    return case, version


def add_version(desk: Desk, case: Case, sent: Sent) -> PlanVersion:
    """Add a further draft to a case; errors as `open_case`."""
    outcome = read(desk.read, sent.arrived.path, sent.intake)
    number = 1 + (desk.session.scalar(_numbers(case)) or 0)
    version = _version(desk, case, sent, outcome, number)
    _told(desk, case, "plan.revised", {"version": number}, label=sent.label)
    _settle(desk, case, version, REVISED)
    return version


def answer(desk: Desk, case: Case, option: str) -> PlanVersion:
    """Answer the open question of a case's latest version with one option.

    Raises
    ------
    ConflictError
        If no question is open.
    Refusal
        If the answer cannot be understood, or shows that the plan cannot be used.
    """
    version = last_version(desk.session, case)
    if version is None or version.question is None:
        raise ConflictError("no-question", NO_QUESTION)
    intake = answered(known(desk.district, version.said), option)
    outcome = read(desk.read, desk.blobs.path(version.blob), intake)
    version.said = stored(intake)
    _understand(version, outcome)
    _told(desk, case, "plan.answered", {"version": version.number}, option=option)
    if isinstance(outcome, Plan):
        for name, value in _declared(outcome, intake).items():
            setattr(case, name, value)
        if case.title == (intake.named or version.filename):  # nobody had said another
            case.title = outcome.title[:300]
        case.dates = {**of_plan(outcome), **case.dates}
        reckon(desk.session, case, desk.calendar)
    _settle(desk, case, version, RECEIVED if version.number == 1 else REVISED)
    return version


def queue_check(desk: Desk, case: Case, version: PlanVersion, cause: str) -> Check:
    """Ask for a check of a version; its job is committed with it."""
    check = Check(version_id=version.id, cause=cause, day=date.today(), progress={"done": 0})
    desk.session.add(check)
    desk.session.flush()
    # First the job: the journal is locked until the end of the transaction.
    jobs.defer(
        desk.session,
        "checks.run",
        queue=jobs.CHECKS,
        lock=f"case-{case.id}",
        check_id=str(check.id),
    )
    _told(desk, case, "check.queued", {"check": str(check.id), "version": version.number})
    return check


def known(district: District, said: Mapping[str, Any]) -> Intake:
    """Return the intake that was stored with a version, under today's catalogue."""
    blank = district.intake()
    return intake_from(said, blank.crs, blank.vocabulary, blank.area, blank.beside_m)


def read(reader: Read, path: Path, intake: Intake) -> Plan | Question:
    """Return the plan, or the question that must be answered first; refusals are raised."""
    try:
        return reader(path, intake)
    except Question as question:
        return question


def _settle(desk: Desk, case: Case, version: PlanVersion, cause: str) -> None:
    """Have a version checked, or its question asked."""
    if version.question is not None:
        _told(desk, case, "plan.asked", {"code": version.question["code"]})
        return
    if case.state == "asking":
        _told(desk, case, "plan.understood", {"version": version.number})
    queue_check(desk, case, version, cause)


def _version(
    desk: Desk, case: Case, sent: Sent, outcome: Plan | Question, number: int
) -> PlanVersion:
    kept = desk.blobs.keep(sent.arrived)
    version = PlanVersion(
        case_id=case.id,
        number=number,
        label=sent.label,
        blob=recorded(desk.session, kept),
        filename=sent.filename,
        said=stored(sent.intake),
        origin=sent.intake.origin or OFFICIAL,
    )
    _understand(version, outcome)
    desk.session.add(version)
    desk.session.flush()
    return version


def _understand(version: PlanVersion, outcome: Plan | Question) -> None:
    if isinstance(outcome, Plan):
        version.question = None
        version.understood = understood(outcome)
        version.geometry = outline(outcome)
    else:
        version.question = asked(outcome)


def _declared(outcome: Plan | Question, intake: Intake) -> dict[str, Any]:
    if isinstance(outcome, Plan):
        said = {"kind": outcome.kind, "uses": list(outcome.uses), "procedure": outcome.procedure}
    else:
        said = {
            "kind": intake.kind or "sonstiges",
            "uses": list(intake.uses),
            "procedure": intake.procedure,
        }
    return said


def _title(outcome: Plan | Question, sent: Sent) -> str:
    named = sent.intake.title or sent.intake.named or sent.filename
    return (outcome.title if isinstance(outcome, Plan) else named)[:300]


def _sender(desk: Desk, wanted: UUID | None) -> UUID | None:
    """Return the organisation a plan is handed in for: of a planner one of their own."""
    own = desk.principal.organisations
    if desk.principal.role != "planner":
        if wanted is not None and desk.session.get(Organisation, wanted) is None:
            raise UnusableError("organisation-unknown", NO_ORGANISATION)
        return wanted
    if wanted is None and len(own) == 1:
        return next(iter(own))
    if wanted not in own:
        raise UnusableError("organisation-unknown", NO_ORGANISATION)
    return wanted


def _reference(desk: Desk, letter: Letter) -> str:
    if letter.reference is None:
        return next_reference(desk.session, desk.settings.reference_pattern, letter.received)
    if desk.principal.role == "planner":
        raise UnusableError("reference-not-yours", NOT_YOURS)
    if taken(desk.session, letter.reference):
        raise ConflictError("reference-taken", TAKEN)
    return letter.reference


def _numbers(case: Case) -> Any:
    return select(func.max(PlanVersion.number)).where(PlanVersion.case_id == case.id)


def _told(desk: Desk, case: Case, action: str, facts: Mapping[str, Any], **detail: Any) -> None:
    actor = desk.principal.pseudonym
    entry = happened(desk.session, case, action, actor=actor, facts=facts, detail=detail or None)
    notify(desk.session, case, entry)


NO_QUESTION = Text("Es ist keine Frage offen.", "No question is open.")
NO_ORGANISATION = Text(
    "Diese Organisation gibt es nicht, oder Sie handeln nicht für sie; bitte `organisation` "
    "angeben.",
    "There is no such organisation, or you do not act for it; please state `organisation`.",
)
NOT_YOURS = Text(
    "Das Aktenzeichen vergibt der Landkreis; bitte Ihr eigenes als `sender_reference` angeben.",
    "The district gives the file reference; please state your own as `sender_reference`.",
)
TAKEN = Text(
    "Dieses Aktenzeichen ist schon vergeben; bitte ein anderes wählen.",
    "This file reference is taken; please choose another.",
)
