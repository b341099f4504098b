"""Holidays of Saxony, and periods against a simulation that goes day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.deadlines.deadlines import deadlines
from service.deadlines.facts import Facts
from service.deadlines.period import Span, from_event, plus, rolled
from service.deadlines.procedures import EVENTS
from service.deadlines.workdays import Workdays

ONE = timedelta(days=1)
SAXONY = Workdays()
HOUSE = Workdays(closed=frozenset({"12-24", "2027-03-25"}))
FIXED = ((1, 1), (5, 1), (10, 3), (10, 31), (12, 25), (12, 26))


def easter(year: int) -> date:
    """Return Easter Sunday by Gauss's way, as Lichtenberg mended it."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    s = 2 - (3 * k + 3) // 4
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    og = 21 + d - r
    sz = 7 - (year + year // 4 + s) % 7
    oe = 7 - (og - sz) % 7
    return date(year, 3, 1) + (og + oe - 1) * ONE


def saxon(year: int) -> set[date]:
    sunday = easter(year)
    moving = {sunday + n * ONE for n in (-2, 1, 39, 50)}
    penance = date(year, 11, 22)
    while penance.weekday() != 2:
        penance -= ONE
    return {date(year, m, d) for m, d in FIXED} | moving | {penance}


@pytest.mark.parametrize("year", range(2024, 2036))
def test_the_holidays_of_saxony(year: int) -> None:
    start = date(year, 1, 1)
    days = [start + n * ONE for n in range((date(year + 1, 1, 1) - start).days)]
    off = {d for d in days if not SAXONY.working(d) and d.weekday() < 5}
    assert off == {d for d in saxon(year) if d.weekday() < 5}
    corpus_christi = easter(year) + 60 * ONE
    assert SAXONY.working(corpus_christi)
    assert not Workdays(corpus_christi=True).working(corpus_christi)


def test_holidays_are_told_by_name() -> None:
    assert SAXONY.why_off(date(2026, 11, 18)) == ("Buß- und Bettag", "Repentance and Prayer Day")
    assert SAXONY.why_off(date(2026, 11, 21)) == ("Samstag", "a Saturday")
    assert HOUSE.why_off(date(2026, 12, 24)) == ("dienstfrei", "a day on which the house is closed")
    assert SAXONY.working(date(2026, 12, 24))
    assert not HOUSE.working(date(2027, 3, 25))
    assert HOUSE.working(date(2026, 3, 25))
    assert Workdays("BY", True).why_off(date(2026, 11, 18)) is None


def walked(start: date, number: int, unit: str) -> date:
    """Return the end of a period by going through it one day at a time."""
    day = start
    if unit == "months":
        for _ in range(number):
            month = day.month
            while day.month == month:
                day += ONE
            last = day
            while last.month == day.month and last.day < start.day:
                last += ONE
            day = last if last.month == day.month else last - ONE
        return day
    for _ in range(number * (7 if unit == "weeks" else 1)):
        day += ONE
    return day


DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 31))
UNITS = st.sampled_from(["days", "weeks", "months"])


@settings(max_examples=300, deadline=None)
@given(DAYS, st.integers(1, 12), UNITS)
@example(date(2028, 1, 31), 1, "months")
@example(date(2027, 11, 30), 3, "months")
def test_a_period_ends_where_one_gets_by_walking(start: date, number: int, unit: str) -> None:
    end = walked(start, number, unit)
    assert plus(start, number, unit) == end  # type: ignore[arg-type]
    span = Span(number, unit)  # type: ignore[arg-type]
    found = rolled(from_event(start, EVENTS["received"], span, ""), SAXONY)
    while end.weekday() > 4 or end in saxon(end.year):
        end += ONE
    assert found.end == end == found.steps[-1].day


def test_the_month_or_the_thirty_days_on_every_day_of_ten_years() -> None:
    off = {year: saxon(year) for year in range(2026, 2038)}
    received = date(2026, 1, 1)
    while received.year < 2036:
        end = max(walked(received, 1, "months"), walked(received, 30, "days"))
        while end.weekday() > 4 or end in off[end.year]:
            end += ONE
        assert deadlines(Facts("par4-2", received), SAXONY).due == end, received
        received += ONE


@settings(max_examples=200, deadline=None)
@given(DAYS, st.integers(0, 30))
def test_working_days_there_and_back(day: date, number: int) -> None:
    ahead = HOUSE.after(day, number)
    assert HOUSE.working(ahead)
    assert HOUSE.before(ahead, number) == HOUSE.onward(day)
    assert HOUSE.between(HOUSE.onward(day), ahead) == number
    assert HOUSE.between(ahead, day) == 0
