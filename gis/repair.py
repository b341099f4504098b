"""Making geometries valid where that needs no guessing; everything changed is told.

What would need guessing (a hole outside its shell, an area that changes) is a question; what
cannot be a plan (no area, not finite) is a refusal.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryCollection, LinearRing, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from gis.parts import lines, polygons, single
from gis.problem import Proposal, Question, Refusal, Text
from gis.tangle import crossings

# make_valid grows with about the fourth power of a ring's vertices: 2,000 take 16 s and 1 GB.
RING_BUDGET = 1_000
MOST_CROSSINGS = 20_000  # about half a second
SHIFT_M2, SHIFT_SHARE = 1.0, 0.001
# A spike or a hair: what an opening by this much removes was never meant as ground.
HAIR_M, LONG_M = 0.0005, 1.0


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
        raise Refusal("geometry-nonfinite", _named(name, NOT_FINITE))
    if geometry.is_empty:
        raise Refusal("geometry-empty", _named(name, EMPTY))
    if shapely.is_valid(geometry):
        return Repaired(geometry, ())
    if shapely.get_dimensions(geometry) < 2:
        return _thin(geometry, name)
    return _polygonal(geometry, name, accept)


def _thin(geometry: BaseGeometry, name: str) -> Repaired:
    """Repair a line: the only thing invalid about one is having no length."""
    kept = [p for p in single(geometry) if shapely.is_valid(p)]
    if not kept:
        raise Refusal("geometry-zero-area", _named(name, NO_EXTENT))
    # Collected, not united: a route keeps the order and direction of its parts.
    whole = kept[0] if len(kept) == 1 else _collected(kept)
    text = _named(name, Text("Linien ohne Länge entfernt", "lines without length removed"))
    return Repaired(whole, (Change("no-length", text, None, None),))


def _collected(parts: list[BaseGeometry]) -> BaseGeometry:
    whole = GeometryCollection(parts)
    drawn = lines(whole)
    return drawn if len(drawn.geoms) == len(parts) else whole


def _polygonal(geometry: BaseGeometry, name: str, accept: frozenset[str]) -> Repaired:
    _within_budget(geometry, name)
    before = _meant_area(geometry)
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    areas = [p for p in polygons(mended) if p.area > 0]
    if not areas:
        raise Refusal("geometry-zero-area", _named(name, NO_EXTENT))
    after = shapely.union_all(areas) if len(areas) > 1 else areas[0]
    reason = str(shapely.is_valid_reason(geometry))
    shift = abs(after.area - before)
    guess = _hole_outside(geometry) or (shift > SHIFT_M2 and shift > SHIFT_SHARE * before)
    if guess and "geometry-invalid" not in accept:
        raise _ask(name, reason, before, float(after.area))
    text = _named(
        name, Text(f"Geometrie berichtigt ({_in_german(reason)})", f"repaired ({reason})")
    )
    return Repaired(after, (Change("make-valid", text, before, float(after.area)),))


def _within_budget(geometry: BaseGeometry, name: str) -> None:
    rings = _rings(geometry)
    longest = int(shapely.get_num_coordinates(rings).max(initial=0))
    if longest <= RING_BUDGET and crossings(rings, MOST_CROSSINGS) > MOST_CROSSINGS:
        raise Refusal("geometry-invalid", _named(name, TANGLED))
    if longest > RING_BUDGET:
        raise Refusal(
            "geometry-invalid",
            _named(
                name,
                Text(
                    f"Ein fehlerhafter Ring hat {longest} Punkte, zu viele für eine sichere "
                    "Berichtigung; bitte die Geometrie in der Quelle bereinigen.",
                    f"An invalid ring has {longest} vertices, too many to repair safely; "
                    "please clean the geometry in its source.",
                ),
            ),
        )


def _rings(geometry: BaseGeometry) -> NDArray[np.object_]:
    """Return the rings of all polygons; GEOS knows those of a single one only."""
    return np.asarray(shapely.get_rings(polygons(geometry)), dtype=object)


def _meant_area(geometry: BaseGeometry) -> float:
    """Return the area that was meant, m²: shells less holes, what is drawn twice counted once.

    Where every ring is simple that needs no guessing; where one crosses itself, the plain formula
    stands for what its author may have believed.
    """
    if not shapely.is_valid(shapely.polygons(_rings(geometry))).all():
        return float(geometry.area)
    grounds = []
    for part in polygons(geometry):
        holes = shapely.union_all([Polygon(ring) for ring in part.interiors])
        grounds.append(shapely.difference(Polygon(part.exterior), holes))
    return float(shapely.union_all(grounds).area)


def _hole_outside(geometry: BaseGeometry) -> bool:
    """Tell whether a hole lies, wholly or partly, outside its shell."""
    for part in polygons(geometry):
        near = shapely.buffer(_whole(part.exterior), HAIR_M)
        if not all(shapely.covered_by(_whole(ring), near) for ring in part.interiors):
            return True
    return False


def _whole(ring: LinearRing) -> BaseGeometry:
    return shapely.make_valid(Polygon(ring), method="structure")


def without_spikes(geometry: BaseGeometry, *, name: str = "") -> Repaired:
    """Return areas without spikes thinner than 1 mm and longer than 1 m: a vertex gone astray must
    not hit a layer kilometres away. Anything else comes back untouched.
    """
    if shapely.get_dimensions(geometry) != 2:
        return Repaired(geometry, ())
    opened = shapely.buffer(
        shapely.buffer(geometry, -HAIR_M, join_style="mitre"), HAIR_M, join_style="mitre"
    )
    if opened.is_empty:
        return Repaired(geometry, ())
    astray = _astray(np.asarray(shapely.points(shapely.get_coordinates(geometry))), opened)
    if not astray.size:
        return Repaired(geometry, ())
    reach = float(shapely.distance(opened, astray).max())
    german = f"nadelförmige Spitze von {reach:.1f} m entfernt".replace(".", ",")
    text = _named(name, Text(german, f"spike of {reach:.1f} m removed"))
    change = Change("geometry-spike", text, float(geometry.area), float(opened.area))
    return Repaired(opened, (change,))


def _astray(vertices: NDArray[np.object_], opened: BaseGeometry) -> NDArray[np.object_]:
    """Return the vertices farther than `LONG_M` from an opened shape.

    It still has nearly all of them: the few that are near none of its own are measured (of a
    ragged ring with 99,000 vertices that takes 0.3 s, of all of them 5 s).
    """
    corners = STRtree(np.asarray(shapely.points(shapely.get_coordinates(opened))))
    near = corners.query_nearest(vertices, max_distance=0.99 * LONG_M, all_matches=False)[0]
    left = np.delete(vertices, near)
    shapely.prepare(opened)
    return left[~shapely.dwithin(opened, left, LONG_M)]


def _named(name: str, text: Text) -> Text:
    """Return `text` with the object it speaks of in front, where that has a name."""
    return Text(f"{name}: {text.de}", f"{name}: {text.en}") if name else text


def _ask(name: str, reason: str, before: float, after: float) -> Question:
    figures = f"{before:,.1f} → {after:,.1f} m²"
    german = figures.translate(str.maketrans(",.", ".,"))
    return Question(
        "geometry-invalid",
        _named(
            name,
            Text(
                f"Die Geometrie ist fehlerhaft ({_in_german(reason)}); berichtigt ändert sich "
                f"die Fläche: {german}. Bitte bestätigen oder berichtigt neu liefern.",
                f"The geometry is invalid ({reason}); repaired, its area changes: {figures}. "
                "Confirm, or supply it corrected.",
            ),
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
        ("Ring Self-intersection", "Selbstberührung eines Rings"),
        ("Self-intersection", "Selbstüberschneidung"),
        ("Hole lies outside shell", "Aussparung außerhalb der Fläche"),
        ("Holes are nested", "verschachtelte Aussparungen"),
        ("Nested shells", "Teilflächen überlagern sich"),
        ("Interior is disconnected", "Fläche zerfällt"),
        ("Duplicate Rings", "doppelter Ring"),
        ("Too few points in geometry component", "zu wenige Punkte"),
    ):
        reason = reason.replace(english, german)
    return reason.replace("[", " bei [")


TANGLED = Text(
    "Die Linien der Geometrie kreuzen sich zu oft für eine sichere Berichtigung; bitte die "
    "Geometrie in der Quelle bereinigen.",
    "The lines of the geometry cross each other too often to be repaired safely; please clean "
    "the geometry in its source.",
)
NOT_FINITE = Text(
    "Eine Koordinate ist keine endliche Zahl; bitte die Datei neu erzeugen.",
    "A coordinate is not a finite number; please export the file again.",
)
EMPTY = Text(
    "Die Geometrie ist leer; bitte eine Fläche oder Linie liefern.",
    "The geometry is empty; please supply an area or a line.",
)
NO_EXTENT = Text(
    "Die Geometrie hat keine Ausdehnung; bitte den Umriss neu zeichnen.",
    "The geometry has no extent; please draw the outline again.",
)
