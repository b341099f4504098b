"""What is done with a task besides answering it: read, pass on, postpone, wait, close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.asking.desk import Desk
from service.cases.asking.letters import asked
from service.cases.events import happened
from service.cases.tasks.happening import step
from service.cases.tasks.links import revoked
from service.errors import ForbiddenError, UnusableError
from service.models.account import Account
from service.models.case import Case
from service.models.journal import Entry
from service.models.task import Task

# Why an office is not affected after all: from these codes the rules are improved.
WHY_NOT = (
    "outside_competence", "threshold_too_low", "data_outdated", "object_gone", "plan_unsuitable",
    "covered_by_other_office", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bench:
    """What a step with a task works on: both rows are locked."""

    desk: Desk
    case: Case
    task: Task

    @property
    def session(self) -> Session:
        """Return the session of the desk."""
        return self.desk.session

    @property
    def who(self) -> Principal:
        """Return who works at it."""
        return self.desk.who

    def step(
        self, action: str, facts: Mapping[str, Any] | None = None, **detail: str | None
    ) -> Entry:
        """Take a step and write it down; what is None is left out of the detail."""
        said = {name: value for name, value in detail.items() if value is not None}
        return step(
            self.session, self.case, self.task, action, actor=self.who.pseudonym,
            facts=facts, detail=said or None,
        )  # fmt: skip

    def told(self, action: str, facts: Mapping[str, Any]) -> None:
        """Write down what changes nothing of the task itself."""
        told = {"task": str(self.task.id), "office": self.task.office, **facts}
        happened(self.session, self.case, action, actor=self.who.pseudonym, facts=told)


def seen(bench: Bench) -> None:
    """Note that the office has looked at its task, the first time only."""
    task = bench.task
    if task.seen is None and bench.who.office in (task.office, task.stand_in):
        task.seen = datetime.now(UTC)
        if task.state == "open":
            bench.step("task.seen")


def forwarded(bench: Bench, account_id: UUID | None, note: str | None) -> None:
    """Give a task to somebody in the office; None: back to the whole office.

    Raises
    ------
    UnusableError
        If that account is not one of an office that works on the task.
    """
    account = None if account_id is None else bench.session.get(Account, account_id)
    own = (bench.task.office, bench.task.stand_in)
    if account_id is not None and (
        account is None or not account.active or account.office not in own
    ):
        raise UnusableError("assignee-unknown", ASSIGNEE)
    bench.task.assignee_id = account_id
    to = None if account is None else str(account.pseudonym)
    bench.step("task.forwarded", {"to": to}, note=note)


def stood_in(bench: Bench, office: str | None, reason: str) -> None:
    """Let another office answer in this one's place; None: no longer."""
    if office == bench.task.office:
        raise UnusableError("stand-in-itself", ITSELF)
    bench.task.stand_in = office
    bench.task.assignee_id = None
    revoked(bench.session, bench.task.id)  # they lie in the mailbox of the other office
    entry = bench.step("task.stood_in", {"stand_in": office}, reason=reason)
    asked(bench.desk, bench.case, bench.task, entry)


def postponed(bench: Bench, due: date, reason: str) -> None:
    """Give an office more, or less, time within the house."""
    before, bench.task.due = bench.task.due, due
    bench.task.escalated = None
    facts = {"before": before.isoformat(), "due": due.isoformat()}
    bench.step("task.postponed", facts, reason=reason)


def resubmit(bench: Bench, day: date | None, note: str | None) -> None:
    """Note when the task shall be brought up again (Wiedervorlage); None: no more.

    A note to oneself: the journal does not tell of it.
    """
    bench.task.resubmit = day
    bench.task.resubmit_note = note if day is not None else None
    bench.task.revision += 1


def waiting(bench: Bench, body: str | None, until: date | None) -> None:
    """Note that the answer waits for a body outside (LfD, LfA …) until a day; None: no more."""
    bench.task.outside_body, bench.task.outside_until = body, until
    facts = {"body": body, "until": None if until is None else until.isoformat()}
    bench.step("task.waiting", facts)


def not_affected(bench: Bench, code: str, reason: str) -> None:
    """Close a task because the office is not affected after all; the reason is kept to learn from.

    Raises
    ------
    ConflictError
        If it has answered already.
    """
    bench.task.closing, bench.task.closing_code = reason, code
    bench.task.answered = datetime.now(UTC)
    bench.step("task.not_affected", {"code": code}, reason=reason)


def no_answer(bench: Bench, reason: str) -> None:
    """Close a task without an answer; that never counts as having no objections."""
    bench.task.closing, bench.task.closing_code = reason, "no_answer"
    bench.step("task.no_answer", reason=reason)


def reopened(bench: Bench, due: date, reason: str) -> None:
    """Ask again what was closed without an answer."""
    bench.task.due, bench.task.closing, bench.task.closing_code = due, None, None
    bench.task.answered = bench.task.escalated = None
    bench.step("task.reopened", {"due": due.isoformat()}, reason=reason)


def coordinates(principal: Principal) -> None:
    """Let the coordinator pass.

    Raises
    ------
    ForbiddenError
        Anybody else.
    """
    if principal.role != "coordinator":
        raise ForbiddenError("coordinator-only", COORDINATOR)


COORDINATOR = Text(
    "Das entscheidet die Koordination des Landkreises; bitte dort darum bitten.",
    "This is for the coordinator of the district to decide; please ask there.",
)
ASSIGNEE = Text(
    "Weiterleiten geht nur an ein aktives Konto des beteiligten Fachamts.",
    "A task can be passed on only to an active account of the office concerned.",
)
ITSELF = Text(
    "Ein Fachamt kann sich nicht selbst vertreten; bitte ein anderes nennen.",
    "An office cannot stand in for itself; please name another one.",
)
