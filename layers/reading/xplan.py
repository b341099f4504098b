"""XPlanGML 5.x and 6.x: the outline of the plan, what it says of itself, its parts with roles."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis.problem import Problem
from layers.reading.features import Attributes
from layers.reading.gmlfeatures import MEMBER_TAGS
from layers.reading.gmllinks import HREF, is_id
from layers.reading.gmlshape import Shaper, together
from layers.reading.refusals import refuse, which
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
OUTLINE = "raeumlicherGeltungsbereich"
LONGEST_NAME = 80  # characters, of a plan that is to be chosen among several
Part = tuple[str, str | None, BaseGeometry]
AGS = re.compile(r"\d{8}")


def plan_element(root: Any, chosen: str | None = None) -> Any | None:
    """Return the plan of an XPlanGML document; None where it is another GML.

    Raises
    ------
    Question
        ``layer-multiple`` where it holds several plans, and none by the name that was chosen.
    """
    plans = _plans(root)
    outlined = [p for p in plans if children(p, OUTLINE)] or plans[:1]
    if len(outlined) < 2:
        return next(iter(outlined), None)
    names = [_name(p) for p in outlined]
    if len(set(names)) < len(names) or not all(names):
        names = [f"{n}. {_name(p) or local(p)}" for n, p in enumerate(outlined, 1)]
    if chosen not in names:
        raise which("layer-multiple", names, chosen)
    return outlined[names.index(chosen)]


def _plans(root: Any) -> list[Any]:
    return list(root.iter(*(f"{{*}}{name}" for name in PLANS)))


def _name(plan: Any) -> str:
    names = children(plan, "name")
    return " ".join((names[0].text or "").split())[:LONGEST_NAME] if names else ""


def outline(
    root: Any, plan: Any, shaper: Shaper
) -> tuple[list[BaseGeometry], list[Attributes], str, dict[str, Any]]:
    """Return the outline from `raeumlicherGeltungsbereich`, with what the plan says of itself.

    Of a document with several plans only the objects of this one are its parts.
    """
    drawn = [e for holder in children(plan, OUTLINE) for e in shaper.links.content(holder)]
    if not drawn:
        raise refuse("no-geometry")
    others = [p for p in _plans(root) if p is not plan]
    mine, unsure = _belonging(root, plan, others) if others else ([root], [])
    parts, unreadable = _parts([e for one in mine for e in one.iter()], shaper)
    lost = unreadable | {ROLES[local(e)] for e in unsure}
    document = {
        **_row(plan),
        "parts": tuple(p for p in parts if p[0] not in lost),
        "unreadable_roles": frozenset(lost),
        "facts": facts(mine, plan),
    }
    return [together([shaper.shape(e) for e in drawn])], [{}], local(plan), document


def _belonging(root: Any, plan: Any, others: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the objects of one plan of several, and those with a role that are of none.

    Objects are of an area of a plan (Bereich), or of the plan, as links in either direction say.
    """
    objects = [f for holder in root.iter(*MEMBER_TAGS) for f in children(holder)]
    joined = _joined(objects)
    mine, foreign = (_with_areas(those, joined) for those in ([plan], others))
    own = [o for o in objects if o in mine or (o not in foreign and joined[o] & mine)]
    strange = [o for o in objects if o in foreign or joined[o] & foreign]
    with_role = [o for o in objects if local(o) in ROLES]
    return own, [o for o in with_role if o not in own and o not in strange]


def _with_areas(plans: list[Any], joined: Mapping[Any, set[Any]]) -> set[Any]:
    areas = {o for p in plans for o in joined.get(p, ()) if local(o).endswith("_Bereich")}
    return {*plans, *areas}


def _joined(objects: list[Any]) -> dict[Any, set[Any]]:
    """Return the objects with those that a link joins them to, in either direction."""
    ids = {value: o for o in objects for name, value in o.attrib.items() if is_id(name)}
    joined: dict[Any, set[Any]] = {o: set() for o in objects}
    for one in objects:
        for element in one.iter():
            other = ids.get(element.get(HREF, "").removeprefix("#"))
            if other is not None:
                joined[one].add(other)
                joined[other].add(one)
    return joined


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


def _parts(elements: Iterable[Any], shaper: Shaper) -> tuple[list[Part], frozenset[str]]:
    """Return the parts with a role, and the roles of which one cannot be read.

    Of such a role no part may be used: distances from some buildings would pass for all of them.
    """
    found: list[Part] = []
    unreadable: set[str] = set()
    for element in elements:
        role = ROLES.get(local(element))
        if role is None:
            continue
        shape = _position(element, shaper)
        if shape is None:
            unreadable.add(role)
        else:
            found.append((role, None, shape))
    return found, frozenset(unreadable)


def _position(element: Any, shaper: Shaper) -> BaseGeometry | None:
    try:
        drawn = [e for h in children(element, "position") for e in shaper.links.content(h)]
        return together([shaper.shape(e) for e in drawn]) if drawn else None
    except Problem:  # the plan stands by its outline; its reader is told
        return None
