"""What several objects come to together, after union: nothing counts twice."""

from collections.abc import Iterable, Sequence

import shapely

import gis.meeting
from gis.footprint import Footprint
from gis.linear import joined
from gis.parts import lines, polygons
from gis.probe import Probe
from gis.tolerance import FLOOR_M
from service.checks.finding import ObjectFinding


def area_m2(things: Sequence[ObjectFinding]) -> float:
    """Return the area of the plan that the objects meet, m²."""
    if len(things) == 1:
        return float(things[0].overlap.area)
    return float(shapely.union_all([t.overlap for t in things]).area)


def share_of_plan(things: Sequence[ObjectFinding], geometry: Footprint) -> float:
    """Return which share of the plan the objects meet, as `gis.meeting.share_of_plan`."""
    if len(things) == 1:
        return min(1.0, things[0].share_of_plan)
    united = shapely.union_all([t.overlap for t in things])
    probe = Probe(geometry, FLOOR_M)
    met = united if probe.points is not None else shapely.union_all(polygons(united))
    return min(1.0, gis.meeting.share_of_plan(probe, met, _axis_inside_m(things)))


def length_m(things: Sequence[ObjectFinding], geometry: Footprint) -> float:
    """Return how long a route runs inside the objects; without a route or without areas, how
    long the objects run inside the plan, m.
    """
    if geometry.length_m is not None and any(t.overlap_m2 is not None for t in things):
        return _axis_inside_m(things)
    drawn = shapely.union_all([lines(t.geometry) for t in things])
    return float(shapely.intersection(drawn, geometry.ground).length)


def _axis_inside_m(things: Iterable[ObjectFinding]) -> float:
    return float(sum(s.length_m for s in joined([a.stretch for t in things for a in t.stretches])))
