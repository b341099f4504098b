"""Which coordinate reference system a plan is in, and whether it lies where it can be judged.

Nobody's coordinates are reinterpreted silently: what fits is proposed, a person decides.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.crs import Reading, crs_from, label, readings
from gis.parts import single
from gis.problem import Problem, Proposal, Question, Refusal, Text
from gis.transform import Transformation, out_of_range, transform
from layers.reading.wkt import WORKING
from service.plans.plan import Shapes

ASTRAY_M = 15_000.0  # a part up to this far off may belong to a plan that crosses the border
MOST_DEGREES = 5.0  # a plan wider than that is a mistake
TOO_LARGE = Text(
    "Die Planung reicht über mehrere hundert Kilometer; bitte Datei und Koordinatensystem prüfen.",
    "The plan spans hundreds of kilometres; check the file and its coordinate reference system.",
)
LOCAL = Text(
    "Die Datei nennt kein Koordinatensystem, und in keinem der üblichen läge sie beim "
    "Zuständigkeitsgebiet (örtliche Koordinaten?); bitte in amtlichen Koordinaten neu ausgeben "
    "oder nennen, welches gilt (--crs).",
    "The file names no coordinate reference system, and in none of the usual ones it would lie "
    "near the area of competence (local coordinates?); export it in official coordinates, or say "
    "which one it is (--crs).",
)
MOST_NAMED = 5  # objects
ASK = Text(
    " Bitte die Datei prüfen. Soll die Planung trotzdem geprüft werden?",
    " Please check the file. Check the plan all the same?",
)
ALL_THE_SAME = Proposal(
    Text("trotzdem ganz prüfen", "check all of it all the same"), "--accept outside-area"
)
NOT_SO = {
    "EPSG:31468": "crs-legacy-gk4",
    "EPSG:5650": "crs-zone-prefix",
    "EPSG:4647": "crs-zone-prefix",
}


def placed(
    shapes: Shapes,
    declared: str | None,
    working: CRS,
    area: BaseGeometry | None,
    beside_m: float,
    accept: frozenset[str],
) -> tuple[Shapes, Transformation, str]:
    """Return the shapes in the working CRS, how they came there, and the CRS they were in.

    Raises
    ------
    Refusal
        ``crs-unknown``, ``coords-out-of-range``, ``outside-area``.
    Question
        ``crs-missing``, ``axis-swapped``, ``crs-zone-prefix``, ``crs-legacy-gk4``,
        ``outside-area`` (beside the area of competence, or a part of it far off), with the
        readings that would fit.
    """
    if declared == WORKING:
        declared = label(working)
    if declared is None:
        raise _missing(shapes, working, area, beside_m)
    swapped = declared.endswith("+swapped")
    source = crs_from(declared.removesuffix("+swapped"))
    given = _turned(shapes) if swapped else shapes
    if source.is_geographic and _in_degrees(given) and _span(given) > MOST_DEGREES:
        raise Refusal("plan-too-large", TOO_LARGE)
    moved: Shapes | None = None
    try:
        moved, how = transform(given, source, working)
        _inside_use(moved, source, working)
    except Refusal as refusal:
        better = _better(shapes, source, working, area, beside_m)
        if better is None:
            raise
        raise better from refusal
    off = _distance(moved, area)
    if off > 0 and (off > beside_m or "outside-area" not in accept):
        better = _better(shapes, source, working, area, beside_m)
        raise better or _outside(off, beside_m)
    far = astray(moved, area, beside_m)
    if far is not None and "outside-area" not in accept:
        raise Question("outside-area", Text(far.de + ASK.de, far.en + ASK.en), (ALL_THE_SAME,))
    return moved, how, label(source)


def astray(moved: Shapes, area: BaseGeometry | None, beside_m: float) -> Text | None:
    """Say which parts of a plan lie far from the area of competence, where the nearest one does
    not; None without any.
    """
    if area is None:
        return None
    numbered = [(i, piece) for i, shape in enumerate(moved, 1) for piece in single(shape)]
    pieces: Shapes = np.array([piece for _, piece in numbered], dtype=object)
    shapely.prepare(area)
    away = ~shapely.dwithin(area, pieces, max(beside_m, ASTRAY_M))
    if not away.any() or away.all():
        return None
    # The distance to an area of many vertices takes its time: only that of the farthest piece.
    off = shapely.distance(shapely.envelope(pieces[away]), shapely.centroid(area))
    km = f"{shapely.distance(pieces[away][np.argmax(off)], area) / 1000:.1f}"
    numbers = list(dict.fromkeys(str(i) for (i, _), far in zip(numbered, away, strict=True) if far))
    listed = ", ".join(numbers[:MOST_NAMED]) + (", …" if len(numbers) > MOST_NAMED else "")
    return Text(
        f"Ein Teil der Planung (Objekt {listed}) liegt {km.replace('.', ',')} km außerhalb des "
        "Zuständigkeitsgebiets; was er dort berührt, lässt sich hier nicht beurteilen.",
        f"A part of the plan (object {listed}) lies {km} km outside the area of competence; what "
        "it touches there cannot be judged here.",
    )


def _span(shapes: Shapes) -> float:
    left, bottom, right, top = shapely.total_bounds(shapes)
    return float(max(right - left, top - bottom))


def _in_degrees(shapes: Shapes) -> bool:
    """Tell whether coordinates can be degrees; where not, the question is which CRS they are in."""
    return float(np.abs(shapely.total_bounds(shapes)).max()) <= 360


def _turned(shapes: Shapes) -> Shapes:
    return shapely.transform(shapes, lambda xy: xy[:, ::-1])


def _inside_use(moved: Shapes, source: CRS, working: CRS) -> None:
    """Refuse coordinates far outside the area for which either CRS was made."""
    for crs in (source, working):
        use = crs.area_of_use
        if use is None:
            continue
        back, _ = transform(shapely.points(_corners(moved)), working, crs_from("EPSG:4326"))
        lon, lat = shapely.get_coordinates(back).T
        near = 10.0  # degrees: a plan a little outside is a surveyor's choice, not a mistake
        if (
            (lon < use.west - near).any()
            or (lon > use.east + near).any()
            or (lat < use.south - near).any()
            or (lat > use.north + near).any()
        ):
            raise out_of_range(label(source))


def _corners(shapes: Shapes) -> NDArray[np.float64]:
    left, bottom, right, top = shapely.total_bounds(shapes)
    return np.array([[left, bottom], [right, top]])


def _distance(moved: Shapes, area: BaseGeometry | None) -> float:
    if area is None:
        return 0.0
    return float(np.min(shapely.distance(moved, area)))


def _fitting(
    shapes: Shapes, working: CRS, area: BaseGeometry | None, beside_m: float
) -> Iterator[Reading]:
    """Yield the readings with which the plan lands in the area of competence."""
    if area is None:
        return
    for reading in readings():
        try:
            moved, _ = transform(
                _turned(shapes) if reading.swapped else shapes, reading.crs, working
            )
        except Problem:
            continue
        distance = shapely.distance(moved, area)
        if np.isfinite(distance).all() and float(distance.min()) <= beside_m:
            yield reading


def _option(reading: Reading) -> str:
    return f"--crs {label(reading.crs)}{'+swapped' if reading.swapped else ''}"


def _proposal(reading: Reading) -> Proposal:
    turned = Text(", Achsen vertauscht", ", axes swapped") if reading.swapped else Text("", "")
    name = f"{reading.crs.name} ({label(reading.crs)})"
    return Proposal(
        Text(f"als {name}{turned.de} lesen", f"read as {name}{turned.en}"), _option(reading)
    )


def _missing(shapes: Shapes, working: CRS, area: BaseGeometry | None, beside_m: float) -> Problem:
    fitting = tuple(map(_proposal, _fitting(shapes, working, area, beside_m)))
    text = Text(
        "Die Datei nennt kein Koordinatensystem, oder ihre Zahlen passen nicht dazu; bitte "
        "nennen, welches gilt (--crs).",
        "The file names no coordinate reference system, or its numbers do not fit it; say "
        "which one it is (--crs).",
    )
    usual = (_proposal(Reading(working, swapped=False)),) if area is None else ()
    return Question("crs-missing", text if fitting or usual else LOCAL, fitting or usual)


def _better(
    shapes: Shapes, source: CRS, working: CRS, area: BaseGeometry | None, beside_m: float
) -> Question | None:
    """Return the question which other CRS was meant; None where no other one fits."""
    fitting = [r for r in _fitting(shapes, working, area, beside_m) if r.swapped or r.crs != source]
    if not fitting:
        return None
    first = next((r for r in fitting if r.swapped and r.crs == source), fitting[0])
    code = "axis-swapped" if first.swapped else NOT_SO.get(label(first.crs), "crs-missing")
    text = Text(
        f"Als {label(source)} gelesen liegt die Planung außerhalb des Zuständigkeitsgebiets; "
        "anders gelesen liegt sie darin. Bitte auswählen.",
        f"Read as {label(source)}, the plan lies outside the area of competence; read another "
        "way, it lies inside. Please choose.",
    )
    ordered = [first, *(r for r in fitting if r is not first)]
    return Question(code, text, tuple(map(_proposal, ordered)))


def _outside(off_m: float, beside_m: float) -> Problem:
    km = f"{off_m / 1000:.1f}"
    if off_m > beside_m:
        return Refusal(
            "outside-area",
            Text(
                f"Die Planung liegt {km.replace('.', ',')} km außerhalb des Zuständigkeitsgebiets; "
                "bitte Koordinatensystem und Datei prüfen oder die zuständige Stelle ansprechen.",
                f"The plan lies {km} km outside the area of competence; check the coordinate "
                "reference system and the file, or turn to the authority in charge.",
            ),
        )
    return Question(
        "outside-area",
        Text(
            f"Die Planung liegt {km.replace('.', ',')} km neben dem Zuständigkeitsgebiet. Soll sie "
            "trotzdem geprüft werden?",
            f"The plan lies {km} km beside the area of competence. Check it all the same?",
        ),
        (Proposal(Text("als Nachbarplanung prüfen", "check it as a neighbour's plan"),
                  "--accept outside-area"),),
    )  # fmt: skip
