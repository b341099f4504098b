from math import inf

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from gis.crossing import Crossing, crossings
from tests.gis.shapes import line, loop

EAST = LineString([(0, 0), (100, 0)])
NORTH = LineString([(30, -50), (30, 50)])
OTHER = {"left": "right", "right": "left"}


def only(axis: BaseGeometry, other: BaseGeometry) -> Crossing:
    found = crossings(axis, other)
    assert len(found) == 1
    return found[0]


def told(axis: BaseGeometry, other: BaseGeometry) -> list[tuple[float, str]]:
    return [(round(c.at_m, 6), c.kind) for c in crossings(axis, other)]


def test_a_square_crossing() -> None:
    found = only(EAST, NORTH)
    assert (found.at_m, found.on_line_m) == (30, 50)
    assert found.angle_deg == pytest.approx(90)
    assert (found.kind, found.side_before) == ("crosses", "left")
    assert (found.from_axis_end_m, found.from_line_end_m) == (30, 50)
    assert found.point.coords[0] == (30, 0)


def test_both_directions() -> None:
    back = only(EAST.reverse(), NORTH)
    assert (back.at_m, back.side_before) == (70, "right")
    down = only(EAST, NORTH.reverse())
    assert (down.at_m, down.on_line_m, down.side_before) == (30, 50, "right")


@pytest.mark.parametrize("degrees", [1, 30, 45, 60, 89])
def test_the_angle_is_acute(degrees: float) -> None:
    slope = np.tan(np.radians(degrees)) * 50
    for other in ([(-20, -slope), (80, slope)], [(80, -slope), (-20, slope)]):
        assert only(EAST, LineString(other)).angle_deg == pytest.approx(degrees)


def test_no_contact_no_crossing() -> None:
    assert crossings(EAST, LineString([(0, 1), (100, 1)])) == ()


class TestAtVertices:
    BENT = LineString([(0, 0), (30, 0), (100, 0)])
    KINKED = LineString([(30, -50), (30, 0), (60, 50)])

    @pytest.mark.parametrize("axis", [EAST, BENT])
    @pytest.mark.parametrize("other", [NORTH, LineString([(30, -50), (30, 0), (30, 50)])])
    def test_one_crossing_however_many_segments_find_it(
        self, axis: LineString, other: LineString
    ) -> None:
        found = only(axis, other)
        assert (found.at_m, found.kind) == (30, "crosses")
        assert found.angle_deg == pytest.approx(90)

    def test_at_a_bend_the_direction_is_halfway(self) -> None:
        there, back = only(EAST, self.KINKED), only(EAST, self.KINKED.reverse())
        assert there.angle_deg == pytest.approx(back.angle_deg)
        assert 59 < there.angle_deg < 90
        assert there.kind == back.kind == "crosses"

    def test_an_axis_that_turns_back_at_the_line_touches(self) -> None:
        axis = LineString([(0, -40), (30, 0), (0, 40)])
        found = only(axis, NORTH)
        assert (found.kind, found.side_before) == ("touches", "left")
        assert only(LineString([(60, -40), (30, 0), (60, 40)]), NORTH).side_before == "right"

    def test_a_line_that_turns_back_at_the_axis_is_touched(self) -> None:
        assert only(EAST, LineString([(0, 40), (30, 0), (60, 40)])).kind == "touches"

    def test_a_hairpin_has_a_direction_too(self) -> None:
        found = only(LineString([(0, 0), (30, 0), (0, 0)]), NORTH)
        assert found.kind == "touches"
        assert np.isfinite(found.angle_deg)


class TestEnds:
    def test_an_axis_that_ends_or_starts_on_the_line_meets_it(self) -> None:
        ends = only(LineString([(0, 0), (30, 0)]), NORTH)
        assert (ends.kind, ends.side_before, ends.from_axis_end_m) == ("meets", "left", 0)
        starts = only(LineString([(30, 0), (60, 0)]), NORTH)
        assert (starts.kind, starts.side_before) == ("meets", "left")
        assert only(LineString([(30, 0), (0, 0)]), NORTH).side_before == "right"

    def test_a_line_that_ends_on_the_axis_meets_it(self) -> None:
        found = only(EAST, LineString([(30, -50), (30, 0)]))
        assert (found.kind, found.from_line_end_m) == ("meets", 0)
        assert found.side_before == "left"
        assert only(EAST, LineString([(30, 0), (30, -50)])).side_before == "right"

    def test_end_on_end(self) -> None:
        found = only(LineString([(0, 0), (30, 0)]), LineString([(30, 0), (30, 50)]))
        assert found.kind == "meets"
        assert found.angle_deg == pytest.approx(90)


class TestParts:
    def test_an_axis_that_crosses_itself_crosses_twice(self) -> None:
        axis = LineString([(0, 0), (60, 0), (60, 30), (0, 30)])
        assert told(axis, NORTH) == [(30, "crosses"), (120, "crosses")]
        assert [c.side_before for c in crossings(axis, NORTH)] == ["left", "right"]

    def test_a_crossing_where_two_parts_of_the_axis_meet(self) -> None:
        axis = MultiLineString([[(0, 0), (30, 0)], [(30, 0), (100, 0)]])
        assert told(axis, NORTH) == [(30, "crosses")]
        assert only(axis, NORTH).from_axis_end_m == 30

    def test_a_crossing_where_two_parts_of_the_line_meet(self) -> None:
        other = MultiLineString([[(30, -50), (30, 0)], [(30, 0), (30, 50)]])
        assert only(EAST, other).kind == "crosses"

    def test_parts_apart_keep_their_ends(self) -> None:
        axis = MultiLineString([[(0, 0), (30, 0)], [(40, 0), (100, 0)]])
        assert told(axis, NORTH) == [(30, "meets")]

    def test_lines_of_a_network_are_all_told(self) -> None:
        network = MultiLineString([[(30, -9), (30, 9)], [(70, -9), (70, 9)]])
        found = crossings(EAST, network)
        assert [(c.at_m, c.on_line_m) for c in found] == [(30, 9), (70, 27)]


