"""The parts of a plan with a role, and the whole they make up: a Geltungsbereich is no building."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

import layers.reading as reading
from gis.footprint import Area, Footprint
from gis.problem import Notice, Problem, Text
from gis.repair import Change
from service.figures import square_metres
from service.plans import attributes
from service.plans.kinds import Kind
from service.plans.place import placed
from service.plans.plan import Part, Shapes
from service.plans.shape import footprint, mended

OVERLAP_M2 = 1.0  # parts that overlap by less were drawn side by side
UNREADABLE = Notice(
    "parts-unreadable",
    Text(
        "Teile ohne brauchbare Geometrie wurden übergangen, mit ihnen alle derselben Art; "
        "Abstände gelten ab dem Geltungsbereich.",
        "Parts without a usable geometry were passed over, and all parts of their kind with them; "
        "distances count from the outline.",
    ),
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How shapes become footprints: the kind of plan, the width of routes and the radius of
    sites in metres (None: not said), the roles there are.
    """

    crs: CRS
    kind: Kind
    width_m: float | None
    radius_m: float | None
    roles: frozenset[str]

    def of(self, shapes: Shapes) -> Footprint:
        """Return the footprint of shapes; errors as `service.plans.shape.footprint`."""
        return footprint(shapes, self.crs, self.kind, self.width_m, self.radius_m)


def parts_and_whole(
    shapes: Shapes, rows: Sequence[Mapping[str, Any]], drawing: Drawing
) -> tuple[tuple[Part, ...], Footprint]:
    """Return the features that name a role as parts, and the footprint of all features.

    Compensation elsewhere belongs to the whole: it is planned, too.
    """
    roles = [_role(row, drawing.roles) for row in rows]
    parts = tuple(
        Part(role, _name(row), drawing.of(shapes[i : i + 1]))
        for i, (role, row) in enumerate(zip(roles, rows, strict=True))
        if role
    )
    kinds = {int(d) for d in shapely.get_dimensions(shapes)}
    if len(kinds) > 1 and all(roles):
        grounds = [part.geometry.footprint for part in parts]
        return parts, Area(shapely.union_all(grounds), drawing.crs)
    return parts, drawing.of(shapes)


def _role(row: Mapping[str, Any], known: frozenset[str]) -> str | None:
    role = str(attributes.first([row], attributes.ROLE) or "").strip().lower()
    return role if role in known else None


def _name(row: Mapping[str, Any]) -> str | None:
    name = attributes.first([row], attributes.TITLE)
    return None if name is None else str(name)


def parts_of_document(
    features: reading.Features, source_crs: str | None, drawing: Drawing
) -> tuple[tuple[Part, ...], list[Change], list[Notice]]:
    """Return the parts an XPlanGML document describes by its own objects, what was mended, and
    a notice where some could not be used: then none of their role counts, because distances from
    some buildings would pass for all of them.
    """
    found = features.document.get("parts", ())
    if not found:
        return (), [], []
    shapes: Shapes = np.empty(len(found), dtype=object)
    shapes[:] = [geometry for _, _, geometry in found]
    moved, _, _ = placed(shapes, source_crs or features.crs, drawing.crs, None, 0.0, frozenset())
    parts: list[Part] = []
    changes: list[Change] = []
    unusable: set[str] = set()
    for i, (role, name, _) in enumerate(found):
        try:
            shape, changed = mended(moved[i : i + 1], [name or role], frozenset())
        except Problem:
            unusable.add(role)
            continue
        changes += changed
        if shapely.get_dimensions(shape[0]) == 2:
            parts.append(Part(role, name, Area(shape[0], drawing.crs)))
    usable = tuple(p for p in parts if p.role not in unusable)
    return usable, changes, [UNREADABLE] if unusable else []


def united(shapes: Shapes, whole: Footprint) -> tuple[Change, ...]:
    """Tell where features without roles overlapped and were united."""
    drawn = float(shapely.area(shapes).sum())
    ground = float(whole.footprint.area)
    if whole.geometry_type != "area" or drawn - ground <= OVERLAP_M2:
        return ()
    before, after = square_metres(drawn), square_metres(ground)
    text = Text(
        f"Teilflächen überlagern sich und wurden vereinigt: {before.de} → {after.de}",
        f"parts overlap and were united: {before.en} → {after.en}",
    )
    return (Change("united", text, drawn, ground),)
