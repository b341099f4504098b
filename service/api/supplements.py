"""Routes for questions back to the planner (Nachforderung)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.access.principal import Principal
from service.api.asking_forms import Reason
from service.api.dependencies import InAsking, InSession, Who
from service.api.handing_in import Line
from service.api.moments import Day
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, unchanged
from service.cases.asking.desk import Desk
from service.cases.supplements import (
    Question,
    answered,
    asked,
    forwarded,
    refused,
    supplement_of,
    supplements_of,
    withdrawn,
)
from service.cases.tasks.access import task_of
from service.cases.tasks.doing import COORDINATOR, coordinates
from service.cases.visible import full_case_of
from service.errors import ForbiddenError
from service.models.supplement import Supplement

router = APIRouter(prefix="/api/v1", tags=["supplements"])


class QuestionIn(BaseModel, extra="forbid"):
    """What is missing."""

    question: Reason = Field(examples=["Bitte das Schallgutachten nachreichen."])
    wanted_by: Day | None = Field(None, examples=["2026-12-11"])
    basis: Annotated[Line, Field(min_length=1)] | None = Field(
        None, description="law by which an outer period stops; none does so without"
    )


class SupplementOut(BaseModel):
    """A question back to the planner; what is of the house only is null for the planner."""

    id: UUID
    case: UUID
    task: UUID | None
    office: str | None
    state: Literal["asked", "forwarded", "answered", "refused", "withdrawn"]
    question: str = Field(description="for the planner as the coordinator has put it")
    own_words: str | None = Field(description="of the office")
    wanted_by: date | None
    stops_clock: bool = Field(description="only where a law says so")
    basis: str | None
    at: datetime
    forwarded: datetime | None
    answer: str | None
    document: UUID | None
    answered: datetime | None
    revision: int


class SupplementsOut(BaseModel):
    """The questions of a case, oldest first."""

    supplements: list[SupplementOut]


class ForwardIn(BaseModel, extra="forbid"):
    """Send the question to the planner, in other words where given; the office's own stay."""

    action: Literal["forward"]
    text: Reason | None = Field(None, examples=["Bitte reichen Sie das Schallgutachten nach."])


class RefuseIn(BaseModel, extra="forbid"):
    """Do not send the question on."""

    action: Literal["refuse"]
    reason: Reason = Field(examples=["Das Gutachten liegt schon bei."])


class WithdrawIn(BaseModel, extra="forbid"):
    """Ask no longer."""

    action: Literal["withdraw"]


class AnswerIn(BaseModel, extra="forbid"):
    """Answer it, in words or with a document of the case."""

    action: Literal["answer"]
    text: Reason | None = Field(None, examples=["Das Gutachten liegt als Anlage bei."])
    document: UUID | None = Field(None, description="a document of the case")


SupplementStep = Annotated[
    ForwardIn | RefuseIn | WithdrawIn | AnswerIn, Field(discriminator="action")
]


@router.post(
    "/tasks/{task_id}/supplements",
    response_model=SupplementOut,
    status_code=201,
    responses=DECLARED,
)
def of_office(
    task_id: UUID,
    given: QuestionIn,
    desk: InAsking,
    once: InOnce,
) -> Response:
    """Ask back for an office; the coordinator forwards it. No outer period stops by it."""
    if earlier := once.earlier(given.model_dump(mode="json")):
        return earlier
    case, task = task_of(desk.session, desk.who, task_id, lock=True)
    made = asked(desk, case, task, _question(given))
    return once.keep(_answer(made, desk.who, 201))


@router.post(
    "/cases/{case_id}/supplements",
    response_model=SupplementOut,
    status_code=201,
    responses=DECLARED,
)
def of_coordinator(
    case_id: UUID,
    given: QuestionIn,
    desk: InAsking,
    once: InOnce,
) -> Response:
    """Ask back for the coordinator's own part, before or while the offices are at it."""
    if earlier := once.earlier(given.model_dump(mode="json")):
        return earlier
    coordinates(desk.who)
    case = full_case_of(desk.session, desk.who, case_id, lock=True)
    made = asked(desk, case, None, _question(given))
    return once.keep(_answer(made, desk.who, 201))


@router.get("/cases/{case_id}/supplements", responses=DECLARED)
def listed(case_id: UUID, session: InSession, who: Who, response: Response) -> SupplementsOut:
    """List the questions of a case; a planner reads those that were forwarded."""
    case = full_case_of(session, who, case_id)
    response.headers.update(PRIVATE)
    return SupplementsOut(
        supplements=[_out(one, who) for one in supplements_of(session, who, case)]
    )


@router.post("/supplements/{supplement_id}/events", responses=DECLARED)
def step(
    supplement_id: UUID,
    given: SupplementStep,
    desk: InAsking,
    response: Response,
    if_match: IfMatch = None,
) -> SupplementOut:
    """Forward, refuse, withdraw or answer a question."""
    case, found = supplement_of(desk.session, desk.who, supplement_id, lock=True)
    if if_match is not None:
        unchanged(if_match, found.revision)
    _may(desk.who, given, found)
    STEPS[type(given)](desk, case, found, given)
    response.headers.update({**PRIVATE, "ETag": f'"{found.revision}"'})
    return _out(found, desk.who)


def _may(who: Principal, given: Any, found: Supplement) -> None:
    """Let pass the coordinator, the planner's answers, and an office that asks no longer."""
    allowed = who.role == "coordinator" or (
        isinstance(given, AnswerIn) if who.role == "planner" else
        isinstance(given, WithdrawIn) and who.office == found.office
    )  # fmt: skip
    if not allowed:
        raise ForbiddenError("coordinator-only", COORDINATOR)


STEPS: Mapping[type, Callable[[Desk, Any, Supplement, Any], None]] = {
    ForwardIn: lambda desk, case, one, given: forwarded(desk, case, one, given.text),
    RefuseIn: lambda desk, case, one, given: refused(desk, case, one, given.reason),
    WithdrawIn: lambda desk, case, one, given: withdrawn(desk, case, one),
    AnswerIn: lambda desk, case, one, given: answered(desk, case, one, given.text, given.document),
}


def _question(given: QuestionIn) -> Question:
    return Question(given.question, given.wanted_by, given.basis)


def _answer(made: Supplement, who: Principal, code: int) -> Response:
    headers = {**PRIVATE, "ETag": f'"{made.revision}"'}
    body = _out(made, who).model_dump_json()
    return Response(body, code, headers, media_type="application/json")


def _out(one: Supplement, who: Principal) -> SupplementOut:
    inside = who.role != "planner"
    return SupplementOut(
        id=one.id,
        case=one.case_id,
        task=one.task_id if inside else None,
        office=one.office if inside else None,
        state=one.state,  # type: ignore[arg-type]  # one of them, by a check of the table
        question=one.forwarded_text or one.question,
        own_words=one.question if inside else None,
        wanted_by=one.wanted_by,
        stops_clock=one.stops_clock,
        basis=one.basis,
        at=one.at,
        forwarded=one.forwarded,
        answer=one.answer,
        document=one.document_id,
        answered=one.answered,
        revision=one.revision,
    )
