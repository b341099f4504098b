"""What is said and answered about cases."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from service.api.deadline_forms import DeadlinesOut
from service.api.handing_in import Line, Prose
from service.api.moments import Day
from service.cases.state import State

Words = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w./§ -]+$")]
NUMBER = r"-?\d{1,9}(\.\d{1,12})?"
Geometry = dict[str, Any]


class CaseQuery(BaseModel, extra="forbid"):
    """Which cases are wanted; what is not given does not matter."""

    office: Code | None = Field(None, description="code of an involved office", examples=["UNB"])
    municipality: str | None = Field(
        None, pattern=r"^\d{8}$", description="key (AGS)", examples=["14729050"]
    )
    kind: Code | None = Field(None, description="see /vocabulary", examples=["bebauungsplan"])
    procedure: Code | None = Field(None, description="see /vocabulary", examples=["par4-2"])
    state: list[State] = Field([], max_length=20, description="any of these", examples=[["ready"]])
    deadline_from: Day | None = Field(None, description="due from", examples=["2026-03-01"])
    deadline_to: Day | None = Field(None, description="due until", examples=["2026-03-31"])
    bbox: str | None = Field(
        None,
        pattern=rf"^{NUMBER}(,{NUMBER}){{3}}$",
        description="map extent: least x, least y, greatest x, greatest y",
        examples=["12.3,51.0,12.9,51.4"],
    )
    bbox_crs: Literal["wgs84", "working"] = Field(
        "wgs84", alias="bbox-crs", description="system of `bbox`: longitude, latitude or EPSG:25833"
    )
    q: Words | None = Field(
        None,
        description="German full text, with “phrase”, or, -not; or the beginning of a reference",
        examples=["Wohngebiet -Gewerbe"],
    )
    near: UUID | None = Field(None, description="a case to be near to")
    within_m: float | None = Field(
        None, ge=0, le=50_000, allow_inf_nan=False, description="how near", examples=[1000]
    )
    sort: Literal["deadline", "received"] = Field(
        "deadline",
        description="the most urgent first, or the newest first: of the latter only cases that "
        "concern the caller",
    )
    cursor: str | None = Field(
        None, max_length=200, pattern=r"^[\w=-]+$", description="from `next` of the page before"
    )
    limit: int = Field(50, ge=1, le=500, description="cases on a page")
    count: bool = Field(False, description="whether to say how many there are on all pages")
    format: Literal["json", "geojson"] | None = Field(
        None, description="in place of the Accept header"
    )
    crs: Literal["wgs84", "working"] = Field(
        "wgs84", description="of GeoJSON: RFC 7946, or EPSG:25833"
    )


class OutlineRow(BaseModel):
    """A case that does not concern the caller's office."""

    view: Literal["outline"] = Field(description="what is shown of it")
    id: UUID
    title: str = Field(examples=["Bebauungsplan „Am Hainer See“"])
    municipalities: list[str] = Field(examples=[["14729050"]])
    municipality_names: str = Field(examples=["Borna"])
    deadline: date | None = Field(description="as named in the letter")
    due: date | None = Field(description="when the statement must be out, by all clocks")


class CaseRow(BaseModel):
    """A case in a list."""

    view: Literal["full"] = Field(description="what is shown of it")
    id: UUID
    reference: str = Field(examples=["KE-2026-0001"])
    title: str = Field(examples=["Bebauungsplan „Am Hainer See“"])
    kind: str = Field(examples=["bebauungsplan"])
    procedure: str | None = Field(examples=["par4-2"])
    state: State
    municipalities: list[str] = Field(examples=[["14729050"]])
    municipality_names: str = Field(examples=["Borna"])
    received: date
    deadline: date | None = Field(description="as named in the letter")
    due: date | None = Field(description="when the statement must be out, by all clocks")
    revision: int


Row = Annotated[CaseRow | OutlineRow, Field(discriminator="view")]


class CasePage(BaseModel):
    """Some cases; `next` leads to more."""

    cases: list[Row]
    next: str | None = Field(description="address of the next page")
    total: int | None = Field(description="cases on all pages, where asked for")


class OutlineOut(OutlineRow):
    """What an office sees of a case that does not concern it."""

    outline: Geometry | None = Field(description="GeoJSON, WGS 84")


class DraftOut(BaseModel):
    """A draft of a plan."""

    number: int
    label: str | None = Field(description="Planstand", examples=["Entwurf 03/2026"])
    origin: str = Field(description="how the outline came about", examples=["official"])
    question: Geometry | None = Field(description="what a person must decide first")
    understood: Geometry | None = Field(description="what was understood of the plan")


class ClaimOut(BaseModel):
    """An office that claims a part."""

    office: str = Field(examples=["UDB"])
    reason: str
    at: datetime


