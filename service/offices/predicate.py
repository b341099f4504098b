"""Does a finding satisfy a rule's spatial predicate: surely, possibly, or not.

Pure. An object satisfies it possibly where it meets the plan only within the tolerance, or where
an attribute the rule asks for is missing: unknown is not no.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gis.relation import Relation
from gis.tolerance import FLOOR_M, SNAP_M
from service.checks.finding import Finding, ObjectFinding
from service.checks.run import Ground
from service.offices.rule import Rule, When

WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Met:
    """What satisfies a predicate: `holds` is True, False or None (possibly); `objects` are those
    that make it so, `context_known` is False where a context area could not be looked at.
    """

    holds: bool | None
    objects: tuple[ObjectFinding, ...] = ()
    context_known: bool = True


def met(rule: Rule, finding: Finding, ground: BaseGeometry, context: Ground | None) -> Met:
    """Return whether `finding` satisfies the predicate of `rule` for a plan on `ground`."""
    answers = [(o, _both(_where(rule, o), _single(rule, o))) for o in finding.objects]
    known = True
    if rule.context is not None:
        known = context is not None and context.known_to_m >= rule.when.distance_m
        if context is not None:
            answers = [(o, a) for o, a in answers if _in_context(rule, o, ground, context)]
    sure = tuple(o for o, a in answers if a)
    maybe = tuple(o for o, a in answers if a is None)
    return _whole(rule, finding, ground, sure, maybe, known)


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


def _single(rule: Rule, thing: ObjectFinding) -> bool | None:
    """Tell whether one object satisfies the predicate, thresholds aside."""
    overlaps = {Relation.OVERLAPS: True, Relation.BORDERS: None}.get(thing.relation, False)
    match rule.when.predicate:
        case "within" | "farther":
            return distance(rule, thing) <= rule.when.distance_m + SNAP_M
        case "borders":
            return thing.relation is Relation.BORDERS
        case "crosses":
            return _crosses(thing, overlaps)
        case "contains":
            whole = thing.share_of_object is None or thing.share_of_object >= WHOLE
            return overlaps if whole else False
        case "alongside":
            return _runs_alongside(rule.when, thing)
        case _:
            return overlaps


def _crosses(thing: ObjectFinding, overlaps: bool | None) -> bool | None:
    """A route crosses a line where it changes sides; an area or a strip where it overlaps."""
    if not thing.crossings:
        return overlaps
    if any(c.crossing.kind == "crosses" for c in thing.crossings):
        return True if overlaps else None
    return None


def _runs_alongside(when: When, thing: ObjectFinding) -> bool:
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
    ground: BaseGeometry,
    sure: tuple[ObjectFinding, ...],
    maybe: tuple[ObjectFinding, ...],
    known: bool,
) -> Met:
    match rule.when.predicate:
        case "inside":
            return _inside(ground, sure, maybe, known)
        case "outside":
            inner = _inside(ground, sure, maybe, known)
            return Met(None if inner.holds is None else not inner.holds, sure, known)
        case "farther":
            return Met(None if maybe and not sure else not sure, sure + maybe, known)
    if sure and _reached(rule.when, sure):
        return Met(True if known else None, sure + maybe, known)
    if (sure or maybe) and _reached(rule.when, sure + maybe):
        return Met(None, sure + maybe, known)
    return Met(False, (), known)


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


def _reached(when: When, things: Sequence[ObjectFinding]) -> bool:
    """Tell whether the thresholds are reached, after union."""
    if when.predicate == "crosses":
        places = sum(max(1, len(t.crossings)) for t in things)
        return places >= when.min_count
    if len(things) < when.min_count:
        return False
    area = shapely.union_all([t.overlap for t in things]).area if when.min_m2 else 0.0
    length = sum(t.length_m or 0.0 for t in things)
    share = min(1.0, sum(t.share_of_plan for t in things))
    return bool(area >= when.min_m2 and length >= when.min_length_m and share >= when.min_share)
