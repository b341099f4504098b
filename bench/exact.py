"""Where two drawn things meet, by plain segment arithmetic: no GEOS, and no code of `gis`.

Coordinates are metres on a grid of 2^-20 m around an origin of their own, so that differences are
exact; where the sign of a cross product is in doubt it is computed again in whole numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import tau

import numpy as np
from numpy.typing import NDArray

GRID = 2.0**20
DOUBT = 8e-16  # of the two products a difference of which is taken
SLACK_M = 1 / GRID  # whether something is wider by less than that is not decided
ROUNDING_M = 1e-9  # of a place that is computed, not drawn
Places = NDArray[np.float64]  # (n, 2)


def on_grid(xy: Places) -> Places:
    """Return places on the grid."""
    return np.round(np.asarray(xy, dtype=float) * GRID) / GRID


@dataclass(frozen=True)
class Part:
    """A polygon: a shell and its holes, each closed; a place in a hole is not in it."""

    shell: Places
    holes: tuple[Places, ...] = ()

    @property
    def rings(self) -> tuple[Places, ...]:
        """Shell and holes."""
        return (self.shell, *self.holes)


@dataclass(frozen=True)
class Drawn:
    """What was drawn: polygons, lines and points together."""

    parts: tuple[Part, ...] = ()
    lines: tuple[Places, ...] = ()
    points: tuple[Places, ...] = ()  # each (1, 2)

    @cached_property
    def segments(self) -> NDArray[np.float64]:
        """All segments, (n, 2, 2); a point is one without length."""
        strings = [*(ring for part in self.parts for ring in part.rings), *self.lines]
        pieces = [np.stack([s[:-1], s[1:]], axis=1) for s in strings]
        pieces += [np.stack([p, p], axis=1) for p in self.points]
        return np.concatenate(pieces)

    @cached_property
    def starts(self) -> Places:
        """One place of every piece; if no edges meet, one lies inside or all of a piece do not."""
        strings = [*(part.shell for part in self.parts), *self.lines, *self.points]
        return np.array([s[0] for s in strings])


def turns(a: Places, b: Places, c: Places) -> NDArray[np.int8]:
    """Return for each triple whether it turns left (1), right (-1) or not at all (0), exactly."""
    left = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
    right = (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    signs = np.sign(left - right).astype(np.int8)
    doubtful = np.abs(left - right) <= DOUBT * (np.abs(left) + np.abs(right))
    if doubtful.any():
        shape = signs.shape
        wide = [np.broadcast_to(p, (*shape, 2))[doubtful] for p in (a, b, c)]
        signs[doubtful] = [_turn(*triple) for triple in zip(*wide, strict=True)]
    return signs


def _turn(a: Places, b: Places, c: Places) -> int:
    ax, ay, bx, by, cx, cy = (int(v * GRID) for v in (*a, *b, *c))
    exact = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (exact > 0) - (exact < 0)


def cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Tell whether any segment of one touches or crosses any of the other."""
    a, b = one[:, None, 0], one[:, None, 1]
    c, d = other[None, :, 0], other[None, :, 1]
    near = (np.minimum(a, b) <= np.maximum(c, d)).all(-1)
    near &= (np.minimum(c, d) <= np.maximum(a, b)).all(-1)
    i, j = np.nonzero(near)
    if not len(i):
        return False
    a, b, c, d = one[i, 0], one[i, 1], other[j, 0], other[j, 1]
    apart = turns(a, b, c) * turns(a, b, d) > 0
    apart |= turns(c, d, a) * turns(c, d, b) > 0
    return bool((~apart).any())  # collinear ones whose boxes meet do meet


def inside(places: Places, drawn: Drawn) -> NDArray[np.bool_]:
    """Tell for each place whether it lies in a polygon of `drawn`, edges included."""
    found = np.zeros(len(places), dtype=bool)
    for part in drawn.parts:
        within, _ = _in_ring(places, part.shell)
        for hole in part.holes:
            gone, edge = _in_ring(places, hole)
            within &= ~gone | edge
        found |= within
    return found


