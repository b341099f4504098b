"""Closed cases of earlier years are taken over: all of a table or nothing, the same row only once.

They bring their outline, so that what lies nearby is known from the first day. Nothing is checked
anew and nobody is written to.
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.footprint import Area, Route
from gis.problem import Text
from service import journal
from service.blobs import Blobs, recorded
from service.cases.importing.columns import HEADINGS
from service.cases.importing.entry import Entry, entries_from
from service.cases.importing.fault import Fault, FaultyError
from service.cases.importing.locating import FOUND, Towns, located, nowhere
from service.cases.importing.shaping import Geodata, Outliner, shaped
from service.cases.importing.table import table_from
from service.cases.outlines import outlines
from service.cases.reference import held_by_others
from service.cases.state import State, state_of
from service.cases.understanding import outline, understood
from service.errors import ConflictError
from service.models.case import Case
from service.models.version import PlanVersion
from service.plans.answer import stored
from service.plans.declared import Intake
from service.plans.origin import OFFICIAL
from service.plans.plan import Plan

IMPORTED = "case.imported"
LOCK = 0x49_4D_50_4F_52_54  # advisory: one import at a time
SAME_M = 0.01  # outlines that differ by less are the same
MOST_BYTES = 20_000_000  # of one outline
FILE = "outline.wkt"


@dataclass(frozen=True, slots=True)
class Source:
    """What is imported: the table, maybe a file of geodata, and what is said of both.

    `towns` tells in which municipalities a plan lies, for rows that do not say it; None where that
    cannot be known.
    """

    table: bytes
    intake: Intake
    geodata: Geodata | None = None
    towns: Towns = nowhere


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know of a row that was taken all the same."""

    line: int
    reference: str
    text: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """References of what was taken, of what was there already, of what has no outline.

    `unused` objects of the geodata belong to no row.
    """

    imported: tuple[str, ...]
    skipped: tuple[str, ...]
    without_outline: tuple[str, ...]
    unused: int
    remarks: tuple[Remark, ...]


def take(
    session: Session,
    blobs: Blobs,
    source: Source,
    outliner: Outliner,
    *,
    actor: str,
    today: date,
    dry_run: bool = False,
) -> Outcome:
    """Import the closed cases of a table; `dry_run` finds out all the same and keeps nothing.

    Raises
    ------
    FaultyError
        With all that is wrong; nothing is kept then.
    ConflictError
        If another import is under way.
    """
    entries = entries_from(table_from(source.table), source.intake.vocabulary, today)
    found = shaped(entries, source.geodata, source.intake, outliner)
    _alone(session)
    known = _known(session, found.cases)
    new = [(entry, plan) for entry, plan in found.cases if entry.reference not in known]
    if not dry_run and new:
        _keep(session, blobs, source, new, actor)
    return Outcome(
        imported=tuple(entry.reference for entry, _ in new),
        skipped=tuple(e.reference for e, _ in found.cases if e.reference in known),
        without_outline=tuple(entry.reference for entry, plan in found.cases if plan is None),
        unused=found.unused,
        remarks=tuple(_remarks(new)),
    )


def _alone(session: Session) -> None:
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        raise ConflictError("import-under-way", UNDER_WAY)


def _known(session: Session, cases: Sequence[tuple[Entry, Plan | None]]) -> frozenset[str]:
    """Return the references that are here with just this content; others are faults."""
    references = [entry.reference for entry, _ in cases]
    held = set(held_by_others(session, references))
    rows = session.scalars(select(Case).where(Case.reference.in_(references)))
    here = {case.reference: case for case in rows}
    shapes = outlines(session, [case.id for case in here.values()])
    faults = []
    for entry, plan in cases:
        case = here.get(entry.reference)
        if case is not None:
            differing = _differing(case, shapes.get(case.id), entry, plan)
            faults += [_other(entry, differing)] if differing else []
        elif entry.reference in held:
            faults.append(Fault(entry.line, HEADINGS["reference"][0], HELD))
    if faults:
        raise FaultyError(faults)
    return frozenset(here)


def _differing(
    case: Case, shape: BaseGeometry | None, entry: Entry, plan: Plan | None
) -> list[str]:
    """Return the names of the columns in which a case differs from its row."""
    told = _columns(entry)
    if not (entry.municipalities or entry.municipality_names):  # the outline said it then
        told = {name: value for name, value in told.items() if name not in FOUND}
    differing = [name for name, value in told.items() if getattr(case, name) != value]
    if case.state not in (State.CLOSED, State.ARCHIVED):
        differing.append("closed")
    if not _same(shape, None if plan is None else plan.geometry.footprint):
        differing.append("outline")
    known = {"dates": "resolution", **{name: name for name in HEADINGS}}
    return list(dict.fromkeys(HEADINGS[known[name]][0] for name in differing))


