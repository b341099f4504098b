"""What the GeoPackage of a check holds: its layers and tables as plain rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from maps import qgis
from maps.contents import numbered
from maps.picture import Hit, Overlay, Picture
from maps.style import OUTCOMES

KINDS: dict[qgis.Shape, tuple[int, str]] = {
    "area": (2, "MultiPolygon"),
    "line": (1, "MultiLineString"),
    "point": (0, "MultiPoint"),
}
MAKERS: dict[qgis.Shape, Callable[..., Any]] = {
    "area": shapely.multipolygons,
    "line": shapely.multilinestrings,
    "point": shapely.multipoints,
}
SUFFIXES: dict[qgis.Shape, str] = {"area": "", "line": "_lines", "point": "_points"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One layer of the file; without `shape` a plain table. `columns` maps names to types."""

    name: str
    columns: dict[str, type]
    rows: Sequence[tuple[BaseGeometry | None, Row]]
    shape: qgis.Shape | None = None
    style: str | None = None


def tables(picture: Picture) -> Iterator[Table]:
    """Yield the layers and tables of the file; what there is none of is left out, but for the
    four everybody looks for (plan, objects, overlaps, uncovered).
    """
    yield from _plan(picture)
    yield from _of_hits("objects", picture, inside=False)
    yield from _of_hits("overlaps", picture, inside=True)
    yield from _crossings(picture)
    yield from _uncovered(picture)
    yield Table("findings", FINDINGS, [(None, _finding(o, picture)) for o in picture.overlays])
    yield Table("offices", OFFICES, [(None, row) for row in _offices(picture)])
    yield Table("about", {"subject": str, "text": str}, [(None, row) for row in _about(picture)])


PLAN = {"title": str, "facts": str, "area_m2": float, "length_m": float}
PARTS = {"role": str, "name": str, "area_m2": float}
OBJECTS = {
    "layer": str, "layer_title": str, "theme": str, "object_id": str, "object_name": str,
    "relation": str, "offices": str, "basis": str, "figures": str, "overlap_m2": float,
    "share_of_plan": float, "length_m": float, "distance_m": float, "data_date": str,
}  # fmt: skip
CROSSINGS = {
    "layer": str, "theme": str, "object_id": str, "object_name": str, "km": float,
    "angle_deg": float, "text": str,
}  # fmt: skip
UNCOVERED = {"layer": str, "layer_title": str, "reason": str, "offices": str, "area_m2": float}
FINDINGS = {
    "layer": str, "title": str, "theme": str, "outcome": str, "outcome_text": str, "objects": int,
    "figures": str, "offices": str, "reason": str, "data_date": str, "quality": str,
    "attribution": str,
}  # fmt: skip
OFFICES = {
    "code": str, "name": str, "effect": str, "certainty": str, "objects": int, "reasons": str
}  # fmt: skip


def _plan(picture: Picture) -> Iterator[Table]:
    plan = picture.plan
    facts = _lines(plan.rows)
    length = None if plan.axis is None else float(plan.axis.length)
    row = {"title": plan.title, "facts": facts, "area_m2": plan.footprint.area, "length_m": length}
    for shape in KINDS:
        for name, geometry in (
            ("plan", plan.footprint),
            ("axis", plan.axis),
            ("sites", plan.points),
        ):
            piece = _of_dimension(geometry, shape)
            if piece is not None:
                named = name + (SUFFIXES[shape] if name == "plan" else "")
                yield Table(named, PLAN, [(piece, row)], shape, qgis.outline(shape))
    parts = [
        (piece, {"role": p.role, "name": p.name, "area_m2": p.geometry.area})
        for p in plan.parts
        if (piece := _of_dimension(p.geometry, "area")) is not None
    ]
    if parts:
        style = qgis.by_role([p.role for p in plan.parts], picture.language)
        yield Table("parts", PARTS, parts, "area", style)


def _of_hits(name: str, picture: Picture, *, inside: bool) -> Iterator[Table]:
    for shape, suffix in SUFFIXES.items():
        rows = [
            (piece, _object(overlay, hit))
            for _, _, overlay, hit in numbered(picture)
            if (piece := _of_dimension(hit.overlap if inside else hit.geometry, shape)) is not None
        ]
        if rows or shape == "area":
            themes = sorted({row["theme"] for _, row in rows})
            style = qgis.by_theme(themes, shape, picture.language, inside=inside)
            yield Table(name + suffix, OBJECTS, rows, shape, style)


