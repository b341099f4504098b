"""The whole check against plain arithmetic; `make goal` does the same with 100,000 pairs."""

import numpy as np

from bench import exact
from bench.exact import Drawn, Part, on_grid
from bench.oracle import Seen, tried
from bench.pairs import closed, disc, pair
from service.checks.finding import Outcome

PAIRS = 150


def square(left: float, bottom: float, size: float) -> Part:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size + np.array([left, bottom])
    return Part(closed(corners))


def test_nothing_that_meets_is_cleared() -> None:
    found = tried(1_000, PAIRS)
    assert {kind: seeds for kind, seeds in found.wrong.items() if seeds} == {}
    assert found.neighbours_hit == []
    assert found.failures == []
    assert found.meeting > PAIRS / 2
    assert found.wide > PAIRS / 10


def test_a_check_that_always_says_clear_is_found_out() -> None:
    found = Seen()
    for seed in range(120):
        found.add(seed, pair(seed), Outcome.CLEAR)
    assert len(found.wrong["cleared"]) > 60
    assert len(found.failures) > 60


def test_the_arithmetic_is_right_where_anybody_can_see_it() -> None:
    here, ring = Drawn((square(0, 0, 10),)), Drawn((Part(*_ring()),))
    assert exact.distance_m(here, Drawn((square(10, 10, 5),))) == 0
    assert exact.distance_m(here, Drawn((square(13, 14, 5),))) == 5
    assert exact.distance_m(here, Drawn((square(2, 2, 1),))) == 0
    assert exact.distance_m(Drawn((square(2, 2, 1),)), ring) == 2
    assert exact.distance_m(here, Drawn(points=(on_grid([[10.0, 5.0]]),))) == 0
    assert exact.wider(here, Drawn((square(8, 0, 10),)), 0.99)
    assert not exact.wider(here, Drawn((square(8, 0, 10),)), 1.01)
    assert exact.wider(here, Drawn(lines=(on_grid([[-5.0, 3.0], [5.0, 3.0]]),)), 2.9)
    assert exact.simple(ring)
    assert not exact.simple(Drawn((Part(closed(np.array([[0, 0], [2, 2], [2, 0], [0, 2]]))),)))


def _ring() -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    return square(-5, -5, 20).shell, (square(0, 0, 10).shell,)


def test_cross_products_too_small_for_floats_have_a_sign() -> None:
    hair = 1 / exact.GRID
    a, b = np.array([[0.0, 0.0]]), np.array([[100_000.0, 100_000.0 + hair]])
    on = np.array([[50_000.0, 50_000.0 + hair / 2]])
    assert exact.turns(a, b, on_grid(on - np.array([[0.0, hair / 2]]))).tolist() == [-1]
    assert exact.turns(a, b, on_grid(on + np.array([[0.0, hair / 2]]))).tolist() == [1]


def test_a_disc_lies_inside_its_circle() -> None:
    places = disc(np.zeros(2), 5.0).shell
    assert np.hypot(*places.T).max() <= 5.0 + 1 / exact.GRID
