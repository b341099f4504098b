"""Does a finding satisfy a rule's spatial predicate: surely, possibly, or not.

Pure. An object satisfies it possibly where it meets the plan only within the tolerance, or where
an attribute the rule asks for is missing: unknown is not no.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gis.footprint import Footprint
from gis.relation import Relation
from gis.tolerance import FLOOR_M, SNAP_M
from service.checks.finding import Finding, ObjectFinding
from service.checks.run import Ground
from service.offices.rule import Rule, When
from service.offices.sums import area_m2, length_m, share_of_plan

WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Met:
    """What satisfies a predicate: `holds` is True, False or None (possibly); `objects` are those
    that make it so, `context_known` is False where a context area could not be looked at.
    """

    holds: bool | None
    objects: tuple[ObjectFinding, ...] = ()
    context_known: bool = True


def met(rule: Rule, finding: Finding, geometry: Footprint, context: Ground | None) -> Met:
    """Return whether `finding`, measured from `geometry`, satisfies the predicate of `rule`."""
    ground = geometry.ground
    answers = [(o, _both(_where(rule, o), _single(rule, o, geometry))) for o in finding.objects]
    known = True
    if rule.context is not None:
        known = context is not None and context.known_to_m >= rule.when.distance_m
        if context is not None and (known or not rule.context.inside):
            # Being inside areas that are known in part only cannot be ruled out.
            answers = [(o, a) for o, a in answers if _in_context(rule, o, ground, context)]
    sure = tuple(o for o, a in answers if a)
    maybe = tuple(o for o, a in answers if a is None)
    return _whole(rule, finding, geometry, sure, maybe, known)


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _where(rule: Rule, thing: ObjectFinding) -> bool | None:
    return True if rule.where is None else rule.where.matches(thing.attributes)


def distance(rule: Rule, thing: ObjectFinding) -> float:
    """Return the distance the rule asks about: from the edge, or from the points of sites."""
    if rule.from_points and thing.from_points_m is not None:
        return thing.from_points_m
    return thing.distance_m


def _single(rule: Rule, thing: ObjectFinding, geometry: Footprint) -> bool | None:
    """Tell whether one object satisfies the predicate, thresholds aside."""
    overlaps = {Relation.OVERLAPS: True, Relation.BORDERS: None}.get(thing.relation, False)
    match rule.when.predicate:
        case "within":
            return _within(rule.when, distance(rule, thing))
        case "borders":
            return thing.relation is Relation.BORDERS
        case "crosses":
            return _crosses(thing, overlaps, geometry)
        case "contains":
            whole = thing.share_of_object is None or thing.share_of_object >= WHOLE
            return overlaps if whole else False
        case "alongside":
            return _runs_alongside(rule.when, thing, geometry)
        case _:
            return overlaps


def _within(when: When, distance_m: float) -> bool:
    if when.beyond_m is not None and distance_m <= when.beyond_m + SNAP_M:
        return False
    return distance_m <= when.distance_m + SNAP_M


def _crosses(thing: ObjectFinding, overlaps: bool | None, geometry: Footprint) -> bool | None:
    """A route crosses a line where it changes sides, possibly where its corridor meets it; an
    area is crossed where it is met.
    """
    if any(c.crossing.kind == "crosses" for c in thing.crossings):
        return True if overlaps else None
    of_lines = geometry.length_m is not None and shapely.get_dimensions(thing.geometry) == 1
    return None if of_lines and overlaps else overlaps


def _runs_alongside(when: When, thing: ObjectFinding, geometry: Footprint) -> bool | None:
    """A route runs alongside a line within a distance over a length; nobody knows of an area."""
    if geometry.length_m is None:
        return None if thing.distance_m <= when.distance_m + SNAP_M else False
    return any(
        a.within_m == when.distance_m and a.stretch.length_m + SNAP_M >= when.over_m
        for a in thing.alongside
    )


def _in_context(rule: Rule, thing: ObjectFinding, ground: BaseGeometry, context: Ground) -> bool:
    """Tell whether the place of the hit, the plan near the object, is where the rule holds.

    Places narrower than a centimetre are none.
    """
    assert rule.context is not None  # noqa: S101 - the caller has looked
    reach = rule.when.distance_m + thing.half_width_m + FLOOR_M
    place = shapely.intersection(ground, shapely.buffer(thing.geometry, reach))
    if rule.context.inside:
        return bool(shapely.intersects(place, context.shape))
    outside = shapely.difference(place, shapely.buffer(context.shape, FLOOR_M))
    return not outside.is_empty


def _whole(
    rule: Rule,
    finding: Finding,
    geometry: Footprint,
    sure: tuple[ObjectFinding, ...],
    maybe: tuple[ObjectFinding, ...],
    known: bool,
) -> Met:
    match rule.when.predicate:
        case "inside":
            return _inside(geometry.ground, sure, maybe, known)
        case "outside":
            inner = _inside(geometry.ground, sure, maybe, known)
            return Met(None if inner.holds is None else not inner.holds, sure, known)
        case "farther":
            return Met(_nothing_near(rule.when, finding), (), known)
    if sure and _reached(rule.when, sure, geometry):
        return Met(True if known else None, sure + maybe, known)
    if (sure or maybe) and _reached(rule.when, sure + maybe, geometry):
        return Met(None, sure + maybe, known)
    return Met(False, (), known)


def _nothing_near(when: When, finding: Finding) -> bool:
    """Tell whether every object of the layer is farther; those within reach were all measured."""
    return finding.nearest_m is None or finding.nearest_m > when.distance_m + SNAP_M


def _inside(
    ground: BaseGeometry,
    sure: Sequence[ObjectFinding],
    maybe: Sequence[ObjectFinding],
    known: bool,
) -> Met:
    if _covered_by(ground, sure):
        return Met(True, tuple(sure), known)
    if _covered_by(ground, [*sure, *maybe]):
        return Met(None, (*sure, *maybe), known)
    return Met(False, (), known)


def _covered_by(ground: BaseGeometry, things: Sequence[ObjectFinding]) -> bool:
    if not things:
        return False
    areas = shapely.union_all([t.geometry for t in things])
    return bool(shapely.covered_by(ground, shapely.buffer(areas, FLOOR_M)))


def _reached(when: When, things: Sequence[ObjectFinding], geometry: Footprint) -> bool:
    """Tell whether the thresholds are reached, after union."""
    number = sum(map(_places, things)) if when.predicate == "crosses" else len(things)
    return (
        number >= when.min_count
        and (not when.min_m2 or area_m2(things) >= when.min_m2)
        and (not when.min_length_m or length_m(things, geometry) >= when.min_length_m)
        and (not when.min_share or share_of_plan(things, geometry) >= when.min_share)
    )


def _places(thing: ObjectFinding) -> int:
    """Return how often a thing is crossed; an area that is met counts once."""
    return max(1, sum(c.crossing.kind == "crosses" for c in thing.crossings))
