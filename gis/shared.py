"""What objects share with a plan, and of which of them it is plain that they overlap it.

Both exactly as `gis.meeting` and `gis.relation` have it, only sooner: what lies inside need not
be cut, what lies all around need be cut once, and where a disc as wide as the tolerance fits in,
no edge needs to be told from a dip.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryCollection
from shapely.geometry.base import BaseGeometry

from gis.contact import LONG, SAMPLES
from gis.edge import Edge
from gis.probe import Probe

Shapes = NDArray[np.object_]
Flags = NDArray[np.bool_]
POINT, LINE, AREA = 0, 1, 3  # types of shapely
NOTHING = GeometryCollection()
SURE_M = 1e-3  # more than rounding anywhere moves an edge
HAIR_M = 0.011  # more than the floor of all tolerances
LOOKED_AT = 8  # vertices of a line
FEW = 500  # vertices of what is eroded to see whether anything is left


def overlaps_of(things: Shapes, ground: BaseGeometry, inside: Flags) -> Shapes:
    """Return what each of `things` shares with `ground`, in which those `inside` lie properly.

    GEOS gives an area that lies inside with its ring clockwise, begun at the second vertex, and a
    line as it is; so do we, without asking.
    """
    found: Shapes = np.empty(len(things), dtype=object)
    kinds = shapely.get_type_id(things)
    rings = inside & (kinds == AREA) & ~shapely.has_z(things)
    rings &= shapely.get_num_interior_rings(things) == 0
    lines = inside & (kinds == LINE)
    lines[lines] = shapely.is_simple(things[lines]) & ~shapely.is_closed(things[lines])
    for ours, make in ((rings, _begun_later), (lines, _as_they_are)):
        ours[ours] &= ~_repeats(things[ours])
        found[ours] = make(things[ours])
    points = inside & (kinds == POINT)
    found[points] = things[points]
    rest = ~(rings | lines | points)
    found[rest] = shapely.intersection(things[rest], ground)
    return found


def enclosing(things: Shapes, ground: BaseGeometry) -> Flags:
    """Tell which of `things` (all touch `ground`, which is prepared) hold it in their interior."""
    boxes, around = shapely.bounds(things), shapely.bounds(ground)
    larger = np.hstack([boxes[:, :2] < around[:2], boxes[:, 2:] > around[2:]])
    found: Flags = np.asarray(larger.all(axis=1))
    found &= (shapely.get_dimensions(things) == 2) & ~shapely.has_z(things)
    if shapely.get_num_geometries(ground) > 1:
        found[found] = shapely.contains_properly(things[found], ground)
    else:
        found[found] = ~shapely.intersects(ground, shapely.boundary(things[found]))
    return found


def whole(ground: BaseGeometry) -> BaseGeometry:
    """Return what `ground` shares with whatever encloses it: itself, as GEOS gives it."""
    left, bottom, right, top = ground.bounds
    around = shapely.box(left - 1, bottom - 1, right + 1, top + 1)
    found: BaseGeometry = overlaps_of(np.array([ground]), around, np.array([True]))[0]
    return found


def _as_they_are(things: Shapes) -> Shapes:
    return things


def _begun_later(areas: Shapes) -> Shapes:
    """Return areas of one ring each, every ring clockwise and begun at its second vertex."""
    turned = shapely.orient_polygons(areas, exterior_cw=True)
    xy, ring = shapely.get_coordinates(turned, return_index=True)
    counts = np.bincount(ring, minlength=len(areas))
    order = np.arange(len(xy)) + 1
    lasts = np.cumsum(counts) - 1
    order[lasts] = lasts - counts + 2
    return np.asarray(shapely.polygons(shapely.linearrings(xy[order], indices=ring)))


def _repeats(things: Shapes) -> Flags:
    """Tell of each whether two vertices in a row are one, of which GEOS would leave out one."""
    xy, of = shapely.get_coordinates(things, return_index=True)
    same = (np.diff(xy, axis=0) == 0).all(axis=1) & (np.diff(of) == 0)
    found: Flags = np.bincount(of[1:][same], minlength=len(things)) > 0
    return found


def surely(probe: Probe, edge: Edge, shared: Shapes, eps_m: NDArray[np.float64]) -> Flags:
    """Tell which of `shared` (parts that are areas or lines) are wider or run deeper than the
    tolerance, each its own, so that nothing else needs to be asked.
    """
    parts, of = shapely.get_parts(shared, return_index=True)
    kinds = shapely.get_type_id(parts)
    found = np.zeros(len(shared), dtype=bool)
    areas = kinds == AREA
    found[of[areas][_hold_discs(parts[areas], eps_m[of[areas]])]] = True
    lines = kinds == LINE
    if lines.any():
        lengths = np.bincount(of, weights=shapely.length(parts), minlength=len(shared))
        deep = _run_deep(parts[lines], edge, eps_m[of[lines]], lengths[of[lines]])
        found[of[lines][deep]] = True
    return found


def _hold_discs(areas: Shapes, eps_m: NDArray[np.float64]) -> Flags:
    """Tell of each whether a disc as wide as the tolerance is seen to fit in."""
    middles = shapely.point_on_surface(areas)
    found: Flags = shapely.distance(middles, shapely.boundary(areas)) >= eps_m + SURE_M
    unsure = ~found & (shapely.area(areas) > 3.2 * eps_m**2)
    unsure &= shapely.get_num_coordinates(areas) <= FEW
    # Arcs are drawn as polygons, so that less than asked for may be taken away: never 1 %.
    left = shapely.buffer(areas[unsure], -(1.01 * eps_m[unsure] + SURE_M))
    found[unsure] = ~shapely.is_empty(left)
    return found


def _run_deep(
    lines: Shapes, edge: Edge, eps_m: NDArray[np.float64], lengths_m: NDArray[np.float64]
) -> Flags:
    """Tell of each whether it runs deeper than the tolerance and is no dip: it is too short for
    one, or deeper than one could be. Looked at is its middle, near which one of the samples of
    `gis.contact` lies, then its vertices, which are among them.
    """
    deep = np.minimum(2 * eps_m, np.maximum(eps_m, lengths_m / LONG))
    deep += SURE_M
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    found = edge.farther(middles, deep + lengths_m / SAMPLES)
    rest = np.flatnonzero(~found)
    for step in range(1, LOOKED_AT + 1):
        vertex = shapely.get_num_points(lines[rest]) * step // (LOOKED_AT + 1)
        places = shapely.get_point(lines[rest], vertex)
        hit = edge.farther(places, deep[rest])
        found[rest[hit]] = True
        rest = rest[~hit]
    return found


def united(shapes: Shapes) -> BaseGeometry:
    """Return the union, which of a single area or line that GEOS has made is itself."""
    if not len(shapes):
        return NOTHING
    if len(shapes) == 1 and shapely.get_type_id(shapes[0]) in (POINT, LINE, AREA):
        alone: BaseGeometry = shapes[0]
        return alone
    return shapely.disjoint_subset_union_all(shapes)
