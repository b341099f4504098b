"""Many objects at once: figure by figure, byte by byte what the plain definition finds."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.footprint import Area, Footprint, Route
from gis.meeting import Meeting, UncheckableError, meetings, total
from gis.probe import Probe
from gis.survey import Surveyor, Things
from tests.builders import CRS25833

ORIGIN = np.array([300_000.0, 5_600_000.0])


def star(numbers: np.random.Generator, size: int, radius: float, off: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, size, endpoint=False)
    radii = radius * np.clip(1 + numbers.normal(0, 0.25, size), 0.3, 2)
    middle = ORIGIN + numbers.uniform(-off, off, 2)
    ring = middle + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], -1)
    return np.round(ring, 3)


def thing(numbers: np.random.Generator, off: float) -> Any:
    kind = numbers.integers(6)
    if kind == 0:
        return shapely.Point(np.round(ORIGIN + numbers.uniform(-off, off, 2), 3))
    if kind == 1:
        steps = np.cumsum(numbers.normal(0, 20, (numbers.integers(2, 60), 2)), axis=0)
        return shapely.LineString(np.round(ORIGIN + numbers.uniform(-off, off, 2) + steps, 3))
    shell = star(numbers, int(numbers.integers(4, 60)), numbers.uniform(3, off), off)
    area = shapely.Polygon(shell)
    if kind == 2:
        middle = shell.mean(axis=0)
        hole = shapely.Polygon(np.round(middle + 0.2 * (shell - middle), 3))
        area = area.difference(hole) if hole.covered_by(area) else area
    if kind == 3:
        area = shapely.union_all([area, shapely.Polygon(star(numbers, 9, 10.0, off))])
    return shapely.normalize(area) if area.is_valid else shapely.Point(shell[0])


def plan(numbers: np.random.Generator) -> Footprint:
    if numbers.random() < 0.5:
        return Area(shapely.Polygon(star(numbers, int(numbers.integers(4, 400)), 80.0, 1.0)),
                    CRS25833)  # fmt: skip
    steps = np.cumsum(numbers.normal(0, 25, (numbers.integers(2, 40), 2)), axis=0)
    return Route(shapely.LineString(np.round(ORIGIN + steps, 3)), 8.0, CRS25833)


def same(one: Meeting | None, other: Meeting | None) -> bool:
    if one is None or other is None:
        return one is other
    pairs = {f.name: (getattr(one, f.name), getattr(other, f.name)) for f in fields(Meeting)}
    first, second = pairs.pop("overlap")
    return all(a == b for a, b in pairs.values()) and bool(
        shapely.equals_exact(first, second, tolerance=0) or (first.is_empty and second.is_empty)
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([0.01, 2.0, 20.0]), st.sampled_from([0.0, 50.0]))
def test_the_same_as_one_by_one(seed: int, eps: float, reach: float) -> None:
    numbers = np.random.default_rng(seed)
    footprint = plan(numbers)
    shapes = np.array([thing(numbers, 150.0) for _ in range(20)], dtype=object)
    none = np.zeros(len(shapes))
    probe = Probe(footprint, eps)
    wanted = {m.index: m for m in meetings(probe, shapes, none, CRS25833, reach_m=reach)}
    surveyor = Surveyor(footprint)
    numbered = np.arange(len(shapes))
    found = surveyor.meetings(Things(numbered, shapes, none, none + eps, none + reach))
    assert all(same(wanted.get(i), found[i]) for i in range(len(shapes)))
    for dimension in (0, 1, 2):
        of_kind = [m for m in found if m and shapely.get_dimensions(shapes[m.index]) == dimension]
        plain, fast = total(probe, of_kind, shapes), surveyor.total(of_kind, shapes)
        pairs = [(getattr(plain, f.name), getattr(fast, f.name)) for f in fields(plain)]
        assert all(a == b for a, b in pairs[1:])


def enclosure(numbers: np.random.Generator, high: bool) -> Any:
    """Return a large area, maybe around the plan or a part of it, with holes beside it or in it."""
    middle = ORIGIN + numbers.uniform(-60, 60, 2)
    around = shapely.Point(middle).buffer(numbers.uniform(60, 400), quad_segs=5)
    hole = shapely.Point(ORIGIN + numbers.uniform(-300, 300, 2)).buffer(numbers.uniform(1, 50))
    area = shapely.normalize(around.difference(hole))
    return shapely.force_3d(area, 7.0) if high else area


def under(numbers: np.random.Generator, parts: int) -> Area:
    """Return a plan of some parts, maybe with a hole."""
    found = [shapely.Polygon(star(numbers, 30, 20.0, 90.0)).buffer(0) for _ in range(parts)]
    hole = shapely.Point(ORIGIN + numbers.uniform(-90, 90, 2)).buffer(4.0)
    return Area(shapely.union_all(found).difference(hole), CRS25833)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 3), st.booleans())
def test_what_lies_all_around_is_the_plan(seed: int, parts: int, high: bool) -> None:
    numbers = np.random.default_rng(seed)
    footprint = under(numbers, parts)
    shapes = np.array([enclosure(numbers, high) for _ in range(8)], dtype=object)
    none = np.zeros(len(shapes))
    probe = Probe(footprint, 1.0)
    wanted = {m.index: m for m in meetings(probe, shapes, none, CRS25833, reach_m=0.0)}
    surveyor = Surveyor(footprint)
    found = surveyor.meetings(Things(np.arange(len(shapes)), shapes, none, none + 1.0, none))
    assert all(same(wanted.get(i), found[i]) for i in range(len(shapes)))
    met = [m for m in found if m]
    plain, fast = total(probe, met, shapes), surveyor.total(met, shapes)
    assert shapely.equals_exact(plain.overlap, fast.overlap, tolerance=0)
    assert all(getattr(plain, f.name) == getattr(fast, f.name) for f in fields(plain)[1:])
    if any(shapely.contains_properly(shapes, footprint.ground)):
        assert plain.share_of_plan == pytest.approx(1.0, abs=1e-12)


def test_one_object_around_a_plan_of_several_parts_gives_the_plan_as_it_is() -> None:
    footprint = under(np.random.default_rng(5), 3)
    shapes = np.array([shapely.Point(ORIGIN).buffer(900.0)], dtype=object)
    none = np.zeros(1)
    surveyor = Surveyor(footprint)
    (met,) = surveyor.meetings(Things(np.arange(1), shapes, none, none + 1.0, none))
    assert met is not None
    plain, fast = total(Probe(footprint, 1.0), [met], shapes), surveyor.total([met], shapes)
    assert shapely.equals_exact(plain.overlap, fast.overlap, tolerance=0)
    assert plain.overlap_m2 == fast.overlap_m2


def test_what_cannot_be_measured_is_no_answer() -> None:
    shapes = np.array([shapely.Point(), shapely.Point(0, 0)], dtype=object)
    zero = np.zeros(2)
    with pytest.raises(UncheckableError):
        Surveyor(plan(np.random.default_rng(1))).meetings(
            Things(np.arange(2), shapes, zero, zero, zero)
        )
