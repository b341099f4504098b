"""What of a plan, and of its overlap with a layer, lies in which municipality.

Found by overlap: a plan's centre may lie in a municipality of which the plan takes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from gis.linear import Stretch, stretches
from gis.meeting import Total
from gis.parts import polygons
from gis.probe import Probe
from service.checks.finding import MunicipalShare


class Municipality(NamedTuple):
    """A municipality, and the part of the plan's ground that lies in it."""

    key: str
    name: str
    shape: BaseGeometry
    ground: BaseGeometry


def share_of(probe: Probe, town: Municipality) -> MunicipalShare:
    """Return what of the plan lies in `town`: of a route also how many metres of its axis."""
    length = None if probe.axis is None else _length(stretches(probe.axis, town.shape))
    return MunicipalShare(town.key, town.name, float(town.ground.area), length)


def by_municipality(
    probe: Probe, sums: Total, drawn: BaseGeometry, towns: Sequence[Municipality]
) -> Iterator[MunicipalShare]:
    """Yield a layer's figures for every municipality; nothing where the plan lies in one only.

    `drawn` are the lines of the objects that overlap.
    """
    if len(towns) < 2:
        return
    for town in towns:
        inside = shapely.intersection(sums.overlap, town.ground)
        # Of an area that ends at a border only the border lies in the next municipality.
        whole = shapely.get_dimensions(inside) == shapely.get_dimensions(sums.overlap)
        if whole and not inside.is_empty:
            area = float(shapely.union_all(polygons(inside)).area)
            length = _metres(probe, sums, drawn, town)
            yield MunicipalShare(town.key, town.name, area, length)


def _metres(probe: Probe, sums: Total, drawn: BaseGeometry, town: Municipality) -> float | None:
    if probe.axis is not None and sums.stretches:
        return _length(_common(sums.stretches, stretches(probe.axis, town.shape)))
    if drawn.is_empty:
        return None
    return float(shapely.intersection(drawn, town.ground).length)


def _common(first: Iterable[Stretch], second: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield what lies in stretches of both, neither of which overlap among themselves."""
    for one in first:
        for other in second:
            start, end = max(one.from_m, other.from_m), min(one.to_m, other.to_m)
            if start < end:
                yield Stretch(start, end)


def _length(pieces: Iterable[Stretch]) -> float:
    return float(sum(piece.length_m for piece in pieces))