def _in_ring(places: Places, ring: Places) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which places lie in a ring (by odd and even, edges included), and which on its edge."""
    a, b, p = ring[None, :-1], ring[None, 1:], places[:, None]
    turn = turns(a, b, p)
    on = (turn == 0) & (np.minimum(a, b) <= p).all(-1) & (p <= np.maximum(a, b)).all(-1)
    up = b[..., 1] > a[..., 1]
    spans = (a[..., 1] <= p[..., 1]) != (b[..., 1] <= p[..., 1])
    crossed = spans & (turn == np.where(up, 1, -1))
    edge = on.any(axis=1)
    return (crossed.sum(axis=1) % 2 == 1) | edge, edge


def distance_m(one: Drawn, other: Drawn) -> float:
    """Return how far two things are apart, m; exactly 0 where they meet or touch."""
    if cross(one.segments, other.segments):
        return 0.0
    if inside(one.starts, other).any() or inside(other.starts, one).any():
        return 0.0
    ends = [(one.segments.reshape(-1, 2), other), (other.segments.reshape(-1, 2), one)]
    return min(float(to_edges(places, thing).min()) for places, thing in ends)


def to_edges(places: Places, drawn: Drawn) -> NDArray[np.float64]:
    """Return how far each place is from the nearest edge, m."""
    a, b = drawn.segments[:, 0], drawn.segments[:, 1]
    way = b - a
    square = (way**2).sum(-1)
    off = places[:, None] - a[None]
    share = np.clip((off * way).sum(-1) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    rest = off - share[..., None] * way
    nearest: NDArray[np.float64] = np.sqrt((rest**2).sum(-1)).min(axis=1)
    return nearest


def depth(places: Places, drawn: Drawn) -> NDArray[np.float64]:
    """Return how deep each place lies in the polygons of `drawn`, m; negative outside."""
    sign = np.where(inside(places, drawn), 1.0, -1.0)
    return sign * to_edges(places, drawn)


def wider(one: Drawn, other: Drawn, radius_m: float, most: int = 4_000) -> bool | None:
    """Tell whether a disc of that radius fits into what both share, or for lines and points,
    whether one reaches that deep into the other; None where that depends on less than `SLACK_M`.

    Squares or stretches that become ever smaller, `most` at a time, tell nearly always. They
    become too many along strips that are about as wide as asked for; there `fits` tells.
    """
    if one.parts and other.parts:
        found = _disc(one, other, radius_m, most)
    else:
        thin, wide = (other, one) if one.parts else (one, other)
        found = _reaches(thin, wide, radius_m, most) if wide.parts else False
    if found is not None:
        return found
    if fits(one, other, radius_m + SLACK_M):
        return True
    return None if fits(one, other, radius_m - SLACK_M) else False


def _disc(one: Drawn, other: Drawn, radius_m: float, most: int) -> bool | None:
    """Look for the middle of a disc in squares that are quartered where one may lie in them."""
    boxes = [(s.segments.reshape(-1, 2).min(0), s.segments.reshape(-1, 2).max(0))
             for s in (one, other)]  # fmt: skip
    low, high = np.maximum(boxes[0][0], boxes[1][0]), np.minimum(boxes[0][1], boxes[1][1])
    if (high - low < 2 * radius_m).any():
        return False
    half = float((high - low).max()) / 2
    middles = (low + half)[None]
    while len(middles):
        depths = np.minimum(depth(middles, one), depth(middles, other))
        if (depths > radius_m).any():
            return True
        middles = middles[depths + half * 2**0.5 > radius_m]
        half /= 2
        steps = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * half
        middles = (middles[:, None] + steps[None]).reshape(-1, 2)
        if len(middles) > most or half < radius_m / 64:
            return None
    return False


def _reaches(thin: Drawn, wide: Drawn, radius_m: float, most: int) -> bool | None:
    """Look along lines, in stretches that are halved where a place so deep may lie in them."""
    pieces = thin.segments
    while len(pieces):
        middles = pieces.mean(axis=1)
        half = np.sqrt(((pieces[:, 1] - pieces[:, 0]) ** 2).sum(-1)) / 2
        depths = depth(middles, wide)
        if (depths > radius_m).any():
            return True
        open_ = depths + half > radius_m
        left, middle = pieces[open_], middles[open_]
        halves = ([left[:, 0], middle], [middle, left[:, 1]])
        pieces = np.concatenate([np.stack(half_, 1) for half_ in halves])
        if len(pieces) > most or (len(pieces) and half[open_].max() < radius_m / 64):
            return None
    return False


def fits(one: Drawn, other: Drawn, radius_m: float) -> bool:
    """Tell the same as `wider` by the outline of all places that lie deep enough.

    Such places end at circles around corners and at lines beside edges, of that radius. Between
    two crossings of these all of a circle or line is outline, or nothing: one place there tells.
    Of a line that reaches into an area its own places are looked at in the same way.
    """
    both = [drawn for drawn in (one, other) if drawn.parts]
    thin = [drawn.segments for drawn in (one, other) if not drawn.parts]
    edges = np.concatenate([drawn.segments for drawn in both])
    corners = np.unique(edges.reshape(-1, 2), axis=0)
    edges = edges[(edges[:, 0] != edges[:, 1]).any(axis=1)]
    found = _along(thin[0], corners, edges, radius_m) if thin else _around(corners, edges, radius_m)
    for places in found:
        depths = np.min([depth(places, drawn) for drawn in both], axis=0)
        if (depths >= radius_m - ROUNDING_M).any():
            return True
    return False


def _around(corners: Places, edges: NDArray[np.float64], radius_m: float) -> Iterator[Places]:
    """Yield places on all that may be outline."""
    normals, heights = _lines(edges)
    for side in (radius_m, -radius_m):
        yield from _along(edges + side * normals[:, None], corners, edges, radius_m)
    for corner in corners:
        way = corners - corner
        off = np.hypot(*way.T)
        near = (off > 0) & (off <= 2 * radius_m)
        found = [_angles(way[near], off[near] / (2 * radius_m))]
        for side in (radius_m, -radius_m):
            share = (heights + side - normals @ corner) / radius_m
            meets = np.abs(share) <= 1
            found.append(_angles(normals[meets], share[meets]))
        at = np.sort(np.concatenate(found) % tau)
        between = (at + np.r_[at[1:], at[:1] + tau]) / 2 if len(at) else np.zeros(1)
        yield corner + radius_m * np.c_[np.cos(between), np.sin(between)]


def _along(
    pieces: NDArray[np.float64], corners: Places, edges: NDArray[np.float64], radius_m: float
) -> Iterator[Places]:
    """Yield places on each piece, between where circles around corners and lines beside edges
    cross it.
    """
    normals, heights = _lines(edges)
    for start, end in pieces:
        length = float(np.hypot(*(end - start)))
        if length == 0:
            yield start[None]
            continue
        way = (end - start) / length
        off = corners - start
        middles = off @ way
        square = radius_m**2 - ((off - middles[:, None] * way) ** 2).sum(axis=1)
        half = np.sqrt(square[square >= 0])
        found = [np.array([0.0, length]), middles[square >= 0] - half, middles[square >= 0] + half]
        slope = normals @ way
        for side in (radius_m, -radius_m):
            rest = heights + side - normals @ start
            found.append(rest[slope != 0] / slope[slope != 0])
        at = np.concatenate(found)
        at = np.sort(at[(at >= 0) & (at <= length)])
        yield start + ((at[:-1] + at[1:]) / 2)[:, None] * way


def _lines(edges: NDArray[np.float64]) -> tuple[Places, NDArray[np.float64]]:
    """Return the normal of each edge, and how far along it the edge lies."""
    way = edges[:, 1] - edges[:, 0]
    normals = np.c_[-way[:, 1], way[:, 0]] / np.hypot(*way.T)[:, None]
    return normals, (normals * edges[:, 0]).sum(axis=1)


def _angles(ways: Places, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return at which angles a circle has come so large a share of its radius along each way."""
    middle, half = np.arctan2(ways[:, 1], ways[:, 0]), np.arccos(shares)
    return np.concatenate([middle - half, middle + half])


