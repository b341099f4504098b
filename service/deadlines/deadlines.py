"""All deadlines of a case: its clocks, which of them decides, and what is to be warned of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.deadlines import warned
from service.deadlines.clock import Clock, clock, hearing_window
from service.deadlines.facts import Facts
from service.deadlines.procedures import PAR7, PAR7_PROCEDURES, Procedure, Rule, procedures
from service.deadlines.warned import Warned
from service.deadlines.workdays import FIRST, LAST, Workdays

NONE = Procedure("", False, (procedures()["voranfrage"].rules[0],))
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The clocks of a case in order; `due` is when the statement must be out, and why then.

    `statute`: that the district speaks with one voice is law here (§ 73a (3) VwVfG), elsewhere
    house practice.
    """

    clocks: tuple[Clock, ...]
    due: date | None
    decisive: str | None
    statute: bool
    warned: tuple[Warned, ...]


def deadlines(facts: Facts, workdays: Workdays) -> Deadlines:
    """Return all deadlines of a case; of several clocks the earliest end decides."""
    wrong = tuple(map(warned.implausible, facts.implausible))
    if not FIRST <= facts.received <= LAST:
        return Deadlines((), None, None, False, wrong)
    known = facts.plausible()
    procedure = procedures().get(facts.procedure or "", NONE)
    clocks = [clock(rule, known, workdays) for rule in _rules(procedure, known)]
    clocks = [_heard(one, clocks, known) for one in clocks]
    decisive = _decisive(clocks)
    return Deadlines(
        tuple(clocks),
        None if decisive is None else decisive.end,
        None if decisive is None else decisive.rule.code,
        procedure.statute,
        (*wrong, *_of_case(procedure, known), *(w for one in clocks for w in one.warned)),
    )


def _rules(procedure: Procedure, facts: Facts) -> Iterable[Rule]:
    rules = procedure.under(facts.version)
    yield from (r for r in rules if not r.optional or any(map(facts.day, r.start)))
    if facts.kind == "flaechennutzungsplan" and procedure.code in PAR7_PROCEDURES:
        yield PAR7


def _decisive(clocks: Iterable[Clock]) -> Clock | None:
    """Return the clock whose end comes first; a guess only where nothing else is known.

    A clock that takes the place of the others decides alone.
    """
    counting = [one for one in clocks if one.counts]
    alone = [one for one in counting if one.rule.instead]
    certain = [one for one in alone or counting if not one.assumed]
    return min(certain or alone or counting, key=_end, default=None)


def _heard(one: Clock, clocks: Iterable[Clock], facts: Facts) -> Clock:
    """Return the clock of a hearing with the time there is for it; any other as it is."""
    if one.rule.code != "hearing":
        return one
    named = [c for c in clocks if c.rule.code in ("statement", "objection") and c.end]
    window = hearing_window([_end(c) for c in named if not c.assumed])
    steps = (*one.steps, *(() if window is None else window.steps))
    if one.end is None:
        return replace(one, steps=steps)
    ends = [_end(c) for c in named if c.rule.code == "objection"]
    early = [warned.hearing_early(one.end, e) for e in ends if one.end <= e]
    told = facts.dates.get("hearing_announced")
    short = [warned.hearing_notice(one.end, told)] if told and one.end - told < WEEK else []
    return replace(one, steps=steps, warned=(*early, *short))


def _of_case(procedure: Procedure, facts: Facts) -> Iterable[Warned]:
    if procedure is NONE:
        yield warned.NO_PROCEDURE
    if facts.supplement:
        yield warned.NO_PAUSE


def _end(one: Clock) -> date:
    return one.end or date.max
