"""One clock: when it starts, when it ends, how that was computed and what it must be warned of."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gis.problem import Text
from service.deadlines import warned
from service.deadlines.facts import Facts
from service.deadlines.period import (
    Reckoning,
    Span,
    Step,
    extended,
    from_event,
    plus,
    rolled,
)
from service.deadlines.procedures import EVENTS, OURS, Rule
from service.deadlines.said import shown
from service.deadlines.warned import Warned
from service.deadlines.workdays import Workdays

SET_BY_LETTER = frozenset({"statement", "decision", "consent"})
USUAL = Span(1, "months")  # planned against where nobody has named a day


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of a case.

    `statutory` is the end the law sets by itself, the least or the most there may be where it
    leaves the rest to the authority; `end` is the end in force, None where nothing is known of it.
    `assumed`: no day was named, so that `end` is only a prudent guess. `off`: why it was switched
    off.
    """

    rule: Rule
    event: str | None
    start: date | None
    statutory: date | None
    end: date | None
    assumed: bool
    steps: tuple[Step, ...]
    warned: tuple[Warned, ...] = ()
    off: str | None = None

    @property
    def counts(self) -> bool:
        """Tell whether the statement must be out before it ends."""
        ours = self.rule.party in OURS and self.rule.force not in ("before", "event")
        return ours and self.off is None and self.end is not None


def clock(rule: Rule, facts: Facts, workdays: Workdays) -> Clock:
    """Return what a rule makes of the facts; extensions that were granted are in it."""
    off = facts.off.get(rule.code)
    event = next((name for name in rule.start if facts.day(name)), None)
    start = None if event is None else facts.day(event)
    if event is None or start is None:
        missing = (warned.start_missing(rule),)
        return Clock(rule, None, None, None, None, False, (), missing, off)
    if rule.force in ("before", "event"):
        steps = (_fixed(rule, start, workdays),)
        return Clock(rule, event, start, steps[0].day, steps[0].day, False, steps, (), off)
    return replace(_running(rule, facts, event, start, workdays), off=off)


def _running(rule: Rule, facts: Facts, event: str, start: date, workdays: Workdays) -> Clock:
    """Return a clock that runs from an event to the end of a period."""
    law = None if rule.span is None else from_event(start, EVENTS[event], rule.span, rule.basis)
    reckoned, assumed, said = (
        _named(rule, facts, facts.named, law, workdays)
        if facts.named and rule.code in SET_BY_LETTER
        else _unnamed(rule, event, start, law, workdays)
    )
    announced = facts.dates.get("objections_to") if rule.code == "objection" else None
    if announced is not None:
        reckoned, said = _announced(rule, event, reckoned, announced, workdays)
    moved, more = _moved(rule, facts, reckoned, workdays)
    notes = () if announced else _notes(rule, event, moved.end)
    return Clock(
        rule,
        event,
        start,
        None if law is None else rolled(law, workdays).end,
        moved.end,
        assumed and moved is reckoned,
        moved.steps,
        (*said, *more, *notes),
    )


def _unnamed(
    rule: Rule, event: str, start: date, law: Reckoning | None, workdays: Workdays
) -> tuple[Reckoning, bool, tuple[Warned, ...]]:
    """Return the end where no day was named, whether it is a guess, and warnings."""
    if law is not None and rule.force in ("minimum", "statute"):
        return rolled(law, workdays), False, ()
    usual = rule.span if rule.force == "practice" and rule.span else USUAL
    guess = rolled(from_event(start, EVENTS[event], usual, rule.basis), workdays)
    return guess, True, (warned.no_day_named(rule, guess.end),)


def _named(
    rule: Rule, facts: Facts, named: date, law: Reckoning | None, workdays: Workdays
) -> tuple[Reckoning, bool, tuple[Warned, ...]]:
    """Return the end where the letter names a day: as it says, unless the statute says more."""
    letter = _letter(named, facts, workdays)
    if law is None or rule.force == "practice":
        return letter, False, ()
    legal = rolled(law, workdays)
    if rule.force == "maximum":
        above = letter.end > legal.end
        return letter, False, (warned.above_maximum(rule, letter.end, legal.end),) * above
    # A day that is fixed may be the very day a period ends on, although that one is moved.
    least = law.end if facts.named_fixed else legal.end
    if letter.end < least:
        return legal, False, (warned.below_minimum(rule, named, legal.end),)
    if rule.force == "minimum":
        return legal if letter.end == legal.end else letter, False, ()
    late = letter.end > legal.end
    return legal, False, (warned.beyond_statute(rule, named, legal.end),) * late


