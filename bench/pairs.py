"""Pairs of a plan and a layer as arrays of places: ordinary ones, and all that is awkward."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot, tau

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.exact import Drawn, Part, Places, on_grid

ACCURACIES_M = (0.0, 0.03, 0.5, 1.5, 10.0)
DIGITISED_M = 0.03
LEAST_EPS_M = 0.01  # nothing on a map is known better


@dataclass(frozen=True)
class Pair:
    """A plan and a layer of one or more objects.

    A plan of lines has a width, one of points a radius. `sound`: nothing of it has to be repaired.
    `nowhere`: a coordinate of it is no finite number. `neighbours`: both sides have one boundary.
    """

    kind: str
    plan: Drawn
    things: tuple[Drawn, ...]
    width_m: float = 0.0
    radius_m: float = 0.0
    accuracy_m: float = 0.0
    plan_accuracy_m: float = 0.0
    within_m: float | None = None
    heights: bool = False
    sound: bool = True
    nowhere: str = ""
    neighbours: bool = False

    @property
    def eps_m(self) -> float:
        """The tolerance by its definition."""
        return max(LEAST_EPS_M, 2 * hypot(self.accuracy_m, self.plan_accuracy_m))

    @property
    def sure_ground(self) -> Drawn:
        """What is ground of the plan however corners and ends of a corridor are drawn."""
        if self.plan.lines:
            half = self.width_m / 2 * 0.999
            return Drawn(tuple(p for line in self.plan.lines for p in corridor(line, half)))
        if self.plan.points:
            return Drawn(tuple(disc(p[0], self.radius_m * 0.99) for p in self.plan.points))
        return self.plan

    @property
    def layer(self) -> Drawn:
        """All objects together."""
        return Drawn(
            tuple(p for t in self.things for p in t.parts),
            tuple(s for t in self.things for s in t.lines),
            tuple(p for t in self.things for p in t.points),
        )


def pair(seed: int) -> Pair:
    """Return the pair of that number."""
    luck = np.random.default_rng(seed)
    make = KINDS[seed % len(KINDS)]
    made = make(luck)
    if made.neighbours:
        return replace(made, kind=make.__name__)
    return replace(
        made,
        kind=make.__name__,
        accuracy_m=made.accuracy_m or float(luck.choice(ACCURACIES_M)),
        within_m=float(luck.choice([1.0, 20.0, 50.0])) if luck.uniform() < 0.3 else None,
        heights=made.heights or bool(luck.uniform() < 0.1),
    )


# --- shapes -----------------------------------------------------------------------------------


def closed(xy: Places) -> Places:
    """Return a ring on the grid."""
    ring = on_grid(xy)
    return np.concatenate([ring, ring[:1]])


def rectangle(width: float, height: float) -> Part:
    """Return one around the origin."""
    w, h = width / 2, height / 2
    return Part(closed(np.array([[-w, -h], [w, -h], [w, h], [-w, h]])))


def star(luck: Generator, size: float = 30.0, corners: int | None = None) -> Part:
    """Return a polygon whose corners are seen from the origin one after the other."""
    count = corners or int(luck.integers(3, 14))
    angles = (np.arange(count) + luck.uniform(0.1, 0.9, count)) * tau / count
    radii = luck.uniform(0.25, 1.0, count) * size
    return Part(closed(np.c_[radii * np.cos(angles), radii * np.sin(angles)]))


def comb(luck: Generator) -> Part:
    """Return one with teeth."""
    teeth, low = int(luck.integers(2, 6)), float(luck.uniform(-6, 10))
    tooth = np.array([[0.0, 12.0], [6.0, 12.0], [6.0, low], [12.0, low]])
    top = np.concatenate([tooth + np.array([12.0 * i, 0.0]) for i in range(teeth)])[:-2]
    foot = np.array([[top[-1, 0], -12.0], [0.0, -12.0]])
    return Part(closed(np.concatenate([top, foot]) - np.array([6.0 * teeth, 0.0])))


def ringed(luck: Generator, size: float = 30.0) -> Part:
    """Return one with a hole."""
    outer, inner = disc(np.zeros(2), size, 24), disc(np.zeros(2), size * luck.uniform(0.3, 0.9), 16)
    return Part(outer.shell, (inner.shell,))


def disc(middle: Places, radius: float, corners: int = 24) -> Part:
    """Return a regular polygon inside a circle."""
    angles = np.arange(corners) * tau / corners
    return Part(closed(middle + radius * np.c_[np.cos(angles), np.sin(angles)]))


def nested(luck: Generator) -> tuple[Part, ...]:
    """Return rings within the holes of rings."""
    radii = np.sort(luck.uniform(2, 40, 6))[::-1]
    rings = [disc(np.zeros(2), r, 20).shell for r in radii]
    pairs = [(rings[i], rings[i + 1]) for i in (0, 2, 4) if radii[i + 1] < 0.9 * radii[i]]
    return tuple(Part(shell, (hole,)) for shell, hole in pairs) or (Part(rings[0]),)


def string(luck: Generator, size: float = 50.0) -> Places:
    """Return a line that goes on from west to east."""
    count = int(luck.integers(2, 7))
    return on_grid(np.c_[np.linspace(-size, size, count), luck.uniform(-15, 15, count)])


def corridor(line: Places, half: float) -> list[Part]:
    """Return a rectangle along each segment."""
    found = []
    for a, b in pairwise(line):
        way = b - a
        side = np.array([-way[1], way[0]]) * half / max(hypot(*way), 1e-12)
        found.append(Part(closed(np.array([a - side, b - side, b + side, a + side]))))
    return found


def moved(thing: Drawn, by: Places, turn: float = 0.0, scale: float = 1.0) -> Drawn:
    """Return a thing turned about the origin, scaled and shifted."""
    c, s = np.cos(turn), np.sin(turn)
    matrix = np.array([[c, s], [-s, c]]) * scale

    def of(xy: Places) -> Places:
        return on_grid(xy @ matrix + by)

    parts = tuple(Part(of(p.shell), tuple(map(of, p.holes))) for p in thing.parts)
    return Drawn(parts, tuple(map(of, thing.lines)), tuple(map(of, thing.points)))


def any_area(luck: Generator) -> Drawn:
    """Return polygons of any form, turned."""
    match int(luck.integers(7)):
        case 0:
            parts: Sequence[Part] = (rectangle(*luck.uniform(2, 60, 2)),)
        case 1:
            parts = (comb(luck),)
        case 2:
            parts = (ringed(luck, luck.uniform(5, 35)),)
        case 3:
            parts = nested(luck)
        case 4:
            parts = corridor(string(luck)[:2], luck.uniform(0.2, 2.5))
        case _:
            parts = (star(luck, luck.uniform(4, 40)),)
    return moved(Drawn(tuple(parts)), luck.uniform(-30, 30, 2), _turn(luck))


def any_thing(luck: Generator) -> Drawn:
    """Return an object of any form."""
    match int(luck.integers(8)):
        case 0 | 1:
            return moved(Drawn(lines=(string(luck),)), luck.uniform(-30, 30, 2), _turn(luck))
        case 2:
            return Drawn(points=(on_grid(luck.uniform(-40, 40, (1, 2))),))
        case _:
            return any_area(luck)


def _turn(luck: Generator) -> float:
    return float(luck.choice([0.0, luck.uniform(0, tau)]))


def near(luck: Generator, thing: Drawn, to: Drawn, gap_m: float) -> Drawn:
    """Return `thing` moved so that a place of its edge lies so far from one of the edge of `to`."""
    mine, theirs = (_on_edge(luck, drawn) for drawn in (thing, to))
    angle = luck.uniform(0, tau)
    return moved(thing, theirs - mine + gap_m * np.array([np.cos(angle), np.sin(angle)]))


def _on_edge(luck: Generator, drawn: Drawn) -> Places:
    a, b = drawn.segments[int(luck.integers(len(drawn.segments)))]
    place: Places = a + float(luck.choice([0.0, 0.5, luck.uniform()])) * (b - a)
    return place


def _gap(luck: Generator, eps: float) -> float:
    return float(luck.choice([0.0, 0.3, 0.9, 1.1, 2.2, 5.0]) * eps)


# --- kinds of pairs ---------------------------------------------------------------------------


def ordinary(luck: Generator) -> Pair:
    """Any plan and any object, anywhere or near each other."""
    plan, thing = any_area(luck), any_thing(luck)
    if luck.uniform() < 0.6:
        thing = near(luck, thing, plan, _gap(luck, float(luck.choice(ACCURACIES_M)) + 0.01))
    return Pair("", plan, (thing,))


def routes(luck: Generator) -> Pair:
    """A corridor or sites, and any object."""
    if luck.uniform() < 0.6:
        plan = Drawn(lines=(string(luck),))
        width = float(luck.choice([0.0, luck.uniform(0.5, 9)]))
        return Pair("", plan, (_about(luck, plan),), width_m=width)
    plan = Drawn(points=(on_grid(luck.uniform(-40, 40, (1, 2))),))
    return Pair("", plan, (_about(luck, plan),), radius_m=float(luck.choice([1.0, 6.0, 25.0])))


def _about(luck: Generator, plan: Drawn) -> Drawn:
    thing = any_thing(luck)
    return near(luck, thing, plan, luck.uniform(0, 8)) if luck.uniform() < 0.7 else thing


def touching(luck: Generator) -> Pair:
    """A corner on a corner, a corner on an edge, an edge on an edge."""
    if luck.uniform() < 0.5:
        plan = any_area(luck)
        return Pair("", plan, (near(luck, any_thing(luck), plan, 0.0),))
    w, h, other = luck.integers(2, 60, 3).astype(float)
    turn = float(luck.choice([0.0, tau / 4]))
    plan, thing = Drawn((rectangle(w, h),)), Drawn((rectangle(other, h),))
    thing = moved(thing, np.array([(w + other) / 2, float(luck.choice([0.0, h, h / 2]))]))
    return Pair("", moved(plan, np.zeros(2), turn), (moved(thing, np.zeros(2), turn),))


def same(luck: Generator) -> Pair:
    """The plan's own outline as an object, turned round, or with places drawn twice."""
    plan = any_area(luck)
    return Pair("", plan, tuple(_redrawn(luck, plan) for _ in range(int(luck.integers(1, 4)))))


