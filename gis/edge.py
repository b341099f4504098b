"""The edge of a plan, ready for many distances; each the very number GEOS gives for the whole.

`shapely.distance` holds every segment of one shape against every one of the other. The nearest
places, found in the tree that GEOS keeps of a prepared line (`IndexedFacetDistance`), are exact
but for rounding; measuring anew, from the few pieces of the edge within that distance, gives the
same smallest number as measuring from all of them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis.tolerance import SNAP_M

PIECE = 12  # segments
FEW = 3_000  # pairs of vertices; so many are held against each other sooner than looked up


@dataclass(frozen=True)
class Edge:
    """The boundary of an area."""

    ground: BaseGeometry

    @cached_property
    def line(self) -> BaseGeometry:
        """The boundary as lines, prepared."""
        line = self.ground.boundary
        shapely.prepare(line)
        return line

    @cached_property
    def vertices(self) -> int:
        """Number of its vertices."""
        return int(shapely.get_num_coordinates(self.ground))

    @cached_property
    def _pieces(self) -> STRtree:
        found = []
        for line in shapely.get_parts(self.line):
            xy = shapely.get_coordinates(line)
            found += [xy[i : i + PIECE + 1] for i in range(0, len(xy) - 1, PIECE)]
        number = np.repeat(np.arange(len(found)), [len(xy) for xy in found])
        pieces = shapely.linestrings(np.concatenate(found), indices=number)
        return STRtree(np.atleast_1d(np.asarray(pieces)))

    def distances(self, things: NDArray[np.object_]) -> NDArray[np.float64]:
        """Return how far each of `things` lies from the ground, m; none of them touches it."""
        many = shapely.get_num_coordinates(things) * self.vertices > FEW
        found = np.empty(len(things))
        found[~many] = shapely.distance(self.ground, things[~many])
        if many.any():
            found[many] = self._looked_up(things[many])
        return found

    def _looked_up(self, things: NDArray[np.object_]) -> NDArray[np.float64]:
        nearly = shapely.length(shapely.shortest_line(self.line, things))
        which, piece = self._pieces.query(things, predicate="dwithin", distance=nearly + SNAP_M)
        found = np.full(len(things), np.inf)
        apart = shapely.distance(self._pieces.geometries[piece], things[which])
        np.minimum.at(found, which, apart)
        return found

    def farther(
        self, places: NDArray[np.object_], than_m: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Tell of each of `places` whether it lies farther from the edge than its `than_m`."""
        return ~dwithin(self.line, places, than_m)


def dwithin(
    shape: BaseGeometry, things: NDArray[np.object_], within_m: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell of each of `things` whether it lies within its distance of `shape`, inclusive."""
    found: NDArray[np.bool_] = shapely.dwithin(shape, things, within_m)  # type: ignore[call-overload]  # stubs know no array of geometries here
    return found
