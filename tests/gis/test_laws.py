"""What must not change a verdict or a figure, and what may change it in one direction only."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator, default_rng
from shapely import LineString, MultiLineString, MultiPolygon, affinity, box
from shapely.geometry.base import BaseGeometry

from gis.footprint import Area, Footprint, Route, Sites
from gis.meeting import Meeting, total
from gis.probe import Probe
from gis.relation import Relation
from tests.gis.shapes import (
    UTM33,
    any_area,
    any_eps,
    any_plan,
    any_thing,
    brought_near,
    densified,
    line,
    met,
    turned,
)

seeds = st.integers(0, 2**32 - 1)
metres = st.integers(-500_000, 500_000)
SAME = 1e-6


def scene(seed: int) -> tuple[Generator, Footprint, list[BaseGeometry], float]:
    rng = default_rng(seed)
    plan, eps = any_plan(rng), any_eps(rng)
    things = [any_thing(rng) for _ in range(3)]
    things.append(brought_near(rng, any_thing(rng), plan.footprint, eps))
    return rng, plan, things, eps


def reshaped(plan: Footprint, change: Callable[[BaseGeometry], BaseGeometry]) -> Footprint:
    match plan:
        case Area():
            return Area(change(plan.shape), UTM33)
        case Route():
            return Route(change(plan.axis), plan.width_m, UTM33)
        case Sites():
            return Sites(change(plan.points), plan.radius_m, UTM33)


def hold(plan: Footprint, things: list[BaseGeometry], eps_m: float) -> list[Meeting]:
    return met(plan, *things, eps_m=eps_m, reach_m=25.0)


def verdicts(found: list[Meeting]) -> list[tuple[int, Relation]]:
    return [(m.index, m.relation) for m in found]


def figures(meeting: Meeting) -> list[float]:
    """Return all the figures in one row; NaN for those that do not apply."""
    plain = (
        meeting.distance_m,
        meeting.from_points_m,
        meeting.overlap_m2,
        meeting.length_m,
        meeting.share_of_plan,
        meeting.share_of_object,
    )
    stretches = [v for s in meeting.stretches for v in (s.from_m, s.to_m)]
    crossed = [v for c in meeting.crossings for v in (c.at_m, c.on_line_m, c.angle_deg)]
    return [np.nan if v is None else float(v) for v in (*plain, *stretches, *crossed)]


def assert_same(first: list[Meeting], second: list[Meeting]) -> None:
    assert verdicts(first) == verdicts(second)
    for one, other in zip(first, second, strict=True):
        assert figures(one) == pytest.approx(figures(other), abs=SAME, rel=SAME, nan_ok=True)


@given(seeds, metres, st.integers(0, 6_000_000))
def test_moving_everything_by_whole_metres(seed: int, dx: int, dy: int) -> None:
    _, plan, things, eps = scene(seed)

    def moved(shape: BaseGeometry) -> BaseGeometry:
        return affinity.translate(shape, dx, dy)

    assert_same(
        hold(plan, things, eps), hold(reshaped(plan, moved), [moved(t) for t in things], eps)
    )


@given(seeds, st.integers(1, 9))
def test_ring_start_and_direction(seed: int, start: int) -> None:
    _, plan, things, eps = scene(seed)

    def rings_turned(shape: BaseGeometry) -> BaseGeometry:
        parts = [turned(p, start) for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
        return MultiPolygon(parts) if len(parts) > 1 else parts[0] if parts else shape

    other_plan = reshaped(plan, rings_turned)
    assert_same(hold(plan, things, eps), hold(other_plan, [rings_turned(t) for t in things], eps))


@given(seeds, st.floats(0.7, 9))
@settings(max_examples=50)
def test_more_vertices_on_the_same_edges(seed: int, step_m: float) -> None:
    _, plan, things, eps = scene(seed)
    dense = [densified(thing, step_m) for thing in things]
    assert_same(
        hold(plan, things, eps), hold(reshaped(plan, lambda s: densified(s, step_m)), dense, eps)
    )


@given(seeds)
def test_order_of_objects(seed: int) -> None:
    rng, plan, things, eps = scene(seed)
    order = rng.permutation(len(things))
    found = {int(order[m.index]): m for m in hold(plan, [things[i] for i in order], eps)}
    plain = hold(plan, things, eps)
    assert sorted(found) == [m.index for m in plain]
    for meeting in plain:
        assert found[meeting.index].relation is meeting.relation
        assert figures(found[meeting.index]) == figures(meeting)
    objects = np.array(things, dtype=object)
    probe = Probe(plan, eps)
    one, other = (
        total(probe, m, o)
        for m, o in (
            (plain, objects),
            (hold(plan, [things[i] for i in order], eps), objects[order]),
        )
    )
    assert one.overlap_m2 == pytest.approx(other.overlap_m2, abs=SAME)
    assert one.length_m == pytest.approx(other.length_m, abs=SAME)
    assert one.stretches == other.stretches


@given(seeds)
def test_splitting_an_area_into_parts(seed: int) -> None:
    rng, _, things, eps = scene(seed)
    whole = any_area(rng)
    x, y = shapely.get_coordinates(whole.centroid)[0]
    half = affinity.rotate(box(x, y - 999, x + 999, y + 999), rng.uniform(0, 360), origin=(x, y))
    pieces = [*shapely.get_parts(whole & half), *shapely.get_parts(whole - half)]
    parts = [p for p in pieces if p.geom_type == "Polygon" and not p.is_empty]
    things.append(brought_near(rng, any_thing(rng), half, eps))
    split = hold(Area(MultiPolygon(parts), UTM33), things, eps)
    assert_same(hold(Area(whole, UTM33), things, eps), split)


@given(seeds, st.sampled_from([0.0, 0.8, 4.0]))
def test_splitting_a_route_into_parts(seed: int, width_m: float) -> None:
    rng, _, things, eps = scene(seed)
    axis = densified(line(rng), 7)
    xy = list(axis.coords)
    cut = int(rng.integers(1, len(xy) - 1))
    things.append(brought_near(rng, any_thing(rng), LineString(xy[cut - 1 : cut + 1]), eps))
    parts = MultiLineString([xy[: cut + 1], xy[cut:]])
    assert_same(
        hold(Route(axis, width_m, UTM33), things, eps),
        hold(Route(parts, width_m, UTM33), things, eps),
    )


@given(seeds)
def test_splitting_a_line_object_into_parts(seed: int) -> None:
    rng, plan, _, eps = scene(seed)
    whole = densified(brought_near(rng, line(rng), plan.footprint, eps), 7)
    xy = list(whole.coords)
    cut = int(rng.integers(1, len(xy) - 1))
    parts = MultiLineString([xy[: cut + 1], xy[cut:]])
    assert_same(hold(plan, [whole], eps), hold(plan, [parts], eps))


def hits(plan: Footprint, things: list[BaseGeometry], eps_m: float) -> set[int]:
    found = met(plan, *things, eps_m=eps_m)
    return {m.index for m in found if m.relation is Relation.OVERLAPS}


@given(seeds)
def test_a_shrunk_plan_only_loses_hits_and_a_grown_one_only_gains(seed: int) -> None:
    """By twice the tolerance: between once and twice, width decides what is a dip of an edge."""
    rng, _, things, eps = scene(seed)
    shape = any_area(rng)
    things.append(brought_near(rng, any_thing(rng), shape, eps))
    plain = hits(Area(shape, UTM33), things, eps)
    # A little more, because round corners are drawn with straight edges.
    grown, shrunk = shape.buffer(2.02 * eps), shape.buffer(-2.02 * eps)
    assert plain <= hits(Area(grown, UTM33), things, eps)
    if not shrunk.is_empty:
        assert hits(Area(shrunk, UTM33), things, eps) <= plain


@given(seeds)
def test_whatever_touches_is_told(seed: int) -> None:
    _, plan, things, eps = scene(seed)
    told = {m.index for m in met(plan, *things, eps_m=eps)}
    ground = shapely.union_all(plan.footprint)
    near = {i for i, thing in enumerate(things) if ground.distance(thing) <= eps}
    assert near <= told
    assert all(ground.distance(things[i]) <= eps + 2 * SAME for i in told)


@given(seeds)
def test_figures_keep_their_bounds_and_the_sum_is_that_of_the_union(seed: int) -> None:
    _, plan, things, eps = scene(seed)
    probe = Probe(plan, eps)
    found = hold(plan, things, eps)
    for m in found:
        shares = [s for s in (m.share_of_plan, m.share_of_object) if s is not None]
        assert all(0 <= share <= 1 + 1e-9 for share in shares)
        assert (m.overlap_m2 or 0) <= min(probe.area_m2, things[m.index].area) + SAME
        assert m.distance_m == 0 or m.overlap_m2 in (None, 0)
    sums = total(probe, found, np.array(things, dtype=object))
    over = [things[m.index] for m in found if m.relation is Relation.OVERLAPS]
    areas = shapely.union_all([t for t in over if t.area])
    expected = shapely.intersection(probe.ground, areas).area
    assert sums.overlap_m2 == pytest.approx(expected, abs=SAME)
    assert 0 <= sums.share_of_plan <= 1 + 1e-9
