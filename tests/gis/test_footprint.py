from math import pi

import pytest
import shapely
from pyproj import CRS
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, box

from gis.footprint import Area, CRSMismatchError, Route, Sites, require_same_crs
from gis.probe import Probe
from tests.gis.shapes import UTM33, area, route


def test_an_area_is_its_own_footprint() -> None:
    plan = area(box(0, 0, 10, 10))
    assert plan.footprint == plan.ground == box(0, 0, 10, 10)
    assert plan.length_m is None
    assert plan.geometry_type == "area"


def test_parts_that_overlap_count_once() -> None:
    plan = area(MultiPolygon([box(0, 0, 10, 10), box(5, 0, 15, 10)]))
    assert Probe(plan, 0.01).area_m2 == 150
    assert len(Probe(plan, 0.01).parts) == 1


def test_a_corridor_is_as_wide_as_asked_and_ends_flat() -> None:
    plan = route((0, 0), (100, 0), width_m=4)
    assert plan.footprint.equals(box(0, -2, 100, 2))
    assert plan.length_m == 100
    assert plan.geometry_type == "route"


def test_a_route_without_width_is_its_axis() -> None:
    plan = route((0, 0), (100, 0), width_m=0)
    assert plan.footprint == plan.axis
    assert Probe(plan, 1.0).area_m2 == 0
    assert Probe(plan, 1.0).solid.inner(plan.axis).is_empty


def test_parts_of_a_route_leave_no_wedge_where_they_meet() -> None:
    whole = route((0, 0), (100, 0), (100, 80), width_m=10)
    parts = Route(MultiLineString([[(0, 0), (100, 0)], [(100, 0), (100, 80)]]), 10, UTM33)
    assert parts.footprint.equals(whole.footprint)
    assert parts.length_m == whole.length_m


def test_a_loop_has_no_gap_where_it_begins() -> None:
    square = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    other_start = [(50, 0), (100, 0), (100, 100), (0, 100), (0, 0), (50, 0)]
    plan, same = route(*square, width_m=10), route(*other_start, width_m=10)
    assert plan.ground.area == pytest.approx(same.ground.area, abs=1e-6)
    assert plan.ground.covers(Point(-3, -3))


def test_sites_are_circles_joined_where_they_overlap() -> None:
    one = Sites(Point(0, 0), 10, UTM33)
    assert one.footprint.area == pytest.approx(pi * 100, rel=2e-3)
    two = Sites(MultiPoint([(0, 0), (5, 0)]), 10, UTM33)
    assert two.ground.geom_type == "Polygon"
    assert two.length_m is None
    assert Sites(Point(3, 4), 0, UTM33).footprint == Point(3, 4)


def test_two_crs_must_not_meet() -> None:
    require_same_crs(UTM33, CRS.from_epsg(25833))
    with pytest.raises(CRSMismatchError):
        require_same_crs(UTM33, CRS.from_epsg(25832))


def test_a_probe_knows_axis_points_core_and_bounds() -> None:
    plan = area(box(0, 0, 100, 50))
    probe = Probe(plan, 10)
    assert probe.crs == UTM33
    assert probe.axis is probe.points is None
    assert probe.solid.inner(plan.shape).symmetric_difference(box(10, 10, 90, 40)).area < 1e-3
    assert probe.bounds(5) == (-5, -5, 105, 55)
    axis = LineString([(0, 0), (9, 9)])
    assert Probe(Route(axis, 1, UTM33), 1).axis is axis
    assert Probe(Sites(Point(1, 1), 1, UTM33), 1).points == Point(1, 1)


@pytest.mark.parametrize("gap_m", [1e-9, 1e-4, 0.005])
def test_a_crack_between_parts_is_no_edge(gap_m: float) -> None:
    plan = Area(MultiPolygon([box(0, 0, 50, 50), box(50 + gap_m, 0, 100, 50)]), UTM33)
    probe = Probe(plan, 10)
    assert len(probe.parts) == 1
    assert shapely.covers(probe.solid.inner(Point(50, 25)), Point(50, 25))
    assert probe.area_m2 == pytest.approx(5000 - 50 * gap_m)  # figures know the crack


def test_a_gap_of_more_than_a_centimetre_is_one() -> None:
    plan = Area(MultiPolygon([box(0, 0, 50, 50), box(50.02, 0, 100, 50)]), UTM33)
    assert len(Probe(plan, 10).parts) == 2
