"""What the report says of the plan itself: as handed in, as read, where it lies."""

from typing import Any

from service.checks.finding import MunicipalShare
from service.checks.run import Evidence
from service.plans.plan import Part, Plan
from service.report.language import Language
from service.report.rounded import metres, square_metres

Json = dict[str, Any]


def plan_section(evidence: Evidence, say: Language) -> Json:
    """Return the plan as plain data; its municipalities are null where they are not known."""
    towns = evidence.municipalities
    return {
        **_declared(evidence.plan),
        **_measured(evidence.plan),
        "municipalities": None if towns is None else [t.key for t in towns],
        "by_municipality": None if towns is None else [municipality(t) for t in towns],
        **_handed_in(evidence.plan, say),
    }


def _declared(plan: Plan) -> Json:
    return {
        "title": plan.title,
        "kind": plan.kind,
        "uses": list(plan.uses),
        "procedure": plan.procedure,
        "parts": [_part(part) for part in plan.parts],
    }


def _part(part: Part) -> Json:
    return {
        "role": part.role,
        "name": part.name,
        "geometry_type": part.geometry.geometry_type,
        "area_m2": square_metres(float(part.geometry.footprint.area)),
    }


def _measured(plan: Plan) -> Json:
    return {
        "geometry_type": plan.geometry.geometry_type,
        "area_m2": square_metres(float(plan.geometry.footprint.area)),
        "length_m": metres(plan.geometry.length_m),
        "width_m": metres(getattr(plan.geometry, "width_m", None)),
    }


def _handed_in(plan: Plan, say: Language) -> Json:
    return {
        "attributes": dict(sorted(plan.attributes.items())),
        "sha256": plan.sha256,
        "source_crs": plan.source_crs,
        "transformation": plan.transformation.operation,
        "transformation_accuracy_m": plan.transformation.accuracy_m,
        "declared_accuracy_m": plan.accuracy_m,
        "repairs": [
            {
                "kind": change.kind,
                "text": say(change.text),
                "area_before_m2": square_metres(change.area_before_m2),
                "area_after_m2": square_metres(change.area_after_m2),
            }
            for change in plan.repairs
        ],
        "notices": [{"code": n.code, "text": say(n.text)} for n in plan.notices],
        "steps": [say(step) for step in plan.steps],
    }


def municipality(town: MunicipalShare) -> Json:
    """Return what lies in one municipality."""
    return {
        "key": town.key,
        "name": town.name,
        "area_m2": square_metres(town.area_m2),
        "length_m": metres(town.length_m),
    }