def _redrawn(luck: Generator, drawn: Drawn) -> Drawn:
    def again(ring: Places) -> Places:
        start = int(luck.integers(len(ring) - 1))
        ring = np.roll(ring[:-1], start, axis=0)[:: int(luck.choice([1, -1]))]
        ring = np.repeat(ring, luck.integers(1, 3, len(ring)), axis=0)
        return np.concatenate([ring, ring[:1]])

    return Drawn(tuple(Part(again(p.shell), tuple(map(again, p.holes))) for p in drawn.parts))


def huge(luck: Generator) -> Pair:
    """An object as large as a district, with the plan in it, beside it, or in its hole."""
    plan = moved(any_area(luck), luck.uniform(-5_000, 5_000, 2))
    thing = moved(any_area(luck), np.zeros(2), scale=float(luck.uniform(100, 2_000)))
    return Pair("", plan, (thing if luck.uniform() < 0.5 else near(luck, thing, plan, 0.02),))


def tiny(luck: Generator) -> Pair:
    """An object of millimetres to decimetres."""
    plan = any_area(luck)
    thing = moved(Drawn((star(luck),)), np.zeros(2), scale=float(10 ** luck.uniform(-4.5, -2)))
    return Pair("", plan, (near(luck, thing, plan, _gap(luck, 0.05)),))


