"""What was understood of a plan, or what must be asked: as data that is stored with a version."""

from collections.abc import Iterable
from typing import Any

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape

from gis.footprint import Route
from gis.problem import Notice, Question, Text
from service.db import SRID, Json
from service.plans.plan import Plan


def understood(plan: Plan) -> Json:
    """Return what was understood of a plan: sizes in metres, texts in both languages."""
    shape = plan.geometry
    return {
        "title": plan.title,
        "kind": plan.kind,
        "uses": list(plan.uses),
        "procedure": plan.procedure,
        "attributes": dict(plan.attributes),
        "geometry_type": shape.geometry_type,
        "area_m2": round(float(shape.footprint.area), 4),
        "length_m": round(float(shape.axis.length), 4) if isinstance(shape, Route) else None,
        "width_m": shape.width_m if isinstance(shape, Route) else None,
        "parts": len(plan.parts),
        "sha256": plan.sha256,
        "source_crs": plan.source_crs,
        "transformation_accuracy_m": plan.transformation.accuracy_m,
        "accuracy_m": plan.accuracy_m,
        "repairs": [
            {
                "kind": change.kind,
                "text": change.text._asdict(),
                "area_before_m2": change.area_before_m2,
                "area_after_m2": change.area_after_m2,
            }
            for change in plan.repairs
        ],
        "notices": [_notice(notice) for notice in plan.notices],
        "steps": _texts(plan.steps),
        "facts": dict(plan.facts),
    }


def outline(plan: Plan) -> WKBElement:
    """Return the footprint of a plan as the database keeps it."""
    return from_shape(plan.geometry.footprint, srid=SRID)


def asked(question: Question) -> Json:
    """Return a question with its proposals."""
    return {
        "code": question.code,
        "text": question.text._asdict(),
        "proposals": [{"text": p.text._asdict(), "option": p.option} for p in question.proposals],
    }


def in_language(value: Any, language: str) -> Any:
    """Return stored data with every pair of texts replaced by the one in `language`."""
    if isinstance(value, dict):
        if value.keys() == {"de", "en"}:
            return value[language]
        return {name: in_language(item, language) for name, item in value.items()}
    if isinstance(value, list):
        return [in_language(item, language) for item in value]
    return value


def _notice(notice: Notice) -> Json:
    return {"code": notice.code, "text": notice.text._asdict()}


def _texts(texts: Iterable[Text]) -> list[Json]:
    return [text._asdict() for text in texts]
