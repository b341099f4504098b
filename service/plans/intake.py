"""Intake: the bytes of a file become a plan, or a refusal or question that says what to do."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import layers.reading as reading
from gis.footprint import Footprint
from gis.problem import Notice, Refusal, Text
from gis.repair import Change
from gis.transform import Transformation
from layers.apart.limits import FULL
from service.figures import metres
from service.plans import attributes, origin
from service.plans.declared import Intake as Intake
from service.plans.declared import declared
from service.plans.parts import Drawing, parts_and_whole, parts_of_document, united
from service.plans.place import astray, placed
from service.plans.plan import Plan
from service.plans.shape import mended

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
    if not path.is_file():
        raise unreadable(path)
    try:
        with path.open("rb") as file:
            file.read(1)
        features = reading.read(
            path, layer=intake.layer, encoding=intake.encoding, accept=intake.accept
        )
        with path.open("rb") as file:  # only now: what is too large was refused unread
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        if error.errno in FULL:
            raise
        raise unreadable(path) from error
    return plan_from(features, intake, sha256, path.stem)


def plan_from(features: reading.Features, intake: Intake, sha256: str, name: str) -> Plan:
    """Return the plan that `features` describe; errors as `read_plan`."""
    rows = (features.document, *features.attributes)
    crs = intake.source_crs or features.crs
    moved, how, source = placed(
        features.geometries, crs, intake.crs, intake.area, intake.beside_m, intake.accept
    )
    names = [f"Objekt {i}" for i in range(1, len(moved) + 1)]
    shapes, changes = mended(moved, names, intake.accept)
    said = declared(intake, rows)
    width_m, widths = attributes.length_m(intake.width_m, rows, attributes.WIDTH)
    radius_m, radii = attributes.length_m(intake.radius_m, rows, attributes.RADIUS)
    drawing = Drawing(intake.crs, said.kind, width_m, radius_m, intake.vocabulary.roles)
    parts, whole = parts_and_whole(shapes, features.attributes, drawing)
    more, mended_parts, unusable = parts_of_document(features, intake.source_crs, drawing)
    parts += more
    changes += (*mended_parts, *(() if parts else united(shapes, whole)))
    sigma_m = origin.accuracy_m(intake.origin, intake.accuracy_m)
    of_origin = origin.notices(intake.origin, sigma_m)
    far = astray(moved, intake.area, intake.beside_m)
    off = [] if far is None else [Notice("outside-area", far)]  # agreed to by whoever was asked
    notices = [*of_origin, *off, *said.notices, *features.notices, *unusable, *widths, *radii]
    return Plan(
        title=intake.title or _title(rows, intake.named or name),
        kind=said.kind.code,
        uses=said.uses,
        procedure=said.procedure,
        geometry=whole,
        parts=parts,
        attributes=said.values,
        sha256=f"sha256:{sha256}",
        source_crs=source,
        transformation=how,
        accuracy_m=sigma_m,
        repairs=changes,
        notices=(*notices, *_of_transformation(how), *(Notice(_code(c), c.text) for c in changes)),
        steps=tuple(_steps(features, how, intake, whole)),
        facts=features.document.get("facts", {}),
    )


def _code(change: Change) -> str:
    """Return the code of a notice for a change: what was drawn wrongly, or overlapped."""
    own = {k: k for k in ("geometry-spike", "geometry-collection")} | {"united": "parts-united"}
    return own.get(change.kind, "geometry-invalid")


def _title(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    return str(attributes.first(rows, attributes.TITLE) or name).strip()


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
    steps += origin.steps(intake.origin, intake.accuracy_m)
    if geometry.geometry_type == "route":
        width = metres(geometry.width_m)  # type: ignore[union-attr]  # a route has a width
        steps.append(
            Text(
                f"Korridor aus Achse und Breite {width.de}, an den Enden gerade geschnitten",
                f"corridor from the axis and a width of {width.en}, cut square at its ends",
            )
        )
    return steps


def unreadable(path: Path) -> Refusal:
    """Return the refusal for a file that is not there or may not be read."""
    return Refusal(
        "file-missing",
        Text(
            f"Die Datei {path.name} kann nicht gelesen werden; bitte Pfad und Rechte prüfen.",
            f"The file {path.name} cannot be read; check its path and permissions.",
        ),
    )
