from collections.abc import Sequence

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString

from layers.reading.features import shapes
from service.plans.axis import axis_of

A = LineString([(0, 0), (100, 0)])
B = LineString([(100, 0), (200, 0)])
FAR = LineString([(300, 50), (250, 50)])


@pytest.mark.parametrize(
    ("drawn", "axis"),
    [
        ([A], A),
        ([A, B], LineString([(0, 0), (100, 0), (200, 0)])),
        ([B, A], LineString([(0, 0), (100, 0), (200, 0)])),
        ([A, B.reverse()], LineString([(0, 0), (100, 0), (200, 0)])),
        ([B.reverse(), A], LineString([(200, 0), (100, 0), (0, 0)])),
        ([MultiLineString([A, B])], LineString([(0, 0), (100, 0), (200, 0)])),
        # Lines that do not meet follow each other as they were drawn.
        ([FAR, A], MultiLineString([FAR, A])),
        ([B, FAR, A], MultiLineString([LineString([(0, 0), (100, 0), (200, 0)]), FAR])),
        # Where they only cross, nothing is joined and nothing is cut.
        ([A, LineString([(50, -9), (50, 9)])], MultiLineString([A, [(50, -9), (50, 9)]])),
    ],
)  # fmt: skip
def test_an_axis_as_it_was_drawn(
    drawn: Sequence[LineString | MultiLineString], axis: shapely.Geometry
) -> None:
    assert axis_of(shapes(drawn)).wkt == axis.wkt


def test_a_first_step_of_no_length_does_no_harm() -> None:
    halting = LineString([(0, 0), (0, 0), (100, 0)])
    assert axis_of(shapes([halting, B])).length == 200


def test_the_same_way_there_and_back_keeps_its_length() -> None:
    assert axis_of(shapes([A, A.reverse(), B])).length == 300


@given(
    st.lists(st.integers(-50, 50), min_size=3, max_size=9),
    st.randoms(use_true_random=False),
    st.data(),
)
def test_pieces_in_any_order_and_direction_are_the_same_line(
    heights: list[int], random: object, data: st.DataObject
) -> None:
    vertices = [(10.0 * i, float(y)) for i, y in enumerate(heights)]
    pieces = [LineString(vertices[i : i + 2]) for i in range(len(vertices) - 1)]
    turned = [p.reverse() if data.draw(st.booleans()) else p for p in pieces]
    random.shuffle(turned)  # type: ignore[attr-defined]
    axis = axis_of(shapes(turned))
    assert axis.geom_type == "LineString"
    assert axis.equals(LineString(vertices))
    # It runs the way its first piece was drawn.
    first = turned[0]
    start, end = (axis.project(shapely.Point(xy)) for xy in first.coords)
    assert start < end
