"""Intake: the bytes of a file become a plan, or a refusal or question that says what to do."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

import layers.reading as reading
from gis.footprint import Area, Footprint
from gis.problem import Notice, Refusal, Text
from gis.repair import Change
from gis.transform import Transformation
from service.figures import metres, square_metres
from service.plans import attributes
from service.plans.kinds import Kind, Vocabulary
from service.plans.place import placed
from service.plans.plan import Part, Plan
from service.plans.shape import Shapes, footprint, mended


@dataclass(frozen=True)
class Intake:
    """Everything said about a plan beside its file; None where nothing was said.

    `area` is the area of competence in `crs` (None: everywhere), `accept` the codes of questions
    answered with yes, lengths are in metres.
    """

    crs: CRS
    vocabulary: Vocabulary
    area: BaseGeometry | None = None
    beside_m: float = 0.0
    source_crs: str | None = None
    layer: str | None = None
    encoding: str | None = None
    accept: frozenset[str] = frozenset()
    kind: str | None = None
    uses: tuple[str, ...] = ()
    procedure: str | None = None
    title: str | None = None
    width_m: float | None = None
    radius_m: float | None = None
    accuracy_m: float = 0.0
    attributes: Mapping[str, str] = field(default_factory=dict)


WEB_MERCATOR = Text(
    "Die Datei nutzt Web-Mercator (EPSG:3857), dessen Flächen verzerrt sind; gemessen wird nach "
    "der Umrechnung.",
    "The file uses Web Mercator (EPSG:3857), whose areas are distorted; measured after "
    "transforming.",
)


def read_plan(path: Path, intake: Intake) -> Plan:
    """Read the plan in the file at `path`.

    Raises
    ------
    Refusal
        Where the file cannot be used as a plan.
    Question
        Where a person must decide something first.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path) from error
    features = reading.read(
        path, layer=intake.layer, encoding=intake.encoding, accept=intake.accept
    )
    return plan_from(features, intake, hashlib.sha256(content).hexdigest(), path.stem)


def plan_from(features: reading.Features, intake: Intake, sha256: str, name: str) -> Plan:
    """Return the plan that `features` describe; errors as `read_plan`."""
    rows = (features.document, *features.attributes)
    crs = intake.source_crs or features.crs
    moved, how, source = placed(
        features.geometries, crs, intake.crs, intake.area, intake.beside_m, intake.accept
    )
    names = [f"Objekt {i}" for i in range(1, len(moved) + 1)]
    shapes, changes = mended(moved, names, intake.accept)
    kind, notices = _kind(intake, rows)
    values, differing = attributes.declared(intake.attributes, rows)
    geometry, parts, united = _geometry(shapes, features, intake, kind, rows, moved)
    notices += [*features.notices, *differing, *_of_transformation(how)]
    notices += [Notice(_code(c), c.text) for c in (*changes, *united)]
    return Plan(
        title=intake.title or _title(rows, name),
        kind=kind.code,
        uses=_uses(intake, rows),
        procedure=intake.procedure or _procedure(intake, rows),
        geometry=geometry,
        parts=parts,
        attributes=values,
        sha256=f"sha256:{sha256}",
        source_crs=source,
        transformation=how,
        accuracy_m=intake.accuracy_m,
        repairs=(*changes, *united),
        notices=tuple(notices),
        steps=tuple(_steps(features, how, intake, geometry)),
    )


def _code(change: Change) -> str:
    return "geometry-spike" if change.kind == "geometry-spike" else "geometry-invalid"


def _kind(intake: Intake, rows: Sequence[Mapping[str, Any]]) -> tuple[Kind, list[Notice]]:
    words = intake.vocabulary
    named = intake.kind or str(attributes.first(rows, attributes.KIND) or "").strip().lower()
    if named in words.kinds:
        return words.kinds[named], []
    text = Text(
        "Die Art der Planung ist nicht angegeben (--kind); geprüft wird als „Sonstige Planung“.",
        "The kind of plan is not stated (--kind); it is checked as “other plan”.",
    )
    return words.kinds["sonstiges"], [Notice("kind-assumed", text)]


