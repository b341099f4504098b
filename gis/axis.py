"""A route's axis, taken apart once for all the objects it is held against."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis.crossing import Crossing, crossings_at
from gis.linear import Course, Stretch, course, joined_spans, spans
from gis.parts import line_strings, merged
from gis.tolerance import SNAP_M

Shapes = NDArray[np.object_]
RUN = 24  # segments with a box of their own


@dataclass(frozen=True)
class Axis:
    """One or more lines; figures are those of `gis.linear` and `gis.crossing`."""

    line: BaseGeometry

    @cached_property
    def _pieces(self) -> Course:
        return course(self.line)

    @cached_property
    def _tree(self) -> STRtree:
        return STRtree(self._pieces.shapes)

    @cached_property
    def length_m(self) -> float:
        """Its length, m."""
        return float(self.line.length)

    @cached_property
    def ends(self) -> NDArray[np.object_] | None:
        """Its first and last point where it is one line; None where it is several."""
        whole = merged(self.line)
        single = shapely.get_num_geometries(whole) == 1
        return shapely.get_point(shapely.get_geometry(whole, 0), [0, -1]) if single else None

    def stretches(self, areas: Shapes) -> list[tuple[Stretch, ...]]:
        """Return the stretches inside each area; a piece that lies inside is shared as it is."""
        shapely.prepare(areas)
        of, piece = self._tree.query(areas, predicate="intersects")
        pieces = self._pieces
        whole = shapely.contains_properly(areas[of], pieces.shapes[piece])
        whole &= shapely.length(pieces.shapes[piece]) > SNAP_M
        cut, cut_of = piece[~whole], of[~whole]
        found, index = spans(pieces, cut, shapely.intersection(pieces.shapes[cut], areas[cut_of]))
        every = np.concatenate([pieces.spans[piece[whole]], found])
        of = np.concatenate([of[whole], cut_of[index]])
        order = np.argsort(of, kind="stable")
        ends = np.searchsorted(of[order], np.arange(len(areas) + 1))
        return [joined_spans(every[order[a:b]]) for a, b in pairwise(ends.tolist())]

    def crossings(self, lines: Shapes) -> list[tuple[Crossing, ...]]:
        """Return where it meets each line."""
        of, piece = self._tree.query(lines, predicate="intersects")
        order = np.lexsort((piece, of))
        of, piece = of[order], piece[order]
        ends = np.searchsorted(of, np.arange(len(lines) + 1))
        return [
            crossings_at(self._pieces, piece[first:last], course(line)) if last > first else ()
            for line, (first, last) in zip(lines, pairwise(ends.tolist()), strict=True)
        ]

    def at(self, m: float) -> BaseGeometry:
        """Return the place `m` along it."""
        pieces = self._pieces
        i = max(0, int(np.searchsorted(pieces.starts, m, side="right")) - 1)
        place: BaseGeometry = shapely.line_interpolate_point(pieces.shapes[i], m - pieces.starts[i])
        return place


def run_boxes(axis: BaseGeometry) -> NDArray[np.float64]:
    """Return the boxes of every few segments of lines in a row."""
    found = []
    for line in line_strings(axis):
        xy = shapely.get_coordinates(line)
        firsts = np.arange(0, len(xy) - 1, RUN)
        lasts = np.minimum(firsts + RUN, len(xy) - 1)
        low, high = np.minimum.reduceat(xy, firsts), np.maximum.reduceat(xy, firsts)
        found.append(np.hstack([np.minimum(low, xy[lasts]), np.maximum(high, xy[lasts])]))
    return np.concatenate(found)
