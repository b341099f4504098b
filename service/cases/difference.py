"""What differs between two checks of a case, and whom that means to ask again. Pure.

Two reports of the same audience go in, so that a difference never tells anybody of what their
reports do not. It holds codes and figures and no text.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shapely.geometry.base import BaseGeometry

Json = dict[str, Any]
Report = Mapping[str, Any]

# Beyond this a figure has changed; below lies what rounding and another release of GEOS can do.
FIGURES: Mapping[str, float] = {
    "overlap_m2": 0.5,
    "share_of_plan": 0.0005,
    "length_m": 0.5,
    "nearest_m": 0.5,
    "objects_affected": 0.0,
    "uncovered_share": 0.0005,
}
OBJECT_FIGURES = ("overlap_m2", "length_m", "distance_m")
SMALLEST_M2 = 0.5  # of a change of the plan's outline


def difference(before: Report, now: Report) -> Json:
    """Return what differs between two reports: findings, offices, and who should be asked again.

    `findings` and `offices` hold what is ``new``, ``gone`` and ``changed``. A finding is new where
    its layer was not checked before, gone where it is no longer; `ask_again` names offices in the
    order of the report.
    """
    findings = _findings(before, now)
    offices = _offices(before, now)
    return {
        "findings": findings,
        "offices": offices,
        "ask_again": list(_ask_again(before, now, findings, offices)),
        "data": _data(before, now),
    }


def same(found: Report) -> bool:
    """Tell whether a difference says that nothing differs for anybody."""
    parts = (found["findings"], found["offices"])
    return not any(part[kind] for part in parts for kind in ("new", "gone", "changed"))


def outlines(before: BaseGeometry, now: BaseGeometry) -> Json:
    """Return what differs between two outlines in the working CRS: m² added, removed, in all."""
    added, removed = (_area(now.difference(before)), _area(before.difference(now)))
    return {
        "added_m2": added,
        "removed_m2": removed,
        "before_m2": _area(before),
        "now_m2": _area(now),
        "changed": max(added, removed) >= SMALLEST_M2,
    }


def _area(shape: BaseGeometry) -> float:
    return round(float(shape.area), 2)


def _findings(before: Report, now: Report) -> Json:
    old, new = _by(before["findings"], "layer"), _by(now["findings"], "layer")
    changed = [change for code in new if code in old and (change := _changed(old[code], new[code]))]
    return {
        "new": [_brief(new[code]) for code in new if code not in old],
        "gone": [_brief(old[code]) for code in old if code not in new],
        "changed": changed,
    }


def _brief(finding: Report) -> Json:
    return {"layer": finding["layer"], "outcome": finding["outcome"]}


def _changed(old: Report, new: Report) -> Json | None:
    """Return what differs between two findings of one layer; None where nothing that matters."""
    figures = {
        name: {"before": old.get(name), "now": new.get(name)}
        for name, least in FIGURES.items()
        if _differ(old.get(name), new.get(name), least)  # an earlier release may lack one
    }
    objects = _objects(old["objects"], new["objects"])
    if old["outcome"] == new["outcome"] and not figures and not any(objects.values()):
        return None
    outcome = {"before": old["outcome"], "now": new["outcome"]}
    return {"layer": new["layer"], "outcome": outcome, "figures": figures, "objects": objects}


def _objects(old: Iterable[Report], new: Iterable[Report]) -> Json:
    before, now = _by(old, "id"), _by(new, "id")
    both = [name for name in now if name in before]
    return {
        "new": [name for name in now if name not in before],
        "gone": [name for name in before if name not in now],
        "changed": [name for name in both if _moved(before[name], now[name])],
    }


def _moved(old: Report, new: Report) -> bool:
    least = 0.5
    figures = any(_differ(old[name], new[name], least) for name in OBJECT_FIGURES)
    return figures or old["relation"] != new["relation"]


def _differ(old: float | None, new: float | None, least: float) -> bool:
    if old is None or new is None:
        return old is not new
    return abs(old - new) > least and not math.isclose(old, new, rel_tol=1e-6)


def _offices(before: Report, now: Report) -> Json:
    old, new = _by(before["offices"], "office"), _by(now["offices"], "office")
    changed = []
    for code in new:
        if code in old and (what := _changed_office(old[code], new[code])):
            changed.append({"office": code, **what})
    return {
        "new": [_standing(new[code]) for code in new if code not in old],
        "gone": [_standing(old[code]) for code in old if code not in new],
        "changed": changed,
    }


def _standing(office: Report) -> Json:
    return {name: office[name] for name in ("office", "effect", "certainty")}


def _changed_office(old: Report, new: Report) -> Json:
    found: Json = {
        name: {"before": old[name], "now": new[name]}
        for name in ("effect", "certainty")
        if old[name] != new[name]
    }
    rules_before, rules_now = ({r["rule"] for r in o["reasons"]} for o in (old, new))
    if rules_before != rules_now:
        new_rules, gone_rules = rules_now - rules_before, rules_before - rules_now
        found["rules"] = {"new": sorted(new_rules), "gone": sorted(gone_rules)}
    return found


def _ask_again(before: Report, now: Report, findings: Json, offices: Json) -> Iterator[str]:
    """Yield offices to which something is new: a part, another effect, other figures, or a matter
    that is open now and was not.
    """
    changed = {change["layer"] for change in (*findings["new"], *findings["changed"])}
    again = {item["office"] for item in (*offices["new"], *offices["changed"])}
    for office in now["offices"]:
        layers = {reason["layer"] for reason in office["reasons"]}
        if office["office"] in again or layers & changed:
            yield office["office"]
            again.discard(office["office"])
    named = {office["office"] for office in now["offices"]}
    opened = _open(now) - _open(before)
    yield from sorted({office for office, _ in opened} - named)


def _open(report: Report) -> set[tuple[str, str]]:
    return {
        (office, str(item["layer"] or item["rules"]))
        for item in report["unresolved"]
        for office in item["offices"]
    }


def _data(before: Report, now: Report) -> Json:
    """Return what the two rest on, where that differs."""
    old, new = before["provenance"], now["provenance"]
    layers = [
        code
        for code in new["layers"]
        if code in old["layers"] and old["layers"][code] != new["layers"][code]
    ]
    return {
        "catalogue": old["catalogue"] != new["catalogue"],
        "rules": old["rules"] != new["rules"],
        "layers": layers,
    }


def _by(items: Iterable[Report], name: str) -> dict[str, Report]:
    return {item[name]: item for item in items}
