import time

import numpy as np
import pytest
import shapely
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    affinity,
    box,
)
from shapely.geometry.base import BaseGeometry

from gis.footprint import Footprint, Route, Sites
from gis.probe import Probe
from gis.relation import Relation, relation
from tests.gis.shapes import UTM33, area, route

PLAN = area(box(0, 0, 100, 100))
OVERLAPS, BORDERS, NEAR = Relation.OVERLAPS, Relation.BORDERS, Relation.NEAR


def found(
    plan: Footprint, thing: BaseGeometry, eps_m: float = 1.0, reach_m: float = 0.0
) -> Relation | None:
    probe = Probe(plan, eps_m)
    distance = float(shapely.distance(probe.ground, thing))
    return relation(probe, thing, distance_m=distance, reach_m=reach_m)


class TestDistance:
    @pytest.mark.parametrize(
        ("gap_m", "verdict"), [(0.0, BORDERS), (1.0, BORDERS), (1.001, NEAR), (30.0, NEAR)]
    )
    def test_up_to_the_tolerance_borders_up_to_the_reach_near(
        self, gap_m: float, verdict: Relation
    ) -> None:
        assert found(PLAN, box(100 + gap_m, 0, 200, 100), reach_m=30) is verdict

    def test_both_limits_are_inclusive_and_nothing_lies_beyond(self) -> None:
        assert found(PLAN, box(101, 0, 200, 100)) is BORDERS
        assert found(PLAN, box(130, 0, 200, 100), reach_m=30) is NEAR
        assert found(PLAN, box(130.001, 0, 200, 100), reach_m=30) is None


class TestAreas:
    @pytest.mark.parametrize(
        ("depth_m", "verdict"), [(0.0, BORDERS), (0.5, BORDERS), (0.99, BORDERS), (1.05, OVERLAPS)]
    )
    def test_a_common_strip_counts_from_the_tolerance_on(
        self, depth_m: float, verdict: Relation
    ) -> None:
        assert found(PLAN, box(100 - depth_m, 0, 200, 100)) is verdict
        assert found(area(box(100 - depth_m, 0, 200, 100)), PLAN.shape) is verdict

    def test_a_corner_counts_from_the_tolerance_on(self) -> None:
        assert found(PLAN, box(99.5, 99.5, 150, 150)) is BORDERS
        assert found(PLAN, box(98.8, 98.8, 150, 150)) is OVERLAPS

    def test_touching_at_a_corner_borders(self) -> None:
        assert found(PLAN, box(100, 100, 150, 150)) is BORDERS

    def test_a_neighbour_that_fits_around_a_corner_borders(self) -> None:
        around = box(-50, -50, 150, 150).difference(box(0, 0, 100, 100))
        assert found(PLAN, around) is BORDERS

    def test_a_hole_that_holds_the_plan_keeps_it_apart(self) -> None:
        ring = box(-500, -500, 500, 500).difference(box(-50, -50, 150, 150))
        assert found(PLAN, ring) is None
        assert found(PLAN, ring, reach_m=50) is NEAR

    def test_any_part_is_enough_and_the_others_do_not_matter(self) -> None:
        far, inside = box(900, 900, 950, 950), box(40, 40, 60, 60)
        assert found(PLAN, MultiPolygon([far, inside])) is OVERLAPS
        assert found(PLAN, MultiPolygon([far, box(100, 0, 110, 100)])) is BORDERS

    def test_strips_that_cross_count_though_neither_can_be_eroded(self) -> None:
        ditch = box(-60, -1, 60, 1)
        assert found(area(ditch), affinity.rotate(ditch, 80), eps_m=3) is OVERLAPS
        assert found(area(ditch), affinity.rotate(ditch, 12), eps_m=3) is OVERLAPS

    def test_a_strip_that_ends_within_the_tolerance_beyond_the_other_borders(self) -> None:
        ditch = box(-60, -1, 60, 1)
        assert found(area(ditch), box(-1, -30, 1, 1.9), eps_m=3) is BORDERS  # 2.9 m in all
        assert found(area(ditch), box(-1, -30, 1, 5), eps_m=3) is OVERLAPS

    def test_a_ring_is_a_strip_where_it_is_crossed(self) -> None:
        ring = Point(0, 0).buffer(200).difference(Point(0, 0).buffer(198))
        spoke = box(150, -1, 260, 1)
        assert found(area(ring), spoke, eps_m=3) is OVERLAPS
        assert found(area(spoke), ring, eps_m=3) is OVERLAPS

    def test_a_net_of_streets_is_crossed_though_it_does_not_fall_apart(self) -> None:
        net = shapely.union_all(
            [box(0, y, 400, y + 3) for y in range(0, 400, 80)]
            + [box(x, 0, x + 3, 323) for x in range(0, 400, 80)]
        )
        path = box(110, -40, 113, 40)
        assert found(area(path), net, eps_m=5) is OVERLAPS
        assert found(area(net), path, eps_m=5) is OVERLAPS

    def test_a_strip_along_the_edge_that_wiggles_across_it_borders(self) -> None:
        wiggles = [(100 + (-0.6 if i % 2 else 0.6), -30 + 10 * i) for i in range(17)]
        ditch = LineString(wiggles).buffer(0.3, cap_style="flat")
        assert found(PLAN, ditch) is BORDERS


