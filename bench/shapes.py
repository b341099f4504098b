"""Made-up shapes: star-shaped areas with ragged edges, winding lines, points; valid by making.

All of a kind are drawn in classes of equally many vertices, so that a million takes seconds.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
WAVES = 48  # harmonics of a ragged edge
HOLE, TWIN = 0.15, 0.4  # sizes of a hole and of a second part, of the whole
STEP = 1.15  # from one class of vertices to the next


def vertices(numbers: np.random.Generator, count: int, least: int, most: int) -> NDArray[np.int64]:
    """Return numbers of vertices with a heavy tail (Pareto, exponent 1.1), in classes."""
    drawn = least * (1 - numbers.random(count)) ** (-1 / 1.1)
    classes = np.round(np.log(drawn / least) / np.log(STEP))
    found: NDArray[np.int64] = np.minimum(np.round(least * STEP**classes), most).astype(np.int64)
    return found


def areas(numbers: np.random.Generator, centres: Floats, sizes: NDArray[np.int64]) -> Shapes:
    """Return an area around each centre: larger with more vertices, some with a hole, some of
    two parts.
    """
    found: Shapes = np.empty(len(centres), dtype=object)
    for size, where in _classes(sizes):
        radii = _radii(numbers, size) * numbers.uniform(0.6, 1.4, len(where))
        rings = star(numbers, centres[where], radii, size)
        shapes: Any = shapely.polygons(rings)  # an array: there are several rings
        if size >= 24:
            luck = numbers.random(len(where))
            _with_holes(shapes, rings, centres[where], np.flatnonzero(luck < 0.15))
            _with_twins(shapes, rings, centres[where], radii, np.flatnonzero(luck > 0.9))
        found[where] = shapes
    return found


def _classes(sizes: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield numbers of vertices with the places that have them, in batches that fit memory."""
    for size in np.unique(sizes):
        where = np.flatnonzero(sizes == size)
        step = max(1, 1_000_000 // int(size))
        for first in range(0, len(where), step):
            yield int(size), where[first : first + step]


def _radii(numbers: np.random.Generator, size: int) -> float:
    return float(5.0 * float(size) ** 0.75)


def star(numbers: np.random.Generator, centres: Floats, radii: Floats, size: int) -> Floats:
    """Return closed rings of `size` corners, shape (number, size + 1, 2), never crossing."""
    count = len(centres)
    angles = 2 * np.pi * np.arange(size) / size
    waves = np.arange(1, min(WAVES, size // 3) + 1)
    turns = numbers.uniform(0, 2 * np.pi, (count, len(waves)))
    heights = 0.2 / waves**0.9
    bent = np.zeros((count, size))
    for wave, height, turn in zip(waves, heights, turns.T, strict=True):
        bent += height * np.cos(wave * angles + turn[:, None])
    rough = numbers.normal(0, 0.3 / np.sqrt(size), (count, size))
    reach = radii[:, None] * np.clip(1 + bent + rough, 0.35, 1.7)
    xy = centres[:, None] + reach[..., None] * np.stack([np.cos(angles), np.sin(angles)], -1)
    return np.round(np.concatenate([xy, xy[:, :1]], axis=1), 3)


def _with_holes(shapes: Shapes, rings: Floats, centres: Floats, where: NDArray[np.intp]) -> None:
    for i in where:
        hole = np.round(centres[i] + HOLE * (rings[i] - centres[i]), 3)
        shapes[i] = shapely.polygons(rings[i], holes=[hole])


def _with_twins(
    shapes: Shapes, rings: Floats, centres: Floats, radii: Floats, where: NDArray[np.intp]
) -> None:
    for i in where:
        away = np.array([1.7 * (1 + TWIN) + 0.2, 0.0]) * radii[i]
        twin = shapely.polygons(np.round(centres[i] + away + TWIN * (rings[i] - centres[i]), 3))
        shapes[i] = shapely.multipolygons([shapes[i], twin])


def lines(
    numbers: np.random.Generator, starts: Floats, sizes: NDArray[np.int64], step_m: float
) -> Shapes:
    """Return a winding line from each start, its corners some `step_m` apart."""
    found: Shapes = np.empty(len(starts), dtype=object)
    for size, where in _classes(sizes):
        turns = numbers.normal(0, 0.25, (len(where), size - 1))
        heads = numbers.uniform(0, 2 * np.pi, (len(where), 1)) + np.cumsum(turns, axis=1)
        steps = step_m * numbers.uniform(0.5, 1.5, heads.shape)
        moves = steps[..., None] * np.stack([np.cos(heads), np.sin(heads)], -1)
        xy = np.concatenate([np.zeros((len(where), 1, 2)), np.cumsum(moves, axis=1)], axis=1)
        found[where] = shapely.linestrings(np.round(starts[where, None] + xy, 3))
    return found
