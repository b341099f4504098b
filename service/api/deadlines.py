"""Routes for deadlines: read them, extend them, switch off a clock that does not count."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field, model_validator

from service.api.deadline_forms import DeadlinesOut, ExtensionOut, deadlines_out, extension_out
from service.api.dependencies import InHouse, InLanguage, InSession, Who
from service.api.handing_in import Line, Prose
from service.api.moments import Day
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, etag, fresh
from service.cases.clocks import deadlines_of
from service.cases.extending import REFUSED, Verdict, Wish, decide, extend, switch
from service.cases.requesting import drafted
from service.cases.visible import full_case_of
from service.deadlines.period import Span

router = APIRouter(prefix="/api/v1", tags=["deadlines"])
SpanCode = Annotated[str, Field(pattern=r"^P[1-9][0-9]?[DWM]$")]
ClockCode = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]


class DraftOut(BaseModel):
    """A drafted request."""

    clock: str = Field(examples=["statement"])
    before: date = Field(description="the end as it is")
    until: date = Field(description="the end that is asked for")
    basis: str | None = Field(examples=["§ 4 (2) BauGB"])
    subject: str
    body: str


TEXT, NOTHING = {"type": "string"}, {"type": "null"}
ONE_END: dict[str, Any] = {
    "oneOf": [
        {"properties": {"until": TEXT, "span": NOTHING}, "required": ["until"]},
        {"properties": {"until": NOTHING, "span": TEXT}, "required": ["span"]},
    ]
}


class ExtensionIn(BaseModel, extra="forbid", json_schema_extra=ONE_END):
    """An extension that was asked for, or granted already."""

    clock: ClockCode = Field("statement", examples=["statement"])
    state: Literal["requested", "consented"] = Field("requested", examples=["requested"])
    until: Day | None = Field(None, description="until this day", examples=["2026-04-20"])
    span: SpanCode | None = Field(
        None, description="instead of a day: from the end before", examples=["P2W"]
    )
    reason: Prose | None = Field(None, examples=["Die Artenschutzprüfung liegt noch nicht vor."])
    requested: Day | None = Field(None, description="default: today")
    decided: Day | None = Field(None, description="day of the consent; default: today")
    decided_by: Line | None = Field(
        None, description="which body consented", examples=["Bauamt der Stadt Borna"]
    )
    document: UUID | None = Field(None, description="document of the case that proves it")

    @model_validator(mode="after")
    def _one_end(self) -> "ExtensionIn":
        if (self.until is None) == (self.span is None):
            raise ValueError("either `until` or `span`")
        return self


class DecisionIn(BaseModel, extra="forbid"):
    """What became of an extension that was asked for."""

    state: Literal["consented", "refused"] = Field(examples=["consented"])
    until: Day | None = Field(None, description="where another day was granted")
    decided: Day | None = Field(None, description="day of the decision; default: today")
    decided_by: Line | None = Field(None, examples=["Bauamt der Stadt Borna"])
    document: UUID | None = Field(None, description="document of the case that proves it")


class ClockIn(BaseModel, extra="forbid"):
    """Whether a clock counts, and if not, why."""

    off: bool = Field(examples=[True])
    reason: Prose | None = Field(None, examples=["Kein Eigentum und keine Straße betroffen."])

    @model_validator(mode="after")
    def _told(self) -> "ClockIn":
        if self.off == (not (self.reason or "").strip()):
            raise ValueError("a `reason` with `off`, and none without")
        return self


@router.get("/cases/{case_id}/deadlines", responses=DECLARED)
def read(
    case_id: UUID,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
    response: Response,
) -> DeadlinesOut:
    """Read the deadlines of a case and how they were computed."""
    case = full_case_of(session, who, case_id)
    response.headers.update({**PRIVATE, "ETag": etag(case, language=language)})
    return deadlines_out(session, who, case, house, language)


@router.get("/cases/{case_id}/extensions/draft", responses=DECLARED)
def draft(
    case_id: UUID,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
    response: Response,
    clock: Annotated[ClockCode, Query(examples=["statement"])] = "statement",
    span: Annotated[SpanCode, Query(examples=["P2W"])] = "P2W",
) -> DraftOut:
    """Draft a request to extend a clock; nothing is entered or sent."""
    case = full_case_of(session, who, case_id)
    found = deadlines_of(session, case, house.calendar)
    made = drafted(case, house, found, clock, Span.of(span))
    response.headers.update(PRIVATE)
    return DraftOut(
        clock=made.clock,
        before=made.before,
        until=made.until,
        basis=made.basis,
        subject=made.subject.in_language(language),
        body=made.body.in_language(language),
    )


@router.post(
    "/cases/{case_id}/extensions", response_model=ExtensionOut, status_code=201, responses=DECLARED
)
def extended(
    case_id: UUID,
    given: ExtensionIn,
    session: InSession,
    who: Who,
    house: InHouse,
    once: InOnce,
    if_match: IfMatch = None,
) -> Response:
    """Enter an extension; only a consent on record moves the date."""
    if (before := once.earlier(str(case_id), given.model_dump(mode="json"))) is not None:
        return before
    case = full_case_of(session, who, case_id, lock=True)
    fresh(if_match, case, required=False)
    today = date.today()
    wish = Wish(given.clock, given.until, given.span, given.reason, given.requested or today)
    verdict = None
    if given.state != "requested":
        verdict = Verdict(given.state, given.decided or today, given.decided_by, given.document)
    made = extension_out(extend(session, who, case, wish, verdict, house.calendar))
    headers = {"ETag": etag(case)}
    answer = Response(made.model_dump_json(), 201, headers, media_type="application/json")
    return once.keep(answer)


@router.patch("/cases/{case_id}/extensions/{extension_id}", responses=DECLARED)
def decided(
    case_id: UUID,
    extension_id: UUID,
    given: DecisionIn,
    session: InSession,
    who: Who,
    house: InHouse,
    response: Response,
    if_match: IfMatch = None,
) -> ExtensionOut:
    """Record that an extension was granted or refused."""
    case = full_case_of(session, who, case_id, lock=True)
    fresh(if_match, case, required=False)
    verdict = Verdict(given.state, given.decided or date.today(), given.decided_by, given.document)
    until = None if given.state == REFUSED else given.until
    row = decide(session, who, case, extension_id, verdict, until, house.calendar)
    response.headers["ETag"] = etag(case)
    return extension_out(row)


@router.put("/cases/{case_id}/clocks/{clock}", responses=DECLARED)
def switched(
    case_id: UUID,
    clock: Annotated[ClockCode, Path(examples=["objection"])],
    given: ClockIn,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> DeadlinesOut:
    """Switch off a clock of the district in its own rights, with a reason, or on again."""
    case = full_case_of(session, who, case_id, lock=True)
    fresh(if_match, case)
    switch(session, who, case, clock, given.reason if given.off else None, house.calendar)
    response.headers["ETag"] = etag(case, language=language)
    return deadlines_out(session, who, case, house, language)
