"""What the report says of the findings: one a layer, with its objects and their figures."""

from typing import Any

from gis.linear import Stretch
from gis.relation import Relation
from layers.answers import Answer
from service.checks.finding import Along, Crossed, Finding, ObjectFinding, Position
from service.report.language import Language
from service.report.plan import municipality
from service.report.rounded import degrees, kilometres, metres, share, square_metres

Json = dict[str, Any]


def finding_section(finding: Finding, say: Language) -> Json:
    """Return one finding as plain data."""
    return {
        **_layer(finding, say),
        "outcome": finding.outcome.value,
        "overlap_m2": square_metres(finding.overlap_m2),
        "share_of_plan": share(finding.share_of_plan),
        "length_m": metres(finding.length_m),
        "objects_affected": sum(o.relation is not Relation.BORDERS for o in finding.objects),
        "nearest_m": metres(finding.nearest_m),
        "stretches": _shown([_stretch(s) for s in finding.stretches], placed=finding.placed),
        "coverage": finding.coverage,
        "uncovered_share": share(finding.uncovered_share),
        "by_municipality": [municipality(m) for m in finding.municipalities],
        "reason": say(finding.reason),
        "overdue": say(finding.overdue),
        "by_hand": _by_hand(finding.by_hand),
        "objects": [_object(o, placed=finding.placed) for o in finding.objects],
        "steps": [say(step) for step in finding.steps],
    }


def _layer(finding: Finding, say: Language) -> Json:
    layer = finding.layer
    return {
        "layer": layer.code,
        "title": say(layer.title),
        "theme": layer.theme,
        "keeper": layer.keeper,
        "visibility": layer.visibility,
        "register": "declaratory" if layer.declaratory else "complete",
        "version": finding.version,
        "data_date": finding.data_date or layer.data_date,
        "accuracy_m": layer.accuracy_m,
        "quality": {
            "scale": layer.quality.scale,
            "completeness": say(layer.quality.completeness),
            "next_refresh": layer.quality.next_refresh,
            "refresh_days": layer.refresh_days,
        },
        "attribution": layer.attribution,
        "note": say(layer.note),
    }


def _by_hand(answer: Answer | None) -> Json | None:
    if answer is None:
        return None
    return {
        "by": answer.by,
        "on": answer.on,
        "basis": answer.basis,
        "until": answer.until,
        "standing": answer.plan is None,
    }


def _object(thing: ObjectFinding, *, placed: bool) -> Json:
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
        **{name: _shown(places, placed=placed) for name, places in _places(thing).items()},
    }


def _places(thing: ObjectFinding) -> dict[str, list[Json]]:
    """Return what says where an object meets the plan: along it, or in coordinates."""
    return {
        "stretches": [_inside(a) for a in thing.stretches],
        "alongside": [{**_inside(a), "within_m": a.within_m} for a in thing.alongside],
        "crossings": [_crossing(c) for c in thing.crossings],
    }


def _shown(places: list[Json], *, placed: bool) -> list[Json] | None:
    """Return places, or None where there are some that this reader may not learn."""
    return places if placed or not places else None


def _stretch(stretch: Stretch) -> Json:
    return {
        "from_km": kilometres(stretch.from_m),
        "to_km": kilometres(stretch.to_m),
        "length_m": metres(stretch.length_m),
    }


def _inside(along: Along) -> Json:
    return {**_stretch(along.stretch), "position": _position(along.position)}


def _crossing(crossed: Crossed) -> Json:
    crossing = crossed.crossing
    return {
        "km": kilometres(crossing.at_m),
        "angle_deg": degrees(crossing.angle_deg),
        "kind": crossing.kind,
        "x": metres(crossing.point.x),
        "y": metres(crossing.point.y),
        "position": _position(crossed.position),
    }


def _position(position: Position | None) -> Json | None:
    if position is None:
        return None
    return {
        "section": position.section,
        "from_km": kilometres(position.from_km * 1000),
        "to_km": None if position.to_km is None else kilometres(position.to_km * 1000),
        "side": position.side,
    }
