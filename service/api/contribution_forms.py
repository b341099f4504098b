"""What is said and answered about contributions, their items, signatures and changes proposed."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from service.api.asking_forms import Reason
from service.api.handing_in import Line, Prose
from service.api.moments import Day

Kind = Literal[
    "einwendung", "bedenken", "forderung", "hinweis", "anregung", "eigene_planung",
    "keine_bedenken", "fehlanzeige",
]  # fmt: skip
Topic = Literal["economy", "kek", "climate", "broadband", "tourism", "own_plans", "planning"]
Binding = Literal["law", "weighing"]
Exception_ = Literal["held_out", "excluded", "open"]
Edition = Literal["public", "internal"]
Short = Annotated[Line, Field(min_length=1)]
KIND = Field(
    description="einwendung: binding law; what it is called follows from the procedure",
    examples=["forderung"],
)


class PlaceIn(BaseModel, extra="forbid"):
    """A place: a GeoJSON geometry, in degrees or in the working CRS."""

    geometry: dict[str, Any] = Field(
        description="Point, LineString, Polygon or several of one kind",
        examples=[{"type": "Point", "coordinates": [12.46, 51.166]}],
    )
    crs: Literal["wgs84", "working"] = Field("wgs84", description="longitude first, or EPSG:25833")


class ItemIn(BaseModel, extra="forbid"):
    """All that is said of an item; what is left out is empty."""

    kind: Kind = KIND
    text: Prose = Field("", examples=["Die Ufergehölze sind zu erhalten."])
    basis: Short | None = Field(None, description="legal basis", examples=["§ 30 BNatSchG"])
    binding: Binding | None = Field(
        None, description="law: cannot be overcome by weighing", examples=["law"]
    )
    exception: Exception_ | None = Field(
        None, description="whether an exception or exemption is held out", examples=["held_out"]
    )
    exception_by: Short | None = Field(None, description="who decides on it", examples=["UNB"])
    exception_step: Short | None = Field(
        None, description="by which step", examples=["Antrag nach § 67 BNatSchG"]
    )
    own_rights: bool = Field(False, description="raised as an affected party, not as an authority")
    planned_for: Short | None = Field(
        None, description="of an own plan: its timing", examples=["Baubeginn 2028"]
    )
    topic: Topic | None = Field(None, description="of the staff unit", examples=["economy"])
    stance: Literal["supports", "neutral", "conflicts"] | None = Field(
        None, description="towards the development concept", examples=["supports"]
    )
    priority: int | None = Field(None, ge=1, le=3, description="1 is highest", examples=[1])
    place: PlaceIn | None = Field(None, description="drawn, or taken from a finding")
    layer: Short | None = Field(None, description="the finding it speaks of", examples=["nsg"])
    object: Short | None = Field(None, description="the object of it", examples=["nsg-3"])
    rule: Short | None = Field(None, examples=["N01"])
    document: UUID | None = Field(None, description="attachment: a document of the case")
    edition: Edition = Field("public", description="internal: never leaves the house")
    restricted: bool = Field(
        False, description="speaks of restricted data: other offices do not read it"
    )
    outward: Prose | None = Field(
        None,
        description="the sentence on it that may leave the house in its place",
        examples=["Belange des Artenschutzes sind berührt; Näheres im Ortstermin."],
    )
    position: int | None = Field(None, ge=1, le=10_000, description="place in the order")


class ItemOut(BaseModel):
    """One point of a contribution."""

    id: UUID
    number: int = Field(description="stays with it across drafts")
    name: str = Field(description="as the statement calls it", examples=["UNB-3"])
    label: str = Field(description="its kind in this procedure", examples=["Nebenbestimmung"])
    position: int
    kind: Kind
    text: str
    basis: str | None
    binding: Binding | None
    exception: Exception_ | None
    exception_by: str | None
    exception_step: str | None
    own_rights: bool
    planned_for: str | None
    topic: str | None
    stance: str | None
    priority: int | None
    place: dict[str, Any] | None = Field(description="GeoJSON, longitude first")
    layer: str | None
    object: str | None
    rule: str | None
    document: UUID | None
    edition: Edition
    restricted: bool
    outward: str | None = Field(description="the sentence that stands for it outside")
    block: str | None = Field(description="the text block it was made from")
    prepared: bool = Field(description="waits for a person to take or discard it")
    reused: bool = Field(description="taken over from an earlier version or draft")
    revision: int
    changed: datetime


class SignatureOut(BaseModel):
    """One step of signing."""

    position: int
    step: str = Field(examples=["head"])
    function: str = Field(examples=["Sachgebietsleitung Naturschutz"])
    office: str | None
    state: Literal["waiting", "asked", "signed", "returned", "void"]
    until: date | None
    asked: datetime | None
    at: datetime | None
    deputy: str | None = Field(description="signed in this function in the place of the step's own")
    remark: str | None
    yours: bool = Field(description="whether the caller can sign it now")


class SuggestionOut(BaseModel):
    """A change the coordinator proposes to an item."""

    id: UUID
    item: UUID
    name: str = Field(examples=["UNB-3"])
    text: str
    fields: dict[str, Any]
    reason: str
    state: Literal["open", "accepted", "refused", "withdrawn"]
    at: datetime
    answer: str | None
    answered: datetime | None


class ContributionOut(BaseModel):
    """A version of an office's answer."""

    id: UUID
    task: UUID
    case: UUID
    office: str
    number: int = Field(description="of the version")
    state: Literal["draft", "circulating", "released", "superseded"]
    source: Literal["own", "mail", "letter", "link", "docx"]
    document: UUID | None = Field(description="as it came")
    received: date | None
    office_reference: str | None
    contact: str | None
    late: bool = Field(description="came after the statement: kept for a supplement")
    notice: str | None = Field(description="what to know about it, in words")
    created: datetime
    circulated: datetime | None
    released: datetime | None
    revision: int
    writable: bool = Field(description="whether the caller may change it now")
    items: list[ItemOut]
    signatures: list[SignatureOut]
    suggestions: list[SuggestionOut]