class TestAlwaysCounts:
    """A 3 m path inside a reserve and a 5 m monument inside a plan, known to 20 m."""

    RESERVE = box(0, 0, 400, 400)

    @pytest.mark.parametrize("depth_m", [200, 30, 10, 2])
    def test_a_path_inside_a_reserve(self, depth_m: float) -> None:
        axis = [(50.0, depth_m), (350.0, depth_m)]
        assert found(route(*axis), self.RESERVE, eps_m=20) is OVERLAPS
        assert found(route(*axis, width_m=0), self.RESERVE, eps_m=20) is OVERLAPS
        drawn = LineString(axis).buffer(1.5, cap_style="flat")
        assert found(area(drawn), self.RESERVE, eps_m=20) is OVERLAPS

    def test_a_path_through_a_reserve(self) -> None:
        across = [(-90.0, 10.0), (490.0, 30.0)]
        assert found(route(*across), self.RESERVE, eps_m=20) is OVERLAPS
        assert found(route(*across, width_m=0), self.RESERVE, eps_m=20) is OVERLAPS

    def test_a_path_that_ends_in_a_reserve_farther_than_the_tolerance(self) -> None:
        assert found(route((200, -90), (200, 21)), self.RESERVE, eps_m=20) is OVERLAPS
        assert found(route((200, -90), (200, 19)), self.RESERVE, eps_m=20) is BORDERS

    @pytest.mark.parametrize("at", [(197, 197), (22, 300), (1, 1), (0, 0)])
    @pytest.mark.parametrize("width_m", [400, 30])
    def test_a_monument_inside_a_plan(self, at: tuple[float, float], width_m: float) -> None:
        x, y = (min(c, width_m - 5) for c in at)
        monument = box(x, y, x + 5, y + 5)
        assert found(area(box(0, 0, width_m, width_m)), monument, eps_m=20) is OVERLAPS
        assert found(area(monument), box(0, 0, width_m, width_m), eps_m=20) is OVERLAPS

    def test_a_monument_across_the_crack_between_two_parts(self) -> None:
        plan = area(MultiPolygon([box(0, 0, 15, 30), box(15.001, 0, 30, 30)]))
        assert found(plan, box(12, 12, 17, 17), eps_m=20) is OVERLAPS

    def test_a_small_monument_on_the_edge_borders(self) -> None:
        assert found(area(box(0, 0, 400, 400)), box(-2, 100, 3, 105), eps_m=20) is BORDERS