def _announced(
    rule: Rule, event: str, legal: Reckoning, named: date, workdays: Workdays
) -> tuple[Reckoning, tuple[Warned, ...]]:
    """Return the end of the objections where the announcement names it; the earlier day counts.

    Where only the day of receipt is known, the announcement alone says when they end.
    """
    text = Text(
        f"Die Bekanntmachung nennt als Ende der Einwendungsfrist den {shown(named).de}.",
        f"The announcement names {shown(named).en} as the end of the period for objections.",
    )
    letter = rolled(Reckoning(named, (Step(text, "§ 73 (2), (3) VwVfG", named),)), workdays)
    if event == "received" or letter.end == legal.end:
        return letter, ()
    if letter.end < legal.end:
        return letter, (warned.announced_earlier(rule, letter.end, legal.end),)
    return legal, (warned.announced_later(rule, letter.end, legal.end),)


def _letter(named: date, facts: Facts, workdays: Workdays) -> Reckoning:
    if facts.named_fixed:
        text = Text(
            f"Das Schreiben nennt unter Hinweis auf § 31 (3) VwVfG den {shown(named).de}; dieser "
            "Tag verschiebt sich nicht.",
            f"The letter names {shown(named).en}, referring to § 31 (3) VwVfG; that day does not "
            "move.",
        )
        return Reckoning(named, (Step(text, "§ 31 (3) S. 2 VwVfG", named),))
    text = Text(
        f"Das Schreiben nennt den {shown(named).de}.", f"The letter names {shown(named).en}."
    )
    return rolled(Reckoning(named, (Step(text, "§ 31 (2) VwVfG", named),)), workdays)


def _moved(
    rule: Rule, facts: Facts, before: Reckoning, workdays: Workdays
) -> tuple[Reckoning, tuple[Warned, ...]]:
    """Return the end after all extensions that were granted and could be."""
    end, said = before, []
    limit = _limit(rule, before, workdays)
    for consent in (c for c in facts.consents if c.clock == rule.code):
        if not extendable(rule, facts.subjects):
            said.append(warned.not_extendable(rule))
            continue
        later = _consented(consent.until, end.end, workdays)
        if later.end <= end.end:
            said.append(warned.no_extension(rule, later.end, end.end))
            continue
        if limit is not None and later.end > limit.end:
            said.append(warned.too_long(rule, later.end, limit.end))
            later = limit
        end = Reckoning(later.end, (*end.steps, *later.steps)) if later.end > end.end else end
    return end, tuple(said)


def _limit(rule: Rule, before: Reckoning, workdays: Workdays) -> Reckoning | None:
    most = rule.extension_most
    return None if most is None else extended(before.end, most, workdays)


def extendable(rule: Rule, subjects: Set[str]) -> bool:
    """Tell whether a clock can be extended for a plan of this kind and these uses."""
    fixed = rule.extension is None and rule.force == "statute"
    return not fixed and not subjects & rule.not_extended


def _consented(until: date | Span, before: date, workdays: Workdays) -> Reckoning:
    if isinstance(until, Span):
        return extended(before, until, workdays)
    text = Text(
        f"Verlängert bis {shown(until).de}; die Zustimmung ist aktenkundig.",
        f"Extended until {shown(until).en}; the consent is on record.",
    )
    return rolled(Reckoning(until, (Step(text, "§ 31 (7) VwVfG", until),)), workdays)


def _fixed(rule: Rule, day: date, workdays: Workdays) -> Step:
    """Return the step to a fixed day, or to the last one before it."""
    if rule.force == "event":
        text = Text(
            f"Termin am {shown(day).de}; ein Termin verschiebt sich nicht.",
            f"A hearing on {shown(day).en}; a fixed day does not move.",
        )
        return Step(text, "§ 31 (5) VwVfG", day)
    last = workdays.before(day - timedelta(days=1), 0)
    text = Text(
        f"Die Gemeinde beschließt am {shown(day).de}; der Widerspruch muss vorher eingehen, "
        f"spätestens am {shown(last).de}.",
        f"The municipality decides on {shown(day).en}; the objection must come in before, on "
        f"{shown(last).en} at the latest.",
    )
    return Step(text, rule.basis, last)


def _notes(rule: Rule, event: str, end: date) -> tuple[Warned, ...]:
    if rule.code != "objection":
        return ()
    if event == "received":
        return (warned.display_unknown(rule, end),)
    return (warned.first_day(rule, end),) if event == "public_from" else ()


def hearing_window(ends: list[date]) -> Reckoning | None:
    """Return the last day on which a hearing ends: three months after the last period (§ 73b)."""
    if not ends:
        return None
    last = plus(max(ends), 3, "months")
    text = Text(
        f"Die Erörterung wird bis {shown(last).de} abgeschlossen.",
        f"The hearing is concluded by {shown(last).en}.",
    )
    return Reckoning(last, (Step(text, "§ 73b (1) S. 2 VwVfG", last),))
