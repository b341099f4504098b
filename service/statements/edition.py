"""The two editions of a statement: everything passes through here before anything is written.

The outward edition carries nothing of layers that are not public: no geometry, object, count,
distance or figure, no note and no sentence but the one their keeper released. It is not made by
leaving things out of documents; what renderers get holds no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gis.problem import Text
from maps.picture import Picture
from service.statements.content import Checked, Content, Edition, Point, Silent, Voice

Json = Mapping[str, Any]

ELSEWHERE = Text(
    "Rückmeldung liegt vor; für diese Ausfertigung enthält sie keine Angaben.",
    "An answer has come in; it holds nothing for this copy.",
)


class LeakError(Exception):
    """Something meant for the house only is about to leave it; a defect, never a user's fault."""


@dataclass(frozen=True)
class Result:
    """What one audience may see of a check: its report, its picture, and the section on it."""

    report: Json
    picture: Picture
    checked: Checked


@dataclass(frozen=True)
class Copy:
    """One edition with all that its documents are made from."""

    content: Content
    report: Json
    picture: Picture


def cut(whole: Content, inner: Result, outer: Result, edition: Edition) -> Copy:
    """Return one edition of the statement `whole`, which is the inner one.

    `outer` is the result as planners may see it.

    Raises
    ------
    LeakError
        If `outer` holds anything of a layer that is not public.
    """
    if edition == "inner":
        return Copy(whole, inner.report, inner.picture)
    _only_public(outer)
    return Copy(outward(whole, outer.checked), outer.report, outer.picture)


def _only_public(outer: Result) -> None:
    told = {row["layer"] for row in outer.report["findings"] if row["visibility"] == "public"}
    rows = {row["layer"] for row in outer.report["findings"]}
    drawn = {overlay.code for overlay in outer.picture.overlays}
    listed = {row.layer for row in outer.checked.findings}
    if rows | drawn | listed != told:
        raise LeakError(f"layers for the house only: {sorted((rows | drawn | listed) - told)}")


def outward(whole: Content, shown: Checked) -> Content:
    """Return the statement as it leaves the house; `shown` is what the check says to outsiders."""
    hidden = hidden_layers(whole)
    voices = [_voice(voice, hidden) for voice in whole.voices]
    numbers = {p.number for voice in voices for p in voice.points}
    speaking = tuple(_linked(voice, numbers) for voice in voices if voice.points)
    return replace(
        whole,
        edition="outward",
        voices=speaking,
        no_objection=_bare(whole.no_objection),
        no_answer=_bare(whole.no_answer),
        not_concerned=_bare(whole.not_concerned),
        checked=replace(
            shown, outside=_outside(whole, shown), withheld=_withheld(whole, voices, shown)
        ),
        gaps=tuple(gap for gap in whole.gaps if gap.subject not in hidden),
        resolutions=tuple(
            r for r in whole.resolutions if r.outward and {r.first, r.second} <= numbers
        ),
        cosigned=(),
    )


def hidden_layers(whole: Content) -> frozenset[str]:
    """Return the layers of which the outward edition says nothing."""
    return frozenset(f.layer for f in whole.checked.findings if f.visibility != "public")


def _outside(whole: Content, shown: Checked) -> tuple[Any, ...]:
    """Return the bodies of the outward check, and those the coordinator added without a finding."""
    told = {body.code for body in shown.outside}
    added = tuple(b for b in whole.checked.outside if b.by_hand and b.code not in told)
    return (*shown.outside, *added)


def _voice(voice: Voice, hidden: frozenset[str]) -> Voice:
    return replace(voice, points=tuple(_shown(voice.points, hidden)))


def _shown(points: Iterable[Point], hidden: frozenset[str]) -> Iterator[Point]:
    for point in points:
        if point.edition == "internal":
            continue
        if not (point.restricted or point.layer in hidden):
            yield point
        elif point.released:
            yield Point(point.number, point.office, point.kind, point.released, party=point.party)


def _linked(voice: Voice, numbers: set[str]) -> Voice:
    """Return the voice with references to such points only as are still there."""
    return replace(
        voice,
        points=tuple(
            replace(point, same_as=tuple(n for n in point.same_as if n in numbers))
            for point in voice.points
        ),
    )


def _bare(silent: Iterable[Silent]) -> tuple[Silent, ...]:
    """Return offices without reasons: these were written for the house."""
    return tuple(replace(one, reason=None) for one in silent)


def _withheld(whole: Content, voices: Iterable[Voice], shown: Checked) -> tuple[Silent, ...]:
    """Return the offices without a last word here: those of the report that were not asked, and
    whoever answered but has nothing left to say in this edition.
    """
    quiet = (*whole.no_objection, *whole.no_answer, *whole.not_concerned)
    asked = {voice.office for voice in whole.voices} | {one.office for one in quiet}
    elsewhere = ELSEWHERE.in_language(whole.language)
    return (
        *(one for one in shown.withheld if one.office not in asked),
        *(Silent(v.office, v.name, elsewhere) for v in voices if not v.points),
    )