def _same(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(shapely.equals_exact(one.normalize(), other.normalize(), SAME_M))


def _other(entry: Entry, differing: Iterable[str]) -> Fault:
    listed = ", ".join(differing)
    return Fault(
        entry.line,
        HEADINGS["reference"][0],
        Text(OTHER.de.format(listed), OTHER.en.format(listed)),
    )


def _columns(entry: Entry) -> dict[str, Any]:
    """Return what a row says, as a case holds it."""
    noon = time(12, tzinfo=UTC)
    return {
        "title": entry.title,
        "summary": entry.summary,
        "kind": entry.kind,
        "procedure": entry.procedure,
        "sender_reference": entry.sender_reference,
        "municipalities": list(entry.municipalities),
        "municipality_names": entry.municipality_names,
        "received": entry.received,
        "deadline": entry.deadline,
        "dates": dict(entry.dates),
        "closed": None if entry.closed is None else datetime.combine(entry.closed, noon),
    }


def _keep(
    session: Session,
    blobs: Blobs,
    source: Source,
    new: Sequence[tuple[Entry, Plan | None]],
    actor: str,
) -> None:
    """Keep new cases: first the bytes, then the rows, last the journal, which others wait for."""
    cases = [_case(located(entry, plan, source.towns)) for entry, plan in new]
    versions = [
        _version(session, blobs, source.intake, case, entry, plan)
        for case, (entry, plan) in zip(cases, new, strict=True)
        if plan is not None
    ]
    session.add_all(cases)
    session.flush()
    session.add_all(versions)
    session.flush()
    file = hashlib.sha256(source.table).hexdigest()
    journal.append_all(
        session,
        [
            journal.Happening(
                IMPORTED, actor, case.id, {"file": file, "line": entry.line}, {"title": case.title}
            )
            for case, (entry, _) in zip(cases, new, strict=True)
        ],
    )


def _case(entry: Entry) -> Case:
    return Case(
        id=uuid4(),
        reference=entry.reference,
        uses=[],
        on_behalf=True,
        state=state_of([IMPORTED]),
        revision=1,
        **_columns(entry),
    )


def _version(
    session: Session, blobs: Blobs, intake: Intake, case: Case, entry: Entry, plan: Plan
) -> PlanVersion:
    """Return the draft of an imported case: its outline in the working CRS is its file."""
    content = shapely.to_wkt(_drawn(plan), rounding_precision=-1).encode()
    with blobs.arriving(io.BytesIO(content), most=MOST_BYTES) as arrived:
        kept = recorded(session, blobs.keep(arrived))
    said = replace(
        intake,
        source_crs=None,
        layer=None,
        kind=entry.kind,
        procedure=entry.procedure,
        title=entry.title,
        width_m=entry.width_m,
        radius_m=entry.radius_m,
    )
    about = replace(plan, sha256=f"sha256:{kept}", title=entry.title, procedure=entry.procedure)
    return PlanVersion(
        case_id=case.id,
        number=1,
        blob=kept,
        filename=FILE,
        said=stored(said),
        origin=intake.origin or OFFICIAL,
        understood=understood(about),
        geometry=outline(plan),
    )


def _drawn(plan: Plan) -> BaseGeometry:
    shape = plan.geometry
    if isinstance(shape, Area):
        return shape.shape
    return shape.axis if isinstance(shape, Route) else shape.points


def _remarks(new: Iterable[tuple[Entry, Plan | None]]) -> Iterable[Remark]:
    for entry, plan in new:
        for notice in plan.notices if plan is not None else ():
            yield Remark(entry.line, entry.reference, notice.text)


UNDER_WAY = Text(
    "Gerade läuft ein anderer Import; bitte sein Ende abwarten und noch einmal einlesen.",
    "Another import is under way; please wait for its end and import again.",
)
HELD = Text(
    "Dieses Aktenzeichen wird gerade vergeben; bitte gleich noch einmal einlesen.",
    "This reference is being given right now; please import again shortly.",
)
OTHER = Text(
    "Dieses Aktenzeichen gibt es schon mit anderem Inhalt (abweichend: {0}); bitte die Zeile "
    "löschen oder ein anderes Aktenzeichen wählen.",
    "This reference is there already with other content (differing: {0}); please delete the line "
    "or choose another reference.",
)
