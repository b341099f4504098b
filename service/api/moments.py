"""Days and moments as they are written in requests: ISO 8601 with all their parts.

Numbers, which would be taken for seconds since 1970, are refused.
"""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d.*", re.ASCII)


def _day(given: object) -> object:
    """Refuse what is not written as a day."""
    if isinstance(given, str) and not DAY.fullmatch(given):
        raise PydanticCustomError("day", "a day as YYYY-MM-DD, e.g. 2027-01-31")
    return _no_number(given)


def _moment(given: object) -> object:
    """Refuse what is not written as a moment."""
    if isinstance(given, str) and not MOMENT.fullmatch(given):
        raise PydanticCustomError("moment", "a time with its zone, e.g. 2027-01-31T12:00:00Z")
    return _no_number(given)


def _no_number(given: object) -> object:
    if isinstance(given, (int, float)):
        raise PydanticCustomError("number", "a text, no number")
    return given


def _with_zone(given: datetime) -> datetime:
    if given.tzinfo is None:
        raise PydanticCustomError("timezone", "a time with its zone, e.g. 2027-01-31T12:00:00Z")
    return given


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_with_zone)]