def sliver(luck: Generator) -> Pair:
    """Something long and hardly wide, along the plan's edge or through it."""
    plan = any_area(luck)
    width = float(10 ** luck.uniform(-3, -0.5))
    thing = Drawn((rectangle(float(luck.uniform(5, 150)), width),))
    thing = moved(thing, np.zeros(2), luck.uniform(0, tau))
    if luck.uniform() < 0.5:
        a, b = plan.segments[int(luck.integers(len(plan.segments)))]
        turn = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
        thing = moved(Drawn((rectangle(float(luck.uniform(5, 60)), width),)), (a + b) / 2, turn)
    return Pair("", plan, (near(luck, thing, plan, 0.0) if luck.uniform() < 0.3 else thing,))


def parallel(luck: Generator) -> Pair:
    """Long edges that part by hardly anything."""
    plan = Drawn((rectangle(float(luck.uniform(20, 200)), float(luck.uniform(5, 50))),))
    angle = float(10 ** luck.uniform(-9, -2) * luck.choice([1, -1]))
    low = plan.segments.reshape(-1, 2)[:, 1].min()
    thing = moved(Drawn((rectangle(400.0, 40.0),)), np.zeros(2), angle)
    gap = float(luck.choice([0.0, 1e-6, 1e-3, 0.02, 0.5]) * luck.choice([1, -1]))
    turn, shift = _turn(luck), luck.uniform(-50, 50, 2)
    thing = moved(thing, np.array([0.0, low - 20.0 - gap]))
    return Pair("", moved(plan, shift, turn), (moved(thing, shift, turn),))


def holes(luck: Generator) -> Pair:
    """The plan in a hole of the object, in the middle, at its edge or over it."""
    size = float(luck.uniform(10, 40))
    thing = Drawn((ringed(luck, size),))
    plan = moved(Drawn((star(luck, size * 0.4),)), luck.uniform(-0.4, 0.4, 2) * size)
    if luck.uniform() < 0.5:
        plan = near(luck, plan, Drawn((Part(thing.parts[0].holes[0]),)), _gap(luck, 0.06))
    return Pair("", *((plan, (thing,)) if luck.uniform() < 0.7 else (thing, (plan,))))


