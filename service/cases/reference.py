"""File references: the next of a pattern, or one typed by hand; unique, not necessarily gapless.

Two cases never get the same: whoever is about to use a reference holds a lock on its text until
the transaction ends, so that a number is passed over while somebody types just that one.
"""

from collections.abc import Sequence
from datetime import date
from string import Formatter

from sqlalchemy import String, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from service.models.case import Case, Counter

PREFIX = "reference"


def next_reference(session: Session, pattern: str, received: date) -> str:
    """Return the next free reference of `pattern` for a case received on that day.

    A pattern with ``{year}`` counts anew every year, one without it for ever. The counter stays
    locked until the transaction ends: call this once everything slow is done.
    """
    name = counter_name(pattern, received.year)
    while True:
        reference = pattern.format(year=received.year, number=_counted(session, name))
        if _reserved(session, reference) and not _used(session, reference):
            return reference


def taken(session: Session, reference: str) -> bool:
    """Tell whether a reference typed by hand is another case's; if not it is reserved for this."""
    return not _reserved(session, reference) or _used(session, reference)


def held_by_others(session: Session, references: Sequence[str]) -> list[str]:
    """Reserve references typed by hand; return those that somebody else is about to use."""
    each = func.unnest(cast(list(references), ARRAY(String))).column_valued("reference")
    key = func.hashtextextended(f"{PREFIX}/" + each, 0)
    return list(session.scalars(select(each).where(~func.pg_try_advisory_xact_lock(key))))


def counter_name(pattern: str, year: int) -> str:
    """Return the name of the counter that a pattern counts with in a year."""
    fields = {field for _, field, _, _ in Formatter().parse(pattern)}
    return f"{PREFIX}/{year}" if "year" in fields else PREFIX


def _counted(session: Session, name: str) -> int:
    first = insert(Counter).values(name=name, last=1)
    counted = first.on_conflict_do_update(index_elements=["name"], set_={"last": Counter.last + 1})
    return session.scalars(counted.returning(Counter.last)).one()


def _reserved(session: Session, reference: str) -> bool:
    key = func.hashtextextended(f"{PREFIX}/{reference}", 0)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def _used(session: Session, reference: str) -> bool:
    return session.scalar(select(Case.id).where(Case.reference == reference)) is not None
