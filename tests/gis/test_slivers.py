"""Two neighbours share a boundary of 100 m with 8 vertices, each digitised on its own."""

import numpy as np
import pytest
import shapely
from numpy.random import default_rng
from shapely import LineString, Polygon

from gis.probe import Probe
from gis.relation import Relation, relation
from gis.tolerance import tolerance_m
from tests.gis.shapes import area

RUNS = {"areas": 300, "lines": 100}
SIGMAS_M = (0.03, 0.1, 0.3, 1.0)


def neighbours(seed: int, sigma_m: float) -> tuple[Polygon, Polygon, LineString]:
    """Return both, and the second one's version of the boundary running on at both ends."""
    rng = default_rng(seed)
    true = np.c_[rng.uniform(-2, 2, 8), np.linspace(0, 100, 8)]
    one, other = (true + rng.normal(0, sigma_m, true.shape) for _ in range(2))
    west = Polygon([(-60, -5), *one, (-60, 105)])
    east = Polygon([(60, -5), *other, (60, 105)])
    return west, east, LineString([(other[0][0], -50), *other, (other[-1][0], 150)])


def relations(sigma_m: float, kind: str) -> list[Relation | None]:
    eps = tolerance_m(sigma_m, sigma_m)
    found = []
    for seed in range(RUNS[kind]):
        west, east, boundary = neighbours(seed, sigma_m)
        thing = boundary if kind == "lines" else east
        distance = float(shapely.distance(west, thing))
        found.append(relation(Probe(area(west), eps), thing, distance_m=distance, reach_m=0.0))
    return found


@pytest.mark.parametrize("kind", RUNS)
def test_slivers_are_borders(kind: str) -> None:
    found = [r for sigma in SIGMAS_M for r in relations(sigma, kind)]
    assert found.count(Relation.OVERLAPS) <= len(found) / 1000
    assert set(found) <= {Relation.BORDERS, Relation.OVERLAPS}  # never dropped


@pytest.mark.parametrize("sigma_m", SIGMAS_M)
def test_moved_together_by_more_than_the_width_of_slivers_they_overlap(sigma_m: float) -> None:
    eps = tolerance_m(sigma_m, sigma_m)
    for seed in range(50):
        west, east, _ = neighbours(seed, sigma_m)
        moved = shapely.transform(east, lambda xy: xy - [4 * eps, 0])
        found = relation(Probe(area(west), eps), moved, distance_m=0.0, reach_m=0.0)
        assert found is Relation.OVERLAPS
