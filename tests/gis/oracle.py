"""The verdict a second time, from the words of the definition and in the most literal way.

An overlap counts when the plan meets the object eroded by eps, or the object meets the plan eroded
by eps, or one lies inside the other, or a line or narrow strip passes through (either side minus
the other falls into more parts), or a route's axis runs inside or crosses; a point counts when it
lies in the plan. What is left of contact is what a shift by eps would undo.

Erosion here is taking away everything near the edge, a shift is really made, in all directions.
`must` and `may` leave open what the words leave open: 2 % of eps, since circles are polygons here;
long shallow contacts between one and two eps deep, since two boundaries wiggle by that much where
they are the same; and pieces that fall apart though a shift would undo the contact.
"""

from math import cos, pi, sin

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from gis.footprint import Footprint, Route, Sites

OPEN = 0.02
HAIR_M = 1e-5


def must_overlap(plan: Footprint, thing: BaseGeometry, eps: float) -> bool:
    """Tell whether nobody could doubt that the two overlap."""
    ground = shapely.union_all(plan.footprint)
    more = eps * (1 + OPEN)
    for piece in shapely.get_parts(thing):
        if _is_point(piece):
            if ground.intersects(piece):
                return True
            continue
        deep = more if _compact(ground.intersection(piece)) else 2 * more
        if ground.intersects(_eroded(piece, deep)) or piece.intersects(_eroded(ground, deep)):
            return True
        if not ground.intersects(piece):
            continue
        if piece.covered_by(ground) or any(p.covered_by(piece) for p in shapely.get_parts(ground)):
            return True
        if _falls_apart(ground, piece, more) and not _shift_undoes(ground, piece, eps):
            return True
        if isinstance(plan, Route) and _axis_must(plan.axis, piece, more):
            return True
    return False


def may_overlap(plan: Footprint, thing: BaseGeometry, eps: float) -> bool:
    """Tell whether any of the words can be read so that the two overlap."""
    ground = shapely.union_all(plan.footprint)
    return any(
        ground.distance(piece) <= HAIR_M
        and (
            _is_point(piece)
            or _may_reach(ground, piece, eps * (1 - OPEN))
            or (isinstance(plan, Route) and plan.axis.intersects(piece))
            or (isinstance(plan, Sites) and plan.points.intersects(piece))
        )
        for piece in shapely.get_parts(thing)
    )


def _may_reach(ground: BaseGeometry, piece: BaseGeometry, eps: float) -> bool:
    if ground.intersects(_eroded(piece, eps)) or piece.intersects(_eroded(ground, eps)):
        return True
    grown = piece.buffer(HAIR_M)
    if piece.covered_by(ground.buffer(HAIR_M)):
        return True
    if any(part.covered_by(grown) for part in shapely.get_parts(ground)):
        return True
    if _falls_apart(ground, piece, eps) or _falls_apart_here(ground, piece, eps):
        return True
    line = shapely.get_dimensions(piece) == 1
    return bool(line and piece.intersection(ground).length > 2 * eps)


def truly_overlap(plan: Footprint, thing: BaseGeometry, eps: float) -> bool:
    """Tell whether a disc of radius eps fits into what plan and object share."""
    shared = shapely.intersection(shapely.union_all(plan.footprint), thing)
    for part in shapely.get_parts(shared):
        if shapely.get_dimensions(part) == 2 and part.area > pi * eps**2:
            tolerance = max(eps / 100, 1e-3)
            disc = shapely.maximum_inscribed_circle(part, tolerance=tolerance)
            if disc.length > eps + tolerance:
                return True
    return False


def _is_point(piece: BaseGeometry) -> bool:
    return piece.geom_type == "Point"


def _eroded(shape: BaseGeometry, eps: float) -> BaseGeometry:
    """Return what lies at least eps from the edge; lines and points have nothing but edge."""
    if shapely.get_dimensions(shape) < 2:
        return shapely.Polygon()
    return shape.difference(shape.boundary.buffer(eps))


def _compact(shared: BaseGeometry) -> bool:
    """Tell whether what is shared is one area about as long as it is wide."""
    if shared.geom_type != "Polygon" or shared.is_empty:
        return False
    xy = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shared))
    sides = [float(shapely.Point(xy[i]).distance(shapely.Point(xy[i + 1]))) for i in (0, 1)]
    return max(sides) < 1.3 * min(sides)


def _falls_apart(ground: BaseGeometry, piece: BaseGeometry, eps: float) -> bool:
    grounds = shapely.get_parts(ground)
    return _parts_beyond(piece, ground, eps) > 1 or any(
        _parts_beyond(part, piece, eps) > 1 for part in grounds
    )


def _falls_apart_here(ground: BaseGeometry, piece: BaseGeometry, eps: float) -> bool:
    """Tell the same of what lies near the other side only: a ring is a strip where it is met."""
    near_plan = piece.intersection(shapely.box(*ground.buffer(4 * eps).bounds))
    near_object = ground.intersection(shapely.box(*piece.buffer(4 * eps).bounds))
    return any(
        _falls_apart(part, other, eps)
        for part in shapely.get_parts(near_object)
        for other in shapely.get_parts(near_plan)
    )


def _parts_beyond(shape: BaseGeometry, by: BaseGeometry, eps: float) -> int:
    """Count the pieces that `by` leaves of `shape` and that reach farther from it than eps."""
    near = by.buffer(eps)
    pieces = [p for p in shapely.get_parts(shape.difference(by)) if not p.is_empty]
    return sum(not p.difference(near).is_empty for p in pieces)


def _shift_undoes(ground: BaseGeometry, piece: BaseGeometry, eps: float) -> bool:
    """Tell whether every contact goes away for some shift of at most eps."""
    contacts = shapely.get_parts(ground.intersection(piece).buffer(HAIR_M))
    return all(
        _undone(ground, piece, contact, eps if _compact(contact) else 2 * eps)
        for contact in contacts
    )


def _undone(ground: BaseGeometry, piece: BaseGeometry, contact: BaseGeometry, eps: float) -> bool:
    near = ground.intersection(contact.buffer(eps))
    for step in (0.25, 0.5, 0.75, 1.0):
        for i in range(24):
            by = eps * step
            angle = i * pi / 12
            moved = affinity.translate(piece, by * cos(angle), by * sin(angle))
            if moved.distance(near) > 0:
                return True
    return False


def _axis_must(axis: BaseGeometry, piece: BaseGeometry, eps: float) -> bool:
    if shapely.get_dimensions(piece) < 2 or not axis.intersects(_eroded(piece, 0.011)):
        return False  # on the very edge is not inside
    return bool(axis.covered_by(piece)) or _parts_beyond(axis, piece, eps) > 1
