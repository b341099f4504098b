"""How often edges cross, counted before anybody repairs them."""

import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from gis.problem import Refusal
from gis.repair import repair
from gis.tangle import crossings


def rings(*shapes: Polygon) -> np.ndarray:
    return np.asarray(shapely.get_rings(list(shapes)), dtype=object)


def test_what_is_simple_has_no_crossings() -> None:
    assert crossings(rings(box(0, 0, 9, 9)), 5) == 0
    assert crossings(rings(), 5) == 0


def test_a_bow_tie_crosses_once_and_two_squares_twice() -> None:
    assert crossings(rings(Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])), 5) == 1
    assert crossings(rings(box(0, 0, 9, 9), box(5, 5, 15, 15)), 5) == 2


def test_too_many_are_not_counted_but_told() -> None:
    angles = np.arange(2_001) * 2.5
    star = Polygon(np.c_[np.cos(angles), np.sin(angles)] * 100)
    assert crossings(rings(star), 10) == 11


def test_a_tangle_is_refused_and_not_repaired_for_minutes() -> None:
    angles = np.arange(900) * 2.5
    star = Polygon(np.c_[np.cos(angles), np.sin(angles)] * 100)
    with pytest.raises(Refusal) as refused:
        repair(star, name="Objekt 1")
    assert refused.value.code == "geometry-invalid"
    assert "cross" in refused.value.text.en
