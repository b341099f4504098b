"""The check of one plan against one layer: pure, the same for command line, service and bulk."""

from collections.abc import Iterable, Mapping
from math import hypot
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.linear import Stretch, alongside, point_at, position_m, side_of
from gis.meeting import Meeting, Total, candidates, meetings, total
from gis.probe import Probe
from gis.problem import Text
from gis.relation import Relation
from gis.tolerance import tolerance_m
from layers.layer import Layer, LinearReference
from layers.version import Found, LayerVersion
from service.checks import steps
from service.checks.coverage import Covered
from service.checks.finding import (
    Along,
    Crossed,
    Demand,
    Finding,
    MunicipalShare,
    ObjectFinding,
    Outcome,
    Position,
)
from service.plans.plan import Plan


class Municipality(NamedTuple):
    """One municipality's part of a plan."""

    key: str
    name: str
    ground: BaseGeometry


def probe_for(plan: Plan, layer: Layer, version: LayerVersion | None = None) -> Probe:
    """Return the plan with the tolerance it has against this layer."""
    cost = version.transformation_accuracy_m if version is not None else 0.0
    return Probe(plan.geometry, tolerance_m(hypot(layer.accuracy_m, cost), plan.sigma_m))


def check(
    plan: Plan,
    layer: Layer,
    version: LayerVersion,
    covered: Covered,
    demand: Demand,
    municipalities: Iterable[Municipality] = (),
) -> Finding:
    """Return the finding for `layer`; figures as in `gis.meeting`.

    Raises
    ------
    gis.meeting.UncheckableError, shapely.errors.GEOSException, ValueError
        Where an object cannot be measured. The caller makes it a failed finding.
    """
    probe = probe_for(plan, layer, version)
    found, half_widths = _candidates(probe, layer, version, demand)
    met = list(meetings(probe, found.geometries, half_widths, version.crs, reach_m=demand.reach_m))
    sums = total(probe, met, found.geometries)
    objects = tuple(
        _object(probe, layer, m, found, half_widths, demand)
        for m in met
        if m.relation is not Relation.NEAR or _asked(m, found.attributes[m.index], demand)
    )
    broken = _broken(probe, version, demand)
    return Finding(
        layer=layer,
        outcome=Outcome.FAILED if broken else _outcome(objects, covered),
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
        municipalities=tuple(_by_municipality(probe, sums, municipalities)),
        reason=_reason(broken, covered),
        steps=steps.steps(plan, layer, version, probe, demand, len(found.ids), objects, covered),
    )


def _candidates(
    probe: Probe, layer: Layer, version: LayerVersion, demand: Demand
) -> tuple[Found, np.ndarray[Any, np.dtype[np.float64]]]:
    """Decode what lies near enough to matter; an axis may lie farther off by its half width."""
    widest = 0.0
    if layer.half_width is not None:
        attribute = layer.half_width.attribute or ""
        widest = layer.half_width.of({attribute: version.maximum(attribute)})
    margin = max(demand.reach_m, probe.eps_m) + widest + 1.0
    found = version.objects(candidates(version.bounds, probe.bounds(margin)))
    widths = [layer.half_width.of(a) if layer.half_width else 0.0 for a in found.attributes]
    return found, np.array(widths, dtype=np.float64)


def _asked(meeting: Meeting, attributes: Mapping[str, Any], demand: Demand) -> bool:
    return any(
        ask.met_by(
            meeting.from_points_m
            if ask.from_points and meeting.from_points_m is not None
            else meeting.distance_m,
            attributes,
        )
        for ask in demand.asks
    )


def _outcome(objects: tuple[ObjectFinding, ...], covered: Covered) -> Outcome:
    relations = {o.relation for o in objects}
    if relations & {Relation.OVERLAPS, Relation.NEAR}:
        return Outcome.AFFECTED
    if covered.uncovered is not None:
        return Outcome.NOT_COVERED
    return Outcome.BORDERS if relations else Outcome.CLEAR


def _has_length(probe: Probe, version: LayerVersion) -> bool:
    return 1 in version.dimensions or (probe.axis is not None and 2 in version.dimensions)


