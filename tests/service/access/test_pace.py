"""Asking the maps: so often a minute, each by themselves, and nobody is remembered for longer."""

import pytest

from service.access.pace import MOST, WITHIN_S, Pace
from service.errors import TooManyError


def test_so_many_a_minute_and_then_again() -> None:
    moments = [1_000.0, 1_010.0, 1_020.0, 1_030.0, 1_059.5, 1_059.5, 1_060.0, 1_060.0]
    pace = Pace(3, clock=iter(moments).__next__)
    for _ in range(3):
        pace.count("a")
    for left in (31, 1):
        with pytest.raises(TooManyError) as refused:
            pace.count("a")
        assert (refused.value.code, refused.value.more) == ("too-often", {"retry_after_s": left})
    pace.count("b")
    pace.count("a")  # the first is a minute ago
    with pytest.raises(TooManyError):
        pace.count("a")


def test_who_has_not_asked_for_a_minute_is_forgotten() -> None:
    now = 0.0
    pace = Pace(clock=lambda: now)
    for number in range(1_000):
        now = number / 10
        pace.count(str(number))
    assert len(pace._asked) == 10 * WITHIN_S
    now += WITHIN_S
    pace.count("last")
    assert list(pace._asked) == ["last"]


def test_who_moves_a_map_without_a_pause_does_not_meet_it() -> None:
    now = 0.0
    pace = Pace(clock=lambda: now)
    for step in range(2 * MOST):  # the script waits 150 ms after each movement, and people look
        now = step * 0.3
        pace.count("a")
