"""The report as plain data: findings, offices, what is open, and where it all came from.

Figures are rounded here and nowhere else: 0.1 mm, 1 cm², 1e-9 of a share. Nothing in it depends
on the clock or the machine, so the same inputs give the same bytes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gis.linear import Stretch
from gis.problem import Text
from layers.catalogue import Catalogue
from service.checks.finding import Along, Crossed, Finding, MunicipalShare, ObjectFinding, Position
from service.checks.run import Evidence
from service.offices.decide import Cleared, Decision, Involvement, Reason, Unresolved
from service.plans.plan import Plan
from service.report.audience import INTERNAL, Audience, withheld_layers
from service.report.provenance import provenance

DISCLAIMER = Text(
    "Unverbindliche Vorprüfung, keine Zusicherung (§ 38 VwVfG). Kein Treffer heißt: kein "
    "Anhaltspunkt nach vorliegenden Daten.",
    "Non-binding preliminary check, no assurance (§ 38 VwVfG). No hit means: no indication in the "
    "data at hand.",
)

WITHHELD = Text(
    "Daten mit beschränktem Zugang prüft diese Stelle selbst; ob sie betroffen ist, sagt dieser "
    "Bericht nicht.",
    "This office examines data with restricted access itself; whether it is affected is not said "
    "in this report.",
)

Json = dict[str, Any]


def report(
    evidence: Evidence,
    decision: Decision,
    catalogue: Catalogue,
    *,
    language: str = "de",
    as_of: str | None = None,
    audience: Audience = INTERNAL,
) -> Json:
    """Return the report on a checked plan; texts in `language` (``de`` or ``en``).

    `evidence` and `decision` are already reduced to what `audience` may see.
    """
    words = _Words(language, {o.code: o.name for o in (*catalogue.offices, *catalogue.external)})
    return {
        "plan": _plan(evidence, words),
        "findings": [_finding(f, words) for f in evidence.findings],
        "offices": [_involvement(i, words) for i in decision.involvements],
        "not_affected": [_cleared(c, words) for c in decision.cleared],
        "no_entry": [_no_entry(c, words) for c in decision.no_entry],
        "unresolved": [_unresolved(u, words) for u in decision.unresolved],
        "procedure_warnings": [
            {
                "rule": w.rule,
                "procedure": w.procedure,
                "basis": w.basis,
                "certainty": _certainty(w.certain),
                "text": words(w.text),
            }
            for w in decision.warnings
        ],
        "withheld": _withheld(audience, catalogue, words),
        "disclaimer": words(DISCLAIMER),
        "provenance": provenance(evidence, catalogue, as_of),
    }


def _withheld(audience: Audience, catalogue: Catalogue, words: "_Words") -> list[Json]:
    """Return the keepers of what is not shown: the same for every plan."""
    hidden = withheld_layers(audience, catalogue)
    keepers = dict.fromkeys(la.keeper for la in catalogue.layers if la.code in hidden)
    return [{"office": k, "name": words.name(k), "text": words(WITHHELD)} for k in keepers]


class _Words:
    """The language of a report, and the names of offices in it."""

    def __init__(self, language: str, names: Mapping[str, Text]) -> None:
        self.language = language
        self.names = names

    def __call__(self, text: Text | None) -> str | None:
        return None if text is None else text.in_language(self.language)

    def name(self, office: str) -> str:
        named = self.names.get(office)
        return named.in_language(self.language) if named else office


def metres(value: float | None) -> float | None:
    """Round a length to 0.1 mm."""
    return None if value is None else round(value, 4)


def square_metres(value: float | None) -> float | None:
    """Round an area to 1 cm²."""
    return None if value is None else round(value, 4)


def share(value: float | None) -> float | None:
    """Round a share to 1e-9."""
    return None if value is None else round(value, 9)


def _certainty(certain: bool) -> str:
    return "certain" if certain else "possible"


def _plan(evidence: Evidence, words: _Words) -> Json:
    plan: Plan = evidence.plan
    towns = evidence.municipalities
    return {
        "title": plan.title,
        "kind": plan.kind,
        "uses": list(plan.uses),
        "procedure": plan.procedure,
        "parts": [
            {
                "role": p.role,
                "name": p.name,
                "geometry_type": p.geometry.geometry_type,
                "area_m2": square_metres(float(p.geometry.footprint.area)),
            }
            for p in plan.parts
        ],
        "geometry_type": plan.geometry.geometry_type,
        "area_m2": square_metres(float(plan.geometry.footprint.area)),
        "length_m": metres(plan.geometry.length_m),
        "width_m": metres(getattr(plan.geometry, "width_m", None)),
        "municipalities": None if towns is None else [t.key for t in towns],
        "by_municipality": None if towns is None else [_municipality(t) for t in towns],
        "attributes": dict(sorted(plan.attributes.items())),
        "sha256": plan.sha256,
        "source_crs": plan.source_crs,
        "transformation": plan.transformation.operation,
        "transformation_accuracy_m": plan.transformation.accuracy_m,
        "declared_accuracy_m": plan.accuracy_m,
        "repairs": [
            {
                "kind": c.kind,
                "text": words(c.text),
                "area_before_m2": square_metres(c.area_before_m2),
                "area_after_m2": square_metres(c.area_after_m2),
            }
            for c in plan.repairs
        ],
        "notices": [{"code": n.code, "text": words(n.text)} for n in plan.notices],
        "steps": [words(s) for s in plan.steps],
    }


def _municipality(town: MunicipalShare) -> Json:
    return {
        "key": town.key,
        "name": town.name,
        "area_m2": square_metres(town.area_m2),
        "length_m": metres(town.length_m),
    }


def _finding(finding: Finding, words: _Words) -> Json:
    layer = finding.layer
    hits = [o for o in finding.objects if o.relation != "borders"]
    return {
        "layer": layer.code,
        "title": words(layer.title),
        "theme": layer.theme,
        "keeper": layer.keeper,
        "visibility": layer.visibility,
        "register": "declaratory" if layer.declaratory else "complete",
        "version": finding.version,
        "data_date": layer.data_date,
        "accuracy_m": layer.accuracy_m,
        "attribution": layer.attribution,
        "note": words(layer.note),
        "outcome": finding.outcome.value,
        "overlap_m2": square_metres(finding.overlap_m2),
        "share_of_plan": share(finding.share_of_plan),
        "length_m": metres(finding.length_m),
        "objects_affected": len(hits),
        "nearest_m": metres(finding.nearest_m),
        "stretches": [_stretch(s) for s in finding.stretches],
        "coverage": finding.coverage,
        "uncovered_share": share(finding.uncovered_share),
        "by_municipality": [_municipality(m) for m in finding.municipalities],
        "reason": words(finding.reason),
        "objects": [_object(o) for o in finding.objects],
        "steps": [words(s) for s in finding.steps],
    }


def _object(thing: ObjectFinding) -> Json:
    return {
        "id": thing.id,
        "name": thing.name,
        "relation": thing.relation.value,
        "overlap_m2": square_metres(thing.overlap_m2),
        "share_of_plan": share(thing.share_of_plan),
        "share_of_object": share(thing.share_of_object),
        "length_m": metres(thing.length_m),
        "distance_m": metres(thing.distance_m),
        "distance_from_points_m": metres(thing.from_points_m),
        "stretches": [_along(a) for a in thing.stretches],
        "alongside": [_along(a) for a in thing.alongside],
        "crossings": [_crossed(c) for c in thing.crossings],
    }


def _stretch(stretch: Stretch) -> Json:
    return {
        "from_km": round(stretch.from_m / 1000, 7),
        "to_km": round(stretch.to_m / 1000, 7),
        "length_m": metres(stretch.length_m),
    }


def _along(along: Along) -> Json:
    return {
        **_stretch(along.stretch),
        **({} if along.within_m is None else {"within_m": along.within_m}),
        "position": _position(along.position),
    }


def _crossed(crossed: Crossed) -> Json:
    crossing = crossed.crossing
    return {
        "km": round(crossing.at_m / 1000, 7),
        "angle_deg": round(crossing.angle_deg, 2),
        "kind": crossing.kind,
        "x": metres(crossing.point.x),
        "y": metres(crossing.point.y),
        "position": _position(crossed.position),
    }


def _position(position: Position | None) -> Json | None:
    if position is None:
        return None
    to_km = None if position.to_km is None else round(position.to_km, 7)
    return {
        "section": position.section,
        "from_km": round(position.from_km, 7),
        "to_km": to_km,
        "side": position.side,
    }


def _involvement(involvement: Involvement, words: _Words) -> Json:
    return {
        "office": involvement.office,
        "name": words.name(involvement.office),
        "effect": involvement.effect.value,
        "certainty": _certainty(involvement.certain),
        "reasons": [_reason(r, words) for r in involvement.reasons],
    }


def _reason(reason: Reason, words: _Words) -> Json:
    rule = reason.rule
    return {
        "rule": rule.code,
        "layer": reason.layer,
        "effect": reason.effect.value,
        "certainty": _certainty(reason.certain),
        "basis": rule.basis,
        "origin": rule.origin,
        "because": words(reason.because),
        "text": words(rule.text),
        "asks": [words(a) for a in reason.asks],
        "external": [{"code": c, "name": words.name(c)} for c in rule.external],
        "links": list(rule.links),
        "objects": list(reason.objects),
    }


def _cleared(cleared: Cleared, words: _Words) -> Json:
    return {
        "office": cleared.office,
        "name": words.name(cleared.office),
        "checked": list(cleared.checked),
        "not_applicable": list(cleared.not_applicable),
    }


def _no_entry(cleared: Cleared, words: _Words) -> Json:
    return {**_cleared(cleared, words), "registers": list(cleared.no_entry)}


def _unresolved(unresolved: Unresolved, words: _Words) -> Json:
    return {
        "layer": unresolved.layer,
        "outcome": unresolved.outcome,
        "reason": words(unresolved.reason),
        "offices": list(unresolved.offices),
        "rules": list(unresolved.rules),
        "asks": [words(a) for a in unresolved.asks],
    }


def resolved(document: Mapping[str, Any]) -> bool:
    """Tell whether nothing in a report is left open."""
    unresolved: Sequence[Any] = document["unresolved"]
    return not unresolved