class CaseOut(CaseRow):
    """A case with all that belongs to it."""

    sender_reference: str | None
    summary: str | None
    uses: list[str] = Field(examples=[["wohnen"]])
    law: str | None
    deadline_fixed: bool = Field(description="§ 31 (3) VwVfG: the day named does not move")
    on_behalf: bool = Field(description="handed in by the coordinator for the sender")
    dates: dict[str, date] = Field(examples=[{"public_from": "2026-03-02"}])
    created: datetime
    closed: datetime | None
    outline: Geometry | None = Field(description="GeoJSON, WGS 84")
    draft: DraftOut | None
    check: str | None = Field(description="address of the newest check")
    documents: int = Field(description="how many the caller may see", examples=[3])
    claims: list[ClaimOut] | None = Field(description="not for planners")
    deadlines: DeadlinesOut


Seen = Annotated[CaseOut | OutlineOut, Field(discriminator="view")]


class Dates(BaseModel, extra="forbid"):
    """Days of the procedure."""

    resolution: Day | None = Field(None, description="Aufstellungsbeschluss")
    public_from: Day | None = Field(None, description="öffentliche Auslegung, § 3 BauGB: from")
    public_to: Day | None = Field(None, description="until")
    objections_to: Day | None = Field(None, description="Ende der Einwendungsfrist laut Behörde")
    complete: Day | None = Field(None, description="vollständige Unterlagen")
    changed_on: Day | None = Field(None, description="Mitteilung der Planänderung, § 73c VwVfG")
    hearing_announced: Day | None = Field(None, description="Bekanntmachung des Termins")
    hearing: Day | None = Field(None, description="Erörterungstermin")
    adoption: Day | None = Field(None, description="Satzungsbeschluss")
    in_force: Day | None = Field(None, description="Inkrafttreten")
    works_from: Day | None = Field(None, description="Bauzeit: from")
    works_to: Day | None = Field(None, description="Bauzeit: until")


class CaseChange(BaseModel, extra="forbid"):
    """What to change; what is not given stays, null empties."""

    title: Annotated[Line, Field(min_length=1)] = Field(
        default_factory=str, examples=["B-Plan „Am See“"]
    )
    summary: Prose | None = Field(None, examples=["Wohnen am Ostufer"])
    kind: Code = Field(
        default_factory=str, examples=["bebauungsplan"],
        json_schema_extra={"x-vocabulary": "kinds"},
    )  # fmt: skip
    procedure: Code | None = Field(
        None, examples=["par4-2"], json_schema_extra={"x-vocabulary": "procedures"}
    )
    law: Line | None = Field(None, examples=["VwVfG 2026-07-29"])
    deadline: Day | None = Field(None, examples=["2026-04-07"])
    deadline_fixed: bool = Field(False, description="§ 31 (3) VwVfG: the day does not move")
    dates: Dates = Field(
        default_factory=lambda: Dates.model_construct(), examples=[{"public_from": "2026-03-02"}]
    )
    sender_reference: Line | None = Field(None, examples=["61.2/B-12"])
    label: Line | None = Field(None, examples=["Entwurf 03/2026"])

    def values(self) -> dict[str, Any]:
        """Return what was given, as the columns hold it."""
        given = self.model_dump(exclude_unset=True, exclude={"dates"})
        if "dates" in self.model_fields_set:
            given["dates"] = self.dates.model_dump(mode="json", exclude_none=True)
        return given


class StepIn(BaseModel, extra="forbid"):
    """A step taken with a case."""

    action: Literal[
        "rest", "resume", "withdraw", "request_supplement", "receive_supplement",
        "receive_result", "close", "archive",
    ] = Field(examples=["rest"])  # fmt: skip
    reason: Prose | None = Field(None, examples=["Die Gemeinde überarbeitet den Entwurf."])


class StepOut(BaseModel):
    """What became of it."""

    state: State
    revision: int
    entry: int = Field(description="number of the entry in the journal")


class ClaimIn(BaseModel, extra="forbid"):
    """Why a case concerns the office."""

    reason: Annotated[Prose, Field(min_length=1)] = Field(
        examples=["Im Plangebiet liegt ein Bodendenkmal, das im Fachlayer fehlt."]
    )


class ToldOut(BaseModel):
    """An entry of the journal."""

    seq: int
    at: datetime
    action: str = Field(examples=["case.received"])
    text: str = Field(examples=["eingegangen"])
    by: str | None = Field(description="for the coordinator only")
    facts: dict[str, Any] | None = Field(description="for the coordinator only")
    detail: dict[str, Any] | None = Field(description="for the coordinator only")
    erased: datetime | None = Field(description="when names and text were erased")


class JournalOut(BaseModel):
    """What happened to a case, oldest first."""

    entries: list[ToldOut]
    next: str | None = Field(description="address of the next page")