class ContributionIn(BaseModel, extra="forbid"):
    """Begins an answer, or a new version of one."""

    source: Literal["own", "mail", "letter", "docx"] = Field(
        "own", description="mail, letter, docx: the coordinator enters what came"
    )
    document: UUID | None = Field(None, description="the document as it came, of the case")
    received: Day | None = Field(None, description="when it came", examples=["2026-12-01"])
    reuse: UUID | None = Field(
        None, description="an earlier contribution of the same office to begin with"
    )
    prepare: bool = Field(True, description="put in what the findings prepare, where it is new")


class HeadIn(BaseModel, extra="forbid"):
    """The head of a contribution; what is not given stays, null empties."""

    office_reference: Short | None = Field(None, examples=["UNB-364.3/2026-17"])
    contact: Short | None = Field(None, examples=["SG Naturschutz, Tel. 03433 241-0"])
    received: Day | None = Field(None, examples=["2026-12-01"])


class RemarkIn(BaseModel, extra="forbid"):
    """A remark with a signature."""

    remark: Prose | None = Field(None, examples=["Mit Blick auf das Gewässer ergänzt."])


class ReturnIn(BaseModel, extra="forbid"):
    """Why a contribution is returned."""

    remark: Reason = Field(examples=["Die Rechtsgrundlage zu Punkt 2 fehlt."])


class SuggestionIn(BaseModel, extra="forbid"):
    """Other words for an item of a released contribution."""

    text: Annotated[Prose, Field(min_length=1)] = Field(
        examples=["Die Ufergehölze sind dauerhaft zu erhalten."]
    )
    kind: Kind | None = Field(None, description="in place of its kind", examples=["hinweis"])
    edition: Edition | None = Field(None, examples=["internal"])
    basis: Short | None = Field(None, examples=["§ 61 BNatSchG"])
    reason: Reason = Field(examples=["Gleiche Forderung wie die untere Wasserbehörde."])

    def fields(self) -> dict[str, Any]:
        """Return what is proposed besides the text."""
        return {n: v for n in ("kind", "edition", "basis") if (v := getattr(self, n)) is not None}


class SuggestionAnswer(BaseModel, extra="forbid"):
    """The office's word on a proposed change."""

    accept: bool = Field(examples=[True])
    remark: Prose | None = Field(None, examples=["Einverstanden."])


class AnswerOut(BaseModel):
    """What stands of one office in a case."""

    office: str
    name: str
    task: UUID
    state: str = Field(description="of its task; no_answer says nothing about the matter")
    late: bool
    carried: bool = Field(description="given to an earlier draft, and stands")
    closing: str | None = Field(description="why closed without a contribution")
    contribution: UUID | None
    released: datetime | None
    contact: str | None
    items: list[ItemOut] = Field(description="as far as the reader may see them")


class AnswersOut(BaseModel):
    """What has been released in a case, by office."""

    answers: list[AnswerOut]
    awaited: list[str] = Field(description="offices that have still to answer")
    supplement: list[AnswerOut] = Field(description="came after the statement had gone out")
