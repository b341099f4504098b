"""The objects a sentence names, each with its figures; those of one name are told as one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import shapely

from gis.footprint import Footprint
from gis.problem import Text
from gis.relation import Relation
from service.checks.finding import Along, Crossed, ObjectFinding
from service.figures import kilometre, metres, percent, square_metres
from service.offices.predicate import distance
from service.offices.rule import Rule
from service.offices.sums import area_m2, length_m, share_of_plan
from service.offices.verdict import Verdict
from service.plans.plan import Plan

NAMED = 3  # as many as a sentence can carry
BRACKETS = re.compile(r" \([^()]*\)$")
WHOLE = 0.9995  # rounds to 100,0 %


@dataclass(frozen=True)
class Group:
    """Objects of one name that a rule met: the sections of one road count as that road."""

    name: str
    rule: Rule
    things: tuple[ObjectFinding, ...]
    geometry: Footprint  # what was measured from
    route: bool
    of_parts: bool
    word: Text  # for more than one of them
    placed: bool  # whether the reader may learn where they are

    @cached_property
    def nearest_m(self) -> float:
        """Distance of the nearest of them, as the rule measures it, m."""
        return min(distance(self.rule, t) for t in self.things)

    @cached_property
    def overlap_m2(self) -> float:
        """Area met, after union, m²."""
        return area_m2(self.things)

    @cached_property
    def share(self) -> float:
        """Share of the plan met; of its axis for a route."""
        return share_of_plan(self.things, self.geometry)

    @cached_property
    def length_m(self) -> float:
        """Length of the route in them, or theirs in the plan, m."""
        return length_m(self.things, self.geometry)


def named(verdict: Verdict, plan: Plan) -> Text:
    """Return the objects behind a hit, the strongest first, with their figures."""
    groups = sorted(_groups(verdict, plan), key=lambda g: (-g.share, g.nearest_m, g.name))
    phrases = [_phrase(group) for group in groups[:NAMED]]
    rest = len(groups) - NAMED
    if rest > 0:
        phrases.append(Text(f"{rest} weitere", f"{rest} more"))
    return Text("; ".join(p.de for p in phrases), "; ".join(p.en for p in phrases))


def _groups(verdict: Verdict, plan: Plan) -> list[Group]:
    by_name: dict[str, list[ObjectFinding]] = {}
    for thing in verdict.objects:
        by_name.setdefault(thing.name, []).append(thing)
    geometry = verdict.geometry or plan.geometry
    roles = {p.role for p in plan.parts}
    route = plan.geometry.length_m is not None
    of_parts = bool(roles & verdict.rule.roles)
    layer = verdict.finding.layer if verdict.finding is not None else None
    placed = verdict.finding is None or verdict.finding.placed
    sections = layer is not None and layer.linear_reference is not None
    word = Text("Abschnitte", "sections") if sections else Text("Objekte", "objects")
    return [
        Group(n, verdict.rule, tuple(t), geometry, route, of_parts, word, placed)
        for n, t in by_name.items()
    ]


def _phrase(group: Group) -> Text:
    figures = [f for make in FIGURES if (f := make(group)) is not None]
    if len(group.things) > 1:
        number = len(group.things)
        figures.insert(0, Text(f"{number} {group.word.de}", f"{number} {group.word.en}"))
    if not figures:
        return Text(group.name, group.name)
    # A name that ends in brackets gets its figures into them, not into a second pair.
    name = f"{group.name[:-1]}, " if BRACKETS.search(group.name) else f"{group.name} ("
    de, en = ", ".join(f.de for f in figures), ", ".join(f.en for f in figures)
    return Text(f"{name}{de})", f"{name}{en})")


def _size(group: Group) -> Text | None:
    """Return how much of the plan is met; nothing where only the distance counts."""
    if group.rule.when.predicate in ("within", "alongside"):
        return None
    length_m = group.length_m
    if group.route and length_m:
        return _pair(_length(length_m), _share(group, Text("Trasse", "route")))
    if group.overlap_m2:
        whole = Text("Planung", "plan")
        if group.of_parts:
            whole = Text("Teilfläche", "part")
        return _pair(square_metres(group.overlap_m2), _share(group, whole))
    if length_m:
        return _length(length_m)
    if any(_is_point_inside(t) for t in group.things):
        return Text("im Plangebiet", "inside the plan")
    return None


def _is_point_inside(thing: ObjectFinding) -> bool:
    return shapely.get_dimensions(thing.geometry) == 0 and thing.relation is Relation.OVERLAPS


def _length(length_m: float) -> Text:
    """Return a length; what is more than nothing is never 0 m."""
    if round(length_m, 1) == 0:
        return Text("auf weniger als 0,1 m", "over less than 0.1 m")
    length = metres(round(length_m, 1))
    return Text(f"auf {length.de}", f"over {length.en}")


def _share(group: Group, whole: Text) -> Text | None:
    if not group.share:
        return None
    if group.share >= WHOLE:
        return Text(f"die ganze {whole.de}", f"the whole {whole.en}")
    share = percent(group.share)
    return Text(f"{share.de} der {whole.de}", f"{share.en} of the {whole.en}")


def _pair(first: Text, second: Text | None) -> Text:
    if second is None:
        return first
    return Text(f"{first.de}, {second.de}", f"{first.en}, {second.en}")


def _crossings(group: Group) -> Text | None:
    if group.rule.when.predicate in ("within", "alongside"):
        return None
    crossed = sorted((c for t in group.things for c in t.crossings), key=lambda c: c.crossing.at_m)
    if not crossed:
        return None
    if not group.placed:
        number = len(crossed)
        return Text(f"{number} × gequert", f"crossed {number} ×")
    phrases = [_crossing(c) for c in crossed[:NAMED]]
    rest = len(crossed) - NAMED
    if rest > 0:
        phrases.append(Text(f"{rest} weitere Querungen", f"{rest} more crossings"))
    return Text(", ".join(p.de for p in phrases), ", ".join(p.en for p in phrases))


def _crossing(crossed: Crossed) -> Text:
    at, angle = kilometre(crossed.crossing.at_m), round(crossed.crossing.angle_deg)
    own_de = own_en = ""
    if crossed.position is not None:
        station = kilometre(crossed.position.from_km * 1000)
        own_de = f" [{crossed.position.section}, {station.de}]"
        own_en = f" [{crossed.position.section}, {station.en}]"
    return Text(
        f"gequert bei {at.de} unter {angle}°{own_de}", f"crossed at {at.en} at {angle}°{own_en}"
    )


def _alongside(group: Group) -> Text | None:
    when = group.rule.when
    if when.predicate != "alongside" or not group.placed:
        return None
    runs = [
        a
        for t in group.things
        for a in t.alongside
        if a.within_m == when.distance_m and a.stretch.length_m >= when.over_m
    ]
    phrases = [_run(a) for a in sorted(runs, key=lambda a: a.stretch.from_m)[:NAMED]]
    return Text(", ".join(p.de for p in phrases), ", ".join(p.en for p in phrases))


def _run(along: Along) -> Text:
    start, end = kilometre(along.stretch.from_m), kilometre(along.stretch.to_m)
    side = along.position.side if along.position else None
    de = {"left": " links", "right": " rechts"}.get(side or "", "")
    en = {"left": " on the left", "right": " on the right"}.get(side or "", "")
    return Text(f"{start.de} bis {end.de}{de}", f"{start.en} to {end.en}{en}")


def _distance(group: Group) -> Text | None:
    away = metres(round(group.nearest_m, 1))
    if group.rule.when.predicate == "within":
        return Text(f"Abstand {away.de}", f"{away.en} away")
    if all(t.relation is Relation.BORDERS for t in group.things) and not group.overlap_m2:
        return Text(
            f"Abstand {away.de}, innerhalb der Lagegenauigkeit",
            f"{away.en} away, within the positional accuracy",
        )
    return None


FIGURES: tuple[Callable[[Group], Text | None], ...] = (_size, _crossings, _alongside, _distance)
