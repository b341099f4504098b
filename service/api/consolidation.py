"""Routes to put the answers of the offices together: contradictions, bundles, what is missing."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.api.consolidation_forms import (
    BundleIn,
    BundleOut,
    ConsolidationOut,
    ContradictionOut,
    DecidedOut,
    ItemOut,
    MarkIn,
    ObstacleOut,
    ResolutionIn,
    VoiceOut,
)
from service.api.dependencies import InDistrict, InLanguage, InSession, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.cases.answering.labels import label
from service.cases.outlines import geojson, shape_of
from service.cases.tasks.state import is_late
from service.cases.visible import full_case_of
from service.consolidation import afterwards, agreeing
from service.consolidation.gathering import gathered
from service.consolidation.voices import Voice, voices_of
from service.models.case import Case
from service.models.contribution import Item
from service.models.decision import Decision
from service.models.statement import Bundle, Contradiction

router = APIRouter(prefix="/api/v1", tags=["statement"])


@router.get("/cases/{case_id}/consolidation", responses=DECLARED)
def read(
    case_id: UUID,
    session: InSession,
    who: Who,
    district: InDistrict,
    language: InLanguage,
    response: Response,
) -> ConsolidationOut:
    """Read what the statement is made of: what offices say, what contradicts, what is missing."""
    case = full_case_of(session, who, case_id)
    found = gathered(session, case, district)
    weighed = {row.item: row.result for row in afterwards.weighings_of(session, case)}
    names = {
        office.code: office.name.in_language(language) for office in district.catalogue.offices
    }
    response.headers.update(PRIVATE)
    said = found.voices.items()
    return ConsolidationOut(
        offices=[_voice(one, case, names, weighed, language) for one in found.voices.offices],
        dropped=[_decided(one, names) for one in found.voices.dropped],
        outside=[_decided(one, names) for one in found.voices.outside],
        contradictions=[_contradiction(one, said) for one in found.contradictions],
        bundles=[_bundle(one) for one in agreeing.bundles_of(session, case)],
        obstacles=[
            ObstacleOut(key=one.key, kind=one.kind, text=one.text.in_language(language))
            for one in found.obstacles
        ],
        proposal=found.proposal(language),
    )


@router.post("/cases/{case_id}/contradictions", status_code=201, responses=DECLARED)
def mark(case_id: UUID, given: MarkIn, session: InSession, who: Who) -> ContradictionOut:
    """Mark two items of different offices as excluding each other."""
    case, voices = _locked(session, who, case_id)
    made = agreeing.mark(session, who, case, voices, given.items, given.note)
    return _contradiction(made, voices.items())


@router.put("/cases/{case_id}/contradictions/{contradiction_id}", responses=DECLARED)
def resolve(
    case_id: UUID, contradiction_id: UUID, given: ResolutionIn, session: InSession, who: Who
) -> ContradictionOut:
    """Write down how a contradiction was resolved, or why it is none."""
    case, voices = _locked(session, who, case_id)
    made = agreeing.resolve(
        session, who, case, contradiction_id, given.resolution, dismissed=given.dismissed
    )
    return _contradiction(made, voices.items())


@router.post("/cases/{case_id}/bundles", status_code=201, responses=DECLARED)
def bundle(case_id: UUID, given: BundleIn, session: InSession, who: Who) -> BundleOut:
    """Bundle items that say the same; each keeps its author's words."""
    case, voices = _locked(session, who, case_id)
    return _bundle(agreeing.bundle(session, who, case, voices, given.heading, given.items))


@router.delete("/cases/{case_id}/bundles/{bundle_id}", status_code=204, responses=DECLARED)
def unbundle(case_id: UUID, bundle_id: UUID, session: InSession, who: Who) -> None:
    """Take a bundle apart."""
    agreeing.unbundle(session, who, full_case_of(session, who, case_id, lock=True), bundle_id)


def _locked(session: Session, who: Principal, case_id: UUID) -> tuple[Case, Any]:
    case = full_case_of(session, who, case_id, lock=True)
    return case, voices_of(session, case)


def _voice(
    voice: Voice, case: Case, names: Mapping[str, str], weighed: Mapping[str, str], language: str
) -> VoiceOut:
    task, said = voice.task, voice.contribution
    return VoiceOut(
        office=voice.office,
        name=names.get(voice.office, voice.office),
        state=task.state,
        due=task.due,
        late=is_late(task.state, task.due, task.answered, date.today()),
        answered=task.answered,
        source=None if said is None else said.source,
        carried=voice.carried,
        reason=task.closing,
        contribution=None if said is None else said.id,
        items=[_item(number, item, case, weighed, language) for number, item in voice.numbered()],
    )


def _item(
    number: str, item: Item, case: Case, weighed: Mapping[str, str], language: str
) -> ItemOut:
    return ItemOut(
        number=number,
        kind=item.kind,
        label=label(item.kind, case.procedure, case.kind).in_language(language),
        text=item.text,
        basis=item.basis,
        edition=item.edition,
        restricted=item.restricted,
        layer=item.layer,
        rule=item.rule,
        place=None if item.place is None else geojson(shape_of(item.place)),
        weighed=weighed.get(number),
    )


def _decided(one: Decision, names: Mapping[str, str]) -> DecidedOut:
    return DecidedOut(office=one.office, name=names.get(one.office, one.office), reason=one.reason)


def _contradiction(one: Contradiction, said: Mapping[str, Item]) -> ContradictionOut:
    return ContradictionOut(
        id=one.id,
        items=[one.first, one.second],
        cause=one.cause,
        note=one.note,
        state=one.state,
        resolution=one.resolution,
        standing=one.first in said and one.second in said,
    )


def _bundle(one: Bundle) -> BundleOut:
    return BundleOut(id=one.id, heading=one.heading, items=one.items)
