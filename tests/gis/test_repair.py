import time
from math import inf, nan

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Question, Refusal
from gis.repair import LONG_M, RING_BUDGET, repair, without_spikes

BOW_TIE = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
ACCEPT = frozenset({"geometry-invalid"})


def code_of(geometry: BaseGeometry) -> str:
    with pytest.raises(Problem) as raised:
        repair(geometry)
    return raised.value.code


class TestValid:
    @pytest.mark.parametrize(
        "geometry",
        [
            box(0, 0, 10, 10),
            box(0, 0, 10, 10).difference(box(2, 2, 3, 3)),
            MultiPolygon([box(0, 0, 1, 1), box(5, 5, 6, 6)]),
            MultiPolygon([box(0, 0, 1, 1), box(1, 1, 2, 2)]),  # touching at a corner is fine
            LineString([(0, 0), (10, 10), (10, 0), (0, 10)]),  # a line may cross itself
            LineString([(0, 0), (0, 0), (5, 5)]),
            MultiPoint([(0, 0), (0, 0)]),
            GeometryCollection([box(0, 0, 1, 1), Point(9, 9)]),
            Polygon([(0, 0, 5), (9, 0, 6), (9, 9, 7)]),
        ],
    )
    def test_nothing_valid_is_changed(self, geometry: BaseGeometry) -> None:
        found = repair(geometry, name="A")
        assert found.geometry is geometry
        assert found.changes == ()


class TestRefusal:
    @pytest.mark.parametrize("x", [nan, inf, -inf])
    @pytest.mark.parametrize("shape", [box(0, 0, 1, 1), LineString([(0, 0), (1, 1), (2, 0)])])
    def test_not_finite(self, shape: BaseGeometry, x: float) -> None:
        coordinates = shapely.get_coordinates(shape)
        coordinates[1, 0] = x
        assert code_of(shapely.set_coordinates(shape, coordinates)) == "geometry-nonfinite"

    @pytest.mark.parametrize("empty", [Polygon(), LineString(), Point(), GeometryCollection()])
    def test_empty(self, empty: BaseGeometry) -> None:
        assert code_of(empty) == "geometry-empty"

    @pytest.mark.parametrize(
        "collapsed",
        [
            Polygon([(0, 0), (10, 0), (20, 0), (0, 0)]),
            Polygon([(5, 5), (5, 5), (5, 5), (5, 5)]),
            MultiPolygon([Polygon([(0, 0), (10, 0), (0, 0)]), Polygon([(9, 9), (9, 5), (9, 9)])]),
            LineString([(3, 3), (3, 3)]),
            MultiLineString([[(3, 3), (3, 3)], [(4, 4), (4, 4)]]),
        ],
    )
    def test_no_extent(self, collapsed: BaseGeometry) -> None:
        assert code_of(collapsed) == "geometry-zero-area"

    @pytest.mark.parametrize("wrap", [list, MultiPolygon, GeometryCollection])
    def test_a_ring_too_long_to_repair_is_refused_at_once(self, wrap: type) -> None:
        rng = np.random.default_rng(1)
        ring = Polygon(rng.uniform(0, 1000, (20_000, 2)))
        begun = time.process_time()
        with pytest.raises(Refusal) as raised:
            repair(ring if wrap is list else wrap([ring]), name="Baufeld 3")
        assert time.process_time() - begun < 1
        assert raised.value.code == "geometry-invalid"
        assert raised.value.text.de.startswith("Baufeld 3: Ein fehlerhafter Ring hat 20001 Punkte")

    def test_the_longest_ring_that_is_repaired_takes_seconds_at_most(self) -> None:
        angles = np.linspace(0, 40 * np.pi, RING_BUDGET - 1)
        radii = 100 + 40 * np.sin(7.3 * angles)
        ring = Polygon(np.c_[radii * np.cos(angles), radii * np.sin(angles)])
        begun = time.process_time()
        assert repair(ring, accept=ACCEPT).geometry.is_valid
        assert time.process_time() - begun < 5

    def test_a_name_stands_in_front_where_there_is_one(self) -> None:
        with pytest.raises(Refusal) as raised:
            repair(Polygon(), name="Teil 2")
        assert raised.value.text.de.startswith("Teil 2: Die Geometrie")
        with pytest.raises(Refusal) as raised:
            repair(Polygon())
        assert raised.value.text.de.startswith("Die Geometrie ist leer")


