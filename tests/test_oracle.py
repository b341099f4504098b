"""The whole check against plain arithmetic; `make goal` does the same with 100,000 pairs."""

from pathlib import Path

import numpy as np
import pytest

from bench import exact
from bench.exact import Drawn, Part, on_grid
from bench.oracle import FILES, SURE, Seen, catalogue, tried, verdict
from bench.pairs import closed, disc, moved, pair, rectangle
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
    assert found.undecided == []
    assert set(found.files) == {*FILES, "none"}
    spoilt = {said for said in found.outcomes if said.startswith("nowhere")}
    assert spoilt == {"nowhere: failed", "nowhere: refused geometry-nonfinite"}


def test_a_check_that_always_says_clear_is_found_out() -> None:
    found = Seen()
    for seed in range(120):
        found.add(seed, pair(seed), Outcome.CLEAR)
    assert len(found.wrong["cleared"]) > 60
    assert len(found.failures) > 60


@pytest.mark.parametrize("outcome", ["failed", "refused geometry-invalid"])
def test_a_check_that_takes_nothing_is_found_out(outcome: str) -> None:
    found = Seen()
    for seed in range(30):
        found.add(seed, pair(seed), outcome)
    kinds = {name.split()[1].rstrip(":") for name in found.wrong["refused_sound"]}
    assert len(found.wrong["refused_sound"]) > 20
    assert "nowhere" not in kinds or outcome != "failed"


def test_only_a_plan_smaller_than_any_may_be_refused_as_one_of_no_extent() -> None:
    found, tiny = Seen(), pair(20_904)
    assert exact.area_m2(tiny.plan) == pytest.approx(0.00778, rel=0.001)
    found.add(20_904, tiny, "refused geometry-zero-area")
    assert found.failures == []
    found.add(20_904, tiny, "refused geometry-invalid")
    found.add(0, pair(0), "refused geometry-zero-area")
    assert len(found.wrong["refused_sound"]) == 2


@pytest.mark.parametrize("file", FILES)
def test_a_layer_goes_by_a_file_with_whatever_is_wrong_with_it(tmp_path: Path, file: str) -> None:
    base, seeds = catalogue(tmp_path), (0, 10, 13, 27, 72, 102, 192)
    spoilt = {seed for seed in seeds if pair(seed).nowhere == "layer"}
    with np.errstate(invalid="ignore"):
        said = {seed: verdict(tmp_path, pair(seed), base, file) for seed in seeds}
        held = {seed: verdict(tmp_path, pair(seed), base) for seed in seeds}
    assert said == held
    assert {seed for seed in seeds if said[seed] == "failed"} == spoilt == {27, 72, 102, 192}
    assert pair(10).heights


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


@pytest.mark.parametrize("turn", [0.3, 1.1])
def test_what_no_squares_tell_the_outline_tells(turn: float) -> None:
    """A strip of 200 m that is wider, or narrower, than asked for by a few micrometres."""
    plan = moved(Drawn((rectangle(200.0, 30.0),)), np.zeros(2), turn)
    shift = np.array([-np.sin(turn), np.cos(turn)]) * 29.0  # what they share is 1 m wide
    thing = moved(Drawn((rectangle(400.0, 30.0),)), shift, turn)
    for radius, wide in ((0.500004, False), (0.499996, True)):
        assert exact._disc(plan, thing, radius, 4_000) is None
        assert exact.wider(plan, thing, radius) is wide
    line = Drawn(lines=(moved(Drawn((rectangle(100.0, 29.0),)), shift, turn).parts[0].shell[:2],))
    for radius, wide in ((0.500004, False), (0.499996, True)):
        assert exact.wider(plan, line, radius) is wide


def test_only_less_than_a_thousandth_of_a_millimetre_is_left_undecided() -> None:
    plan, thing = Drawn((square(0, 0, 16),)), Drawn((square(8, 0, 16),))
    assert exact.wider(plan, thing, 4.0) is None
    assert exact.wider(plan, thing, 4.0 - 3 * exact.SLACK_M) is True
    assert exact.wider(plan, thing, 4.0 + 3 * exact.SLACK_M) is False


def test_a_disc_between_three_corners_is_found_by_circles_around_them() -> None:
    inner, outer = (np.array([0.3, 2.2, 4.4]), np.array([1.2, 3.3, 5.5]))
    places = [[(3.0, i), (40.0, o)] for i, o in zip(inner, outer, strict=True)]
    radii, angles = np.array(places).reshape(-1, 2).T
    star = Drawn((Part(closed(radii[:, None] * np.c_[np.cos(angles), np.sin(angles)])),))
    around = Drawn((rectangle(90.0, 90.0),))
    assert exact.fits(star, around, 2.9999)
    assert not exact.fits(star, around, 3.0001)


def test_a_point_that_is_not_deep_enough_is_told_at_once() -> None:
    point = Drawn(points=(on_grid(np.array([[5.0, 0.5]])),))
    here = Drawn((square(0, 0, 10),))
    assert exact._reaches(point, here, 0.6, 4_000) is False
    assert exact._reaches(point, here, 0.4, 4_000) is True


def test_squares_and_outlines_tell_the_same() -> None:
    told = {True: 0, False: 0}
    for seed in (*range(0, 11), *range(16, 26), *range(31, 41)):
        of = pair(seed)
        ground, thing = of.sure_ground, of.things[0]
        if not ground.parts or not thing.parts or len(ground.segments) + len(thing.segments) > 90:
            continue
        radius = SURE * of.eps_m
        said = exact._disc(ground, thing, radius, 4_000)
        if said is not None:
            assert exact.fits(ground, thing, radius) is said, seed
            told[said] += 1
    assert min(told.values()) >= 5


def test_faults_that_cross_no_edges_are_seen() -> None:
    hole = square(2, 2, 2).shell
    assert exact.sound(Drawn((Part(square(0, 0, 10).shell, (hole,)), square(2.5, 2.5, 1))))
    for wrong in (
        (Part(square(0, 0, 10).shell, (square(20, 2, 2).shell,)),),
        (Part(square(0, 0, 10).shell, (hole, square(2.5, 2.5, 1).shell)),),
        (square(0, 0, 10), square(2, 2, 2)),
        (Part(closed(np.array([[0, 0], [2, 0], [4, 0]]))),),
    ):
        assert not exact.sound(Drawn(wrong))
