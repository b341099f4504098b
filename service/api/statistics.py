"""Routes for statistics: what a period was like, as data and as a table."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gis.problem import Text
from service.api.dependencies import InDistrict, InLanguage, InSession, Who
from service.api.moments import Day
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.cases.counted import Period, Statistics
from service.cases.statistics import statistics
from service.cases.statistics_table import csv_text
from service.errors import UnusableError

router = APIRouter(prefix="/api/v1", tags=["statistics"])
CSV: dict[int | str, dict[str, Any]] = {
    **DECLARED,
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
}
Counts = dict[str, int]
First = Annotated[
    Day | None, Query(description="cases received on this day or later", examples=["2026-01-01"])
]
Last = Annotated[
    Day | None, Query(description="cases received on this day or before", examples=["2026-12-31"])
]


class Told(BaseModel):
    """What is read from the numbers as they are."""

    model_config = ConfigDict(from_attributes=True)


class PeriodOut(Told):
    """Days of receipt that are counted; null: without an end."""

    first: date | None
    last: date | None


class SpreadOut(Told):
    """Days from receipt to the first statement; null where none was sent."""

    count: int = Field(examples=[12])
    least: int | None
    lower_quartile: float | None
    median: float | None = Field(examples=[28.5])
    upper_quartile: float | None
    most: int | None


class OfficeOut(Told):
    """What an office was asked and how it answered; every task counts once."""

    office: str = Field(examples=["UNB"])
    tasks: int
    in_time: int
    late: int
    not_affected: int = Field(description="not affected after all, as the office says")
    none: int = Field(description="closed without an answer")
    dropped: int = Field(description="called off, or overtaken by a new draft")
    open: int
    overdue: int
    closing_codes: Counts = Field(description="why not affected after all")


class RuleOut(Told):
    """How often a rule named an office, and how often that led to an item."""

    rule: str = Field(examples=["lsg-naehe"])
    office: str = Field(examples=["UNB"])
    named: int = Field(description="in how many cases, by their last check")
    answered: int = Field(description="in how many of them the office has answered")
    led_to_item: int = Field(description="in how many of them an item rests on the rule")
    never_led: bool = Field(description="answered, and never with an item that rests on the rule")


class StatisticsOut(Told):
    """Numbers of the cases received in a period, never below an office."""

    period: PeriodOut
    cases: int = Field(examples=[84])
    by_kind: Counts
    by_procedure: Counts = Field(description="an empty name: without a procedure")
    by_municipality: Counts = Field(description="a case counts in each of its municipalities")
    by_state: Counts
    by_year: Counts = Field(examples=[{"2026": 84}])
    days_to_statement: SpreadOut
    extensions: Counts = Field(description="by what became of them")
    cases_extended: int
    offices: list[OfficeOut]
    rules: list[RuleOut]


@router.get("/statistics", responses=DECLARED)
def numbers(
    session: InSession, who: Who, response: Response, first: First = None, last: Last = None
) -> StatisticsOut:
    """Read what a period was like: cases, times, offices, rules."""
    response.headers.update(PRIVATE)
    return StatisticsOut.model_validate(_of(session, who, first, last))


@router.get("/statistics.csv", response_class=Response, responses=CSV)
def as_table(
    session: InSession,
    who: Who,
    district: InDistrict,
    language: InLanguage,
    first: First = None,
    last: Last = None,
) -> Response:
    """Read the same numbers as a table for spreadsheets: one line a number."""
    text = csv_text(_of(session, who, first, last), district.offices, language)
    named = {"Content-Disposition": 'attachment; filename="belang-statistics.csv"'}
    headers = {**PRIVATE, **named, "Content-Language": language}
    return Response(text.encode(), headers=headers, media_type="text/csv; charset=utf-8")


def _of(session: InSession, who: Who, first: date | None, last: date | None) -> Statistics:
    if first is not None and last is not None and last < first:
        raise UnusableError("period-empty", NO_PERIOD)
    return statistics(session, Period(first, last), date.today(), who.audience)


NO_PERIOD = Text(
    "Der Zeitraum endet vor seinem Anfang; bitte `first` und `last` tauschen.",
    "The period ends before it begins; please exchange `first` and `last`.",
)
