"""How often the edges of an invalid area cross each other: what its repair costs depends on it."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

SAMPLE = 200
# Of edges whose boxes meet: to look at more takes too long by itself. Each meets its neighbours.
MOST_PAIRS, USUAL = 200_000, 8


def crossings(rings: NDArray[np.object_], most: int) -> int:
    """Return how many times edges of `rings` cross each other; more than `most` may be too few."""
    edges = _edges(rings)
    if not len(edges):
        return 0
    tree = STRtree(edges)
    some = edges[:: max(1, len(edges) // SAMPLE)]
    pairs = len(tree.query(some)[0]) / len(some) * len(edges)
    if pairs > MOST_PAIRS + USUAL * len(edges):
        return most + 1
    return len(tree.query(edges, predicate="crosses")[0]) // 2


def _edges(rings: NDArray[np.object_]) -> NDArray[np.object_]:
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.stack([xy[:-1][same], xy[1:][same]], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object)
