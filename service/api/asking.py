"""Routes for the coordinator to decide whom to ask, and to ask them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.api.asking_forms import (
    AskedOut,
    AskedTask,
    DecisionIn,
    DecisionOut,
    OfficeOut,
    OfficesOut,
    ProposalOut,
    ReasonOut,
    ReleasedOut,
    ReleaseIn,
)
from service.api.dependencies import InAsking, InDistrict, InLanguage, InSession, Who
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, etag, fresh
from service.api.rights import COORDINATOR
from service.cases.asking.deciding import Considered, Round, decide, round_of
from service.cases.asking.proposal import Proposal, proposal_of
from service.cases.asking.releasing import Terms, release
from service.cases.tasks.state import is_late
from service.cases.visible import full_case_of
from service.db import Json
from service.district import District
from service.models.decision import Decision
from service.models.task import Task

router = APIRouter(prefix="/api/v1", tags=["asking"])
OfficeCode = Annotated[
    str, Path(max_length=60, pattern=r"^[A-Za-zÄÖÜäöü][\wÄÖÜäöüß-]*$", description="office or body")
]


@router.get("/cases/{case_id}/offices", responses=DECLARED)
def considered(
    case_id: UUID,
    session: InSession,
    who: Who,
    district: InDistrict,
    language: InLanguage,
    response: Response,
) -> OfficesOut:
    """List who is proposed and why, what was decided, and how far those asked are."""
    case = full_case_of(session, who, case_id)
    now = round_of(session, case, who.audience)
    response.headers.update({**PRIVATE, "ETag": etag(case)})
    today = date.today()
    return OfficesOut(
        version=now.version.number,
        check=None if now.check is None else f"/api/v1/checks/{now.check.id}",
        offices=[
            _office(session, now, one, who, district, language, today)
            for one in now.offices
            if _known(one, who)
        ],
    )


@router.put("/cases/{case_id}/offices/{office}", responses=DECLARED)
def put(
    case_id: UUID,
    office: OfficeCode,
    given: DecisionIn,
    desk: InAsking,
    district: InDistrict,
    language: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> DecisionOut:
    """Decide on an office: ask it, drop it, carry its answer over, or name a body as a hint."""
    case = full_case_of(desk.session, desk.who, case_id, lock=True)
    fresh(if_match, case, required=False)
    bodies = _bodies(district)
    made = decide(desk, case, office, given.decision, given.reason, bodies=bodies)
    response.headers.update({**PRIVATE, "ETag": etag(case)})
    return _decision(made, proposal_of(desk.session, made, desk.who.audience), language)


@router.post(
    "/cases/{case_id}/release", response_model=ReleasedOut, status_code=201, responses=DECLARED
)
def ask(
    case_id: UUID,
    given: ReleaseIn,
    desk: InAsking,
    once: InOnce,
    if_match: IfMatch = None,
) -> Response:
    """Ask the offices: each gets a task in its inbox and its mailbox."""
    if earlier := once.earlier(given.model_dump(mode="json")):
        return earlier
    case = full_case_of(desk.session, desk.who, case_id, lock=True)
    fresh(if_match, case, required=False)
    only = None if given.offices is None else frozenset(given.offices)
    terms = Terms(given.due, dict(given.deadlines), given.note, only)
    made, carried = release(desk, case, terms)
    body = ReleasedOut(
        state=case.state,
        asked=[AskedTask(office=t.office, task=t.id, due=t.due) for t in made],
        carried=carried,
    )
    answer = Response(
        body.model_dump_json(), 201, {"ETag": etag(case)}, media_type="application/json"
    )
    return once.keep(answer)


def _known(one: Considered, who: Principal) -> bool:
    """Tell whether somebody may know that an office is considered: proposed to them, or asked."""
    told = (one.proposal, one.task, one.earlier)
    return who.role == COORDINATOR or any(each is not None for each in told)


def _office(
    session: Session, now: Round, one: Considered, who: Principal, district: District,
    language: str, today: date,
) -> OfficeOut:  # fmt: skip
    names: Mapping[str, str] = {
        each.code: each.name.in_language(language)
        for each in (*district.catalogue.offices, *district.catalogue.external)
    }
    proposal = one.proposal
    return OfficeOut(
        office=one.office,
        name=names.get(one.office, one.office),
        external=one.office in _bodies(district),
        proposal=_proposal(proposal, language),
        decision=_decided(session, now, one, who, language),
        task=_asked(one.task, today),
        earlier=_asked(one.earlier, today),
        again=one.again,
    )


def _decided(
    session: Session, now: Round, one: Considered, who: Principal, language: str
) -> DecisionOut | None:
    """Return what was decided on an office, where the reader may know why it came up at all: an
    office that was added says so with a reason, one that what is hidden names does not.
    """
    made = one.decision
    if made is None or (who.role != COORDINATOR and one.proposal is None):
        return None
    same = who.role != COORDINATOR and now.check is not None and made.check_id == now.check.id
    return _decision(
        made, one.proposal if same else proposal_of(session, made, who.audience), language
    )


def _decision(made: Decision, proposal: Proposal | None, language: str) -> DecisionOut:
    return DecisionOut(
        decision=made.decision,  # type: ignore[arg-type]  # one of them, by a check of the table
        reason=made.reason,
        at=made.at,
        proposed=_proposal(proposal, language),
    )


def _proposal(given: Proposal | None, language: str) -> ProposalOut | None:
    if given is None:
        return None
    return ProposalOut(
        certainty=given.certainty,  # type: ignore[arg-type]  # one of them, by a check of the table
        effect=given.effect,
        reasons=reasons(given.reasons, language),
    )


def why_asked(
    session: Session, decision: Decision | None, who: Principal, language: str
) -> list[ReasonOut]:
    """Return why an office is asked, as far as the reader may know it."""
    found = proposal_of(session, decision, who.audience)
    return [] if found is None else reasons(found.reasons, language)


def reasons(given: Iterable[Json], language: str) -> list[ReasonOut]:
    """Return reasons in a language; what the reader may not know is not among those given."""
    return [
        ReasonOut(
            **{name: one.get(name) for name in ("rule", "layer", "effect", "certainty", "basis")},
            because=_said(one.get("because"), language),
            claim=bool(one.get("claim")),
        )
        for one in given
    ]


def _said(text: dict[str, Any] | None, language: str) -> str | None:
    return None if text is None else str(text.get(language) or text["de"])


def _asked(task: Task | None, today: date) -> AskedOut | None:
    if task is None:
        return None
    late = is_late(task.state, task.due, task.answered, today)
    return AskedOut(id=task.id, state=task.state, due=task.due, late=late)


def _bodies(district: District) -> frozenset[str]:
    return frozenset(each.code for each in district.catalogue.external)
