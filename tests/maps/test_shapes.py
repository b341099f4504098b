import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from gis.transform import transform
from maps.shapes import COARSEST_M, FINEST_M, PER_DEGREE, WGS84, Packer, tolerance_for
from tests.maps.pictures import UTM33, X, Y, box, line, point

CENTIMETRES = 0.03  # half a step of 1e-7 degrees in both directions, and the simplification


def unpacked(flat: list[int]) -> BaseGeometry:
    """Return packed places as a line in the working CRS, as the script of the page reads them."""
    degrees = np.cumsum(np.array(flat).reshape(-1, 2), axis=0) / PER_DEGREE
    placed, _ = transform(shapely.linestrings(degrees), WGS84, UTM33)
    return placed[0]


@given(
    st.lists(st.tuples(st.floats(-9_000, 9_000), st.floats(-9_000, 9_000)), min_size=2, max_size=30)
)
def test_a_line_comes_back_to_the_centimetre(places: list[tuple[float, float]]) -> None:
    given_line = line(*places)
    packed = Packer(UTM33, FINEST_M).pack(given_line)
    assert packed is not None
    (flat,) = packed["lines"]
    assert shapely.hausdorff_distance(unpacked(flat), given_line) < CENTIMETRES


def test_an_area_keeps_its_holes_and_parts() -> None:
    holed = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    packed = Packer(UTM33, FINEST_M).pack(shapely.union(holed, box(500, 0, 600, 100)))
    assert packed is not None
    assert set(packed) == {"areas"}
    assert sorted(len(rings) for rings in packed["areas"]) == [1, 2]


def test_mixed_geometries_are_told_apart() -> None:
    mixed = shapely.GeometryCollection(
        [box(0, 0, 9, 9), line((0, 0), (5, 5)), shapely.MultiPoint([point(1, 1), point(2, 2)])]
    )
    packed = Packer(UTM33, FINEST_M).pack(mixed)
    assert packed is not None
    assert {kind: len(parts) for kind, parts in packed.items()} == {
        "areas": 1,
        "lines": 1,
        "points": 2,
    }


@pytest.mark.parametrize("nothing", [None, shapely.Polygon(), shapely.GeometryCollection()])
def test_nothing_packs_to_nothing(nothing: BaseGeometry | None) -> None:
    assert Packer(UTM33, FINEST_M).pack(nothing) is None


def test_a_place_and_its_bounds_agree() -> None:
    packer = Packer(UTM33, FINEST_M)
    (south, west), (north, east) = packer.bounds(box(-5, -5, 5, 5))
    lon, lat = (v / PER_DEGREE for v in packer.place(point(0, 0)))
    assert west < lon < east
    assert south < lat < north


def test_the_tolerance_grows_only_as_far_as_needed() -> None:
    angles = np.linspace(0, 2 * np.pi, 20_000)
    ring = shapely.Polygon(np.column_stack([X + 500 * np.cos(angles), Y + 500 * np.sin(angles)]))
    assert tolerance_for([box(0, 0, 9, 9), None]) == FINEST_M
    most = 300
    tolerance = tolerance_for([ring], most)
    assert FINEST_M < tolerance <= COARSEST_M
    assert shapely.get_num_coordinates(shapely.simplify(ring, tolerance)) <= most
    assert shapely.get_num_coordinates(shapely.simplify(ring, tolerance / 2)) > most
    assert tolerance_for([ring], 3) == COARSEST_M