def _broken(probe: Probe, version: LayerVersion, demand: Demand) -> list[str]:
    """Name the objects that cannot be checked and may lie within reach of the plan."""
    window = shapely.box(*probe.bounds(max(demand.reach_m, probe.eps_m)))
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


def _by_municipality(
    probe: Probe, sums: Total, municipalities: Iterable[Municipality]
) -> Iterable[MunicipalShare]:
    """Split the layer's overlap by municipality; nothing where only one is touched."""
    towns = list(municipalities)
    if len(towns) < 2 or sums.overlap.is_empty:
        return
    for town in towns:
        inside = shapely.intersection(sums.overlap, town.ground)
        if not inside.is_empty:
            axis = probe.axis
            on_axis = None if axis is None else float(shapely.intersection(axis, inside).length)
            yield MunicipalShare(town.key, town.name, float(inside.area), on_axis)


def _object(
    probe: Probe,
    layer: Layer,
    meeting: Meeting,
    found: Found,
    half_widths: np.ndarray[Any, np.dtype[np.float64]],
    demand: Demand,
) -> ObjectFinding:
    index = meeting.index
    thing, attributes = found.geometries[index], found.attributes[index]
    name = attributes.get(layer.name) if layer.name else None
    kilometres = _Kilometres(layer.linear_reference, thing, attributes)
    inside = tuple(Along(s, kilometres.along(probe.axis, s)) for s in meeting.stretches)
    half = float(half_widths[index])
    return ObjectFinding(
        id=found.ids[index],
        name=str(name) if name else found.ids[index],
        relation=meeting.relation,
        distance_m=meeting.distance_m,
        from_points_m=meeting.from_points_m,
        overlap_m2=meeting.overlap_m2,
        length_m=meeting.length_m,
        share_of_plan=meeting.share_of_plan,
        share_of_object=meeting.share_of_object,
        stretches=inside,
        alongside=tuple(_alongside(probe, thing, half, kilometres, demand)),
        crossings=tuple(Crossed(c, kilometres.at(c)) for c in meeting.crossings),
        attributes=attributes,
        geometry=thing,
        overlap=meeting.overlap,
        half_width_m=half,
    )


def _alongside(
    probe: Probe, thing: BaseGeometry, half: float, kilometres: "_Kilometres", demand: Demand
) -> Iterable[Along]:
    if probe.axis is None or shapely.get_dimensions(thing) != 1:
        return
    for within in demand.alongside_m:
        for stretch in alongside(probe.axis, thing, within_m=within + half):
            yield Along(stretch, kilometres.along(probe.axis, stretch), within)


class _Kilometres:
    """The kilometres of one line object; without a usable reference nothing has a position."""

    def __init__(
        self, reference: LinearReference | None, line: BaseGeometry, attributes: Mapping[str, Any]
    ) -> None:
        self.line = line
        self.section, self.start, self.end = "", None, None
        if reference is not None and shapely.get_dimensions(line) == 1:
            self.section = str(attributes.get(reference.section) or "")
            self.start = _number(attributes.get(reference.start))
            self.end = _number(attributes.get(reference.end))

    def km(self, on_line_m: float) -> float | None:
        """Return the object's kilometre at a place along its line."""
        if self.start is None or self.end is None:
            return None
        return self.start + (self.end - self.start) * on_line_m / float(self.line.length)

    def at(self, crossing: Any) -> Position | None:
        """Return where a crossing is, and from which side the route comes."""
        km = self.km(crossing.on_line_m)
        return km if km is None else Position(self.section, km, None, crossing.side_before)

    def along(self, axis: BaseGeometry | None, stretch: Stretch) -> Position | None:
        """Return which of the object's kilometres a stretch of the route runs along."""
        if axis is None or self.start is None or self.end is None:
            return None
        first, middle, last = (
            point_at(axis, m)
            for m in (stretch.from_m, (stretch.from_m + stretch.to_m) / 2, stretch.to_m)
        )
        ends = sorted(self.km(position_m(self.line, p)) or 0.0 for p in (first, last))
        return Position(self.section, ends[0], ends[1], side_of(self.line, middle))


def _number(value: Any) -> float | None:
    try:
        return float(str(value).replace(",", ".")) if value is not None else None
    except ValueError:
        return None
