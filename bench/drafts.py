"""Made-up plans: areas of 10 to 5,000 vertices, routes of up to 50 km, from a seed."""

import hashlib

import numpy as np
import shapely

from bench import shapes
from bench.district import SOUTH, WEST, Extent
from gis.crs import working
from gis.footprint import Area, Footprint, Route
from gis.transform import Transformation
from service.plans.plan import Plan

WORKING = working("EPSG:25833")
UNMOVED = Transformation("EPSG:25833", "EPSG:25833", 0.0, "none")
STEP_M = 25.0


def areas(where: Extent, count: int, seed: int) -> list[Plan]:
    """Return plans drawn as areas: radii of 40 to 1,500 m, vertices and radii log-uniform."""
    numbers = np.random.default_rng(seed)
    found = []
    for number in range(count):
        size = int(np.exp(numbers.uniform(np.log(10), np.log(5_000))))
        radius = np.exp(numbers.uniform(np.log(40), np.log(min(1_500, 0.2 * where.side_m))))
        ring = shapes.star(numbers, where.places(numbers, 1), np.array([radius]), size)[0]
        found.append(_plan(f"area {number}", Area(shapely.polygons(ring), WORKING)))
    return found


def nowhere(where: Extent, count: int, seed: int) -> list[Plan]:
    """Return the plans that `areas` does, so far away that nothing lies near."""
    away = np.array([-100_000.0 - where.side_m, 0.0])
    return [
        _plan(plan.title, Area(shapely.transform(plan.geometry.footprint, away.__add__), WORKING))
        for plan in areas(where, count, seed)
    ]


def routes(where: Extent, count: int, seed: int) -> list[Plan]:
    """Return routes of 0.5 to 50 km, log-uniform, in corridors of 4 to 40 m; they turn round
    where the district ends.
    """
    numbers = np.random.default_rng(seed + 1)
    found = []
    for number in range(count):
        length = np.exp(numbers.uniform(np.log(500), np.log(50_000)))
        axis = _axis(numbers, where, max(2, round(length / STEP_M)))
        width = float(numbers.choice([4.0, 10.0, 40.0]))
        found.append(_plan(f"route {number}", Route(axis, width, WORKING)))
    return found


def _axis(numbers: np.random.Generator, where: Extent, steps: int) -> shapely.LineString:
    heads = numbers.uniform(0, 2 * np.pi) + np.cumsum(numbers.normal(0, 0.06, steps))
    moves = STEP_M * np.stack([np.cos(heads), np.sin(heads)], -1)
    start = where.places(numbers, 1)[0] - np.array([WEST, SOUTH])
    way = np.concatenate([start[None], start + np.cumsum(moves, axis=0)])
    folded = np.abs((way + where.side_m) % (2 * where.side_m) - where.side_m)  # mirrors at edges
    line: shapely.LineString = shapely.linestrings(np.round(folded + np.array([WEST, SOUTH]), 3))
    return line


def _plan(title: str, geometry: Footprint) -> Plan:
    content = shapely.to_wkb(geometry.footprint)
    return Plan(
        title=title, kind="bebauungsplan", uses=(), procedure=None, geometry=geometry, parts=(),
        attributes={}, sha256=hashlib.sha256(content).hexdigest(), source_crs="EPSG:25833",
        transformation=UNMOVED, accuracy_m=0.0, repairs=(), notices=(), steps=(),
    )  # fmt: skip
