"""Routes to put the answers of the offices together: contradictions, bundles, what is open."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from service.access.principal import Principal
from service.api.consolidation_forms import (
    BundleIn,
    BundleOut,
    ConsolidationOut,
    ContradictionOut,
    DecidedOut,
    ItemOut,
    MarkIn,
    OpenOut,
    SettledOut,
    SettlingIn,
    VoiceOut,
)
from service.api.dependencies import InDistrict, InHouse, InLanguage, InSession, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.cases.answering.answers import Answer
from service.cases.answering.contributions import open_to
from service.cases.answering.labels import label, numbered
from service.cases.outlines import geojson, shape_of
from service.cases.tasks.state import is_late
from service.cases.visible import full_case_of
from service.consolidation import afterwards, agreeing
from service.consolidation.case import Setting
from service.consolidation.drafting import under_way
from service.consolidation.gathering import gathered, said_in
from service.models.case import Case
from service.models.contribution import Item
from service.models.statement import Bundle
from service.models.statement import Contradiction as Pair
from service.statements.contradictions import Contradiction

router = APIRouter(prefix="/api/v1", tags=["statement"])


@router.get("/cases/{case_id}/consolidation", responses=DECLARED)
def read(
    case_id: UUID,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    language: InLanguage,
    response: Response,
) -> ConsolidationOut:
    """Read what the statement is made of: what offices say, what contradicts, what is open."""
    case = full_case_of(session, who, case_id)
    setting = Setting(session, district, house, language, date.today())
    found = gathered(setting, case, under_way(session, case))
    weighed = {row.item: row.result for row in afterwards.weighings_of(session, case)}
    names = {office.code: setting.say(office.name) for office in district.catalogue.offices}
    response.headers.update(PRIVATE)
    said = found.content
    return ConsolidationOut(
        offices=[_voice(one, who, case, names, weighed, language) for one in found.answers],
        dropped=[
            DecidedOut(office=one.office, name=one.name, reason=one.reason)
            for one in said.not_concerned
        ],
        outside=[
            DecidedOut(office=one.code, name=one.name, reason="; ".join(one.because) or None)
            for one in said.checked.outside
        ],
        contradictions=[_contradiction(one, language) for one in found.contradictions],
        bundles=[_bundle(one) for one in agreeing.bundles_of(session, case)],
        open=[
            OpenOut(kind=one.kind, subject=one.subject, text=setting.say(one.title),
                    accepted=one.accepted, firm=one.firm)
            for one in found.opens
        ],
        verdict=said.assessment.verdict,
        assessment=said.assessment.text,
        unresolved=[f"{one.title}: {one.reason}" for one in said.checked.unresolved],
    )  # fmt: skip


@router.post("/cases/{case_id}/contradictions", status_code=201, responses=DECLARED)
def mark(case_id: UUID, given: MarkIn, session: InSession, who: Who) -> SettledOut:
    """Mark two items of different offices as excluding each other."""
    case = full_case_of(session, who, case_id, lock=True)
    known = said_in(session, case)
    return _pair(agreeing.mark(session, who, case, known, given.items, given.note))


@router.put("/cases/{case_id}/contradictions", responses=DECLARED)
def settle(case_id: UUID, given: SettlingIn, session: InSession, who: Who) -> SettledOut:
    """Write down how a contradiction was settled, or why it is none."""
    case = full_case_of(session, who, case_id, lock=True)
    made = agreeing.settle(
        session, who, case, said_in(session, case), given.items, given.resolution,
        outward=given.outward,
    )  # fmt: skip
    return _pair(made)


@router.post("/cases/{case_id}/bundles", status_code=201, responses=DECLARED)
def bundle(case_id: UUID, given: BundleIn, session: InSession, who: Who) -> BundleOut:
    """Bundle items that say the same; each keeps its author's words."""
    case = full_case_of(session, who, case_id, lock=True)
    known = said_in(session, case)
    return _bundle(agreeing.bundle(session, who, case, known, given.heading, given.items))


@router.delete("/cases/{case_id}/bundles/{bundle_id}", status_code=204, responses=DECLARED)
def unbundle(case_id: UUID, bundle_id: UUID, session: InSession, who: Who) -> None:
    """Take a bundle apart."""
    agreeing.unbundle(session, who, full_case_of(session, who, case_id, lock=True), bundle_id)


def _voice(
    one: Answer,
    who: Principal,
    case: Case,
    names: Mapping[str, str],
    weighed: Mapping[str, str],
    language: str,
) -> VoiceOut:
    task, said = one.task, one.contribution
    return VoiceOut(
        office=one.office,
        name=names.get(one.office, one.office),
        state=task.state,
        due=task.due,
        late=is_late(task.state, task.due, task.answered, date.today()),
        answered=task.answered,
        source=None if said is None else said.source,
        carried=one.carried,
        reason=task.closing,
        contribution=None if said is None else said.id,
        items=[
            _item(one.office, item, case, weighed, language)
            for item in open_to(who, one.office, one.items)
        ],
    )


def _item(
    office: str, item: Item, case: Case, weighed: Mapping[str, str], language: str
) -> ItemOut:
    number = numbered(office, item.number)
    called = label(item.kind, case.procedure, case.kind, own_rights=item.own_rights)
    return ItemOut(
        number=number,
        kind=item.kind,
        label=called.in_language(language),
        text=item.text,
        basis=item.basis,
        edition=item.edition,
        restricted=item.restricted,
        layer=item.layer,
        rule=item.rule,
        place=None if item.place is None else geojson(shape_of(item.place)),
        weighed=weighed.get(number),
    )


def _contradiction(one: Contradiction, language: str) -> ContradictionOut:
    settled = one.resolution
    return ContradictionOut(
        items=[one.first, one.second],
        way=one.way,
        because=one.because.in_language(language),
        open=one.open,
        resolution=None if settled is None else settled.text,
        outward=settled is not None and settled.outward,
    )


def _pair(one: Pair) -> SettledOut:
    return SettledOut(
        items=[one.first, one.second],
        cause=one.cause,
        note=one.note,
        resolution=one.resolution,
        outward=one.outward,
    )


def _bundle(one: Bundle) -> BundleOut:
    return BundleOut(id=one.id, heading=one.heading, items=one.items)
