"""What is said and answered about whom the district asks."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from service.api.case_forms import Code
from service.api.handing_in import Prose
from service.api.moments import Day

Reason = Annotated[Prose, Field(min_length=1)]


class ReasonOut(BaseModel):
    """Why an office is proposed; the reasons are those of the reader's own report."""

    rule: str | None = Field(examples=["N01"])
    layer: str | None = Field(examples=["nsg"])
    effect: str | None = Field(examples=["prohibition"])
    certainty: str | None = Field(examples=["certain"])
    basis: str | None = Field(examples=["§ 23 BNatSchG"])
    because: str | None
    claim: bool = Field(description="said by the office itself, not by a rule")


class ProposalOut(BaseModel):
    """What the check, or the office itself, proposes."""

    certainty: Literal["certain", "possible", "open", "claimed"] = Field(
        description="open: something it must look at could not be checked"
    )
    effect: str | None
    reasons: list[ReasonOut]


class DecisionOut(BaseModel):
    """What was decided; the proposal it was decided on stays beside it."""

    decision: Literal["involve", "drop", "add", "hint", "carry"] = Field(
        description="hint: a body outside, only named; carry: the earlier answer stands"
    )
    reason: str | None
    at: datetime
    proposed: ProposalOut | None = Field(description="what there was to decide on")


class AskedOut(BaseModel):
    """The task of an office in short."""

    id: UUID
    state: str = Field(examples=["open"])
    due: date
    late: bool


class OfficeOut(BaseModel):
    """One office, or body outside, in the round that is on."""

    office: str = Field(examples=["UNB"])
    name: str
    external: bool = Field(description="not of the district: can only be named as a hint")
    proposal: ProposalOut | None
    decision: DecisionOut | None
    task: AskedOut | None
    earlier: AskedOut | None = Field(description="of an earlier draft")
    again: bool = Field(description="whether something is new to it since it was asked")


class OfficesOut(BaseModel):
    """Everybody considered in the round that is on."""

    version: int = Field(description="number of the draft")
    check: str | None = Field(description="the check that proposes; null: not checked yet")
    offices: list[OfficeOut]


class DecisionIn(BaseModel, extra="forbid"):
    """A decision on an office; to drop or add one needs a reason."""

    decision: Literal["involve", "drop", "hint", "carry"] = Field(
        description="involve also adds an office nobody proposed", examples=["drop"]
    )
    reason: Reason | None = Field(None, examples=["Der Bach ist im Plangebiet verrohrt."])


class ReleaseIn(BaseModel, extra="forbid"):
    """Asks the offices: those decided on, and those proposed and not dropped."""

    due: Day | None = Field(
        None,
        description="last day inside the house; planned backwards without",
        examples=["2026-12-18"],
    )
    deadlines: dict[Code, Day] = Field(
        {}, max_length=100, description="of single offices", examples=[{"UNB": "2026-12-21"}]
    )
    offices: list[Code] | None = Field(
        None, max_length=100, description="only these now", examples=[["UNB", "UWB"]]
    )
    note: Prose | None = Field(None, examples=["Bitte auch die Ausgleichsfläche ansehen."])


class AskedTask(BaseModel):
    """A task that was made."""

    office: str
    task: UUID
    due: date


class ReleasedOut(BaseModel):
    """Who was asked now, and whose earlier answer stands."""

    state: str = Field(examples=["with_offices"])
    asked: list[AskedTask]
    carried: list[str]
