"""A request to extend a deadline, drafted from what is known; a person sends it."""

from dataclasses import dataclass
from datetime import date

from gis.problem import Text
from service.cases.clocks import legal_days
from service.deadlines.clock import Clock, extendable
from service.deadlines.deadlines import Deadlines
from service.deadlines.period import Span, extended
from service.deadlines.said import shown
from service.errors import UnusableError
from service.house import House
from service.models.case import Case


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted request: for which clock, from which day until which, and the letter's words."""

    clock: str
    before: date
    until: date
    basis: str | None
    subject: Text
    body: Text


def drafted(case: Case, house: House, found: Deadlines, clock: str, span: Span) -> Draft:
    """Return a request to extend a clock of a case by a span.

    Raises
    ------
    UnusableError
        If the clock does not run in the case, or the statute does not let it be extended.
    """
    running = {one.rule.code: one for one in found.clocks if one.end is not None}
    one = running.get(clock)
    if one is None or one.end is None:
        raise UnusableError("clock-unknown", NO_CLOCK, known=sorted(running))
    if not extendable(one.rule, {case.kind, *case.uses}):
        raise UnusableError("clock-not-extendable", FIXED, basis=one.rule.basis)
    until = extended(one.end, span, legal_days(case, house.calendar)).end
    subject, body = _subject(case), _body(case, house, one, until)
    return Draft(clock, one.end, until, one.rule.extension_basis, subject, body)


def _subject(case: Case) -> Text:
    named = f"{case.title} ({_reference(case)})"
    return Text(f"Fristverlängerung: {named}", f"Extension of the period: {named}")


def _body(case: Case, house: House, one: Clock, until: date) -> Text:
    before, later = shown(one.end or until), shown(until)
    asked = house.text("extension")
    why = f" ({one.rule.extension_basis})" if one.rule.extension_basis else ""
    return Text(
        f"zu der Planung „{case.title}“, {_reference(case)}, endet die Frist am {before.de} "
        f"({one.rule.basis}). Wir beantragen, sie bis {later.de} zu verlängern{why}. "
        f"{asked.de}".strip(),
        f"for the plan “{case.title}”, {_reference(case)}, the period ends on {before.en} "
        f"({one.rule.basis}). We ask for an extension until {later.en}{why}. "
        f"{asked.en}".strip(),
    )


def _reference(case: Case) -> str:
    own = case.reference
    return f"{case.sender_reference}, {own}" if case.sender_reference else own


NO_CLOCK = Text(
    "Diese Frist läuft in dem Vorgang nicht; `known` nennt die laufenden.",
    "This clock does not run in the case; `known` lists those that do.",
)
FIXED = Text(
    "Diese Frist (`basis`) lässt sich nicht verlängern; bitte mit Vorbehalt absenden.",
    "This period (`basis`) cannot be extended; please send with a reservation.",
)
