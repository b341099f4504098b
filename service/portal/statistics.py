"""Statistics: what a period was like, in tables one can read; never below an office."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ValidationError, field_validator
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.problem import Text
from service.api.dependencies import InDistrict, InSession, Who
from service.api.moments import Day
from service.cases.asking.learning import learned, missed
from service.cases.counted import Period, Statistics
from service.cases.statistics import statistics
from service.district import District
from service.portal.sheet import sheet
from service.portal.words import STATES, WHY_NOT

router = APIRouter(include_in_schema=False)
NOWHERE = Text("ohne Angabe", "not stated")
REVERSED = Text("Der Zeitraum endet vor seinem Anfang.", "The period ends before it begins.")
NO_DAY = Text("Bitte Tage angeben, etwa 2026-01-31.", "Please give days, such as 2026-01-31.")
EXTENSIONS = {
    "requested": Text("beantragt", "asked for"),
    "consented": Text("gewährt", "granted"),
    "refused": Text("abgelehnt", "refused"),
}
TOWNS = text(
    "select distinct on (key) key, name from cases, "
    "jsonb_array_elements_text(municipalities) with ordinality as each (key, place), "
    "unnest(string_to_array(municipality_names, ', ')) with ordinality as called (name, nth) "
    "where place = nth and jsonb_array_length(municipalities) = "
    "cardinality(string_to_array(municipality_names, ', ')) order by key, received desc"
)


class Asked(BaseModel, extra="ignore"):
    """The days of receipt; empty: without an end."""

    von: Day | None = None
    bis: Day | None = None

    @field_validator("von", "bis", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return value or None


@router.get("/statistik")
def numbers(
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    von: Annotated[str, Query(max_length=20)] = "",
    bis: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show cases by kind and municipality, times, offices, and what the rules led to."""
    period, problem = _period(von, bis)
    found = statistics(session, period, date.today(), who.audience)
    return sheet(
        request, "statistics.html", who, period=period, problem=problem, found=found,
        groups=_groups(found, session, district), names=_names(district), why_not=WHY_NOT,
        extensions=EXTENSIONS, vain=[one for one in found.rules if one.never_led],
        learned=[one for one in learned(session, who) if one.dropped or one.not_affected],
        missed=missed(session, who), codes=WHY_NOT, status=200 if problem is None else 422,
    )  # fmt: skip


def _period(first: str, last: str) -> tuple[Period, Text | None]:
    try:
        asked = Asked(von=first, bis=last)  # type: ignore[arg-type]  # pydantic reads the days
    except ValidationError:
        return Period(), NO_DAY
    if asked.von is not None and asked.bis is not None and asked.bis < asked.von:
        return Period(), REVERSED
    return Period(asked.von, asked.bis), None


def _groups(
    found: Statistics, session: Session, district: District
) -> list[tuple[Text, list[tuple[Text, int]]]]:
    """Return the counts by kind, procedure, municipality, state and year, the most first."""
    words = district.vocabulary
    towns = {key: Text(name, name) for key, name in session.execute(TOWNS)}
    told = (
        (Text("Nach Art", "By kind"), found.by_kind, words.title),
        (Text("Nach Verfahren", "By procedure"), found.by_procedure, words.named),
        (
            Text("Nach Gemeinde", "By municipality"),
            found.by_municipality,
            lambda key: towns.get(key, Text(key, key)),
        ),
        (Text("Nach Stand", "By state"), found.by_state, lambda state: STATES[state]),
        (Text("Nach Jahr", "By year"), found.by_year, lambda year: Text(year, year)),
    )
    return [(title, _counts(counts, named)) for title, counts, named in told]


def _counts(counts: Mapping[str, int], named: Any) -> list[tuple[Text, int]]:
    rows = [(named(code) if code else NOWHERE, number) for code, number in counts.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0].de))


def _names(district: District) -> dict[str, Text]:
    return {office.code: office.name for office in district.catalogue.offices}
