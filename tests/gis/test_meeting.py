from math import inf, nan

import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely import (
    GeometryCollection,
    GEOSException,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

from gis.footprint import CRSMismatchError, Footprint, Route, Sites
from gis.meeting import Total, UncheckableError, candidates, meetings, total
from gis.probe import Probe
from gis.relation import Relation
from tests.gis.shapes import UTM33, area, met, route

PLAN = area(box(0, 0, 10, 10))
OVERLAPS, BORDERS, NEAR = Relation.OVERLAPS, Relation.BORDERS, Relation.NEAR


FAR = box(500, 500, 510, 510)


def spoiled(shape: BaseGeometry, x: float) -> BaseGeometry:
    """Return `shape` with an x that is no number at its second vertex; bounds may not show it."""
    coordinates = shapely.get_coordinates(shape)
    coordinates[1, 0] = x
    return shapely.set_coordinates(shape, coordinates)


def summed(
    plan: Footprint, *things: BaseGeometry, half_m: float = 0.0, reach_m: float = 0
) -> Total:
    found = met(plan, *things, half_m=half_m, reach_m=reach_m)
    return total(Probe(plan, 0.01), found, np.array(things, dtype=object))


class TestAreaPlan:
    def test_area_and_shares(self) -> None:
        (found,) = met(PLAN, box(5, 0, 25, 10))
        assert found.relation is OVERLAPS
        assert (found.overlap_m2, found.share_of_plan, found.share_of_object) == (50, 0.5, 0.25)
        assert found.overlap.equals(box(5, 0, 10, 10))
        assert (found.length_m, found.stretches, found.crossings) == (None, (), ())
        assert (found.distance_m, found.from_points_m) == (0, None)

    def test_a_line_has_length_and_share_but_no_area(self) -> None:
        (found,) = met(PLAN, LineString([(-10, 5), (30, 5)]))
        assert (found.overlap_m2, found.length_m) == (None, 10)
        assert (found.share_of_plan, found.share_of_object) == (0, 0.25)

    def test_a_line_with_width_has_all(self) -> None:
        (found,) = met(PLAN, LineString([(-10, 5), (30, 5)]), half_m=2)
        assert (found.overlap_m2, found.length_m) == (40, 10)
        assert (found.share_of_plan, found.share_of_object) == (0.4, 0.25)

    def test_a_point_has_neither(self) -> None:
        (found,) = met(PLAN, Point(5, 5))
        assert (found.overlap_m2, found.length_m, found.share_of_object) == (None, None, None)
        assert found.share_of_plan == 0

    def test_a_point_with_radius_has_area(self) -> None:
        (found,) = met(PLAN, Point(5, 5), half_m=2)
        assert found.overlap_m2 == pytest.approx(np.pi * 4, rel=0.01)
        assert found.share_of_object == pytest.approx(1)

    def test_a_hole_is_not_ground(self) -> None:
        ring = box(-20, -20, 30, 30).difference(box(2, 2, 8, 8))
        (found,) = met(PLAN, ring)
        assert found.overlap_m2 == 100 - 36

    def test_a_collection_is_measured_by_its_areas(self) -> None:
        mixed = GeometryCollection([box(5, 0, 15, 10), LineString([(0, 1), (9, 1)]), Point(1, 1)])
        (found,) = met(PLAN, mixed)
        assert (found.overlap_m2, found.share_of_object, found.length_m) == (50, 0.5, None)

    def test_heights_play_no_role(self) -> None:
        flat, tall = LineString([(-10, 5), (30, 5)]), LineString([(-10, 5, 0), (30, 5, 400)])
        assert met(PLAN, flat)[0].length_m == met(PLAN, tall)[0].length_m
        assert met(PLAN, shapely.force_3d(box(5, 0, 25, 10), 9))[0].overlap_m2 == 50


class TestDistance:
    @pytest.mark.parametrize(
        "thing",
        [box(40, 0, 50, 10), LineString([(40, -90), (40, 90)]), Point(40, 5)],
        ids=["area", "line", "point"],
    )
    def test_from_edge_to_edge_and_inclusive(self, thing: BaseGeometry) -> None:
        assert met(PLAN, thing, reach_m=29.999) == []
        (found,) = met(PLAN, thing, reach_m=30)
        assert (found.relation, found.distance_m) == (NEAR, 30)
        (wide,) = met(PLAN, thing, reach_m=20, half_m=10)
        assert (wide.relation, wide.distance_m) == (NEAR, 20)
        assert met(PLAN, thing, reach_m=19.999, half_m=10) == []

    def test_a_route_is_measured_from_the_edge_of_its_corridor(self) -> None:
        path = route((0, 0), (100, 0), width_m=4)
        (found,) = met(path, LineString([(0, 30), (100, 30)]), half_m=8, reach_m=20)
        assert found.distance_m == 20  # 30 less 2 less 8

    def test_sites_know_the_distance_from_their_points_too(self) -> None:
        mast = Sites(Point(0, 0), 10, UTM33)
        (found,) = met(mast, box(50, -5, 60, 5), reach_m=100)
        assert (found.distance_m, found.from_points_m) == (40, 50)
        (found,) = met(mast, LineString([(50, -90), (50, 90)]), half_m=5, reach_m=100)
        assert (found.distance_m, found.from_points_m) == (35, 45)

    def test_a_half_width_never_makes_a_distance_negative(self) -> None:
        (found,) = met(PLAN, LineString([(12, -90), (12, 90)]), half_m=5)
        assert (found.relation, found.distance_m) == (OVERLAPS, 0)
        assert found.overlap_m2 == pytest.approx(30)

    def test_beyond_the_end_of_a_road_it_borders_within_half_a_width(self) -> None:
        road = LineString([(13, 5), (90, 5)])
        (found,) = met(PLAN, road, half_m=5)
        assert (found.relation, found.distance_m, found.overlap_m2) == (BORDERS, 0, 0)

    def test_no_reach_is_too_far(self) -> None:
        (found,) = met(PLAN, Point(1e6, 1e6), reach_m=inf)
        assert found.relation is NEAR


class TestRoute:
    PATH = route((0, 0), (100, 0), width_m=4)

    def test_area_is_the_corridors_length_and_share_the_axis(self) -> None:
        (found,) = met(self.PATH, box(20, -50, 45, 50))
        assert (found.overlap_m2, found.length_m, found.share_of_plan) == (100, 25, 0.25)
        assert [(s.from_m, s.to_m) for s in found.stretches] == [(20, 45)]
        assert found.crossings == ()

    def test_a_line_tells_its_crossing_and_its_length_in_the_corridor(self) -> None:
        (found,) = met(self.PATH, LineString([(30, -50), (30, 50)]))
        assert (found.overlap_m2, found.length_m, found.stretches) == (None, 4, ())
        assert (found.share_of_plan, found.share_of_object) == (0, 0.04)
        assert [(c.at_m, c.kind) for c in found.crossings] == [(30, "crosses")]

    def test_a_road_with_width_tells_crossing_and_stretch(self) -> None:
        (found,) = met(self.PATH, LineString([(30, -50), (30, 50)]), half_m=5)
        assert (found.overlap_m2, found.length_m, found.share_of_plan) == (40, 10, 0.1)
        assert [(s.from_m, s.to_m) for s in found.stretches] == [(25, 35)]
        assert [c.at_m for c in found.crossings] == [30]
        assert found.share_of_object == 0.04  # of the road's own line

    def test_a_corridor_may_meet_what_its_axis_does_not(self) -> None:
        (found,) = met(self.PATH, box(20, 1, 45, 50))
        assert (found.relation, found.overlap_m2, found.length_m) == (OVERLAPS, 25, 0)

    def test_a_bare_axis_has_length_but_no_area(self) -> None:
        bare = route((0, 0), (100, 0), width_m=0)
        (found,) = met(bare, box(20, -50, 45, 50))
        assert (found.relation, found.overlap_m2, found.length_m) == (OVERLAPS, 0, 25)
        assert (found.share_of_plan, found.share_of_object) == (0.25, 0)

    def test_crossings_with_the_lines_of_a_nested_collection(self) -> None:
        lines = MultiLineString([[(30, -9), (30, 9)], [(60, -9), (60, 9)]])
        nested = GeometryCollection([GeometryCollection([lines]), Point(700, 0)])
        (found,) = met(self.PATH, nested)
        assert [c.at_m for c in found.crossings] == [30, 60]

    def test_a_road_in_two_pieces_leaves_no_wedge_at_its_bend(self) -> None:
        pieces = MultiLineString([[(30, -50), (30, 0)], [(30, 0), (80, 50)]])
        whole = LineString([(30, -50), (30, 0), (80, 50)])
        assert met(self.PATH, pieces, half_m=5)[0].overlap_m2 == pytest.approx(
            met(self.PATH, whole, half_m=5)[0].overlap_m2
        )


class TestSites:
    def test_circles_have_area_bare_points_a_share_by_number(self) -> None:
        strip = box(-1, -1, 1, 1)
        (found,) = met(Sites(MultiPoint([(0, 0), (50, 0)]), 0, UTM33), strip)
        assert (found.relation, found.overlap_m2, found.share_of_plan) == (OVERLAPS, 0, 0.5)
        (found,) = met(Sites(Point(0, 0), 5, UTM33), strip)
        assert found.overlap_m2 == pytest.approx(4)


class TestTotal:
    def test_nothing_counts_twice(self) -> None:
        found = summed(PLAN, box(0, 0, 8, 10), box(2, 0, 10, 10))
        assert found.overlap_m2 == 100
        assert found.share_of_plan == 1
        assert found.overlap.equals(PLAN.shape)
        assert sum(m.overlap_m2 or 0 for m in met(PLAN, box(0, 0, 8, 10), box(2, 0, 10, 10))) == 160

    def test_later_hits_are_found_after_the_first(self) -> None:
        found = met(PLAN, box(0, 0, 1, 1), box(50, 0, 51, 1), box(4, 4, 6, 6))
        assert [m.index for m in found] == [0, 2]

    def test_only_overlaps_are_summed_and_nearest_is_of_all(self) -> None:
        found = summed(PLAN, box(10, 0, 20, 10), box(5, 5, 15, 15), box(40, 0, 50, 10), reach_m=50)
        assert (found.overlap_m2, found.nearest_m) == (25, 0)
        far = summed(PLAN, box(60, 0, 70, 10), box(40, 0, 50, 10), reach_m=50)
        assert (far.overlap_m2, far.nearest_m, far.overlap.is_empty) == (0, 30, True)

    def test_nothing_within_reach(self) -> None:
        found = summed(PLAN, box(40, 0, 50, 10))
        assert found.nearest_m is None
        assert (found.overlap_m2, found.length_m, found.points_inside) == (0, 0, 0)
        assert total(Probe(PLAN, 1), [], np.array([], dtype=object)).share_of_plan == 0

    def test_lines_on_top_of_each_other_count_once(self) -> None:
        line, same = LineString([(-5, 5), (15, 5)]), LineString([(5, 5), (30, 5)])
        assert summed(PLAN, line, same).length_m == 10

    def test_points_are_counted_one_by_one(self) -> None:
        found = summed(PLAN, Point(5, 5), MultiPoint([(1, 1), (2, 2), (90, 90)]), Point(60, 0))
        assert found.points_inside == 3
        assert (found.overlap_m2, found.length_m, found.share_of_plan) == (0, 0, 0)

    def test_a_routes_length_is_on_its_axis_and_stretches_join(self) -> None:
        path = route((0, 0), (100, 0), width_m=4)
        found = summed(path, box(20, -9, 45, 9), box(40, -9, 60, 9), box(80, -9, 90, 9))
        assert [(s.from_m, s.to_m) for s in found.stretches] == [(20, 60), (80, 90)]
        assert (found.length_m, found.share_of_plan, found.overlap_m2) == (50, 0.5, 200)

    def test_a_routes_length_on_bare_lines_is_theirs(self) -> None:
        path = route((0, 0), (100, 0), width_m=4)
        found = summed(path, LineString([(30, -9), (30, 9)]), LineString([(60, -9), (60, 9)]))
        assert (found.length_m, found.share_of_plan, found.stretches) == (8, 0, ())

    def test_a_corridor_that_meets_areas_beside_its_axis_has_no_length_inside(self) -> None:
        path = route((0, 0), (100, 0), width_m=4)
        found = summed(path, box(20, 1, 45, 9), LineString([(60, -9), (60, 9)]))
        assert (found.length_m, found.overlap_m2) == (0, 25)

    def test_bare_points_share_by_number(self) -> None:
        masts = Sites(MultiPoint([(0, 0), (50, 0), (90, 0), (95, 0)]), 0, UTM33)
        found = summed(masts, box(-1, -1, 1, 1), box(-2, -2, 2, 2), box(89, -1, 91, 1))
        assert found.share_of_plan == 0.5


class TestUncheckable:
    """What cannot be measured must never look like what is not met."""

    BROKEN = (
        spoiled(FAR, nan),
        spoiled(FAR, inf),
        spoiled(FAR.exterior, nan),
        spoiled(LineString([(500, 500), (505, 500), (510, 500)]), -inf),
        spoiled(MultiPoint([(500, 500), (600, 500)]), nan),
        spoiled(GeometryCollection([FAR, Point(500, 500)]), inf),
        Polygon(),
        MultiPolygon(),
        None,
    )

    @pytest.mark.parametrize("thing", BROKEN)
    @pytest.mark.parametrize("plan", [PLAN, route((0, 0), (9, 9), width_m=0)])
    def test_an_object_that_is_not_finite_or_not_there(
        self, plan: Footprint, thing: BaseGeometry
    ) -> None:
        with pytest.raises(UncheckableError):
            met(plan, box(5, 5, 6, 6), thing)

    @pytest.mark.parametrize("half_m", [nan, inf])
    def test_a_half_width_that_is_not_finite(self, half_m: float) -> None:
        with pytest.raises(UncheckableError):
            met(PLAN, LineString([(500, 0), (500, 9)]), half_m=half_m)

    @pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # numpy's, of the same
    def test_a_plan_that_is_not_finite(self) -> None:
        plan = Route(spoiled(LineString([(0, 0), (5, 0), (9, 0)]), nan), 0, UTM33)
        with pytest.raises((UncheckableError, GEOSException)):
            met(plan, box(5, -5, 6, 5))

    def test_a_plan_that_is_empty(self) -> None:
        with pytest.raises(UncheckableError):
            met(area(Polygon()), box(5, 5, 6, 6))

    @pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numpy's, of the same overflow
    def test_a_figure_that_is_not_finite(self) -> None:
        huge = area(box(-1e200, -1e200, 1e200, 1e200))
        with pytest.raises(UncheckableError, match="figure"):
            met(huge, LineString([(-1e199, 0), (1e199, 0)]))

    def test_errors_of_geos_pass_through(self) -> None:
        bow_tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
        with pytest.raises(GEOSException):
            met(area(MultiPolygon([bow_tie])), Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))

    def test_another_crs(self) -> None:
        objects, halves = np.array([box(5, 5, 6, 6)], dtype=object), np.zeros(1)
        with pytest.raises(CRSMismatchError):
            list(meetings(Probe(PLAN, 1), objects, halves, CRS.from_epsg(25832), reach_m=0))

    def test_no_objects_at_all(self) -> None:
        assert met(PLAN) == []


def test_candidates_touch_the_window_or_are_unknown() -> None:
    bounds = np.array(
        [
            [0, 0, 1, 1],
            [10, 0, 11, 1],
            [10.001, 0, 11, 1],
            [nan] * 4,
            [0, 6, 9, 9],
            [-9, -9, 99, 99],
        ]
    )
    assert candidates(bounds, (0, 0, 10, 5)).tolist() == [0, 1, 3, 5]
    assert candidates(np.empty((0, 4)), (0, 0, 1, 1)).tolist() == []
