"""Periods of §§ 187 to 190, 193 BGB and § 31 VwVfG, and how each of them was computed."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from gis.problem import Text
from service.deadlines.said import days_said, shown
from service.deadlines.workdays import Workdays

Unit = Literal["days", "weeks", "months"]
ISO = re.compile(r"P([1-9]\d?)([DWM])", re.ASCII)
UNITS: dict[str, Unit] = {"D": "days", "W": "weeks", "M": "months"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation: what was done, on which basis, the day it led to."""

    text: Text
    basis: str
    day: date


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A day and the steps that led to it."""

    end: date
    steps: tuple[Step, ...]

    def then(self, *steps: Step) -> "Reckoning":
        """Return the reckoning carried on, to the day of the last step."""
        return Reckoning(steps[-1].day, (*self.steps, *steps)) if steps else self


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time; with `at_least_days` never shorter than that many days."""

    number: int
    unit: Unit
    at_least_days: int | None = None

    @classmethod
    def of(cls, iso: str) -> "Span":
        """Return the span that ``P2W``, ``P1M`` or ``P14D`` says.

        Raises
        ------
        ValueError
            If it is written differently.
        """
        if not (match := ISO.fullmatch(iso)):
            raise ValueError(iso)
        return cls(int(match[1]), UNITS[match[2]])

    def said(self) -> Text:
        """Return the span in words."""
        text = days_said(self.number, self.unit)
        if self.at_least_days is None:
            return text
        least = self.at_least_days
        return Text(
            f"{text.de}, mindestens {least} Tage", f"{text.en}, and not less than {least} days"
        )


def from_event(start: date, event: Text, span: Span, basis: str) -> Reckoning:
    """Return the end of a period that an event begins, not moved to a working day yet.

    The event's own day does not count. `basis` is the provision that sets the period, for the
    rule of the longer of two.
    """
    text = Text(
        f"{event.de} am {shown(start).de}; dieser Tag zählt nicht mit.",
        f"{event.en} on {shown(start).en}; that day itself does not count.",
    )
    first = Step(text, "§ 187 (1) BGB", start)
    return Reckoning(start, (first,)).then(*_ending(start, span, basis))


def extended(before: date, span: Span, workdays: Workdays) -> Reckoning:
    """Return a period extended by a span, which begins where the period before it ended."""
    text = Text(
        f"Verlängert um {span.said().de} ab dem Ablauf der vorigen Frist, {shown(before).de}.",
        f"Extended by {span.said().en} from the end of the period before, {shown(before).en}.",
    )
    first = Step(text, "§ 190 BGB", before)
    return rolled(Reckoning(before, (first,)).then(*_ending(before, span, "")), workdays)


def rolled(reckoning: Reckoning, workdays: Workdays) -> Reckoning:
    """Return a reckoning that ends on a working day: an end on another moves to the next one."""
    end = reckoning.end
    why = workdays.why_off(end)
    if why is None:
        return reckoning
    later = workdays.onward(end)
    text = Text(
        f"{shown(end).de} ist {_kind(why.de)}; die Frist endet mit dem nächsten Werktag, "
        f"{shown(later).de}.",
        f"{shown(end).en} is {why.en}; the period ends with the next working day, "
        f"{shown(later).en}.",
    )
    return reckoning.then(Step(text, "§ 31 (3) S. 1 VwVfG, § 193 BGB", later))


def plus(start: date, number: int, unit: Unit) -> date:
    """Return the last day of a period whose first day is the one after `start` (§ 188 BGB).

    Weeks end on the weekday of the same name, months on the day of the same number; where that
    month has none, on its last day.
    """
    if unit != "months":
        return start + timedelta(days=number * (7 if unit == "weeks" else 1))
    years, month = divmod(start.month - 1 + number, 12)
    year = start.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def _ending(start: date, span: Span, basis: str) -> list[Step]:
    """Return the steps from the start to the end of a span, before any moving."""
    end = plus(start, span.number, span.unit)
    steps = [Step(_ends(span, start, end), _rule(span, start, end), end)]
    if span.at_least_days is not None:
        least = plus(start, span.at_least_days, "days")
        steps.append(Step(_longer(span.at_least_days, least, end), basis, max(least, end)))
    return steps


def _ends(span: Span, start: date, end: date) -> Text:
    length = days_said(span.number, span.unit)
    de = f"{length.de} danach endet die Frist am {shown(end).de}"
    en = f"{length.en} later the period ends on {shown(end).en}"
    if span.unit == "months" and end.day != start.day:
        de += f", dem letzten Tag des Monats: einen {start.day}. hat er nicht"
        en += f", the last day of that month, which has no day {start.day}"
    return Text(f"{de}.", f"{en}.")


def _rule(span: Span, start: date, end: date) -> str:
    if span.unit == "days":
        return "§ 188 (1) BGB"
    short = span.unit == "months" and end.day != start.day
    return "§ 188 (2), (3) BGB" if short else "§ 188 (2) BGB"


def _longer(days: int, least: date, end: date) -> Text:
    later = shown(max(least, end))
    return Text(
        f"{days} Tage danach ist {shown(least).de}; es gilt der spätere Tag, {later.de}.",
        f"{days} days later is {shown(least).en}; the later day counts, {later.en}.",
    )


def _kind(why: str) -> str:
    return f"ein {why}" if why in ("Samstag", "Sonntag") else why