def _of_dimension(geometry: BaseGeometry | None, shape: qgis.Shape) -> BaseGeometry | None:
    """Return the geometry as one multi geometry where `shape` is its largest dimension.

    What an area meets in a line or a point beside its areas has no size and is left out.
    """
    dimension, _ = KINDS[shape]
    if geometry is None or geometry.is_empty or shapely.get_dimensions(geometry) != dimension:
        return None
    parts = [p for p in _simple(geometry) if shapely.get_dimensions(p) == dimension]
    whole: BaseGeometry = MAKERS[shape](parts)
    return whole


def _simple(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(geometry):
        if part.geom_type.startswith(("Multi", "Geometry")):
            yield from _simple(part)
        else:
            yield part


def _object(overlay: Overlay, hit: Hit) -> Row:
    return {
        "layer": overlay.code,
        "layer_title": overlay.title,
        "theme": overlay.theme,
        "object_id": hit.id,
        "object_name": hit.title,
        "relation": hit.relation.value,
        "offices": ", ".join(hit.offices),
        "basis": "\n".join(hit.basis),
        "figures": _lines(hit.rows),
        "overlap_m2": hit.overlap_m2,
        "share_of_plan": hit.share_of_plan,
        "length_m": hit.length_m,
        "distance_m": hit.distance_m,
        "data_date": overlay.data_date,
    }


def _crossings(picture: Picture) -> Iterator[Table]:
    rows: list[tuple[BaseGeometry | None, Row]] = [
        (
            shapely.multipoints([crossing.point]),
            {
                "layer": overlay.code,
                "theme": overlay.theme,
                "object_id": hit.id,
                "object_name": hit.title,
                "km": crossing.at_km,
                "angle_deg": crossing.angle_deg,
                "text": _lines(crossing.rows),
            },
        )
        for _, _, overlay, hit in numbered(picture)
        for crossing in hit.crossings
    ]
    if rows:
        yield Table("crossings", CROSSINGS, rows, "point", qgis.crossing())


def _uncovered(picture: Picture) -> Iterator[Table]:
    for shape, suffix in SUFFIXES.items():
        rows = [
            (piece, _gap(overlay, piece))
            for overlay in picture.overlays
            if (piece := _of_dimension(overlay.uncovered, shape)) is not None
        ]
        if rows or shape == "area":
            yield Table("uncovered" + suffix, UNCOVERED, rows, shape, qgis.hatched(shape))


def _gap(overlay: Overlay, piece: BaseGeometry) -> Row:
    return {
        "layer": overlay.code,
        "layer_title": overlay.title,
        "reason": overlay.reason,
        "offices": ", ".join(overlay.offices),
        "area_m2": piece.area,
    }


def _finding(overlay: Overlay, picture: Picture) -> Row:
    return {
        "layer": overlay.code,
        "title": overlay.title,
        "theme": overlay.theme,
        "outcome": overlay.outcome,
        "outcome_text": overlay.outcome_text
        or OUTCOMES[overlay.outcome].in_language(picture.language),
        "objects": len(overlay.hits),
        "figures": overlay.figures,
        "offices": ", ".join(overlay.offices),
        "reason": overlay.reason,
        "data_date": overlay.data_date,
        "quality": overlay.quality,
        "attribution": overlay.attribution,
    }


def _offices(picture: Picture) -> Iterator[Row]:
    for office in picture.offices:
        yield {
            "code": office.code,
            "name": office.name,
            "effect": office.effect,
            "certainty": office.certainty,
            "objects": sum(office.code in hit.offices for *_, hit in numbered(picture)),
            "reasons": "\n".join(office.reasons),
        }


def _about(picture: Picture) -> Iterator[Row]:
    rows = [("", picture.disclaimer), *(("", n) for n in picture.notes), *picture.provenance]
    for subject, text in [*rows, ("", picture.attribution)]:
        if text:
            yield {"subject": subject, "text": text}


def _lines(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{label}: {text}" for label, text in rows)