def _title(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    return str(attributes.first(rows, attributes.TITLE) or name).strip()


def _uses(intake: Intake, rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    if intake.uses:
        return intake.uses
    found = attributes.words(attributes.first(rows, attributes.USE))
    return tuple(u for u in found if u in intake.vocabulary.uses)


def _procedure(intake: Intake, rows: Sequence[Mapping[str, Any]]) -> str | None:
    found = str(attributes.first(rows, attributes.PROCEDURE) or "")
    return found if found in intake.vocabulary.procedures else None


def _length(
    stated: float | None, rows: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> float | None:
    if stated is not None:
        return stated
    value = attributes.first(rows, names)
    number = attributes.value_from(value) if value is not None else None
    ok = isinstance(number, float | int) and 0 <= number <= 10_000
    return float(number) if ok and number is not None else None


def _geometry(
    shapes: Shapes,
    features: reading.Features,
    intake: Intake,
    kind: Kind,
    rows: Sequence[Mapping[str, Any]],
    moved: Shapes,
) -> tuple[Footprint, tuple[Part, ...], tuple[Change, ...]]:
    """Return the footprint of the whole plan, its parts with roles, and overlaps united."""
    width = _length(intake.width_m, rows, attributes.WIDTH)
    radius = _length(intake.radius_m, rows, attributes.RADIUS)
    roles = [
        str(role).strip().lower() if (role := attributes.first([row], attributes.ROLE)) else None
        for row in features.attributes
    ]
    known = [role if role in intake.vocabulary.roles else None for role in roles]
    parts = tuple(
        Part(role, _name(row), footprint(shapes[i : i + 1], intake.crs, kind, width, radius))
        for i, (role, row) in enumerate(zip(known, features.attributes, strict=True))
        if role
    )
    parts += _of_document(features, intake, kind)
    whole = _whole(shapes, known, intake, kind, width, radius)
    return whole, parts, _united(shapes, whole) if not parts else ()


def _name(row: Mapping[str, Any]) -> str | None:
    name = attributes.first([row], attributes.TITLE)
    return None if name is None else str(name)


def _whole(
    shapes: Shapes,
    roles: Sequence[str | None],
    intake: Intake,
    kind: Kind,
    width: float | None,
    radius: float | None,
) -> Footprint:
    """Return the footprint of everything; compensation elsewhere counts, it is planned, too."""
    if len({int(d) for d in shapely.get_dimensions(shapes)}) > 1 and all(roles):
        grounds = [footprint(shapes[i : i + 1], intake.crs, kind, width, radius).footprint
                   for i in range(len(shapes))]  # fmt: skip
        return Area(shapely.union_all(grounds), intake.crs)
    return footprint(shapes, intake.crs, kind, width, radius)


def _of_document(features: reading.Features, intake: Intake, kind: Kind) -> tuple[Part, ...]:
    """Return the parts an XPlanGML document describes by its own objects."""
    found = features.document.get("parts", ())
    if not found:
        return ()
    shapes: Shapes = np.empty(len(found), dtype=object)
    shapes[:] = [geometry for _, _, geometry in found]
    moved, _, _ = placed(
        shapes, intake.source_crs or features.crs, intake.crs, None, 0.0, frozenset()
    )
    parts = []
    for (role, name, _), shape in zip(found, moved, strict=True):
        valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        if role in intake.vocabulary.roles and valid.area:
            parts.append(Part(role, name, Area(valid, intake.crs)))
    return tuple(parts)


def _united(shapes: Shapes, whole: Footprint) -> tuple[Change, ...]:
    """Tell where parts of the plan overlapped and were united."""
    drawn = float(shapely.area(shapes).sum())
    ground = float(whole.footprint.area)
    if whole.geometry_type != "area" or drawn - ground <= 1.0:
        return ()
    before, after = square_metres(drawn), square_metres(ground)
    text = Text(
        f"Teilflächen überlagern sich und wurden vereinigt: {before.de} → {after.de}",
        f"parts overlap and were united: {before.en} → {after.en}",
    )
    return (Change("united", text, drawn, ground),)


def _of_transformation(how: Transformation) -> list[Notice]:
    if how.source == "EPSG:3857":
        return [Notice("crs-3857-area", WEB_MERCATOR)]
    if not how.accuracy_m:
        return []
    accuracy = metres(how.accuracy_m)
    grid = f" (PROJ-Gitter {how.missing_grid} fehlt)" if how.missing_grid else ""
    lacking = f" (PROJ grid {how.missing_grid} is missing)" if how.missing_grid else ""
    return [
        Notice(
            "crs-accuracy",
            Text(
                f"Umrechnung von {how.source} nach {how.target} nur auf {accuracy.de} genau{grid}; "
                "die Toleranz ist entsprechend erweitert.",
                f"Transformation from {how.source} to {how.target} is good to {accuracy.en} only"
                f"{lacking}; the tolerance is widened accordingly.",
            ),
        )
    ]


def _steps(
    features: reading.Features, how: Transformation, intake: Intake, geometry: Footprint
) -> list[Text]:
    layer = f" ({features.layer})" if features.layer else ""
    number = len(features.geometries)
    steps = [
        Text(
            f"gelesen als {features.format}{layer}: {number} Objekte in {how.source}",
            f"read as {features.format}{layer}: {number} features in {how.source}",
        ),
        Text(
            f"Umrechnung nach {how.target}: {how.operation}, Genauigkeit {how.accuracy_m:g} m",
            f"transformed to {how.target}: {how.operation}, accuracy {how.accuracy_m:g} m",
        ),
    ]
    if how.assumption is not None:
        steps.append(how.assumption)
    if intake.accuracy_m:
        sigma = metres(intake.accuracy_m)
        steps.append(
            Text(f"Lagegenauigkeit laut Angabe {sigma.de}", f"declared accuracy {sigma.en}")
        )
    if geometry.geometry_type == "route":
        width = metres(geometry.width_m)  # type: ignore[union-attr]
        steps.append(
            Text(
                f"Korridor aus Achse und Breite {width.de}, an den Enden gerade geschnitten",
                f"corridor from the axis and a width of {width.en}, cut square at its ends",
            )
        )
    return steps


def _unreadable(path: Path) -> Refusal:
    return Refusal(
        "file-missing",
        Text(
            f"Die Datei {path.name} kann nicht gelesen werden; bitte Pfad und Rechte prüfen.",
            f"The file {path.name} cannot be read; check its path and permissions.",
        ),
    )
