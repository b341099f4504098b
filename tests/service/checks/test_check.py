"""One finding per layer, always: what was not checked is never clear."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Polygon

from gis.relation import Relation
from layers.catalogue import read_catalogue
from layers.store import Store
from service.checks.check import check
from service.checks.coverage import UNLIMITED
from service.checks.filter import filter_from
from service.checks.finding import Ask, Beside, Demand, Finding, Outcome
from service.checks.run import Wanted, run
from tests.builders import (
    X,
    Y,
    area,
    catalogue,
    evidence,
    finding,
    geojson,
    layer,
    line,
    plan_of,
    point,
    polygon,
    rectangle,
    route,
    sites,
)

HERE = area(rectangle(0, 0, 100, 100))
FAR = [rectangle(900, 900, 910, 910)]
# Its hole lies outside: what was meant cannot be told.
BROKEN = Polygon(
    [(X + 5, Y + 5), (X + 15, Y + 5), (X + 15, Y + 15), (X + 5, Y + 15)],
    [[(X + 20, Y + 5), (X + 29, Y + 5), (X + 29, Y + 15), (X + 20, Y + 15)]],
)


def names(found: Finding, relation: Relation) -> list[str]:
    return [o.id for o in found.objects if o.relation is relation]


def test_two_objects_over_each_other_count_once(tmp_path: Path) -> None:
    found = finding(tmp_path, HERE, [rectangle(0, 0, 80, 100), rectangle(20, 0, 100, 100)])
    assert found.overlap_m2 == pytest.approx(10_000)
    assert found.share_of_plan == pytest.approx(1)
    assert [o.overlap_m2 for o in found.objects] == [8000, 8000]


def test_the_same_lines_twice_count_once(tmp_path: Path) -> None:
    found = finding(tmp_path, HERE, [line((-50, 5), (150, 5)), line((0, 5), (50, 5))])
    assert found.length_m == pytest.approx(100)
    assert found.overlap_m2 is None
    assert {o.length_m for o in found.objects} == {100, 50}


def test_all_objects_are_reported_and_not_the_first_only(tmp_path: Path) -> None:
    rows = [(rectangle(10 * i, 0, 10 * i + 5, 10), {"nr": i}) for i in range(10)]
    found = finding(tmp_path, HERE, rows, id="nr")
    assert names(found, Relation.OVERLAPS) == [str(i) for i in range(10)]
    assert found.overlap_m2 == pytest.approx(500)


def test_nothing_within_reach_is_clear_with_its_steps(tmp_path: Path) -> None:
    found = finding(tmp_path, HERE, FAR)
    assert (found.outcome, found.objects, found.nearest_m) == (Outcome.CLEAR, (), None)
    assert any("0 von 1 Objekten" in step.de for step in found.steps)
    assert any("mindestens 1 cm" in step.de for step in found.steps)


def test_contact_within_the_tolerance_borders(tmp_path: Path) -> None:
    found = finding(tmp_path, HERE, [rectangle(-10, 0, 0, 100)])
    assert found.outcome is Outcome.BORDERS
    assert names(found, Relation.BORDERS) == ["1"]
    wide = finding(tmp_path, HERE, [rectangle(-10, 0, -1.5, 100)], accuracy_m=1)
    assert wide.outcome is Outcome.BORDERS  # a tolerance of 2 m
    assert finding(tmp_path, HERE, [rectangle(-10, 0, -2.5, 100)], accuracy_m=1).outcome == "clear"


def test_a_sliver_is_no_overlap_but_a_path_through_is(tmp_path: Path) -> None:
    sliver = finding(tmp_path, HERE, [rectangle(-50, 0, 0.5, 100)], accuracy_m=1)
    assert sliver.outcome is Outcome.BORDERS
    through = finding(tmp_path, HERE, [rectangle(-5, 50, 105, 50.5)], accuracy_m=1)
    assert through.outcome is Outcome.AFFECTED
    monument = finding(tmp_path, HERE, [rectangle(50, 50, 51, 51)], accuracy_m=10)
    assert monument.outcome is Outcome.AFFECTED


def test_the_accuracy_of_the_plan_widens_the_tolerance(tmp_path: Path) -> None:
    beside = [rectangle(-10, 0, -1.5, 100)]
    read = read_catalogue(catalogue(tmp_path, [layer(tmp_path, "thema", beside)]))
    version = Store(tmp_path / "s", read.crs).version(read.layers[0])
    exact = check(plan_of(HERE), read.layers[0], version, UNLIMITED, Demand())
    rough = check(plan_of(HERE, accuracy_m=1.0), read.layers[0], version, UNLIMITED, Demand())
    assert (exact.outcome, rough.outcome) == (Outcome.CLEAR, Outcome.BORDERS)


# --- distances -----------------------------------------------------------------------------


def asks(*within_m: float, **more: object) -> Demand:
    return Demand(max(within_m), tuple(Ask(m, **more) for m in within_m))  # type: ignore[arg-type]


def test_an_asked_distance_is_inclusive(tmp_path: Path) -> None:
    at_20 = [rectangle(120, 0, 130, 100)]
    assert finding(tmp_path, HERE, at_20, asks(20)).outcome is Outcome.AFFECTED
    assert finding(tmp_path, HERE, at_20, asks(19.999)).outcome is Outcome.CLEAR


def test_nearest_reaches_as_far_as_any_rule_but_objects_only_as_far_as_this_plans(
    tmp_path: Path,
) -> None:
    demand = Demand(reach_m=500, asks=(Ask(20),))
    found = finding(tmp_path, HERE, [rectangle(400, 0, 410, 100)], demand)
    assert (found.outcome, found.objects) == (Outcome.CLEAR, ())
    assert found.nearest_m == pytest.approx(300)


def test_a_filter_on_an_ask_leaves_out_only_what_it_rules_out(tmp_path: Path) -> None:
    rows = [
        (rectangle(110, 0, 120, 10), {"nr": "ja", "art": "See"}),
        (rectangle(110, 20, 120, 30), {"nr": "nein", "art": "Teich"}),
        (rectangle(110, 40, 120, 50), {"nr": "offen"}),
    ]
    demand = asks(20, where=filter_from("art = 'See'"))
    found = finding(tmp_path, HERE, rows, demand, id="nr")
    assert names(found, Relation.NEAR) == ["ja", "offen"]


def test_contact_within_an_asked_distance_is_affected(tmp_path: Path) -> None:
    beside = [rectangle(-10, 0, 0, 100)]
    assert finding(tmp_path, HERE, beside, asks(20)).outcome is Outcome.AFFECTED
    other = asks(20, where=filter_from("art = 'See'"))
    found = finding(tmp_path, HERE, [(beside[0], {"art": "Teich"})], other)
    assert found.outcome is Outcome.BORDERS


def test_distances_count_from_the_edge_of_the_road(tmp_path: Path) -> None:
    axis = line((-50, 127), (150, 127))
    constant = finding(tmp_path, HERE, [axis], asks(20), half_width={"metres": 7.5})
    assert constant.nearest_m == pytest.approx(19.5)
    assert constant.outcome is Outcome.AFFECTED
    rows = [(axis, {"breite": 12.0}), (line((-50, 140), (150, 140)), {"breite": None})]
    each = finding(tmp_path, HERE, rows, asks(50), half_width={"attribute": "breite"})
    assert sorted(o.distance_m for o in each.objects) == [21, 40]


def test_a_road_wider_than_everything_asked_is_not_missed(tmp_path: Path) -> None:
    # Its axis lies 60 m off, its edge at 2 m: the search has to reach for the axis.
    rows = [(line((-50, 160), (150, 160)), {"breite": 116.0})]
    found = finding(tmp_path, HERE, rows, asks(5), half_width={"attribute": "breite"})
    assert found.nearest_m == pytest.approx(2)
    assert found.outcome is Outcome.AFFECTED


def test_a_width_that_is_none_makes_the_layer_failed(tmp_path: Path) -> None:
    rows = [(line((-50, 120), (150, 120)), {"breite": -3.0})]
    found = finding(tmp_path, HERE, rows, asks(50), half_width={"attribute": "breite"})
    assert found.outcome is Outcome.FAILED
    assert found.reason is not None
    assert "breite" in found.reason.de
    missing = finding(tmp_path, HERE, rows, asks(50), half_width={"attribute": "weite"})
    assert missing.outcome is Outcome.FAILED


def test_a_strip_has_area_where_its_axis_has_none(tmp_path: Path) -> None:
    found = finding(tmp_path, HERE, [line((-50, 50), (150, 50))], half_width={"metres": 4})
    assert found.overlap_m2 == pytest.approx(800)
    assert found.length_m == pytest.approx(100)


def test_sites_are_measured_from_their_middle_where_a_rule_says_so(tmp_path: Path) -> None:
    mast = sites(MultiPoint([point(0, 0)]), 25)
    house = [rectangle(1015, -5, 1025, 5)]
    by_points = Demand(1000, (Ask(1000, None, True),))
    assert finding(tmp_path, mast, house, by_points).outcome is Outcome.CLEAR
    found = finding(tmp_path, mast, house, asks(1000))
    assert found.outcome is Outcome.AFFECTED
    assert found.objects[0].distance_m == pytest.approx(990)
    assert found.objects[0].from_points_m == pytest.approx(1015)


# --- routes --------------------------------------------------------------------------------


def test_a_route_gives_stretches_and_crossings_with_kilometres(tmp_path: Path) -> None:
    axis = route(line((0, 0), (2000, 0)))
    found = finding(tmp_path, axis, [rectangle(500, -50, 800, 50), rectangle(700, -50, 900, 50)])
    assert [(s.from_m, s.to_m) for s in found.stretches] == [(500, 900)]
    assert found.length_m == pytest.approx(400)
    assert found.share_of_plan == pytest.approx(0.2)
    crossed = finding(tmp_path, axis, [line((600, -50), (650, 50))])
    (crossing,) = crossed.objects[0].crossings
    assert crossing.crossing.at_m == pytest.approx(625)
    assert crossing.crossing.angle_deg == pytest.approx(63.43, abs=0.01)
    assert crossing.position is None


ROAD = {"abschnitt": "4741010", "von_km": 2.0, "bis_km": 6.0}
REFERENCE = {"section": "abschnitt", "from": "von_km", "to": "bis_km"}


def test_a_crossing_has_the_roads_own_kilometre_and_side(tmp_path: Path) -> None:
    road = (line((1000, -1000), (1000, 1000)), ROAD)  # northwards, 4 km of station on 2 km
    found = finding(
        tmp_path, route(line((0, 500), (2000, 500))), [road], linear_reference=REFERENCE
    )
    (crossing,) = found.objects[0].crossings
    assert crossing.position is not None
    assert crossing.position.section == "4741010"
    assert crossing.position.from_km == pytest.approx(5.0)
    assert (crossing.position.to_km, crossing.position.side) == (None, "left")


def test_a_road_counted_against_its_drawing_keeps_its_kilometres(tmp_path: Path) -> None:
    against = {**ROAD, "von_km": 6.0, "bis_km": 2.0}
    road = (line((1000, -1000), (1000, 1000)), against)
    found = finding(
        tmp_path, route(line((0, 500), (2000, 500))), [road], linear_reference=REFERENCE
    )
    position = found.objects[0].crossings[0].position
    assert position is not None
    assert position.from_km == pytest.approx(3.0)


@pytest.mark.parametrize("km", ["von_km", "bis_km"])
def test_without_both_ends_there_is_no_kilometre(tmp_path: Path, km: str) -> None:
    road = (line((1000, -1000), (1000, 1000)), {**ROAD, km: None})
    axis = route(line((0, 500), (2000, 500)))
    found = finding(tmp_path, axis, [road], linear_reference=REFERENCE)
    assert found.objects[0].crossings[0].position is None


def test_kilometres_written_as_text_with_a_comma_count(tmp_path: Path) -> None:
    road = (line((1000, -1000), (1000, 1000)), {**ROAD, "von_km": "2,0", "bis_km": "km 6"})
    axis = route(line((0, 500), (2000, 500)))
    position = finding(tmp_path, axis, [road], linear_reference=REFERENCE).objects[0].crossings[0]
    assert position.position is None
    road = (road[0], {**ROAD, "von_km": "2,0", "bis_km": "6,0"})
    crossed = finding(tmp_path, axis, [road], linear_reference=REFERENCE).objects[0].crossings[0]
    assert crossed.position is not None
    assert crossed.position.from_km == pytest.approx(5.0)


def test_alongside_is_told_apart_from_crossing(tmp_path: Path) -> None:
    road = line((0, 0), (1000, 0))
    demand = Demand(20, (), (Beside(20, 100),))
    beside = route(line((0, 15), (600, 15)), 4)
    found = finding(tmp_path, beside, [(road, ROAD)], demand, linear_reference=REFERENCE)
    (run,) = found.objects[0].alongside
    assert (run.stretch.from_m, run.stretch.to_m, run.within_m) == (0, 600, 20)
    assert run.position is not None
    assert (run.position.from_km, run.position.to_km) == pytest.approx((2.0, 4.4))
    assert run.position.side == "left"
    assert found.objects[0].crossings == ()
    assert found.outcome is Outcome.AFFECTED
    across = finding(tmp_path, route(line((500, -300), (500, 300)), 4), [road], demand)
    assert len(across.objects[0].crossings) == 1
    assert all(a.stretch.length_m < 100 for a in across.objects[0].alongside)


def test_a_road_near_by_that_is_not_followed_is_no_finding(tmp_path: Path) -> None:
    demand = Demand(20, (), (Beside(20, 100),))
    ends_before = route(line((500, 15), (500, 600)), 4)
    found = finding(tmp_path, ends_before, [line((0, 0), (1000, 0))], demand)
    assert (found.outcome, found.objects) == (Outcome.CLEAR, ())
    assert found.nearest_m == pytest.approx(15)


def test_alongside_counts_from_edge_to_edge(tmp_path: Path) -> None:
    demand = Demand(20, (), (Beside(20, 100),))
    # Axes 27 m apart; road half 5 m, path half 2 m: 20 m between the edges.
    for apart, outcome in ((27, Outcome.AFFECTED), (27.1, Outcome.CLEAR)):
        beside = route(line((0, apart), (600, apart)), 4)
        road = [line((0, 0), (1000, 0))]
        found = finding(tmp_path, beside, road, demand, half_width={"metres": 5})
        assert found.outcome is outcome


def test_an_area_may_run_alongside_for_all_we_know(tmp_path: Path) -> None:
    demand = Demand(20, (), (Beside(20, 100),))
    strip = area(rectangle(0, 10, 600, 14))
    found = finding(tmp_path, strip, [line((0, 0), (1000, 0))], demand)
    assert found.outcome is Outcome.AFFECTED
    assert found.objects[0].alongside == ()


# --- what goes wrong -----------------------------------------------------------------------


def test_a_broken_object_within_reach_makes_the_layer_failed(tmp_path: Path) -> None:
    rows = [(BROKEN, {"nr": "kaputt"}), (rectangle(50, 50, 60, 60), {"nr": "heil"})]
    found = finding(tmp_path, HERE, rows, id="nr")
    assert found.outcome is Outcome.FAILED
    assert found.reason is not None
    assert "kaputt" in found.reason.de
    assert [o.id for o in found.objects] == ["heil"]  # what could be seen is said all the same


def test_a_broken_object_out_of_reach_does_not(tmp_path: Path) -> None:
    there = area(rectangle(500, 500, 600, 600))
    assert finding(tmp_path, there, [BROKEN]).outcome is Outcome.CLEAR
    assert finding(tmp_path, there, [BROKEN], asks(400)).outcome is Outcome.CLEAR
    assert finding(tmp_path, there, [BROKEN], asks(700)).outcome is Outcome.FAILED


def test_an_object_without_a_place_can_be_anywhere(tmp_path: Path) -> None:
    source = geojson(tmp_path / "thema.geojson", FAR)
    text = source.read_text(encoding="utf-8")
    nowhere = '{"type": "Feature", "geometry": null, "properties": {}}'
    source.write_text(text.replace('"features": [', f'"features": [{nowhere}, '), encoding="utf-8")
    assert finding(tmp_path, HERE, source).outcome is Outcome.FAILED


def test_every_layer_has_a_finding_whatever_becomes_of_the_others(tmp_path: Path) -> None:
    hit = rectangle(0, 0, 10, 10)
    whole = geojson(tmp_path / "cut.geojson", [hit] * 30).read_bytes()
    (tmp_path / "cut.geojson").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "page.geojson").write_text("<html><body>Wartung</body></html>", encoding="utf-8")
    entries = [
        layer(tmp_path, "missing", tmp_path / "nirgends.gpkg"),
        layer(tmp_path, "cut", tmp_path / "cut.geojson"),
        layer(tmp_path, "page", tmp_path / "page.geojson"),
        layer(tmp_path, "broken", [BROKEN]),
        layer(tmp_path, "width", [line((0, 0), (9, 9))], half_width={"attribute": "b"}),
        layer(tmp_path, "good", [hit]),
        layer(tmp_path, "clear", FAR),
    ]
    found = evidence(tmp_path, plan_of(HERE), catalogue(tmp_path, entries)).findings
    outcomes = {f.layer.code: f.outcome for f in found}
    assert outcomes == {
        "missing": "failed", "cut": "failed", "page": "failed", "broken": "failed",
        "width": "failed", "good": "affected", "clear": "clear",
    }  # fmt: skip
    assert all(f.reason for f in found if f.outcome is Outcome.FAILED)


def test_a_truncated_gml_is_failed_and_never_half_a_layer(tmp_path: Path) -> None:
    square = "<gml:posList>{0} {1} {2} {1} {2} {3} {0} {3} {0} {1}</gml:posList>"

    def member(left: float, bottom: float) -> str:
        ring = square.format(X + left, Y + bottom, X + left + 10, Y + bottom + 10)
        return (
            '<gml:featureMember><f><g><gml:Polygon srsName="urn:ogc:def:crs:EPSG::25833">'
            f"<gml:exterior><gml:LinearRing>{ring}</gml:LinearRing></gml:exterior></gml:Polygon>"
            "</g></f></gml:featureMember>"
        )

    head = '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2">'
    body = "".join(member(500 + 20 * i, 0) for i in range(40)) + member(0, 0)
    whole = f"{head}{body}</gml:FeatureCollection>"
    source = tmp_path / "thema.gml"
    source.write_text(whole, encoding="utf-8")
    assert finding(tmp_path, HERE, source).outcome is Outcome.AFFECTED
    source.write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert finding(tmp_path, HERE, source).outcome is Outcome.FAILED


def damaged(folder: Path) -> None:
    """Turn a bit round in the stored geometries, as a failing disk would."""
    (index,) = folder.rglob("index.bin")
    content = bytearray(index.read_bytes())
    at = content.rfind(np.float64(X + 10).tobytes())
    content[at + 3] ^= 0xFF
    index.chmod(0o644)
    index.write_bytes(content)


def test_a_stored_version_that_went_bad_is_never_believed(tmp_path: Path) -> None:
    read = read_catalogue(catalogue(tmp_path, {"thema": [rectangle(10, 10, 20, 20)]}))
    store = Store(tmp_path / "store", read.crs)
    assert run(plan_of(HERE), read, store, Wanted()).findings[0].outcome is Outcome.AFFECTED
    damaged(tmp_path / "store")
    again = run(plan_of(HERE), read, Store(tmp_path / "store", read.crs), Wanted()).findings[0]
    assert again.outcome in (Outcome.FAILED, Outcome.AFFECTED)
    healed = run(plan_of(HERE), read, Store(tmp_path / "store", read.crs), Wanted()).findings[0]
    assert healed.outcome is Outcome.AFFECTED


class Collapsing(Store):
    """A store in which one layer ends in an error nobody has thought of."""

    def version(self, layer):  # type: ignore[no-untyped-def]
        if layer.code == "nsg":
            raise error_of
        return super().version(layer)


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("x"),
        MemoryError(),
        shapely.GEOSException("TopologyException"),
        KeyError(1),
    ],
)
def test_an_error_nobody_foresaw_is_failed_with_its_name(tmp_path: Path, error: Exception) -> None:
    global error_of
    error_of = error
    read = read_catalogue(catalogue(tmp_path, {"nsg": FAR, "lsg": FAR}))
    store = Collapsing(tmp_path / "s", read.crs)
    nsg, lsg = run(plan_of(HERE), read, store, Wanted()).findings
    assert (nsg.outcome, lsg.outcome) == (Outcome.FAILED, Outcome.CLEAR)
    assert nsg.reason is not None
    assert type(error).__name__ in nsg.reason.de


error_of: Exception = RuntimeError()


def test_a_plan_that_is_nowhere_clears_nothing(tmp_path: Path) -> None:
    assert finding(tmp_path, area(Polygon()), FAR).outcome is Outcome.FAILED
    with np.errstate(invalid="ignore"):
        nan = area(Polygon([(X, Y), (X + 1, float("nan")), (X + 1, Y + 1), (X, Y)]))
        assert finding(tmp_path, nan, FAR).outcome is Outcome.FAILED


# --- laws ----------------------------------------------------------------------------------

boxes = st.tuples(
    st.integers(-60, 160), st.integers(-60, 160), st.integers(1, 60), st.integers(1, 60)
).map(lambda b: rectangle(b[0], b[1], b[0] + b[2], b[1] + b[3]))


@settings(max_examples=25)
@given(st.lists(boxes, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_objects_plays_no_role(
    tmp_path_factory: pytest.TempPathFactory, shapes: list[Polygon], random: object
) -> None:
    rows = [(shape, {"nr": f"{i:02}"}) for i, shape in enumerate(shapes)]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    folder = tmp_path_factory.mktemp("order")
    first, second = (
        finding(folder, HERE, each, asks(30), id="nr", accuracy_m=0.5) for each in (rows, shuffled)
    )
    assert first.outcome is second.outcome
    assert first.overlap_m2 == pytest.approx(second.overlap_m2)
    united = shapely.union_all([o.overlap for o in first.objects if o.relation == "overlaps"])
    assert first.overlap_m2 == pytest.approx(united.area)
    assert [(o.id, o.relation) for o in first.objects] == [
        (o.id, o.relation) for o in second.objects
    ]


def test_a_line_of_points_through_an_area_counts_them(tmp_path: Path) -> None:
    found = finding(tmp_path, HERE, [point(x, 50) for x in range(-50, 150, 20)])
    assert len(found.objects) == 5
    assert (found.overlap_m2, found.length_m) == (None, None)


def test_mixed_kinds_of_objects_are_all_seen(tmp_path: Path) -> None:
    rows = [polygon((0, 0), (10, 0), (0, 10)), LineString([(X, Y + 50), (X + 9, Y + 50)])]
    found = finding(tmp_path, HERE, [*rows, point(70, 70)])
    assert len(found.objects) == 3
    assert found.overlap_m2 == pytest.approx(50)
    assert found.length_m == pytest.approx(9)
