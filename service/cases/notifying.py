"""Who is told of an event by mail, and with which text."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service import letters
from service.db import Json
from service.models.account import Account, Membership
from service.models.case import Case
from service.models.journal import Entry


@dataclass(frozen=True, slots=True)
class Letter:
    """A template, and the role of those it goes to: planners of the case's organisation only."""

    template: str
    role: str


LETTERS: Mapping[str, Letter] = {
    "check.done": Letter("check_done", "coordinator"),
    "check.failed": Letter("check_failed", "coordinator"),
    "plan.asked": Letter("plan_asked", "planner"),
    "supplement.requested": Letter("supplement_requested", "planner"),
    "statement.sent": Letter("statement_sent", "planner"),
}


def notify(session: Session, case: Case, entry: Entry) -> int:
    """Ask for the mails that tell of an event of a case; return how many people are told."""
    letter = LETTERS.get(entry.action)
    if letter is None:
        return 0
    accounts = session.scalars(_concerned(case, letter.role)).all()
    for account in accounts:
        letters.ask(session, entry, account, letter.template, _values(case))
    return len(accounts)


def _concerned(case: Case, role: str) -> Select[Account]:
    active = Account.active.is_(True) & Account.mail.is_not(None)
    found = select(Account).where(active, Account.role == role).order_by(Account.login)
    if role != "planner":
        return found
    members = select(Membership.account_id)
    return found.where(
        Account.id.in_(members.where(Membership.organisation_id == case.organisation_id))
    )


def _values(case: Case) -> Json:
    return {
        "case": str(case.id),
        "reference": case.reference,
        "title": case.title,
        "deadline": None if (day := case.due or case.deadline) is None else day.isoformat(),
    }
