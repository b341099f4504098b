"""Outlines of many cases at once, as a child reads them: from texts, or from a file of geodata."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from shapely.geometry.base import BaseGeometry

import layers.reading as reading
from gis.problem import Problem, Refusal, Text
from layers.reading.features import shapes
from layers.reading.profile import UPLOAD
from service.plans.declared import Intake
from service.plans.intake import plan_from
from service.plans.plan import Plan

IN_A_CELL = replace(UPLOAD, formats=frozenset({"wkt", "geojson"}), most_bytes=5_000_000)
CELL = "outline.txt"
NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Gather:
    """Read the file of this name: objects, each with the reference of its case.

    `by` are names of the attribute that may hold it, in small letters; the first that is there
    counts.
    """

    file: str
    by: tuple[str, ...]
    intake: Intake


@dataclass(frozen=True, slots=True)
class Keyed:
    """An object of the file and the reference of its case, as the file has it."""

    key: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Gathered:
    """All objects that name a case, in the coordinates of the file; `nameless` ones do not."""

    crs: str | None
    objects: tuple[Keyed, ...]
    nameless: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The outline of one case: a text (WKT or GeoJSON), or objects in `crs`; lengths in metres."""

    key: str
    kind: str
    text: str | None = None
    objects: tuple[BaseGeometry, ...] = ()
    crs: str | None = None
    width_m: float | None = None
    radius_m: float | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """Make outlines of all that is wanted, under one intake."""

    wanted: tuple[Wanted, ...]
    intake: Intake


def gather(job: Gather, folder: Path) -> Gathered:
    """Return the objects of a file with the references of their cases.

    Raises
    ------
    Refusal, Question
        As `layers.reading.read`; ``reference-missing`` where no attribute names cases.
    """
    said = job.intake
    found = reading.read(
        folder / job.file, layer=said.layer, encoding=said.encoding, accept=said.accept
    )
    names = {name.casefold(): name for row in found.attributes for name in row}
    name = next((names[one] for one in job.by if one in names), None)
    if name is None:
        raise Refusal("reference-missing", _no_reference(job.by, sorted(names.values())))
    keyed = [
        Keyed(_key(row.get(name)), shape)
        for row, shape in zip(found.attributes, found.geometries, strict=True)
    ]
    objects = tuple(one for one in keyed if one.key)
    return Gathered(said.source_crs or found.crs, objects, len(keyed) - len(objects))


def outlined(job: Outline, folder: Path) -> Iterator[Plan | Problem]:
    """Yield for everything wanted a plan with its footprint, or what is wrong with it."""
    for one in job.wanted:
        try:
            yield _plan(one, job.intake, folder)
        except Problem as problem:
            yield problem


def _plan(wanted: Wanted, intake: Intake, folder: Path) -> Plan:
    own = replace(
        intake,
        kind=wanted.kind,
        width_m=wanted.width_m,
        radius_m=wanted.radius_m,
        title=wanted.key,
        source_crs=intake.source_crs if wanted.crs is None else wanted.crs,
    )
    if wanted.text is None:
        found = _features(wanted.objects, wanted.crs)
    else:
        path = folder / CELL
        path.write_text(wanted.text, encoding="utf-8")
        found = reading.read(path, profile=IN_A_CELL, accept=intake.accept)
        found = replace(found, attributes=({},) * len(found.geometries), document={})
        if found.format != "wkt":  # GeoJSON says itself where it lies
            own = replace(own, source_crs=None)
    return plan_from(found, own, "", wanted.key)


def _features(objects: tuple[BaseGeometry, ...], crs: str | None) -> reading.Features:
    rows: tuple[dict[str, str], ...] = ({},) * len(objects)
    return reading.Features(shapes(objects), rows, crs, "geodata")


def _key(value: object) -> str:
    """Return a reference as text; a spreadsheet may have made a number of it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _no_reference(by: tuple[str, ...], names: list[str]) -> Text:
    wanted, there = ", ".join(by), ", ".join(n[:60] for n in names[:NAMES_SHOWN]) or "–"
    return Text(
        f"Kein Attribut der Geodatei nennt das Aktenzeichen (gesucht: {wanted}; vorhanden: "
        f"{there}); bitte mit --by angeben.",
        f"No attribute of the geodata file names the reference (looked for: {wanted}; there "
        f"are: {there}); please name it with --by.",
    )
