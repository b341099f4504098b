"""The axis of a route from the pieces it was drawn in: whole, and in the direction of drawing."""

from itertools import pairwise

import shapely
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from gis.parts import line_strings
from service.plans.plan import Shapes

Step = tuple[tuple[float, float], tuple[float, float]]


def axis_of(shapes: Shapes) -> BaseGeometry:
    """Return lines as one axis; no vertices are added where they cross.

    Pieces that meet end to end are one line, whatever their order and direction. Lines follow
    each other as their first pieces were drawn, each in the direction of its first piece: that
    is where kilometres are counted from.
    """
    drawn = [part for shape in shapes for part in line_strings(shape)]
    if len(drawn) == 1:
        return drawn[0]
    merged = line_strings(shapely.line_merge(MultiLineString(drawn)))
    places = {step: (i, True) for i, line in enumerate(merged) for step in _steps(line)}
    places |= {step: (i, False) for i, line in enumerate(merged) for step in _steps(line.reverse())
               if step not in places}  # fmt: skip
    ahead: dict[int, bool] = {}
    for part in drawn:
        number, same = places[_steps(part)[0]]
        ahead.setdefault(number, same)
    ordered = [merged[i] if same else merged[i].reverse() for i, same in ahead.items()]
    return ordered[0] if len(ordered) == 1 else MultiLineString(ordered)


def _steps(line: LineString) -> list[Step]:
    """Return the ends of the straight pieces of a line, those of no length left out."""
    xy = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
    return [(a, b) for a, b in pairwise(xy) if a != b]
