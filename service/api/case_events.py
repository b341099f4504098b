"""Routes for what happens to a case: steps, claims of offices, the journal of it all."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from service.api.case_forms import ClaimIn, ClaimOut, JournalOut, StepIn, StepOut, ToldOut
from service.api.dependencies import InLanguage, InSession, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, etag, fresh
from service.cases import steps, telling
from service.cases.claiming import claim
from service.cases.state import State
from service.cases.visible import case_of, full_case_of

router = APIRouter(prefix="/api/v1", tags=["cases"])


@router.post("/cases/{case_id}/events", responses=DECLARED)
def step(
    case_id: UUID,
    given: StepIn,
    session: InSession,
    who: Who,
    response: Response,
    if_match: IfMatch = None,
) -> StepOut:
    """Take a step with a case: rest, resume, withdraw, supplement, result, close, archive."""
    case = full_case_of(session, who, case_id, lock=True)
    fresh(if_match, case, required=False)
    entry = steps.take(session, who, case, given.action, given.reason)
    response.headers["ETag"] = etag(case)
    return StepOut(state=State(case.state), revision=case.revision, entry=entry.seq)


@router.post("/cases/{case_id}/claims", status_code=201, responses=DECLARED)
def claimed(case_id: UUID, given: ClaimIn, session: InSession, who: Who) -> ClaimOut:
    """Claim a part in a case for the caller's office, which then sees all of it."""
    made = claim(session, who, case_of(session, who, case_id, lock=True), given.reason)
    return ClaimOut(office=made.office, reason=made.reason, at=made.at)


@router.get("/cases/{case_id}/journal", responses=DECLARED)
def journal(
    case_id: UUID,
    session: InSession,
    who: Who,
    response: Response,
    language: InLanguage,
    after: Annotated[int, Query(ge=0, le=2**53, description="number of the entry before")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000, description="entries on a page")] = 100,
) -> JournalOut:
    """Read what happened to a case, oldest first; names and text for the coordinator only."""
    case = full_case_of(session, who, case_id)
    entries = telling.told(session, who, case, after=after, most=limit)
    response.headers.update(PRIVATE)
    last = telling.last(entries, limit)
    return JournalOut(
        entries=[_told(entry, language) for entry in entries],
        next=f"/api/v1/cases/{case.id}/journal?after={last}&limit={limit}" if last else None,
    )


def _told(entry: telling.Told, language: str) -> ToldOut:
    return ToldOut(
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        text=entry.text.in_language(language),
        by=entry.by,
        facts=entry.facts,
        detail=entry.detail,
        erased=entry.erased,
    )
