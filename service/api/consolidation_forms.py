"""What is said and answered when the answers of the offices are put together."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from service.api.handing_in import Line, Prose
from service.api.moments import Day

Number = Annotated[
    str, Field(max_length=40, pattern=r"^[A-Za-z0-9ÄÖÜäöü_]+-[1-9][0-9]{0,5}$", examples=["UNB-3"])
]
Verdict = Literal["rejection", "concerns", "conditions", "notes", "consent", "reserved"]
Kind = Literal["statement", "supplement", "correction"]
Way = Literal["mail", "post", "portal", "bebpo", "fax", "hand"]
Result = Literal["followed", "partly", "rejected", "noted"]
NonEmpty = Annotated[Prose, Field(min_length=1)]


class ItemOut(BaseModel):
    """An item as its office wrote it."""

    number: str = Field(examples=["UNB-3"])
    kind: str = Field(examples=["forderung"])
    label: str = Field(description="what the item is called in this procedure")
    text: str
    basis: str | None
    edition: str = Field(examples=["public"])
    restricted: bool
    layer: str | None
    rule: str | None
    place: dict[str, Any] | None = Field(description="GeoJSON, WGS 84")
    weighed: str | None = Field(description="what the planning authority made of it")


class VoiceOut(BaseModel):
    """One office: where its task stands and what it says; no answer is none."""

    office: str = Field(examples=["UNB"])
    name: str
    state: str = Field(examples=["answered"])
    due: date
    late: bool
    answered: datetime | None
    source: str | None = Field(description="how the answer came", examples=["own"])
    carried: bool = Field(description="the answer to an earlier draft stands")
    reason: str | None = Field(description="why it is not affected after all, or closed")
    contribution: UUID | None
    items: list[ItemOut]


class DecidedOut(BaseModel):
    """An office or body that was considered and not asked."""

    office: str
    name: str
    reason: str | None


class OpenOut(BaseModel):
    """What stands against closing the statement."""

    kind: str = Field(examples=["office"])
    subject: str = Field(description="with `kind` what a gap names", examples=["UNB"])
    text: str
    accepted: bool = Field(description="a gap gives the reason")
    firm: bool = Field(description="no reason will do")


class ContradictionOut(BaseModel):
    """Two items that exclude each other."""

    items: list[str] = Field(examples=[["SBA-1", "UNB-3"]])
    way: str = Field(description="marked, declared or place", examples=["place"])
    because: str
    open: bool
    resolution: str | None
    outward: bool = Field(description="whether outsiders read how it was settled")


class BundleOut(BaseModel):
    """Items that say the same, printed together."""

    id: UUID
    heading: str
    items: list[str]


class ConsolidationOut(BaseModel):
    """All that the statement is made of."""

    offices: list[VoiceOut]
    dropped: list[DecidedOut] = Field(description="proposed by the check and left out")
    outside: list[DecidedOut] = Field(description="bodies the district did not ask")
    contradictions: list[ContradictionOut]
    bundles: list[BundleOut]
    open: list[OpenOut] = Field(description="what stands against closing")
    verdict: str = Field(description="as written, else drafted from the items by rules")
    assessment: str = Field(description="as written, else drafted from the items by rules")
    unresolved: list[str] = Field(description="layers that could not be checked")


class MarkIn(BaseModel, extra="forbid"):
    """Two items that exclude each other, and why."""

    items: list[Number] = Field(min_length=2, max_length=2, examples=[["SBA-1", "UNB-3"]])
    note: NonEmpty = Field(examples=["Pflanzung im Sichtdreieck"])


class SettlingIn(BaseModel, extra="forbid"):
    """How a contradiction was settled, or why it is none."""

    items: list[Number] = Field(min_length=2, max_length=2, examples=[["SBA-1", "UNB-3"]])
    resolution: NonEmpty = Field(examples=["UNB verschiebt die Pflanzung um 10 m."])
    outward: bool = Field(False, description="let outsiders read it")


class SettledOut(BaseModel):
    """A contradiction as it is kept."""

    items: list[str] = Field(examples=[["SBA-1", "UNB-3"]])
    cause: str = Field(examples=["mark"])
    note: str | None
    resolution: str | None
    outward: bool


class BundleIn(BaseModel, extra="forbid"):
    """Items of several offices that say the same."""

    heading: Annotated[Line, Field(min_length=1)] = Field(examples=["Niederschlagswasser"])
    items: list[Number] = Field(min_length=2, max_length=50, examples=[["UNB-1", "UWB-2"]])


class BeginIn(BaseModel, extra="forbid"):
    """Which kind of statement is begun."""

    kind: Kind = "statement"
    changes: NonEmpty | None = Field(None, description="of a correction: what changes, and why")


class GapIn(BaseModel, extra="forbid"):
    """Why the statement goes out although something is missing."""

    kind: Annotated[Line, Field(min_length=1)] = Field(examples=["office"])
    subject: Annotated[Line, Field(min_length=1)] = Field(examples=["GA"])
    title: Annotated[Line, Field(min_length=1)] = Field(examples=["Gesundheitsamt: keine Antwort"])
    reason: NonEmpty = Field(examples=["Die Frist endet am 12.03."])
    follows: Line | None = Field(None, examples=["Nachtrag zur Trinkwasserhygiene"])
    until: Day | None = Field(None, description="when it follows")


class CommitteeIn(BaseModel, extra="forbid"):
    """A committee's decision on the statement."""

    name: Annotated[Line, Field(min_length=1)]
    sitting: Day
    number: Annotated[Line, Field(min_length=1)] = Field(examples=["2026/114"])
    urgent: bool = Field(False, description="urgent decision (Eilentscheidung)")


