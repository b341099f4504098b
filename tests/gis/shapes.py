"""Shapes to hold against each other, made from a random generator; metres around (0, 0)."""

from math import pi, tau

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Point, Polygon, affinity, box
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from
from gis.footprint import Area, Footprint, Route, Sites
from gis.meeting import Meeting, meetings
from gis.probe import Probe

UTM33 = crs_from("EPSG:25833")


def area(shape: BaseGeometry) -> Area:
    return Area(shape, UTM33)


def route(*points: tuple[float, float], width_m: float = 3.0) -> Route:
    return Route(LineString(points), width_m, UTM33)


def met(
    plan: Footprint,
    *things: BaseGeometry,
    eps_m: float = 0.01,
    half_m: float = 0.0,
    reach_m: float = 0.0,
) -> list[Meeting]:
    """Hold a plan against objects that all have the same half width."""
    objects = np.array(things, dtype=object)
    halves = np.full(len(things), half_m)
    return list(meetings(Probe(plan, eps_m), objects, halves, UTM33, reach_m=reach_m))


def densified(shape: BaseGeometry, step_m: float) -> BaseGeometry:
    return shapely.segmentize(shape, step_m)


def turned(shape: Polygon, start: int) -> Polygon:
    """Return the same polygon with rings that begin elsewhere and run the other way."""

    def ring(line: BaseGeometry) -> NDArray[np.float64]:
        xy = shapely.get_coordinates(line)[:-1]
        xy = np.roll(xy, start, axis=0)[::-1]
        return np.concatenate([xy, xy[:1]])

    return Polygon(ring(shape.exterior), [ring(hole) for hole in shape.interiors])


def rectangle(rng: Generator) -> Polygon:
    w, h = rng.uniform(2, 60, 2)
    return _placed(rng, box(-w / 2, -h / 2, w / 2, h / 2))


def strip(rng: Generator) -> Polygon:
    """A path or a ditch: long and narrow, with a bend or two."""
    half = rng.uniform(0.2, 2.5)
    xy = [(x, rng.uniform(-12, 12)) for x in np.linspace(-60, 60, rng.integers(2, 5))]
    return _placed(rng, LineString(xy).buffer(half, cap_style="flat", join_style="mitre"))


def corner(rng: Generator) -> Polygon:
    """An L."""
    w, h = rng.uniform(15, 50, 2)
    arm = rng.uniform(1, 12)
    return _placed(rng, box(0, 0, w, arm).union(box(0, 0, arm, h)))


def ring(rng: Generator) -> Polygon:
    outer = rng.uniform(8, 35)
    hole = Point(0, 0).buffer(outer - rng.uniform(0.5, 7), quad_segs=4)
    return _placed(rng, Point(0, 0).buffer(outer, quad_segs=4).difference(hole))


def star(rng: Generator) -> Polygon:
    """Something with many corners, some of them sharp."""
    n = int(rng.integers(3, 14))
    angles = np.sort(rng.uniform(0, tau, n))
    radii = rng.uniform(4, 40, n)
    shape = Polygon(np.c_[radii * np.cos(angles), radii * np.sin(angles)])
    whole = shape if shape.is_valid else shape.convex_hull
    return _placed(rng, whole if whole.area > 1 else box(-3, -3, 3, 3))


def islands(rng: Generator) -> MultiPolygon:
    parts = shapely.union_all([rectangle(rng), rectangle(rng), strip(rng)])
    return MultiPolygon(shapely.get_parts(parts).tolist())


def line(rng: Generator) -> LineString:
    n = int(rng.integers(2, 7))
    return _placed(rng, LineString(np.c_[np.linspace(-50, 50, n), rng.uniform(-15, 15, n)]))


def loop(rng: Generator) -> LineString:
    return LineString(shapely.get_coordinates(star(rng).exterior))


def point(rng: Generator) -> Point:
    return Point(rng.uniform(-40, 40, 2))


AREAS = (rectangle, rectangle, strip, strip, corner, ring, star, islands)
THINGS = (*AREAS, line, line, loop, point)


def any_area(rng: Generator) -> BaseGeometry:
    return AREAS[rng.integers(len(AREAS))](rng)


def any_thing(rng: Generator) -> BaseGeometry:
    return THINGS[rng.integers(len(THINGS))](rng)


def any_plan(rng: Generator) -> Footprint:
    match int(rng.integers(10)):
        case 0:
            return Route(line(rng), 0.0, UTM33)
        case 1 | 2:
            return Route(line(rng), float(rng.uniform(0.5, 8)), UTM33)
        case 3:
            return Sites(point(rng), float(rng.choice([0.0, 0.5, 6.0])), UTM33)
        case _:
            return area(any_area(rng))


def any_eps(rng: Generator) -> float:
    return float(rng.choice([0.01, 0.06, 1.0, 3.0, 8.0, 20.0]))


def brought_near(rng: Generator, thing: BaseGeometry, to: BaseGeometry, eps: float) -> BaseGeometry:
    """Return `thing` moved so that its edge lies about as far from the edge of `to` as matters."""
    mine, theirs = (_on_edge(rng, shape) for shape in (thing, to))
    gap = rng.choice([0.0, 1.0, -1.0]) * rng.choice([0.3, 0.9, 1.1, 2.2]) * eps
    angle = rng.uniform(0, tau)
    dx, dy = theirs[0] - mine[0] + gap * np.cos(angle), theirs[1] - mine[1] + gap * np.sin(angle)
    return affinity.translate(thing, dx, dy)


def _on_edge(rng: Generator, shape: BaseGeometry) -> NDArray[np.float64]:
    xy = shapely.get_coordinates(shape)
    i = int(rng.integers(len(xy)))
    return xy[i] + rng.uniform() * (xy[(i + 1) % len(xy)] - xy[i])


def _placed(rng: Generator, shape: BaseGeometry) -> BaseGeometry:
    turned_by = affinity.rotate(shape, rng.choice([0.0, rng.uniform(0, 2 * pi)]), use_radians=True)
    return affinity.translate(turned_by, *rng.uniform(-30, 30, 2))
