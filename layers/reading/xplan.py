"""XPlanGML 5.x and 6.x: the outline of the plan, what it says of itself, its parts with roles."""

import re
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis.problem import Problem
from layers.reading.features import Attributes
from layers.reading.gmlshape import GEOMETRIES, Shaper
from layers.reading.refusals import refuse
from layers.reading.xml import children, local
from layers.reading.xplanfacts import facts

PLANS = ("BP_Plan", "FP_Plan", "RP_Plan", "LP_Plan", "SO_Plan")
KINDS = {"BP_Plan": "bebauungsplan", "FP_Plan": "flaechennutzungsplan"}
# What an object of a Bebauungsplan is for the check: buildings may stand only inside the first.
ROLES = {
    "BP_UeberbaubareGrundstuecksFlaeche": "building",
    "BP_StrassenVerkehrsFlaeche": "traffic",
    "BP_VerkehrsflaecheBesondererZweckbestimmung": "traffic",
    "BP_GruenFlaeche": "green",
    "BP_AusgleichsFlaeche": "compensation",
    "BP_SchutzPflegeEntwicklungsFlaeche": "compensation",
}
Part = tuple[str, str | None, BaseGeometry]
AGS = re.compile(r"\d{8}")


def plan_element(root: Any) -> Any | None:
    """Return the plan of an XPlanGML document; None where it is another GML."""
    return next((e for e in root.iter() if local(e) in PLANS), None)


def outline(
    root: Any, plan: Any, shaper: Shaper
) -> tuple[list[BaseGeometry], list[Attributes], str, dict[str, Any]]:
    """Return the outline from `raeumlicherGeltungsbereich`, with what the plan says of itself."""
    for holder in children(plan, "raeumlicherGeltungsbereich"):
        for element in children(holder):
            if local(element) in GEOMETRIES:
                row = _row(plan)
                parts, unreadable = _parts(root, shaper)
                document = {
                    **row,
                    "parts": parts,
                    "unreadable_roles": unreadable,
                    "facts": facts(root, plan),
                }
                return [shaper.shape(element)], [{}], local(plan), document
    raise refuse("no-geometry")


def _row(plan: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"xplan": local(plan), "kind": KINDS.get(local(plan))}
    for name in ("name", "nummer", "planArt", "verfahren", "rechtsstand"):
        if found := children(plan, name):
            row[name] = " ".join((found[0].text or "").split())
    texts = [" ".join((e.text or "").split()) for e in plan.iter() if local(e) == "ags"]
    row["ags"] = tuple(m[0] for t in texts if (m := AGS.search(t)))
    names = [e for e in plan.iter() if local(e) == "gemeindeName"]
    row["gemeinden"] = tuple(" ".join((e.text or "").split()) for e in names)
    return {k: v for k, v in row.items() if v}


def _parts(root: Any, shaper: Shaper) -> tuple[tuple[Part, ...], frozenset[str]]:
    """Return the parts with a role, and the roles of which one cannot be read.

    Of such a role no part is returned: distances from some buildings would pass for all of them.
    """
    found: list[Part] = []
    unreadable: set[str] = set()
    for element in root.iter():
        role = ROLES.get(local(element))
        if role is None:
            continue
        shape = _position(element, shaper)
        if shape is None:
            unreadable.add(role)
        else:
            found.append((role, None, shape))
    return tuple(p for p in found if p[0] not in unreadable), frozenset(unreadable)


def _position(element: Any, shaper: Shaper) -> BaseGeometry | None:
    for holder in children(element, "position"):
        for geometry in children(holder):
            try:
                return shaper.shape(geometry)
            except Problem:  # the plan stands by its outline; its reader is told
                return None
    return None
