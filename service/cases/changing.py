"""What is known of a case is corrected: title, procedure, dates; who did it stays on record."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.clocks import reckon
from service.cases.drafts import last_version
from service.cases.events import happened
from service.cases.state import BEFORE_OFFICES, OPEN
from service.errors import ConflictError, ForbiddenError, UnusableError
from service.house.house import SAXONY, HouseCalendar
from service.models.case import Case
from service.models.version import PlanVersion
from service.plans.kinds import Vocabulary

CHANGEABLE = (
    "title", "summary", "kind", "procedure", "law", "deadline", "deadline_fixed", "dates",
    "sender_reference", "label",
)  # fmt: skip
PLAIN = ("kind", "procedure", "deadline", "deadline_fixed", "dates")  # neither names nor free text
CHECKED = ("kind", "procedure")  # what the rules look at


def change(
    session: Session,
    principal: Principal,
    case: Case,
    values: Mapping[str, Any],
    vocabulary: Vocabulary,
    calendar: HouseCalendar = SAXONY,
) -> bool:
    """Set what differs; return whether anything did.

    Kind and procedure also reach the latest draft, so that the next check asks by them.

    Raises
    ------
    ConflictError, ForbiddenError
        If the case is no longer open; if it is with the offices and a planner asks.
    UnusableError
        If kind or procedure is not known, or the kind does not go with what was drawn.
    """
    may_change(principal, case)
    version = last_version(session, case)
    before = {name: _now(case, version, name) for name in CHANGEABLE}
    after = {name: value for name, value in values.items() if value != before[name]}
    if not after:
        return False
    _fits(after, version, vocabulary)
    for name, value in after.items():
        if name == "label" and version is not None:
            version.label = value
        elif name != "label":
            setattr(case, name, value)
    if version is not None and (asked := {n: after[n] for n in CHECKED if n in after}):
        version.said = {**version.said, **asked}
    reckon(session, case, calendar)
    facts = {name: plain(value) for name, value in after.items() if name in PLAIN}
    detail = {"before": {n: plain(before[n]) for n in after}, "after": _plain_all(after)}
    happened(
        session,
        case,
        "case.changed",
        actor=principal.pseudonym,
        facts={"fields": sorted(after), **facts},
        detail=detail,
    )
    return True


def may_change(principal: Principal, case: Case) -> None:
    """Let pass who may change a case now; a planner only until the offices are asked.

    Raises
    ------
    ConflictError, ForbiddenError
        If not.
    """
    if case.state not in OPEN:
        raise ConflictError("state-conflict", ENDED, state=case.state)
    if principal.role == "planner" and case.state not in BEFORE_OFFICES:
        raise ForbiddenError("case-with-offices", WITH_OFFICES)


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _plain_all(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


def _now(case: Case, version: PlanVersion | None, name: str) -> Any:
    if name != "label":
        return getattr(case, name)
    return None if version is None else version.label


def _fits(after: Mapping[str, Any], version: PlanVersion | None, words: Vocabulary) -> None:
    kind, procedure = after.get("kind"), after.get("procedure")
    if kind is not None and kind not in words.kinds:
        raise UnusableError("word-unknown", UNKNOWN, field="kind", known=sorted(words.kinds))
    if procedure is not None and procedure not in words.procedures:
        known = sorted(words.procedures)
        raise UnusableError("word-unknown", UNKNOWN, field="procedure", known=known)
    drawn = (version.understood or {}).get("geometry_type") if version is not None else None
    if kind is not None and drawn is not None and drawn not in words.kinds[kind].geometry:
        raise UnusableError("kind-geometry", OTHER_DRAWN, drawn=drawn)


ENDED = Text(
    "Der Vorgang ist beendet (`state`) und wird nicht mehr geändert.",
    "The case has ended (`state`) and is not changed any more.",
)
WITH_OFFICES = Text(
    "Der Vorgang liegt schon bei den Fachämtern; Änderungen bitte der Koordination mitteilen.",
    "The case is with the offices already; please tell the coordinator what should change.",
)
UNKNOWN = Text(
    "Das Wort in `field` ist nicht bekannt; `known` nennt die bekannten.",
    "The word in `field` is not known; `known` lists those that are.",
)
OTHER_DRAWN = Text(
    "Diese Art passt nicht zu dem, was gezeichnet ist (`drawn`); bitte eine andere wählen oder "
    "einen neuen Planstand einreichen.",
    "This kind does not go with what is drawn (`drawn`); choose another or hand in a new draft.",
)
