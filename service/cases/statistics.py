"""What a year was like: cases, times, offices, rules; in numbers, never below an office.

Nothing here tells of a person: an office is the smallest that is counted, and neither who wrote nor
who signed is read.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Subquery,
    Text,
    and_,
    cast,
    column,
    distinct,
    extract,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Session

from service.cases.counted import Asked, Period, RuleUse, Statistics, by_office, spread, summed
from service.cases.results import INTERNAL, LANGUAGES
from service.cases.tasks.state import AWAITED
from service.models.case import Case
from service.models.check import Check, Report
from service.models.clock import Extension
from service.models.contribution import Contribution, Item
from service.models.statement import Statement
from service.models.task import Task
from service.models.version import PlanVersion

_JSON = column("value", JSONB)
NOWHERE = ""  # of no municipality, without a procedure


def statistics(
    session: Session, period: Period, today: date, audience: str = INTERNAL
) -> Statistics:
    """Return the numbers of the cases received in a period; seven statements, however many cases.

    `today` decides which open tasks are overdue, `audience` whose reports say which rules named an
    office: of one day and one case they would tell what is restricted.
    """
    inside = _inside(period)
    cells = session.execute(_cells(inside)).all()
    towns = session.execute(_towns(inside)).all()
    tasks = select(Task.office, Task.state, Task.due, Task.answered, Task.closing_code)
    tasks = tasks.join(Case, Case.id == Task.case_id).where(inside)
    states = select(Extension.state, func.count()).join(Case, Case.id == Extension.case_id)
    extended = select(func.count(distinct(Extension.case_id))).select_from(Extension)
    extended = extended.join(Case, Case.id == Extension.case_id)
    return Statistics(
        period=period,
        cases=sum(row.number for row in cells),
        by_kind=summed((row.kind, row.number) for row in cells),
        by_procedure=summed((row.procedure or NOWHERE, row.number) for row in cells),
        by_municipality=summed((row.town or NOWHERE, row.number) for row in towns),
        by_state=summed((row.state, row.number) for row in cells),
        by_year=summed((str(row.year), row.number) for row in cells),
        days_to_statement=spread(session.scalars(_days(inside)).all()),
        extensions=summed(
            (state, number)
            for state, number in session.execute(states.where(inside).group_by(Extension.state))
        ),
        cases_extended=session.scalar(extended.where(inside, Extension.state == "consented")) or 0,
        offices=by_office((Asked(*row) for row in session.execute(tasks)), today),
        rules=tuple(RuleUse(*row) for row in session.execute(_rules(inside, audience))),
    )


def _inside(period: Period) -> ColumnElement[bool]:
    first, last = period.first or date.min, period.last or date.max
    return and_(Case.received >= first, Case.received <= last)


def _cells(inside: ColumnElement[bool]) -> Any:
    year = cast(extract("year", Case.received), Text).label("year")
    found = select(Case.kind, Case.procedure, Case.state, year, func.count().label("number"))
    return found.where(inside).group_by(Case.kind, Case.procedure, Case.state, year)


def _towns(inside: ColumnElement[bool]) -> Any:
    each = func.jsonb_array_elements_text(Case.municipalities).table_valued("value").lateral()
    found = select(each.c.value.label("town"), func.count().label("number"))
    return found.select_from(Case).outerjoin(each, true()).where(inside).group_by(each.c.value)


def _days(inside: ColumnElement[bool]) -> Any:
    """Return the query for days to the first statement: supplements and corrections follow it."""
    first = cast(func.min(Statement.sent), Date)
    return (
        select(first - Case.received)
        .select_from(Statement)
        .join(Case, Case.id == Statement.case_id)
        .where(inside, Statement.sent.is_not(None))
        .group_by(Case.id)
    )


def _rules(inside: ColumnElement[bool], audience: str) -> Any:
    """Return the query for rules of every case's last check, beside what the office answered."""
    named, items, tasks = _named(inside, audience), _items(), _answering()
    return (
        select(
            named.c.rule,
            named.c.office,
            func.count().label("named"),
            func.count(tasks.c.case_id).label("answered"),
            func.count(items.c.case_id).label("led"),
        )
        .outerjoin(
            tasks, and_(tasks.c.case_id == named.c.case_id, tasks.c.office == named.c.office)
        )
        .outerjoin(
            items,
            and_(
                items.c.case_id == named.c.case_id,
                items.c.office == named.c.office,
                items.c.rule == named.c.rule,
            ),
        )
        .group_by(named.c.rule, named.c.office)
        .order_by(named.c.rule, named.c.office)
    )


def _named(inside: ColumnElement[bool], audience: str) -> Subquery:
    """Return which rule named which office in the last finished check of a case."""
    last = (
        select(PlanVersion.case_id, Check.id.label("check_id"))
        .join(PlanVersion, PlanVersion.id == Check.version_id)
        .join(Case, Case.id == PlanVersion.case_id)
        .where(inside, Check.state == "done")
        .ext(distinct_on(PlanVersion.case_id))
        .order_by(PlanVersion.case_id, Check.finished.desc(), Check.id)
        .subquery()
    )
    document = cast(func.convert_from(Report.body, "UTF8"), JSONB)
    offices = func.jsonb_array_elements(document["offices"]).table_valued(_JSON).lateral("offices")
    reasons = func.jsonb_array_elements(offices.c.value["reasons"])
    reason = reasons.table_valued(_JSON).lateral("reasons")
    return (
        select(
            last.c.case_id,
            offices.c.value["office"].astext.label("office"),
            reason.c.value["rule"].astext.label("rule"),
        )
        .select_from(last)
        .join(Report, Report.check_id == last.c.check_id)
        .join(offices, true())
        .join(reason, true())
        .where(Report.audience == audience, Report.language == LANGUAGES[0])
        .distinct()
        .subquery()
    )


def _items() -> Subquery:
    """Return the rules that a released answer of an office rests on."""
    return (
        select(Task.case_id, Task.office, Item.rule)
        .join(Contribution, Contribution.task_id == Task.id)
        .join(Item, Item.contribution_id == Contribution.id)
        .where(Contribution.released.is_not(None), Item.rule.is_not(None))
        .distinct()
        .subquery()
    )


def _answering() -> Subquery:
    """Return which offices have answered in which case."""
    answered = Task.answered.is_not(None) & Task.state.not_in(sorted(AWAITED))
    return select(Task.case_id, Task.office).where(answered).distinct().subquery()
