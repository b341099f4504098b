from math import cos, hypot, pi, radians, sin

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.problem import Refusal
from layers.reading.arcs import arc, centre, circular

EAST, NORTH = 330_000.0, 5_670_000.0


def on_circle(radius: float, degrees: float) -> tuple[float, float]:
    return EAST + radius * cos(radians(degrees)), NORTH + radius * sin(radians(degrees))


def sagitta(points: list[tuple[float, float]], radius: float) -> float:
    """Return how far the straight pieces stay inside the circle, m."""
    xy = shapely.get_coordinates(shapely.LineString(points))
    middles = (xy[:-1] + xy[1:]) / 2
    return max(radius - hypot(x - EAST, y - NORTH) for x, y in middles)


@given(
    st.floats(1, 1_000),
    st.floats(0, 360),
    st.floats(5, 355),
    st.floats(0.1, 0.9),
    st.booleans(),
)
def test_an_arc_stays_on_its_circle(
    radius: float, begin: float, sweep: float, share: float, clockwise: bool
) -> None:
    turn = -sweep if clockwise else sweep
    ends = on_circle(radius, begin), on_circle(radius, begin + turn)
    points = arc(ends[0], on_circle(radius, begin + turn * share), ends[1])
    assert (points[0], points[-1]) == ends
    assert sagitta(points, radius) <= 0.0025
    assert shapely.LineString(points).length == pytest.approx(radius * radians(sweep), rel=1e-4)


def test_a_sagitta_at_a_kilometre_is_below_2_5_millimetres() -> None:
    points = arc(on_circle(1_000, 0), on_circle(1_000, 90), on_circle(1_000, 180))
    assert 0.001 < sagitta(points, 1_000) <= 0.0025


@pytest.mark.parametrize("radius", [1, 5, 75, 400])
def test_small_arcs_keep_a_millimetre_with_few_pieces(radius: float) -> None:
    points = arc(on_circle(radius, 0), on_circle(radius, 90), on_circle(radius, 180))
    assert sagitta(points, radius) <= 0.001
    assert len(points) < 40 * radius**0.5 + 40


def test_degrees_are_no_metres() -> None:
    points = shapely.LineString(arc((12.0, 51.0), (12.001, 51.001), (12.002, 51.0)))
    assert shapely.distance(shapely.Point(12.001, 51.0), points) > 0.001 - 1.001e-8


def test_an_arc_that_ends_where_it_starts_is_a_circle() -> None:
    start, middle = (0.0, 0.0), (100.0, 0.0)
    points = arc(start, middle, start)
    assert shapely.Polygon(points).area == pytest.approx(pi * 2500, rel=1e-5)


def test_three_places_on_a_line_are_a_line() -> None:
    assert arc((0, 0), (1, 1), (2, 2)) == [(0, 0), (1, 1), (2, 2)]
    assert centre((0, 0), (1, 1), (2, 2)) is None


def test_arcs_follow_each_other() -> None:
    wave = circular([(0, 0), (50, 50), (100, 0), (150, -50), (200, 0)])
    assert shapely.LineString(wave).length == pytest.approx(2 * pi * 50, rel=1e-5)


@pytest.mark.parametrize("number", [0, 1, 2, 4, 6])
def test_an_arc_without_its_end_is_refused(number: int) -> None:
    with pytest.raises(Refusal) as caught:
        circular([(i, i * i) for i in range(number)])
    assert caught.value.code == "geometry-invalid"