def area_m2(drawn: Drawn) -> float:
    """Return the area of its polygons, m²."""
    rings = [(_shoelace(p.shell), sum(map(_shoelace, p.holes))) for p in drawn.parts]
    return sum(shell - holes for shell, holes in rings)


def _shoelace(ring: Places) -> float:
    x, y = (ring - ring[0]).T
    return abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2


def sound(drawn: Drawn) -> bool:
    """Tell whether nobody could find a fault in it: all finite, polygons `simple` and not flat,
    each hole in its shell and in no other hole, no part in another.
    """
    if not np.isfinite(drawn.segments).all():
        return False
    flat = any(_shoelace(ring) == 0 for part in drawn.parts for ring in part.rings)
    if flat or not simple(drawn):
        return False
    shells = [Drawn((Part(part.shell),)) for part in drawn.parts]
    for part, shell in zip(drawn.parts, shells, strict=True):
        holes = [Drawn((Part(hole),)) for hole in part.holes]
        if not all(inside(hole.starts, shell).all() for hole in holes):
            return False
        if any(inside(hole.starts, other).any() for hole in holes for other in holes
               if other is not hole):  # fmt: skip
            return False
    return not any(
        inside(part.shell[:1], Drawn((other,))).any()
        for part in drawn.parts for other in drawn.parts if other is not part
    )  # fmt: skip


def simple(drawn: Drawn) -> bool:
    """Tell whether no two edges of the polygons meet but where one follows the other."""
    rings = [_once(ring) for part in drawn.parts for ring in part.rings]
    return not any(_crosses_itself(ring) for ring in rings) and not any(
        cross(_edges(one), _edges(other)) for one, other in _twos(rings)
    )


def _once(ring: Places) -> Places:
    """Return a ring without places that are drawn twice in a row."""
    return ring[np.r_[True, (ring[1:] != ring[:-1]).any(axis=1)]]


def _edges(ring: Places) -> NDArray[np.float64]:
    return np.stack([ring[:-1], ring[1:]], axis=1)


def _twos(rings: Sequence[Places]) -> Iterator[tuple[Places, Places]]:
    for number, one in enumerate(rings):
        for other in rings[number + 1 :]:
            yield one, other


def _crosses_itself(ring: Places) -> bool:
    edges, count = _edges(ring), len(ring) - 1
    for number in range(count):
        others = [k for k in range(number + 2, count) if (k + 1) % count != number]
        if others and cross(edges[number : number + 1], edges[others]):
            return True
    return False