class TestPoints:
    @pytest.mark.parametrize("eps_m", [0.01, 20])
    def test_a_point_counts_when_it_lies_in_the_plan(self, eps_m: float) -> None:
        assert found(PLAN, Point(50, 50), eps_m) is OVERLAPS
        assert found(PLAN, Point(0.001, 50), eps_m) is OVERLAPS
        assert found(PLAN, Point(100, 100), eps_m) is OVERLAPS  # the edge belongs to the plan
        assert found(PLAN, Point(100.005, 50), eps_m) is BORDERS

    def test_one_of_many_is_enough(self) -> None:
        assert found(PLAN, MultiPoint([(500, 500), (50, 50)])) is OVERLAPS

    def test_a_mast_counts_where_its_centre_lies_in_an_object(self) -> None:
        strip = box(0, 0, 3, 200)
        for radius_m in (0, 0.5):
            mast = Sites(Point(1, 100), radius_m, UTM33)
            assert found(mast, strip, eps_m=20) is OVERLAPS
        assert found(Sites(Point(3.4, 100), 0.5, UTM33), strip, eps_m=20) is BORDERS

    def test_bare_points_count_on_lines_and_points(self) -> None:
        assert found(Sites(Point(5, 0), 0, UTM33), LineString([(0, 0), (9, 0)])) is OVERLAPS
        assert found(Sites(Point(5, 0), 0, UTM33), LineString([(0, 1), (9, 1)])) is BORDERS
        assert found(Sites(Point(5, 0), 0, UTM33), Point(5, 0)) is OVERLAPS


class TestLines:
    def test_through_and_into_the_plan(self) -> None:
        assert found(PLAN, LineString([(-50, 50), (150, 60)])) is OVERLAPS
        assert found(PLAN, LineString([(50, 50), (150, 60)])) is OVERLAPS
        assert found(PLAN, LineString([(-50, 50), (0.9, 50)])) is BORDERS
        assert found(PLAN, LineString([(-50, 50), (1.1, 50)])) is OVERLAPS

    def test_wholly_inside_counts_at_any_tolerance(self) -> None:
        assert found(PLAN, LineString([(0.1, 1), (0.1, 9)]), eps_m=80) is OVERLAPS

    def test_along_the_edge_borders_even_where_it_wiggles_across(self) -> None:
        assert found(PLAN, LineString([(100, -50), (100, 150)])) is BORDERS
        wiggles = [(100 + (-0.6 if i % 2 else 0.6), -30 + 10 * i) for i in range(17)]
        assert found(PLAN, LineString(wiggles)) is BORDERS

    def test_across_a_narrow_plan(self) -> None:
        path = area(box(-60, -1.5, 60, 1.5))
        assert found(path, LineString([(0, -50), (0, 50)]), eps_m=20) is OVERLAPS
        assert found(path, LineString([(-40, -25), (40, 25)]), eps_m=20) is OVERLAPS
        assert found(path, LineString([(0, -50), (0, 5)]), eps_m=20) is BORDERS

    def test_in_two_pieces_that_meet_in_a_narrow_plan(self) -> None:
        pieces = MultiLineString([[(0, -50), (0, 0)], [(0, 0), (0, 50)]])
        assert found(area(box(-60, -1.5, 60, 1.5)), pieces, eps_m=20) is OVERLAPS
        assert found(route((-60, 0), (60, 0)), pieces, eps_m=20) is OVERLAPS

    def test_running_along_inside_a_narrow_plan(self) -> None:
        path = area(box(0, -1.5, 300, 1.5))
        assert found(path, LineString([(100, 0.5), (200, 0.5), (200, 90)]), eps_m=20) is OVERLAPS
        assert found(path, LineString([(180, 0.5), (200, 0.5), (200, 90)]), eps_m=20) is BORDERS

    def test_a_loop_around_the_plan_does_not_meet_it(self) -> None:
        loop = LineString([(-50, -50), (150, -50), (150, 150), (-50, 150), (-50, -50)])
        assert found(PLAN, loop) is None
        assert found(PLAN, loop, reach_m=50) is NEAR


