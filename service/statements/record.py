"""The picture of a consolidated statement: findings, the points at their places, offices as groups.

It goes the way of every picture of a check: one file for the record, a page, a GeoPackage.
"""

from collections.abc import Iterator
from dataclasses import replace

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from gis.problem import Text
from gis.relation import Relation
from maps.picture import Hit, Office, Overlay, Picture
from service.statements.chapters import overcome
from service.statements.content import Content, Point, Voice
from service.statements.edition import Copy
from service.statements.labels import label
from service.statements.words import Words

THEME = "aussage"
PREFIX = "points_"
SAID = Text("Punkte: {n}", "points: {n}")


def pictured(copy: Copy) -> Picture:
    """Return the picture of an edition with what the offices say, in front of what was found."""
    content, found = copy.content, copy.picture
    say = Words(content.language)
    voices = {voice.office for voice in content.voices}
    said = tuple(_overlays(content, found.plan.footprint, say))
    return replace(
        found,
        title=f"{say('title')}: {content.subject.title}",
        overlays=(*said, *found.overlays),
        offices=(
            *(_office(voice, content) for voice in content.voices),
            *(replace(o, reasons=()) for o in found.offices if o.code not in voices),
        ),
        notes=(content.assessment.text, *found.notes),
        provenance=(
            (say("our_reference"), content.reference),
            (say("draft_of"), str(content.version)),
            (say("date"), content.closing.date),
            *found.provenance,
        ),
    )


def _overlays(content: Content, plan: BaseGeometry, say: Words) -> Iterator[Overlay]:
    for voice in content.voices:
        placed = [point for point in voice.points if point.place is not None]
        if placed:
            yield Overlay(
                code=f"{PREFIX}{voice.office.lower()}",
                title=f"{voice.name}: {say('voices')}",
                theme=THEME,
                outcome="affected",
                offices=(voice.office,),
                hits=tuple(_hit(point, content, plan, say) for point in placed),
                outcome_text=SAID.in_language(content.language).format(n=len(placed)),
            )


def _hit(point: Point, content: Content, plan: BaseGeometry, say: Words) -> Hit:
    place = shapely.geometry.shape(dict(point.place or {}))
    inside = shapely.intersection(place, plan)
    basis = (point.basis,) if point.basis else ()
    rows = [(_kind(point, content), point.text), (say("overcome"), overcome(point, say))]
    return Hit(
        id=point.number,
        title=point.number,
        relation=Relation.NEAR if inside.is_empty else Relation.OVERLAPS,
        geometry=place,
        overlap=None if inside.is_empty else inside,
        offices=(point.office,),
        rows=tuple((name, value) for name, value in rows if value),
        basis=basis,
    )


def _kind(point: Point, content: Content) -> str:
    return label(point.kind, content.subject.procedure_code).in_language(content.language)


def _office(voice: Voice, content: Content) -> Office:
    kinds = dict.fromkeys(_kind(point, content) for point in voice.points)
    return Office(
        code=voice.office,
        name=voice.name,
        effect=", ".join(kinds),
        reasons=tuple(f"{p.number} {_kind(p, content)}: {p.text}" for p in voice.points),
    )
