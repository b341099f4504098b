from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from gis.linear import (
    Stretch,
    alongside,
    course,
    joined,
    point_at,
    position_m,
    side_of,
    stretches,
)
from tests.gis.shapes import any_area, line


def spans(found: tuple[Stretch, ...]) -> list[tuple[float, float]]:
    return [(round(s.from_m, 6), round(s.to_m, 6)) for s in found]


EAST = LineString([(0, 0), (100, 0)])


class TestCourse:
    def test_parts_that_go_on_from_each_other_are_one_run(self) -> None:
        found = course(MultiLineString([[(0, 0), (3, 4)], [(3, 4), (3, 9)], [(50, 0), (51, 0)]]))
        assert found.starts.tolist() == [0, 5, 10]
        assert found.run.tolist() == [0, 0, 1]
        assert found.ends.tolist() == [[0, 10], [10, 11]]
        assert found.closed.tolist() == [False, False]

    def test_points_drawn_twice_are_no_pieces(self) -> None:
        found = course(LineString([(0, 0), (0, 0), (3, 4), (3, 4), (6, 8)]))
        assert shapely.length(found.shapes).tolist() == [5, 5]
        assert found.starts.tolist() == [0, 5]

    def test_a_loop_is_closed(self) -> None:
        assert course(LineString([(0, 0), (1, 0), (1, 1), (0, 0)])).closed.tolist() == [True]