class TestBareAxis:
    AXIS = route((0, 0), (100, 0), width_m=0)

    def test_crossing_counts_beyond_the_tolerance_of_both_ends(self) -> None:
        assert found(self.AXIS, LineString([(50, -20), (50, 20)]), eps_m=5) is OVERLAPS
        assert found(self.AXIS, LineString([(50, -20), (50, 4)]), eps_m=5) is BORDERS
        assert found(self.AXIS, LineString([(97, -20), (97, 20)]), eps_m=5) is BORDERS
        assert found(self.AXIS, LineString([(50, 0), (50, 20)]), eps_m=5) is BORDERS

    def test_crossing_where_two_parts_meet(self) -> None:
        axis = MultiLineString([[(0, 0), (50, 0)], [(50, 0), (100, 0)]])
        line = LineString([(50, -20), (50, 20)])
        assert found(Route(axis, 0, UTM33), line, eps_m=5) is OVERLAPS

    def test_on_top_of_a_line(self) -> None:
        assert found(self.AXIS, LineString([(-30, 0), (60, 0)]), eps_m=5) is OVERLAPS
        assert found(self.AXIS, LineString([(-30, 0), (9, 0)]), eps_m=5) is BORDERS

    def test_inside_through_and_along_a_narrow_strip(self) -> None:
        assert found(self.AXIS, box(40, -50, 43, 50), eps_m=5) is OVERLAPS
        assert found(self.AXIS, box(40, -1, 300, 1), eps_m=5) is OVERLAPS
        assert found(self.AXIS, box(95, -1, 300, 1), eps_m=5) is BORDERS

    def test_along_the_edge_of_an_area(self) -> None:
        assert found(self.AXIS, box(-50, 0, 150, 60), eps_m=5) is OVERLAPS  # it lies in it
        assert found(self.AXIS, box(20, 0, 80, 60), eps_m=5) is BORDERS

    def test_wholly_inside_a_narrow_plan_of_several_parts(self) -> None:
        axis = MultiLineString([[(0, 0), (10, 0)], [(500, 0), (510, 0)]])
        assert found(Route(axis, 0, UTM33), box(-2, -1, 12, 1), eps_m=20) is OVERLAPS


class TestOddObjects:
    def test_collections_count_by_any_of_their_pieces(self) -> None:
        far = [box(900, 900, 950, 950), LineString([(900, 0), (950, 0)]), Point(700, 0)]
        assert found(PLAN, GeometryCollection(far)) is None
        for inside in (box(40, 40, 60, 60), LineString([(40, 40), (60, 60)]), Point(50, 50)):
            nested = GeometryCollection([GeometryCollection([inside]), *far])
            assert found(PLAN, nested) is OVERLAPS

    def test_heights_change_nothing(self) -> None:
        tall = shapely.force_3d(box(98.8, 98.8, 150, 150), 450)
        assert found(PLAN, tall) is OVERLAPS
        assert found(PLAN, shapely.force_3d(LineString([(-9, 5), (200, 7)]), 9)) is OVERLAPS


def forest(vertices: int) -> Polygon:
    """A big object with a ragged edge, 2 km across."""
    rng = np.random.default_rng(7)
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radii = 1000 + 20 * np.sin(40 * angles) + rng.uniform(-1, 1, vertices)
    return Polygon(np.c_[radii * np.cos(angles), radii * np.sin(angles)])


@pytest.mark.parametrize("eps_m", [0.06, 2.0, 20.0])
@pytest.mark.parametrize(
    "plan",
    [
        area(box(-20, -20, 20, 20)),
        area(box(990, -40, 1050, 40)),
        route((-1200, 3), (1200, 7)),
        route((960, 3), (1200, 7), width_m=0),
    ],
    ids=["inside", "edge", "through", "into"],
)
def test_a_forest_of_30_000_vertices_takes_no_time(plan: Footprint, eps_m: float) -> None:
    thing = forest(30_000)
    begun = time.process_time()
    assert found(plan, thing, eps_m) is OVERLAPS
    assert time.process_time() - begun < 1.0
