"""What plainly passes through a corridor passes through by the definition as well."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from gis.axis import Axis
from gis.edge import Edge
from gis.footprint import Route
from gis.probe import Probe
from gis.relation import overlaps
from gis.through import passes_through
from tests.builders import CRS25833

STRAIGHT = LineString([(0, 0), (500, 0)])


def told(plan: Route, line: LineString, eps_m: float) -> bool:
    """Return what is plain about one line."""
    axis, shared = Axis(plan.axis), shapely.intersection(line, plan.ground)
    lines = np.array([line], dtype=object)
    return passes_through(line, shared, axis.crossings(lines)[0], axis, Edge(plan.ground), eps_m)


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        (LineString([(250, -40), (250, 40)]), True),
        (LineString([(240, -40), (260, 40)]), True),
        (LineString([(250, -40), (250, 3)]), False),  # ends within the tolerance
        (LineString([(100, -5), (400, 5)]), False),  # at too small an angle to be plain
        (LineString([(250, -40), (250, 40), (252, 40), (252, -40)]), False),  # twice, close by
        (LineString([(1, -40), (1, 40)]), False),  # at the end of the axis
        (LineString([(250, -40), (250, 40), (300, 0), (250, -40)]), False),  # a ring
    ],
)
def test_a_crossing(line: LineString, plain: bool) -> None:
    assert told(Route(STRAIGHT, 4.0, CRS25833), line, 2.0) is plain


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([2.5, 4.0, 10.0]), st.sampled_from([0.5, 2.0, 6.0]))
def test_never_other_than_by_the_definition(seed: int, width: float, eps: float) -> None:
    numbers = np.random.default_rng(seed)
    axis = np.cumsum(numbers.normal(0, (25, 8), (12, 2)), axis=0)
    plan = Route(LineString(np.round(axis, 3)), width, CRS25833)
    for _ in range(6):
        way = numbers.choice(axis) + np.cumsum(numbers.normal(0, 15, (6, 2)), axis=0) - 20
        line = LineString(np.round(way, 3))
        if told(plan, line, eps):
            assert overlaps(Probe(plan, eps), line)
