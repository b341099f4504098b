"""Counting tries: so many within a time, with a word when to come again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.access import throttle
from service.errors import TooManyError
from service.models.account import Attempt

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_so_many_within_a_time_and_then_again(session: Session) -> None:
    key = str(uuid4())
    for second in (0, 10, 20):
        throttle.counted(session, key, 3, MINUTE, now=NOW + timedelta(seconds=second))
    for second, left in ((30, 31), (59, 2)):
        with pytest.raises(TooManyError) as refused:
            throttle.counted(session, key, 3, MINUTE, now=NOW + timedelta(seconds=second))
        assert refused.value.more == {"retry_after_s": left}
    throttle.counted(session, key, 3, MINUTE, now=NOW + MINUTE)  # the first is a minute ago
    throttle.counted(session, str(uuid4()), 1, MINUTE, now=NOW)  # somebody else's
    with pytest.raises(TooManyError):
        throttle.counted(session, str(uuid4()), 0, MINUTE, now=NOW)


def test_what_was_right_is_forgiven_and_names_are_hashed(session: Session) -> None:
    key = f"log-in as {uuid4()}"
    number = throttle.counted(session, key, 1, MINUTE, now=NOW)
    kept = session.scalars(select(Attempt.key).where(Attempt.id == number)).one()
    assert key not in kept
    throttle.forgiven(session, number=number)
    throttle.counted(session, key, 1, MINUTE, now=NOW)  # there is room again
    again = throttle.counted(session, str(uuid4()), 1, MINUTE, now=NOW)
    throttle.forgotten(session, NOW + MINUTE)
    assert session.scalars(select(Attempt).where(Attempt.id == again)).all() == []


def test_many_at_once_do_not_slip_through(engine: Engine) -> None:
    key = str(uuid4())

    def one(_: int) -> bool:
        with Session(engine) as own:
            try:
                throttle.counted(own, key, 5, MINUTE)
            except TooManyError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == 5
