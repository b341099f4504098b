"""The verdict against a second, literal definition, on generated pairs of plan and object."""

import shapely
from numpy.random import default_rng
from shapely.geometry.base import BaseGeometry

from gis.footprint import Footprint
from gis.probe import Probe
from gis.relation import Relation, relation
from tests.gis import oracle
from tests.gis.shapes import any_eps, any_plan, any_thing, brought_near

PAIRS = 1_000


def pair(seed: int) -> tuple[Footprint, BaseGeometry, float]:
    rng = default_rng(seed)
    plan, thing, eps = any_plan(rng), any_thing(rng), any_eps(rng)
    if rng.uniform() < 0.6:
        thing = brought_near(rng, thing, plan.footprint, eps)
    return plan, thing, eps


def test_no_overlap_is_missed_none_invented_and_no_contact_dropped() -> None:
    missed, invented, dropped, far = [], [], [], []
    for seed in range(PAIRS):
        plan, thing, eps = pair(seed)
        probe = Probe(plan, eps)
        distance = float(shapely.distance(probe.ground, thing))
        found = relation(probe, thing, distance_m=distance, reach_m=0.0)
        overlaps = found is Relation.OVERLAPS
        if oracle.truly_overlap(plan, thing, eps) or oracle.must_overlap(plan, thing, eps):
            missed += [] if overlaps else [seed]
        elif overlaps and not oracle.may_overlap(plan, thing, eps):
            invented.append(seed)
        if distance <= eps and found is None:
            dropped.append(seed)
        if distance > eps + 1e-5 and found is not None:
            far.append(seed)
    assert (missed, invented, dropped, far) == ([], [], [], [])


def test_the_pairs_hold_every_case() -> None:
    """The comparison means something: every verdict occurs often, also where words leave room."""
    seen: dict[object, int] = {}
    for seed in range(300):
        plan, thing, eps = pair(seed)
        probe = Probe(plan, eps)
        distance = float(shapely.distance(probe.ground, thing))
        found = relation(probe, thing, distance_m=distance, reach_m=5.0)
        sure = oracle.must_overlap(plan, thing, eps) == oracle.may_overlap(plan, thing, eps)
        seen[found, sure] = seen.get((found, sure), 0) + 1
    assert all(seen[verdict, True] > 3 for verdict in (*Relation, None))
    assert seen[Relation.BORDERS, False] > 5
