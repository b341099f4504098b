"""Finding cases: filters, German full text, order, and pages that hold still while cases come in.

Whoever sees only the outline of a case cannot find it by anything else: filters on what they may
not see leave it out.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.outlines import near, outlines, within
from service.cases.state import OPEN
from service.cases.visible import WHOLE, case_of, concerns_as_told, visible, wholly
from service.errors import UnusableError
from service.models.case import Case

LANGUAGE = "german"
LAST_DAY = date(9999, 12, 31)  # cases without a deadline come last
SORTS = ("deadline", "received")
DUE = func.coalesce(Case.due, Case.deadline)  # by all clocks; else as named in the letter


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None and empty: whatever. `box` and distances in the working CRS, m."""

    office: str | None = None
    municipality: str | None = None
    kind: str | None = None
    procedure: str | None = None
    states: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    box: BaseGeometry | None = None
    text: str | None = None
    near: UUID | None = None
    within_m: float = 0.0
    sort: str = "deadline"

    @property
    def beyond_outline(self) -> bool:
        """Tell whether it asks for what only those see whom a case concerns; an order tells, too,
        by what it sorts.
        """
        told = (self.office, self.kind, self.procedure, self.states)
        return any(told) or self.sort == "received"


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases in order; `cursor` leads to the next ones, None: these were the last."""

    cases: Sequence[Case]
    cursor: str | None


def find(
    session: Session,
    principal: Principal,
    wanted: Wanted,
    *,
    cursor: str | None = None,
    most: int = 50,
) -> Page:
    """Return at most `most` cases: by deadline, the most urgent first, or the newest first.

    Raises
    ------
    UnusableError
        If the cursor is not one that was given out for this order.
    NotFoundError
        If the case to be near to is not for this principal.
    """
    asked, sort = matching(session, principal, wanted), wanted.sort
    value = _value(sort)
    key = tuple_(value, Case.id)
    if cursor is not None:
        before = tuple_(*_read_cursor(cursor, sort))
        asked = asked.where(key > before if sort == "deadline" else key < before)
    order = (value, Case.id) if sort == "deadline" else (value.desc(), Case.id.desc())
    found = session.scalars(asked.order_by(*order).limit(most + 1)).all()
    more = len(found) > most
    return Page(found[:most], _cursor(found[most - 1], sort) if more else None)


def count(session: Session, principal: Principal, wanted: Wanted) -> int:
    """Return how many cases there are on all pages together."""
    asked = matching(session, principal, wanted).subquery()
    return session.scalar(select(func.count()).select_from(asked)) or 0


def matching(session: Session, principal: Principal, wanted: Wanted) -> Select[Case]:
    """Return the query for all cases wanted that this principal may know of."""
    conditions = [visible(principal), *_plain(principal, wanted)]
    if wanted.beyond_outline:
        conditions.append(wholly(principal))
    if wanted.text is not None:
        conditions.append(_text(principal, wanted.text))
    if wanted.box is not None:
        conditions.append(false() if wanted.box.is_empty else within(wanted.box))
    if wanted.near is not None:
        conditions.append(_near(session, principal, wanted.near, wanted.within_m))
    return select(Case).where(and_(*conditions))


def _plain(principal: Principal, wanted: Wanted) -> list[ColumnElement[bool]]:
    first, last = wanted.due_from or date.min, wanted.due_to or LAST_DAY
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.office, concerns_as_told(wanted.office or "", principal)),
        (wanted.municipality, Case.municipalities.contains([wanted.municipality])),
        (wanted.kind, Case.kind == wanted.kind),
        (wanted.procedure, Case.procedure == wanted.procedure),
        (wanted.states, Case.state.in_(wanted.states)),
        (wanted.due_from, first <= DUE),
        (wanted.due_to, last >= DUE),
    ]
    return [condition for given, condition in conditions if given]


def _text(principal: Principal, words: str) -> ColumnElement[bool]:
    query = func.websearch_to_tsquery(LANGUAGE, words)
    everything = Case.search.bool_op("@@")(query) | Case.reference.istartswith(
        words, autoescape=True
    )
    if principal.role in WHOLE:
        return everything
    shown = func.to_tsvector(LANGUAGE, Case.title + " " + Case.municipality_names)
    return or_(
        everything & wholly(principal),
        Case.state.in_(sorted(OPEN)) & shown.bool_op("@@")(query),
    )


def _near(
    session: Session, principal: Principal, case_id: UUID, within_m: float
) -> ColumnElement[bool]:
    other = case_of(session, principal, case_id)
    shape = outlines(session, [other.id]).get(other.id)
    if shape is None:
        return false()
    return near(shape, within_m) & (Case.id != other.id)


def _value(sort: str) -> ColumnElement[date]:
    return Case.received.expression if sort == "received" else func.coalesce(DUE, LAST_DAY)


def _cursor(case: Case, sort: str) -> str:
    value = case.received if sort == "received" else case.due or case.deadline or LAST_DAY
    return urlsafe_b64encode(orjson.dumps([sort, value, case.id])).decode().rstrip("=")


def _read_cursor(cursor: str, sort: str) -> tuple[date, UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        of, value, case_id = orjson.loads(urlsafe_b64decode(padded.encode("ascii")))
        if of != sort:
            raise ValueError(of)
        return date.fromisoformat(value), UUID(case_id)
    except (NotBase64Error, ValueError, TypeError, AttributeError) as error:
        raise UnusableError("cursor-invalid", CURSOR) from error


CURSOR = Text(
    "Dieser `cursor` gehört nicht zu dieser Liste; bitte von vorn beginnen.",
    "This `cursor` does not belong to this list; please start from the beginning.",
)