class TestPolygons:
    def test_a_bow_tie_is_asked_about(self) -> None:
        with pytest.raises(Question) as raised:
            repair(BOW_TIE, name="Plan")
        question = raised.value
        assert question.code == "geometry-invalid"
        assert "Selbstüberschneidung bei [50 50]" in question.text.de
        assert "0,0 → 5.000,0 m²" in question.text.de
        assert "0.0 → 5,000.0 m²" in question.text.en
        assert [p.option for p in question.proposals] == ["--accept geometry-invalid"]

    def test_an_accepted_bow_tie_keeps_both_halves(self) -> None:
        found = repair(BOW_TIE, name="Plan", accept=ACCEPT)
        assert found.geometry.is_valid
        assert found.geometry.area == 5000
        (change,) = found.changes
        assert (change.kind, change.area_before_m2, change.area_after_m2) == ("make-valid", 0, 5000)
        assert change.text.de == "Plan: Geometrie berichtigt (Selbstüberschneidung bei [50 50])"

    def test_overlapping_holes_are_holes_together(self) -> None:
        shell = [(0, 0), (100, 0), (100, 100), (0, 100)]
        holes = [box(10, 10, 50, 50).exterior.coords, box(30, 30, 70, 70).exterior.coords]
        found = repair(Polygon(shell, holes))
        assert found.geometry.area == 10_000 - 1600 - 1600 + 400
        (change,) = found.changes
        assert change.area_before_m2 == change.area_after_m2 == 7200

    def test_overlapping_parts_are_one(self) -> None:
        found = repair(MultiPolygon([box(0, 0, 100, 100), box(50, 0, 150, 100)]))
        assert found.geometry.area == 15_000
        assert found.geometry.geom_type == "Polygon"
        assert found.changes[0].area_before_m2 == 15_000

    def test_parts_drawn_twice_and_parts_with_a_common_edge(self) -> None:
        assert repair(MultiPolygon([box(0, 0, 9, 9)] * 2)).geometry.equals(box(0, 0, 9, 9))
        found = repair(MultiPolygon([box(0, 0, 9, 9), box(9, 0, 18, 9)]))
        assert found.geometry.equals(box(0, 0, 18, 9))

    @pytest.mark.parametrize("hole", [box(200, 200, 240, 240), box(80, 40, 120, 60)])
    @pytest.mark.parametrize("wrap", [list, MultiPolygon, GeometryCollection])
    def test_a_hole_outside_its_shell_is_asked_about(self, hole: Polygon, wrap: type) -> None:
        drawn = Polygon(box(0, 0, 100, 100).exterior.coords, [hole.exterior.coords])
        shape = drawn if wrap is list else wrap([drawn])
        assert code_of(shape) == "geometry-invalid"
        assert repair(shape, accept=ACCEPT).geometry.is_valid

    def test_a_small_loop_in_a_corner_is_repaired_without_asking(self) -> None:
        corner = [(0, 0), (100, 0), (100, 100), (0.01, 100), (-0.01, 99.99), (0, 100.01)]
        found = repair(Polygon(corner))
        assert found.geometry.is_valid
        assert found.geometry.area == pytest.approx(10_000, abs=1)
        assert len(found.changes) == 1

    def test_a_spike_of_no_width_goes(self) -> None:
        found = repair(Polygon([(0, 0), (100, 0), (100, 100), (100, 4900), (100, 100), (0, 100)]))
        assert found.geometry.equals(box(0, 0, 100, 100))

    def test_collapsed_parts_go_and_the_rest_stays(self) -> None:
        flat = Polygon([(300, 0), (400, 0), (300, 0)])
        found = repair(MultiPolygon([box(0, 0, 100, 100), flat]))
        assert found.geometry.equals(box(0, 0, 100, 100))

    def test_lines_in_a_broken_collection_go(self) -> None:
        broken = GeometryCollection(
            [MultiPolygon([box(0, 0, 9, 9), box(5, 0, 15, 9)]), LineString([(0, 50), (9, 50)])]
        )
        assert repair(broken).geometry.equals(box(0, 0, 15, 9))

    @pytest.mark.parametrize(
        ("reason", "shape"),
        [
            ("Ring", Polygon([(0, 0), (9, 0), (9, 9), (4, 0), (0, 9)])),
            (
                "Teilflächen überlagern sich",
                MultiPolygon([box(0, 0, 90, 90), box(10, 10, 20, 20)]),
            ),
            (
                "verschachtelte Aussparungen",
                Polygon(
                    box(0, 0, 90, 90).exterior.coords,
                    [box(10, 10, 50, 50).exterior.coords, box(20, 20, 30, 30).exterior.coords],
                ),
            ),
        ],
    )
    def test_the_reason_is_told_in_german(self, reason: str, shape: BaseGeometry) -> None:
        (change,) = repair(shape, accept=ACCEPT).changes
        assert reason in change.text.de
        assert " bei [" in change.text.de

    @given(st.integers(0, 2**32 - 1), st.integers(3, 60), st.booleans())
    def test_whatever_comes_back_is_valid(self, seed: int, vertices: int, coarse: bool) -> None:
        rng = np.random.default_rng(seed)
        rings = [rng.uniform(0, 100, (vertices, 2)) for _ in range(rng.integers(1, 4))]
        if coarse:  # corners on corners, edges on edges
            rings = [np.round(ring / 20) * 20 for ring in rings]
        shape: BaseGeometry = Polygon(rings[0], rings[1:])
        if rng.uniform() < 0.5:
            shape = MultiPolygon([Polygon(ring) for ring in rings])
        if shapely.make_valid(shape, method="structure", keep_collapsed=False).area == 0:
            assert code_of(shape) == "geometry-zero-area"
            return
        found = repair(shape, accept=ACCEPT)
        assert found.geometry.is_valid
        assert found.geometry.area > 0
        assert shapely.get_dimensions(found.geometry) == 2
        assert (found.changes == ()) is bool(shape.is_valid)
        hull = shapely.convex_hull(MultiPoint(shapely.get_coordinates(shape)))
        assert hull.buffer(1e-6).covers(found.geometry)
        assert without_spikes(found.geometry).geometry.is_valid