class TestLoops:
    SQUARE = ((20, -10), (40, -10), (40, 10), (20, 10))

    @pytest.mark.parametrize("start", range(4))
    def test_a_loop_has_no_end(self, start: int) -> None:
        corners = [*self.SQUARE[start:], *self.SQUARE[:start]]
        found = crossings(EAST, LineString([*corners, corners[0]]))
        assert [(c.at_m, c.kind, c.from_line_end_m) for c in found] == [
            (20, "crosses", inf),
            (40, "crosses", inf),
        ]

    def test_a_loop_that_begins_on_the_axis_is_crossed_there_once(self) -> None:
        ring = LineString([(20, 0), (20, -10), (40, -10), (40, 10), (20, 10), (20, 0)])
        assert told(EAST, ring) == [(20, "crosses"), (40, "crosses")]
        assert told(ring, EAST) == [(0, "crosses"), (40, "crosses")]


class TestOnTopOfEachOther:
    def test_to_the_other_side_is_one_crossing(self) -> None:
        axis = LineString([(0, -20), (30, -10), (30, 10), (60, 20)])
        found = only(axis, NORTH)
        assert (found.kind, found.side_before) == ("crosses", "left")
        assert found.point.coords[0] == (30, -10)
        back = only(axis.reverse(), NORTH)
        assert (back.kind, back.side_before) == ("crosses", "right")

    def test_back_to_the_same_side_is_a_touch(self) -> None:
        axis = LineString([(0, -20), (30, -10), (30, 10), (0, 20)])
        assert told(axis, NORTH) == [(round(LineString(axis.coords[:2]).length, 6), "touches")]

    @pytest.mark.parametrize("step", [1.0, 3.0, 100.0])
    def test_vertices_on_the_way_change_nothing(self, step: float) -> None:
        axis = LineString([(0, -20), (30, -10), (30, 10), (60, 20)])
        found = only(shapely.segmentize(axis, step), shapely.segmentize(NORTH, step / 2))
        assert found.kind == "crosses"

    def test_ending_on_top_meets(self) -> None:
        assert told(LineString([(0, 0), (30, 0), (30, 20)]), NORTH) == [(30, "meets")]
        assert told(LineString([(30, 20), (30, 0), (0, 0)]), NORTH) == [(0, "meets")]
        short = LineString([(30, -50), (30, 5)])
        axis = LineString([(0, 0), (30, 0), (30, 20), (60, 20)])
        assert told(axis, short) == [(30, "meets")]

    def test_the_same_line_meets_itself_at_its_start_only(self) -> None:
        assert told(EAST, EAST) == [(0, "meets")]

    def test_a_loop_that_begins_on_top(self) -> None:
        """It runs along the line from (30, -10) to (30, 10), where it begins halfway."""
        ring = LineString([(30, 0), (30, 10), (60, 10), (60, -10), (30, -10), (30, 0)])
        assert told(ring, NORTH) == [(90, "touches")]


@given(st.integers(0, 2**32 - 1))
def test_every_crossing_changes_sides_and_lies_on_both(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axis, other = line(rng), line(rng)
    found = crossings(axis, other)
    met = shapely.get_parts(shapely.intersection(axis, other))
    assert len(found) == len([p for p in met if not p.is_empty])
    for crossing in found:
        assert axis.interpolate(crossing.at_m).distance(crossing.point) < 1e-6
        assert other.interpolate(crossing.on_line_m).distance(crossing.point) < 1e-6
        assert 0 <= crossing.angle_deg <= 90


@given(st.integers(0, 2**32 - 1))
def test_reversing_mirrors_the_crossings(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axis, other = line(rng), loop(rng)
    there, back = crossings(axis, other), crossings(axis.reverse(), other)
    assert len(there) == len(back)
    for a, b in zip(there, reversed(back), strict=True):
        assert a.at_m == pytest.approx(axis.length - b.at_m, abs=1e-6)
        assert a.angle_deg == pytest.approx(b.angle_deg, abs=1e-6)
        assert a.kind == b.kind
        if a.kind == "crosses":
            assert a.side_before == OTHER[b.side_before]


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 20))
def test_more_vertices_change_nothing(seed: int, step_m: float) -> None:
    rng = np.random.default_rng(seed)
    axis, other = line(rng), loop(rng)
    plain = crossings(axis, other)
    dense = crossings(shapely.segmentize(axis, step_m), shapely.segmentize(other, step_m))
    assert [(c.kind, c.side_before) for c in plain] == [(c.kind, c.side_before) for c in dense]
    figures = [(c.at_m, c.on_line_m, c.angle_deg) for c in plain]
    assert np.allclose(figures, [(c.at_m, c.on_line_m, c.angle_deg) for c in dense], atol=1e-5)


@given(st.integers(0, 2**32 - 1))
def test_a_loop_is_entered_as_often_as_it_is_left(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axis, ring = line(rng), loop(rng)
    inside = Polygon(ring)
    ends = [shapely.intersects(inside, shapely.get_point(axis, i)) for i in (0, -1)]
    crossed = [c for c in crossings(axis, ring) if c.kind == "crosses"]
    assert len(crossed) % 2 == (1 if ends[0] != ends[1] else 0)
