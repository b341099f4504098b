"""The check of one plan against one layer: pure, the same for command line, service and bulk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.linear import alongside
from gis.meeting import Meeting, Total, UncheckableError, candidates, meetings, total
from gis.parts import lines
from gis.probe import Probe
from gis.problem import Text
from gis.relation import Relation
from gis.tolerance import SNAP_M
from layers.layer import Layer
from layers.version import Found, LayerVersion
from service.checks import steps
from service.checks.coverage import Covered
from service.checks.finding import (
    Along,
    Beside,
    Crossed,
    Demand,
    Finding,
    MunicipalShare,
    ObjectFinding,
    Outcome,
)
from service.checks.kilometres import Kilometres
from service.checks.municipality import Municipality, by_municipality
from service.checks.survey import Sighted, Survey
from service.checks.tolerance import eps_of
from service.plans.plan import Plan


def probe_for(plan: Plan, layer: Layer, version: LayerVersion | None = None) -> Probe:
    """Return the plan with the tolerance it has against this layer."""
    return Probe(plan.geometry, eps_of(plan, layer, version))


def check(
    plan: Plan,
    layer: Layer,
    version: LayerVersion,
    covered: Covered,
    demand: Demand,
    municipalities: Sequence[Municipality] = (),
    survey: Survey | None = None,
) -> Finding:
    """Return the finding for `layer`; figures as in `gis.meeting`. What was found out of the
    layer together with others (`survey`) is not looked for again.

    Raises
    ------
    gis.meeting.UncheckableError, shapely.errors.GEOSException, ValueError
        Where an object cannot be measured. The caller makes it a failed finding.
    """
    probe = probe_for(plan, layer, version) if survey is None else survey.probe
    _require_somewhere(probe)
    seen = survey or _surveyed(probe, layer, version, demand)
    met, sums, found = seen.met, seen.total(), seen.found
    objects = tuple(_objects(probe, layer, met, found, seen.half_widths_m, demand)) if met else ()
    asked = bool(objects) and any(_asked(thing, probe, demand) for thing in objects)
    broken = broken_near(probe, version, demand.reach_m)
    return Finding(
        layer=layer,
        outcome=Outcome.FAILED if broken else _outcome(objects, covered, asked),
        version=version.sha256,
        overlap_m2=sums.overlap_m2 if 2 in version.dimensions or layer.half_width else None,
        share_of_plan=sums.share_of_plan,
        length_m=sums.length_m if _has_length(probe, version) else None,
        objects=objects,
        nearest_m=sums.nearest_m,
        stretches=sums.stretches,
        uncovered=covered.uncovered,
        uncovered_share=covered.uncovered_share,
        covered_to_m=covered.to_m,
        coverage=covered.declared,
        municipalities=_by_municipality(probe, sums, objects, municipalities),
        reason=_reason(broken, covered),
        steps=steps.steps(plan, layer, version, probe, demand, seen.looked_at, objects, covered),
    )


def _require_somewhere(probe: Probe) -> None:
    """Raise where a plan is nowhere: nothing would be found near it, and nothing be clear."""
    if not probe.plan.placed:
        raise UncheckableError("the plan has no finite place")


@dataclass(frozen=True)
class _Plain:
    """What `Survey` holds, by the definition: all objects in the window, one after the other."""

    probe: Probe
    looked_at: int
    found: Found
    half_widths_m: np.ndarray[Any, np.dtype[np.float64]]
    met: Sequence[Meeting]

    def total(self) -> Total:
        return total(self.probe, self.met, self.found.geometries)


def _surveyed(probe: Probe, layer: Layer, version: LayerVersion, demand: Demand) -> _Plain:
    """Decode what lies near enough to matter; an axis may lie farther off by its half width."""
    widest = 0.0
    if layer.half_width is not None:
        attribute = layer.half_width.attribute or ""
        widest = layer.half_width.of({attribute: version.maximum(attribute)})
    margin = max(demand.reach_m, probe.eps_m) + widest + 1.0
    found = version.objects(candidates(version.bounds, probe.bounds(margin)))
    widths = [layer.half_width.of(a) if layer.half_width else 0.0 for a in found.attributes]
    half = np.array(widths, dtype=np.float64)
    met = list(meetings(probe, found.geometries, half, version.crs, reach_m=demand.reach_m))
    return _Plain(probe, len(found.ids), found, half, met)


def _by_municipality(
    probe: Probe,
    sums: Total,
    objects: tuple[ObjectFinding, ...],
    municipalities: Sequence[Municipality],
) -> tuple[MunicipalShare, ...]:
    if len(municipalities) < 2:
        return ()
    drawn = shapely.union_all([lines(o.geometry) for o in objects if _overlaps(o)])
    return tuple(by_municipality(probe, sums, drawn, municipalities))


def _objects(
    probe: Probe,
    layer: Layer,
    met: Iterable[Meeting],
    found: Found | Sighted,
    half_widths: np.ndarray[Any, np.dtype[np.float64]],
    demand: Demand,
) -> Iterator[ObjectFinding]:
    """Yield what meets the plan; of what is only near, what some rule asks for."""
    for meeting in met:
        thing = _object(probe, layer, meeting, found, half_widths, demand)
        if meeting.relation is not Relation.NEAR or _asked(thing, probe, demand):
            yield thing


def _asked(thing: ObjectFinding, probe: Probe, demand: Demand) -> bool:
    """Tell whether a rule asks for an object at this distance, or for what runs beside it."""
    from_points = thing.distance_m if thing.from_points_m is None else thing.from_points_m
    return any(
        ask.met_by(from_points if ask.from_points else thing.distance_m, thing.attributes)
        for ask in demand.asks
    ) or any(_beside(thing, probe, beside) for beside in demand.alongside)


def _beside(thing: ObjectFinding, probe: Probe, beside: Beside) -> bool:
    """Tell whether an object runs alongside; without an axis of the plan, whether it might."""
    if probe.axis is None:
        return thing.distance_m <= beside.within_m + SNAP_M
    return any(
        a.within_m == beside.within_m and a.stretch.length_m + SNAP_M >= beside.over_m
        for a in thing.alongside
    )


def _overlaps(thing: ObjectFinding) -> bool:
    return thing.relation is Relation.OVERLAPS


def _outcome(objects: tuple[ObjectFinding, ...], covered: Covered, asked: bool) -> Outcome:
    """Return the outcome; what only borders is affected all the same within an asked distance."""
    if asked or any(map(_overlaps, objects)):
        return Outcome.AFFECTED
    if covered.uncovered is not None:
        return Outcome.NOT_COVERED
    return Outcome.BORDERS if objects else Outcome.CLEAR


def _has_length(probe: Probe, version: LayerVersion) -> bool:
    return 1 in version.dimensions or (probe.axis is not None and 2 in version.dimensions)


def broken_near(probe: Probe, version: LayerVersion, reach_m: float) -> list[str]:
    """Name the objects that cannot be checked and may lie within reach of the plan."""
    if not version.broken:
        return []
    window = shapely.box(*probe.bounds(max(reach_m, probe.eps_m)))
    return [
        b.id
        for b in version.broken
        if b.bounds is None or window.intersects(shapely.box(*b.bounds))
    ]


def _reason(broken: list[str], covered: Covered) -> Text | None:
    if broken:
        names = ", ".join(broken[:5])
        return Text(
            f"{len(broken)} fehlerhafte Objekte im Prüfbereich, von Hand zu prüfen: {names}",
            f"{len(broken)} faulty objects within reach, to be checked by hand: {names}",
        )
    if covered.uncovered is not None:
        percent = f"{100 * covered.uncovered_share:.1f}"
        return Text(
            f"{percent.replace('.', ',')} % der Planung liegen außerhalb des Erfassungsgebiets.",
            f"{percent} % of the plan lies outside the area the data cover.",
        )
    return None


def _object(
    probe: Probe,
    layer: Layer,
    meeting: Meeting,
    found: Found | Sighted,
    half_widths: np.ndarray[Any, np.dtype[np.float64]],
    demand: Demand,
) -> ObjectFinding:
    index = meeting.index
    thing = found.geometries[index]
    number, attributes = found.row(index)
    name = attributes.get(layer.name) if layer.name else None
    kilometres = Kilometres(layer.linear_reference, thing, attributes)
    inside = tuple(Along(s, kilometres.along(probe.axis, s)) for s in meeting.stretches)
    half = float(half_widths[index])
    return ObjectFinding(
        id=number,
        name=str(name) if name else number,
        relation=meeting.relation,
        distance_m=meeting.distance_m,
        from_points_m=meeting.from_points_m,
        overlap_m2=meeting.overlap_m2,
        length_m=meeting.length_m,
        share_of_plan=meeting.share_of_plan,
        share_of_object=meeting.share_of_object,
        stretches=inside,
        alongside=tuple(_alongside(probe, thing, half, kilometres, demand))
        if demand.alongside
        else (),
        crossings=tuple(Crossed(c, kilometres.at(c)) for c in meeting.crossings),
        attributes=attributes,
        geometry=thing,
        overlap=meeting.overlap,
        half_width_m=half,
    )


def _alongside(
    probe: Probe, thing: BaseGeometry, half: float, kilometres: Kilometres, demand: Demand
) -> Iterable[Along]:
    if probe.axis is None or shapely.get_dimensions(thing) != 1:
        return
    # From edge to edge: half the width of the object and half of the corridor come on top.
    wide = half + getattr(probe.plan, "width_m", 0.0) / 2
    for within in dict.fromkeys(beside.within_m for beside in demand.alongside):
        for stretch in alongside(probe.axis, thing, within_m=within + wide):
            yield Along(stretch, kilometres.along(probe.axis, stretch), within)
