"""Having a plan checked again, on today's layers and rules, and calling a check off."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.drafts import last_version
from service.cases.finishing import cancelled
from service.cases.opening import RECHECK, Desk, queue_check
from service.errors import ConflictError
from service.models.case import Case
from service.models.check import Check
from service.models.version import PlanVersion


def recheck(desk: Desk, case: Case) -> Check:
    """Ask for another check of the latest draft; what is known so far stays as it is.

    Raises
    ------
    ConflictError
        If there is no draft, a question about it is open, or a check of it is under way.
    """
    version = last_version(desk.session, case)
    if version is None:
        raise ConflictError("no-draft", NO_DRAFT)
    if version.question is not None:
        raise ConflictError("question-open", QUESTION)
    under_way = select(Check.id).where(
        Check.version_id == version.id, Check.state.in_(("queued", "running"))
    )
    if (running := desk.session.scalars(under_way.limit(1)).first()) is not None:
        raise ConflictError("check-under-way", UNDER_WAY, check=f"/api/v1/checks/{running}")
    return queue_check(desk, case, version, RECHECK)


def call_off(session: Session, principal: Principal, case: Case, check: Check) -> None:
    """Cancel a check; both rows are locked.

    Raises
    ------
    ConflictError
        If it is over already.
    """
    if not cancelled(session, case, check, principal.pseudonym):
        raise ConflictError("check-over", OVER, state=check.state)


def checks_of(session: Session, case: Case) -> list[tuple[Check, int]]:
    """Return all checks of a case with the number of the draft, the latest first."""
    rows = select(Check, PlanVersion.number).join(PlanVersion, PlanVersion.id == Check.version_id)
    rows = rows.where(PlanVersion.case_id == case.id).order_by(Check.created.desc())
    return [(check, number) for check, number in session.execute(rows)]


NO_DRAFT = Text(
    "Zu diesem Vorgang gibt es keinen Planstand; bitte zuerst einen einreichen (`versions`).",
    "There is no draft of this case; please hand one in first (`versions`).",
)
QUESTION = Text(
    "Zu diesem Planstand ist noch eine Frage offen; bitte zuerst beantworten (`answers`).",
    "A question about this draft is still open; answer it first (`answers`).",
)
UNDER_WAY = Text(
    "Dieser Planstand wird gerade geprüft (`check`); bitte das Ergebnis abwarten.",
    "This draft is being checked already (`check`); please wait for the result.",
)
OVER = Text(
    "Die Prüfung ist schon zu Ende (`state`); ihr Ergebnis bleibt.",
    "The check is over already (`state`); its result stays.",
)
