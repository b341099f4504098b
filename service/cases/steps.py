"""What a person does with a case as a whole: let it rest, withdraw it, close it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.events import happened
from service.cases.notifying import notify
from service.errors import ForbiddenError, UnusableError
from service.models.case import Case
from service.models.journal import Entry

COORDINATOR, PLANNER = "coordinator", "planner"


@dataclass(frozen=True, slots=True)
class Step:
    """A step: the action in the journal, who may take it, whether it needs a reason."""

    action: str
    by: frozenset[str] = frozenset({COORDINATOR})
    reason: bool = False


STEPS: Mapping[str, Step] = {
    "rest": Step("case.rested", reason=True),
    "resume": Step("case.resumed"),
    "withdraw": Step("case.withdrawn", frozenset({COORDINATOR, PLANNER}), reason=True),
    "request_supplement": Step("supplement.requested", reason=True),
    "receive_supplement": Step("supplement.received"),
    "receive_result": Step("result.received"),
    "close": Step("case.closed"),
    "archive": Step("case.archived"),
}


def take(
    session: Session, principal: Principal, case: Case, step: str, reason: str | None
) -> Entry:
    """Take a step.

    Raises
    ------
    ForbiddenError
        If it is not this principal's to take.
    UnusableError
        If it needs a reason and has none.
    ConflictError
        If it does not fit the state of the case.
    """
    chosen = STEPS[step]
    if principal.role not in chosen.by:
        raise ForbiddenError("step-not-yours", NOT_YOURS)
    said = (reason or "").strip()
    if chosen.reason and not said:
        raise UnusableError("reason-missing", REASON)
    if chosen.action == "case.closed":
        case.closed = datetime.now(UTC)
    detail = {"reason": said} if said else None
    entry = happened(session, case, chosen.action, actor=principal.pseudonym, detail=detail)
    notify(session, case, entry)
    return entry


NOT_YOURS = Text(
    "Diesen Schritt geht die Koordination des Landkreises; bitte dort darum bitten.",
    "This step is for the coordinator of the district; please ask there.",
)
REASON = Text(
    "Dieser Schritt braucht eine Begründung (`reason`); sie bleibt in der Akte.",
    "This step needs a reason (`reason`); it stays on record.",
)
