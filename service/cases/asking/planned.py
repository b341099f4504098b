"""By when offices answer, planned backwards from the day the statement must be out."""

from datetime import date

from service.deadlines.deadlines import deadlines
from service.deadlines.facts import Facts
from service.deadlines.planning import plan
from service.deadlines.workdays import Workdays
from service.house import House
from service.models.case import Case


def answers_by(case: Case, house: House, today: date) -> date | None:
    """Return the last day for the offices; None where nothing can be planned backwards from."""
    calendar = house.calendar
    lawful = Workdays(calendar.state, bool(calendar.corpus_christi & set(case.municipalities)))
    due = deadlines(_facts(case), lawful).due
    if due is None:
        return None
    days = Workdays(calendar.state, lawful.corpus_christi, calendar.closed)
    committee = house.committee_for(case.procedure)
    made = plan(today, due, house.lead_days, house.reminders, days, committee=committee)
    return None if made is None else made.answers_by


def _facts(case: Case) -> Facts:
    said = {name: day for name, text in case.dates.items() if (day := _day(text)) is not None}
    return Facts(
        procedure=case.procedure,
        received=case.received,
        named=case.deadline,
        dates=said,
        kind=case.kind,
        law=case.law,
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
