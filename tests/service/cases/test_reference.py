"""File references: unique whoever asks at the same time, with or without a year."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine

from service.cases.reference import counter_name, next_reference, taken
from service.db import engine_for, transaction
from tests.service.builders import case, undone

PATTERN = "KE-{year}-{number:04d}"


@pytest.fixture
def engine(fresh_database_url: str) -> Engine:
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


def test_counts_anew_every_year(engine: Engine) -> None:
    with undone(engine) as session:
        days = (date(2026, 1, 2), date(2026, 12, 31), date(2027, 1, 1))
        given = [next_reference(session, PATTERN, day) for day in days]
    assert given == ["KE-2026-0001", "KE-2026-0002", "KE-2027-0001"]


def test_a_pattern_without_a_year_counts_on(engine: Engine) -> None:
    with undone(engine) as session:
        given = [next_reference(session, "TÖB {number}", date(year, 1, 1)) for year in (2026, 2027)]
    assert given == ["TÖB 1", "TÖB 2"]
    assert counter_name("{number:03d}/{year}", 2026) == "reference/2026"


def test_passes_over_what_was_typed_by_hand(engine: Engine) -> None:
    with undone(engine) as session:
        case(session, reference="KE-2026-0001")
        assert taken(session, "KE-2026-0001")
        assert not taken(session, "KE-2026-0003")
        assert next_reference(session, PATTERN, date(2026, 5, 1)) == "KE-2026-0002"


def test_passes_over_what_somebody_is_just_typing(engine: Engine) -> None:
    with transaction(engine) as typing:
        assert not taken(typing, "KE-2026-0001")
        with transaction(engine) as other:
            assert taken(other, "KE-2026-0001")
            assert next_reference(other, PATTERN, date(2026, 5, 1)) == "KE-2026-0002"
        typing.rollback()
    with undone(engine) as session:
        assert not taken(session, "KE-2026-0001")


def test_nobody_gets_the_same_at_the_same_time(engine: Engine) -> None:
    def one(_: int) -> str:
        with transaction(engine) as session:
            reference = next_reference(session, PATTERN, date(2026, 5, 1))
            case(session, reference=reference)
            return reference

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(one, range(40)))
    assert sorted(given) == [f"KE-2026-{n:04d}" for n in range(1, 41)]
