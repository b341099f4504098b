"""Whether a line plainly passes through a corridor, so that the definition need not be asked.

`gis.contact.passes` asks two things, and both follow from what lies in a box around one crossing
of line and axis. The line goes on: it is one way through the box, inside the corridor only at
this crossing, and leaves the box on both sides farther off than the tolerance. It does more than
graze: two places on the axis, one on either side of the line, lie farther from it than the
tolerance; a box is convex, so neither can be reached from the other side any nearer.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.axis import Axis
from gis.contact import LONG, SAMPLES
from gis.crossing import Crossing
from gis.edge import Edge
from gis.tolerance import SNAP_M

SPARE_M = 0.05  # more than closing cracks of 1 cm moves an edge
ASIDE = 1.48  # tolerances; the definition looks 1.5 of them around a contact
AROUND = 1.6


def passes_through(
    line: BaseGeometry,
    shared: BaseGeometry,
    met: Sequence[Crossing],
    axis: Axis,
    edge: Edge,
    eps_m: float,
) -> bool:
    """Tell whether `line`, which shares `shared` with the ground of which `edge` is the boundary
    and meets the `axis` as in `met`, plainly passes through; False means that it is not known.
    """
    if not isinstance(line, shapely.LineString) or line.is_closed:
        return False
    return any(_passes(line, shared, met, c, axis, edge, eps_m) for c in met if c.kind == "crosses")


def _passes(
    line: BaseGeometry,
    shared: BaseGeometry,
    met: Sequence[Crossing],
    crossing: Crossing,
    axis: Axis,
    edge: Edge,
    eps_m: float,
) -> bool:
    place, aside = crossing.point, ASIDE * eps_m
    near = [c for c in met if abs(c.at_m - crossing.at_m) <= aside]
    if len(near) > 1 or crossing.from_axis_end_m <= aside:
        return False
    parts = shapely.get_parts(shared)
    here = shapely.dwithin(parts, place, SNAP_M)
    length = float(shapely.length(parts[here]).sum())
    # No dip: one of the samples of `gis.contact` lies this near to the crossing.
    deep = length / LONG + length / SAMPLES + SPARE_M
    half = length + AROUND * eps_m + SPARE_M
    box = _box(place, half)
    if here.sum() != 1 or shapely.intersects(parts[~here], box).any():
        return False
    way = shapely.intersection(line, box)
    if not isinstance(way, shapely.LineString) or not way.is_simple:
        return False
    ends = shapely.get_point(way, [0, -1])
    out = np.abs(shapely.get_coordinates(ends) - (place.x, place.y)).max(axis=1)
    sides = [axis.at(crossing.at_m + by) for by in (-aside, aside)]
    return bool(
        (out >= half - SNAP_M).all()
        and not shapely.dwithin(edge.line, place, deep)
        and not shapely.dwithin(edge.ground, ends, eps_m + SPARE_M).any()
        and not shapely.dwithin(way, sides, eps_m + SPARE_M).any()
        and shapely.covered_by(box, _box_of(edge.ground, 4 * eps_m))
    )


def _box(place: shapely.Point, half_m: float) -> BaseGeometry:
    x, y = place.x, place.y
    return shapely.box(x - half_m, y - half_m, x + half_m, y + half_m)


def _box_of(ground: BaseGeometry, margin_m: float) -> BaseGeometry:
    left, bottom, right, top = ground.bounds
    return shapely.box(left - margin_m, bottom - margin_m, right + margin_m, top + margin_m)
