"""Days due are computed anew where what they depend on has changed."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, select

from service.cases.reckoning import reckon_all
from service.cases.state import State
from service.db import engine_for, transaction
from service.house.house import HouseCalendar
from service.models import Case, Entry
from tests.service.builders import case


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


def test_only_what_has_moved_is_on_record(engine: Engine) -> None:
    with transaction(engine) as session:
        borna = case(session, procedure="par4-2", received=date(2026, 5, 4))
        crostwitz = case(
            session, procedure="par4-2", received=date(2026, 5, 4), municipalities=["14625090"]
        )
        case(session, procedure="par4-2", received=date(2026, 5, 4), state=State.CLOSED)
        ids = borna.id, crostwitz.id
    assert reckon_all(engine, HouseCalendar()) == 2
    assert reckon_all(engine, HouseCalendar()) == 0
    # Fronleichnam, 4 June 2026, is kept there
    assert reckon_all(engine, HouseCalendar(corpus_christi=frozenset({"14625090"}))) == 1
    with transaction(engine) as session:
        due = [session.get_one(Case, one).due for one in ids]
        told = session.scalars(
            select(Entry.facts).where(Entry.action == "case.due_moved").order_by(Entry.seq)
        ).all()
    assert due == [date(2026, 6, 4), date(2026, 6, 5)]
    assert [one["due"] for one in told] == ["2026-06-04", "2026-06-04", "2026-06-05"]
    assert told[-1]["before"] == "2026-06-04"
