"""Working days: which days are holidays where, and counting days that are not.

In law Saturdays, Sundays and statutory holidays count as none (§ 193 BGB, § 31 (3) VwVfG); in the
house besides these the days it is closed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from gis.problem import Text

DAY = timedelta(days=1)
FIRST, LAST = date(1995, 1, 1), date(2199, 12, 31)  # the holidays of today's law, and far enough
WEEKEND = (Text("Samstag", "a Saturday"), Text("Sonntag", "a Sunday"))
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of a place: a Land, Fronleichnam where it is kept, days off besides.

    `closed` are days as "MM-DD", every year, or "YYYY-MM-DD".
    """

    state: str = "SN"
    corpus_christi: bool = False
    closed: frozenset[str] = frozenset()

    def why_off(self, day: date) -> Text | None:
        """Return why a day is no working day; None where it is one."""
        if day.weekday() >= SATURDAY:
            return WEEKEND[day.weekday() - SATURDAY]
        holiday = _holidays(self.state, self.corpus_christi, day.year).get(day)
        if holiday is not None:
            return holiday
        if {day.isoformat(), f"{day:%m-%d}"} & self.closed:
            return Text("dienstfrei", "a day on which the house is closed")
        return None

    def working(self, day: date) -> bool:
        """Tell whether a day is a working day."""
        return self.why_off(day) is None

    def onward(self, day: date) -> date:
        """Return the day itself, or the next working day after it."""
        while not self.working(day):
            day += DAY
        return day

    def before(self, day: date, number: int) -> date:
        """Return the working day `number` working days before; 0: the last one not after it."""
        while not self.working(day):
            day -= DAY
        for _ in range(number):
            day -= DAY
            while not self.working(day):
                day -= DAY
        return day

    def after(self, day: date, number: int) -> date:
        """Return the working day `number` working days after; 0: the first one not before it."""
        day = self.onward(day)
        for _ in range(number):
            day = self.onward(day + DAY)
        return day

    def between(self, first: date, last: date) -> int:
        """Return the number of working days after `first` up to and with `last`; 0 if none."""
        days = (last - first).days
        return sum(self.working(first + n * DAY) for n in range(1, days + 1))


@cache
def _holidays(state: str, corpus_christi: bool, year: int) -> dict[date, Text]:
    """Return the statutory holidays of a year with their names."""
    import holidays  # only where days are counted

    kinds = ("public", "catholic") if corpus_christi else ("public",)
    german, english = (
        holidays.country_holidays(
            "DE", subdiv=state, years=year, categories=kinds, expand=False, language=language
        )
        for language in ("de", "en_US")
    )
    return {day: Text(name, english[day]) for day, name in german.items()}