class TestStretches:
    def test_from_and_to_in_the_direction_of_the_axis(self) -> None:
        ground = box(20, -5, 30, 5)
        assert spans(stretches(EAST, ground)) == [(20, 30)]
        assert spans(stretches(EAST.reverse(), ground)) == [(70, 80)]

    def test_apart_grounds_give_stretches_adjoining_ones_give_one(self) -> None:
        apart = MultiPolygon([box(60, -5, 70, 5), box(20, -5, 30, 5)])
        assert spans(stretches(EAST, apart)) == [(20, 30), (60, 70)]
        assert spans(stretches(EAST, box(0, -5, 50, 5).union(box(50, -5, 60, 5)))) == [(0, 60)]

    def test_a_hole_interrupts(self) -> None:
        ring = box(10, -10, 50, 10).difference(box(20, -5, 40, 5))
        assert spans(stretches(EAST, ring)) == [(10, 20), (40, 50)]

    def test_nothing_and_mere_touching_give_nothing(self) -> None:
        assert stretches(EAST, box(0, 1, 100, 2)) == ()
        assert stretches(EAST, Polygon([(50, 0), (60, 10), (40, 10)])) == ()
        assert stretches(EAST, Polygon()) == ()

    def test_along_the_very_edge_counts_as_inside(self) -> None:
        assert spans(stretches(EAST, box(10, 0, 40, 20))) == [(10, 40)]

    def test_an_axis_that_crosses_itself_keeps_its_kilometres_apart(self) -> None:
        axis = LineString([(0, 0), (40, 0), (40, 20), (20, 20), (20, -20)])
        assert spans(stretches(axis, box(15, -5, 25, 5))) == [(15, 25), (95, 105)]

    def test_parts_count_on_from_each_other(self) -> None:
        axis = MultiLineString([[(0, 0), (10, 0)], [(100, 0), (110, 0)]])
        assert spans(stretches(axis, box(5, -1, 105, 1))) == [(5, 15)]
        assert spans(stretches(axis, box(102, -1, 105, 1))) == [(12, 15)]

    def test_heights_play_no_role(self) -> None:
        axis = LineString([(0, 0, 7), (100, 0, 900)])
        assert spans(stretches(axis, box(20, -5, 30, 5))) == [(20, 30)]

    @given(st.integers(0, 2**32 - 1))
    def test_their_sum_is_the_length_inside(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        axis, ground = line(rng), any_area(rng)
        found = stretches(axis, ground)
        inside = float(shapely.intersection(axis, ground).length)
        assert sum(s.length_m for s in found) == pytest.approx(inside, abs=1e-6)
        assert all(0 <= s.from_m < s.to_m <= axis.length + 1e-6 for s in found)
        assert all(a.to_m < b.from_m for a, b in pairwise(found))
        for stretch in found:
            middle = point_at(axis, (stretch.from_m + stretch.to_m) / 2)
            assert ground.distance(middle) < 1e-6

    @given(st.integers(0, 2**32 - 1))
    def test_the_other_way_round_they_mirror(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        axis, ground = line(rng), any_area(rng)
        there, back = stretches(axis, ground), stretches(axis.reverse(), ground)
        mirrored = [(axis.length - s.to_m, axis.length - s.from_m) for s in reversed(back)]
        assert np.allclose([(s.from_m, s.to_m) for s in there], mirrored, atol=1e-6)


def test_joined_sorts_and_unites() -> None:
    found = joined([Stretch(30, 40), Stretch(0, 10), Stretch(10.0005, 12), Stretch(2, 3)])
    assert spans(found) == [(0, 12), (30, 40)]
    assert joined([]) == ()


class TestAlongside:
    def test_running_beside_is_longer_than_crossing(self) -> None:
        beside = LineString([(20, 8), (60, 8)])
        (found,) = alongside(EAST, beside, within_m=8)  # inclusive
        assert (found.from_m, found.to_m) == pytest.approx((20, 60), abs=0.01)
        assert alongside(EAST, beside, within_m=7.99) == ()
        square = LineString([(50, -100), (50, 100)])
        (found,) = alongside(EAST, square, within_m=8)
        assert (found.from_m, found.to_m) == pytest.approx((42, 58), abs=1e-5)

    def test_beyond_its_ends_a_line_reaches_round(self) -> None:
        found = alongside(EAST, LineString([(20, 6), (60, 6)]), within_m=10)
        assert found[0].from_m == pytest.approx(12, abs=0.02)
        assert found[0].to_m == pytest.approx(68, abs=0.02)


class TestPlaces:
    BENT = MultiLineString([[(0, 0), (10, 0), (10, 10)], [(50, 0), (60, 0)]])

    @pytest.mark.parametrize(
        ("point", "at_m"), [((4, 3), 4), ((12, 5), 15), ((55, 1), 25), ((99, 0), 30), ((-9, 0), 0)]
    )
    def test_position_counts_through_the_parts(
        self, point: tuple[float, float], at_m: float
    ) -> None:
        assert position_m(self.BENT, Point(point)) == pytest.approx(at_m)

    @pytest.mark.parametrize(
        ("at_m", "point"), [(-5, (0, 0)), (0, (0, 0)), (15, (10, 5)), (25, (55, 0)), (99, (60, 0))]
    )
    def test_point_at_is_the_way_back(self, at_m: float, point: tuple[float, float]) -> None:
        assert point_at(self.BENT, at_m).distance(Point(point)) < 1e-9

    @given(st.integers(0, 2**32 - 1), st.floats(0, 1))
    def test_there_and_back(self, seed: int, share: float) -> None:
        axis = line(np.random.default_rng(seed))
        at_m = share * axis.length
        assert position_m(axis, point_at(axis, at_m)) == pytest.approx(at_m, abs=1e-6)

    @pytest.mark.parametrize(
        ("point", "side"),
        [((50, 3), "left"), ((50, -3), "right"), ((0, 3), "left"), ((100, -1), "right")],
    )
    def test_side_is_seen_in_the_direction_of_the_line(
        self, point: tuple[float, float], side: str
    ) -> None:
        other = {"left": "right", "right": "left"}[side]
        assert side_of(EAST, Point(point)) == side
        assert side_of(EAST.reverse(), Point(point)) == other

    def test_side_at_a_bend_and_at_the_seam_of_two_parts(self) -> None:
        bend = LineString([(0, 0), (10, 0), (10, 10)])
        assert side_of(bend, Point(12, -2)) == "right"
        assert side_of(bend, Point(10 - sqrt(2), sqrt(2))) == "left"
        parts = MultiLineString([[(0, 0), (10, 0)], [(10, 500), (10, 600)]])
        assert side_of(parts, Point(10, 1)) == "left"
        assert side_of(parts, Point(10, -1)) == "right"
