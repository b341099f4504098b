"""Making geometries valid where that needs no guessing; everything changed is told.

What would need guessing (a hole outside its shell, an area that changes) is a question; what
cannot be a plan (no area, not finite) is a refusal.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gis.problem import Proposal, Question, Refusal, Text

# make_valid grows with about the fourth power of a ring's vertices: 2,000 take 16 s and 1 GB.
RING_BUDGET = 1_000
SHIFT_M2, SHIFT_SHARE = 1.0, 0.001
# A spike or a hair: what an opening by this much removes was never meant as ground.
HAIR_M = 0.0005


@dataclass(frozen=True, slots=True)
class Change:
    """One repair; areas in m² before and after, None for geometries without area."""

    kind: str
    text: Text
    area_before_m2: float | None
    area_after_m2: float | None


@dataclass(frozen=True, slots=True)
class Repaired:
    """A valid geometry and what was done to it."""

    geometry: BaseGeometry
    changes: tuple[Change, ...]


def repair(
    geometry: BaseGeometry, *, name: str = "", accept: frozenset[str] = frozenset()
) -> Repaired:
    """Return `geometry` valid, with lower-dimensional remains dropped and each change listed.

    `accept` holds the codes a person has agreed to. A valid geometry comes back untouched.

    Raises
    ------
    Refusal
        ``geometry-nonfinite``, ``geometry-empty``, ``geometry-zero-area``, ``plan-too-large``
        (an invalid ring of more vertices than can be repaired in time).
    Question
        ``geometry-invalid`` where a repair would change the area by more than 1 m² and 0.1 %, or
        where a hole lies outside its shell.
    """
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise Refusal("geometry-nonfinite", _nonfinite(name))
    if geometry.is_empty:
        raise Refusal("geometry-empty", _empty(name))
    if shapely.is_valid(geometry):
        return Repaired(geometry, ())
    if shapely.get_dimensions(geometry) < 2:
        return _thin(geometry, name)
    return _polygonal(geometry, name, accept)


def _thin(geometry: BaseGeometry, name: str) -> Repaired:
    """Repair a line: the only thing invalid about one is having no length."""
    kept = [p for p in shapely.get_parts(geometry) if shapely.is_valid(p)]
    if not kept:
        raise Refusal("geometry-zero-area", _no_extent(name))
    whole = shapely.union_all(kept)
    text = Text(f"{name}: Linien ohne Länge entfernt", f"{name}: lines without length removed")
    return Repaired(whole, (Change("no-length", text, None, None),))


def _polygonal(geometry: BaseGeometry, name: str, accept: frozenset[str]) -> Repaired:
    _within_budget(geometry, name)
    before = _meant_area(geometry)
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    areas = [p for p in _flat_parts(mended) if shapely.get_dimensions(p) == 2 and p.area > 0]
    if not areas:
        raise Refusal("geometry-zero-area", _no_extent(name))
    after = shapely.union_all(areas) if len(areas) > 1 else areas[0]
    reason = str(shapely.is_valid_reason(geometry))
    shift = abs(after.area - before)
    guess = _hole_outside(geometry) or (shift > SHIFT_M2 and shift > SHIFT_SHARE * before)
    if guess and "geometry-invalid" not in accept:
        raise _ask(name, reason, before, float(after.area))
    text = Text(
        f"{name}: Geometrie berichtigt ({_in_german(reason)})", f"{name}: repaired ({reason})"
    )
    return Repaired(after, (Change("make-valid", text, before, float(after.area)),))


def _flat_parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    parts = list(shapely.get_parts(geometry))
    if any(p.geom_type.startswith(("Multi", "GeometryCollection")) for p in parts):
        return [inner for p in parts for inner in _flat_parts(p)]
    return parts


def _within_budget(geometry: BaseGeometry, name: str) -> None:
    rings = shapely.get_rings(geometry)
    longest = int(shapely.get_num_coordinates(rings).max(initial=0))
    if longest > RING_BUDGET:
        raise Refusal(
            "geometry-invalid",
            Text(
                f"{name}: Ein fehlerhafter Ring hat {longest} Punkte, zu viele für eine sichere "
                "Berichtigung; bitte die Geometrie in der Quelle bereinigen.",
                f"{name}: an invalid ring has {longest} vertices, too many to repair safely; "
                "please clean the geometry in its source.",
            ),
        )


def _meant_area(geometry: BaseGeometry) -> float:
    """Return the area that was meant, m²: shells less holes, what is drawn twice counted once.

    Where every ring is simple that needs no guessing; where one crosses itself, the plain formula
    stands for what its author may have believed.
    """
    rings = shapely.polygons(shapely.get_rings(geometry))
    if not shapely.is_valid(rings).all():
        return float(geometry.area)
    grounds = []
    for part in _flat_parts(geometry):
        if isinstance(part, Polygon):
            holes = shapely.union_all([shapely.Polygon(ring) for ring in part.interiors])
            grounds.append(shapely.difference(shapely.Polygon(part.exterior), holes))
    return float(shapely.union_all(grounds).area)


def _hole_outside(geometry: BaseGeometry) -> bool:
    """Tell whether a hole lies, wholly or partly, outside its shell."""
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and part.interiors:
            shell = shapely.make_valid(shapely.Polygon(part.exterior), method="structure")
            holes = [
                shapely.make_valid(shapely.Polygon(r), method="structure") for r in part.interiors
            ]
            if not all(shapely.covered_by(h, shapely.buffer(shell, HAIR_M)) for h in holes):
                return True
    return False


def without_spikes(geometry: BaseGeometry, *, name: str = "") -> Repaired:
    """Return areas without spikes thinner than 1 mm: a vertex gone astray must not hit a layer
    kilometres away. A geometry without spikes comes back untouched.
    """
    if shapely.get_dimensions(geometry) != 2:
        return Repaired(geometry, ())
    opened = shapely.buffer(
        shapely.buffer(geometry, -HAIR_M, join_style="mitre"), HAIR_M, join_style="mitre"
    )
    reach = shapely.hausdorff_distance(geometry, opened) if not opened.is_empty else 0.0
    if opened.is_empty or reach <= 1.0:
        return Repaired(geometry, ())
    text = Text(
        f"{name}: nadelförmige Spitze von {reach:.1f} m entfernt".replace(".", ","),
        f"{name}: spike of {reach:.1f} m removed",
    )
    change = Change("geometry-spike", text, float(geometry.area), float(opened.area))
    return Repaired(opened, (change,))


def _ask(name: str, reason: str, before: float, after: float) -> Question:
    figures = f"{before:,.1f} → {after:,.1f} m²"
    german = figures.translate(str.maketrans(",.", ".,"))
    return Question(
        "geometry-invalid",
        Text(
            f"{name}: Die Geometrie ist fehlerhaft ({_in_german(reason)}); berichtigt ändert sich "
            f"die Fläche: {german}. Bitte bestätigen oder berichtigt neu liefern.",
            f"{name}: the geometry is invalid ({reason}); repaired, its area changes: {figures}. "
            "Confirm, or supply it corrected.",
        ),
        (
            Proposal(
                Text("die berichtigte Geometrie verwenden", "use the repaired geometry"),
                "--accept geometry-invalid",
            ),
        ),
    )


def _in_german(reason: str) -> str:
    for english, german in (
        ("Self-intersection", "Selbstüberschneidung"),
        ("Ring Self-intersection", "Selbstberührung eines Rings"),
        ("Hole lies outside shell", "Aussparung außerhalb der Fläche"),
        ("Holes are nested", "verschachtelte Aussparungen"),
        ("Nested shells", "Teilflächen überlagern sich"),
        ("Interior is disconnected", "Fläche zerfällt"),
        ("Duplicate Rings", "doppelter Ring"),
        ("Too few points", "zu wenige Punkte"),
    ):
        if reason.startswith(english):
            return reason.replace(english, german).replace("[", "bei [")
    return reason


def _nonfinite(name: str) -> Text:
    return Text(
        f"{name}: Eine Koordinate ist keine endliche Zahl; bitte die Datei neu erzeugen.",
        f"{name}: a coordinate is not a finite number; please export the file again.",
    )


def _empty(name: str) -> Text:
    return Text(
        f"{name}: Die Geometrie ist leer; bitte eine Fläche oder Linie liefern.",
        f"{name}: the geometry is empty; please supply an area or a line.",
    )


def _no_extent(name: str) -> Text:
    return Text(
        f"{name}: Die Geometrie hat keine Ausdehnung; bitte den Umriss neu zeichnen.",
        f"{name}: the geometry has no extent; please draw the outline again.",
    )