class TestLines:
    def test_parts_without_length_go_and_the_rest_keeps_order_and_direction(self) -> None:
        route = MultiLineString([[(9, 0), (0, 0)], [(5, 5), (5, 5)], [(4, -9), (4, 9)]])
        found = repair(route, name="Trasse")
        assert [list(p.coords) for p in found.geometry.geoms] == [
            [(9, 0), (0, 0)],
            [(4, -9), (4, 9)],  # not cut where it crosses the first
        ]
        (change,) = found.changes
        assert change.text.de == "Trasse: Linien ohne Länge entfernt"
        assert (change.kind, change.area_before_m2, change.area_after_m2) == (
            "no-length",
            None,
            None,
        )

    def test_one_left_is_a_line(self) -> None:
        found = repair(MultiLineString([[(9, 0), (0, 0)], [(5, 5), (5, 5)]]))
        assert found.geometry == LineString([(9, 0), (0, 0)])

    def test_points_beside_broken_lines_stay(self) -> None:
        mixed = GeometryCollection(
            [Point(1, 1), MultiLineString([[(0, 0), (0, 0)], [(0, 0), (2, 2)]])]
        )
        found = repair(mixed)
        assert found.geometry == GeometryCollection([Point(1, 1), LineString([(0, 0), (2, 2)])])


class TestSpikes:
    STRAY = Polygon([(0, 0), (100, 0), (100, 50), (5000, 50), (100, 50.001), (100, 100), (0, 100)])

    def test_a_vertex_gone_astray_goes(self) -> None:
        assert self.STRAY.is_valid
        found = without_spikes(self.STRAY, name="Geltungsbereich")
        assert found.geometry.is_valid
        assert found.geometry.bounds == pytest.approx((0, 0, 100, 100), abs=2)
        assert found.geometry.area == pytest.approx(10_000, abs=0.01)
        (change,) = found.changes
        assert change.kind == "geometry-spike"
        assert change.text.de.startswith("Geltungsbereich: nadelförmige Spitze von 4")
        assert change.area_before_m2 == pytest.approx(self.STRAY.area)
        assert change.area_after_m2 == found.geometry.area

    @pytest.mark.parametrize(
        "shape",
        [
            box(0, 0, 100, 100),
            box(0, 0, 1000, 0.01),  # narrow on purpose
            Polygon([(0, 0), (500, 1), (0, 2)]),  # pointed, but wide enough
            box(0, 0, 100, 100).difference(box(40, 40, 41, 60)),
            box(0, 0, 1000, 0.0001),  # nothing but a hair: not for us to judge
            LineString([(0, 0), (5000, 0)]),
            Point(1, 2),
        ],
    )
    def test_anything_else_stays_as_it_is(self, shape: BaseGeometry) -> None:
        found = without_spikes(shape)
        assert found.geometry is shape
        assert found.changes == ()

    def test_the_largest_plan_takes_seconds_at_most(self) -> None:
        angles = np.linspace(0, 2 * np.pi, 50_000, endpoint=False)
        radii = 5000 + 100 * np.sin(50 * angles)
        shape = Polygon(np.c_[radii * np.cos(angles), radii * np.sin(angles)])
        begun = time.process_time()
        without_spikes(shape)
        assert time.process_time() - begun < 3

    def test_a_ragged_ring_takes_seconds_at_most(self) -> None:
        shape = ragged(60_000, 50.0)
        begun = time.process_time()
        assert without_spikes(shape).geometry is shape
        assert time.process_time() - begun < 4  # 2; measuring every vertex took 5

    @pytest.mark.parametrize("teeth", [3.0, 40.0])
    def test_how_far_a_spike_reaches_is_what_measuring_every_vertex_says(
        self, teeth: float
    ) -> None:
        ring = shapely.get_coordinates(ragged(600, teeth))
        stray = Polygon(np.insert(ring, 8, [ring[7] * 20, ring[7] + 1e-4], axis=0))
        shape = shapely.make_valid(stray, method="structure")
        found = without_spikes(shape)
        far = shapely.distance(found.geometry, shapely.points(shapely.get_coordinates(shape)))
        assert (far > LONG_M).sum() == 1
        (change,) = found.changes
        assert f"{far.max():.1f} m" in change.text.en


def ragged(vertices: int, teeth_m: float) -> Polygon:
    """Return a ring of 500 m whose every vertex is drawn out by chance."""
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radii = 500 + teeth_m * np.random.default_rng(1).random(vertices)
    return Polygon(np.c_[radii * np.cos(angles), radii * np.sin(angles)])