class StatementIn(BaseModel, extra="forbid"):
    """What the coordinator writes; what is not given stays as it is."""

    verdict: Verdict | None = None
    assessment: Prose | None = Field(None, examples=["Dem Plan wird mit Auflagen zugestimmt."])
    gaps: list[GapIn] | None = Field(None, max_length=200)
    objection: bool | None = Field(None, description="Widerspruch under § 7 BauGB")
    committee: CommitteeIn | None = None
    changes: NonEmpty | None = None


class RemarkIn(BaseModel, extra="forbid"):
    """A remark, where there is one."""

    remark: NonEmpty | None = Field(None, examples=["Ziffer 2 bitte prüfen."])


class ReturnIn(BaseModel, extra="forbid"):
    """Why the statement is given back."""

    remark: NonEmpty = Field(examples=["Ziffer 2 bitte prüfen."])


class SignatureOut(BaseModel):
    """One step of signing."""

    position: int
    code: str = Field(examples=["staff-unit"])
    function: str
    state: str = Field(examples=["signed"])
    deputy: str | None
    remark: str | None
    at: datetime | None


class DispatchOut(BaseModel):
    """How a statement went out."""

    way: str
    recipient: str | None
    at: datetime
    proof: UUID | None
    note: str | None


class FileOut(BaseModel):
    """A document made of a statement."""

    edition: str = Field(examples=["outward"])
    form: str = Field(examples=["pdf"])
    filename: str
    sha256: str
    href: str


class StatementOut(BaseModel):
    """One version of the statement."""

    id: UUID
    number: int
    kind: str
    state: str = Field(examples=["draft"])
    verdict: str | None
    assessment: str | None
    changes: str | None
    gaps: list[dict[str, Any]]
    objection: bool
    committee: dict[str, Any] | None
    sha256: str | None = Field(description="of what was signed")
    approved: datetime | None
    sent: datetime | None
    binding: str | None = Field(description="hash of the copy signed outside")
    signatures: list[SignatureOut]
    dispatches: list[DispatchOut]
    files: list[FileOut]


class StatementsOut(BaseModel):
    """All versions, the first one first."""

    statements: list[StatementOut]


class DispatchIn(BaseModel, extra="forbid"):
    """How a statement went out."""

    way: Way
    recipient: Line | None = Field(None, examples=["Stadt Borna, Markt 1, 04552 Borna"])
    at: datetime | None = Field(None, description="default: now")
    proof: UUID | None = Field(None, description="document of the case that proves it")
    note: Prose | None = None


class WeighedIn(BaseModel, extra="forbid"):
    """What was made of one item."""

    item: Number
    result: Result
    text: Prose | None = None


class WeighingIn(BaseModel, extra="forbid"):
    """What the planning authority made of the items (Abwägung)."""

    received: Day
    document: UUID | None = None
    results: list[WeighedIn] = Field(min_length=1, max_length=2_000)