def matryoshka(luck: Generator) -> Pair:
    """Rings within rings, as plan or as object."""
    thing = Drawn(nested(luck))
    plan = moved(any_area(luck), luck.uniform(-20, 20, 2), scale=float(luck.uniform(0.05, 0.5)))
    return Pair("", *((plan, (thing,)) if luck.uniform() < 0.6 else (thing, (plan,))))


def many(luck: Generator) -> Pair:
    """Several objects, some of them twice."""
    plan = any_area(luck)
    found = [any_thing(luck) for _ in range(int(luck.integers(2, 6)))]
    return Pair("", plan, (*found, *found[:2]), heights=True)


def unsound(luck: Generator) -> Pair:
    """Rings that cross themselves or each other, holes over holes or outside, spikes."""
    wrong, good = moved(Drawn(_wrong(luck)), luck.uniform(-20, 20, 2), _turn(luck)), any_area(luck)
    good = moved(good, luck.uniform(-10, 10, 2))
    sides = (good, (wrong,)) if luck.uniform() < 0.6 else (wrong, (good,))
    return Pair("", *sides, sound=False)


def _wrong(luck: Generator) -> tuple[Part, ...]:
    size = float(luck.uniform(4, 40))
    square = rectangle(2 * size, 2 * size)
    small = rectangle(size, size).shell
    match int(luck.integers(7)):
        case 0:  # a bow tie
            x = np.array([[-1, -1], [1, 1], [1, -1], [-1, 1]]) * size
            return (Part(closed(x)),)
        case 1:  # holes over each other
            return (Part(square.shell, (small, small + on_grid(np.full(2, size / 3)))),)
        case 2:  # a hole outside
            return (Part(square.shell, (small + on_grid(np.array([3 * size, 0.0])),)),)
        case 3:  # a hole over the edge
            return (Part(square.shell, (small + on_grid(np.array([size, 0.0])),)),)
        case 4:  # parts over each other
            return (square, Part(square.shell + on_grid(np.full(2, size / 2))))
        case 5:  # a spike
            spike = np.array([[0.0, size], [0.0, 50 * size], [0.0, size]])
            return (
                Part(closed(np.concatenate([square.shell[:-1], spike])[[0, 1, 2, 4, 5, 6, 3]])),
            )
        case _:  # any ring
            return (Part(closed(luck.uniform(-size, size, (int(luck.integers(5, 9)), 2)))),)


def nowhere(luck: Generator) -> Pair:
    """A coordinate that is no finite number, in the plan or in an object."""
    plan, things = any_area(luck), [any_thing(luck) for _ in range(int(luck.integers(1, 4)))]
    bad = float(luck.choice([np.nan, np.inf, -np.inf]))
    side = str(luck.choice(["plan", "layer"]))
    if side == "plan":
        plan = _spoilt(luck, plan, bad)
    else:
        things[0] = _spoilt(luck, things[0], bad)
    return Pair("", plan, tuple(things), nowhere=side)


def _spoilt(luck: Generator, drawn: Drawn, bad: float) -> Drawn:
    strings: list[NDArray[np.float64]] = [r.copy() for p in drawn.parts for r in p.rings]
    strings += [s.copy() for s in (*drawn.lines, *drawn.points)]
    string_ = strings[0]
    at = int(luck.integers(1, len(string_) - 1)) if len(string_) > 2 else 0
    string_[at, int(luck.integers(2))] = bad
    if drawn.parts:
        return Drawn((Part(string_, drawn.parts[0].holes), *drawn.parts[1:]))
    return Drawn(lines=(string_,)) if drawn.lines else Drawn(points=(string_,))


def neighbours(luck: Generator) -> Pair:
    """One boundary, digitised twice within 3 cm; the plan on one side, the object on the other."""
    count = int(luck.integers(2, 9))
    x = np.linspace(-50, 50, count)
    edge = np.c_[x, np.r_[0.0, luck.uniform(-12, 12, max(count - 2, 0)), 0.0]]
    sigma = float(luck.uniform(0.001, DIGITISED_M))

    def drawn(deep: float) -> Drawn:
        mine = edge + luck.normal(0, sigma, edge.shape)
        back = np.array([[50.0, deep], [-50.0, deep]])
        return Drawn((Part(closed(np.concatenate([mine, back]))),))

    turn, shift = _turn(luck), luck.uniform(-50, 50, 2)
    sides = [moved(drawn(deep), shift, turn) for deep in (40.0, -40.0)]
    return Pair(
        "", sides[0], (sides[1],), accuracy_m=DIGITISED_M, plan_accuracy_m=DIGITISED_M,
        neighbours=True,
    )  # fmt: skip


KINDS: tuple[Callable[[Generator], Pair], ...] = (
    ordinary, routes, touching, same, huge, tiny, sliver, parallel, holes, matryoshka, many,
    unsound, nowhere, neighbours, neighbours,
)  # fmt: skip
