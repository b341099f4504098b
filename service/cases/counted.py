"""The numbers of a period, and counting them: never below an office. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import quantiles

from service.cases.tasks.state import AWAITED, TaskState, is_late
from service.german_time import day


@dataclass(frozen=True, slots=True)
class Period:
    """Cases received from one day to another, both included; None: without an end."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Days from coming in to going out; all None where nothing went out."""

    count: int
    least: int | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    most: int | None


@dataclass(frozen=True, slots=True)
class OfficeTasks:
    """What one office was asked and how it answered; every task counts once.

    `in_time` and `late` were answered, `not_affected` said that it is not concerned after all (why:
    `closing_codes`), `none` was closed without an answer, `dropped` was called off before one.
    What waits is `open` or, its day over, `overdue`.
    """

    office: str
    tasks: int
    in_time: int
    late: int
    not_affected: int
    none: int
    dropped: int
    open: int
    overdue: int
    closing_codes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RuleUse:
    """How often a rule named an office, how often that one answered, and how often with an item
    that rests on this rule.
    """

    rule: str
    office: str
    named: int
    answered: int
    led_to_item: int

    @property
    def never_led(self) -> bool:
        """Tell whether the office has answered, and never with anything that rests on the rule."""
        return self.answered > 0 and self.led_to_item == 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers of a period. Counts by municipality add up to more where plans lie in several."""

    period: Period
    cases: int
    by_kind: Mapping[str, int]
    by_procedure: Mapping[str, int]
    by_municipality: Mapping[str, int]
    by_state: Mapping[str, int]
    by_year: Mapping[str, int]
    days_to_statement: Spread
    extensions: Mapping[str, int]
    cases_extended: int
    offices: tuple[OfficeTasks, ...]
    rules: tuple[RuleUse, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A task as it is counted."""

    office: str
    state: str
    due: date
    answered: datetime | None
    closing_code: str | None = None


def summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the sums by name, in order of the names."""
    sums = Counter[str]()
    for name, number in pairs:
        sums[name] += number
    return dict(sorted(sums.items()))


def spread(days: Sequence[int]) -> Spread:
    """Return median and quartiles of days; of a single one it is all of them."""
    if not days:
        return Spread(0, None, None, None, None, None)
    twice = [*days, *days] if len(days) == 1 else days
    lower, middle, upper = quantiles(twice, n=4, method="inclusive")
    return Spread(len(days), min(days), lower, middle, upper, max(days))


def by_office(tasks: Iterable[Asked], today: date) -> tuple[OfficeTasks, ...]:
    """Return what every office was asked and how it answered, in order of their codes."""
    counts: dict[str, Counter[str]] = {}
    codes: dict[str, Counter[str]] = {}
    for task in tasks:
        outcome = outcome_of(task, today)
        counts.setdefault(task.office, Counter())[outcome] += 1
        if outcome == "not_affected" and task.closing_code:
            codes.setdefault(task.office, Counter())[task.closing_code] += 1
    outcomes = ("in_time", "late", "not_affected", "none", "dropped", "open", "overdue")
    return tuple(
        OfficeTasks(
            office=office,
            tasks=found.total(),
            closing_codes=dict(sorted(codes.get(office, Counter()).items())),
            **{name: found[name] for name in outcomes},
        )
        for office, found in sorted(counts.items())
    )


def outcome_of(task: Asked, today: date) -> str:
    """Return what came of a task; a correction under way leaves its first answer standing."""
    if task.state == TaskState.NOT_AFFECTED:
        return "not_affected"
    if task.state == TaskState.NO_ANSWER:
        return "none"
    if task.state in AWAITED:
        return "overdue" if is_late(task.state, task.due, None, today) else "open"
    if task.answered is None:
        return "dropped"
    return "late" if day(task.answered) > task.due else "in_time"
