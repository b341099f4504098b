"""What is answered about checks."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

State = Literal["queued", "running", "done", "failed", "cancelled"]


class ProgressOut(BaseModel):
    """How far a check is."""

    done: int = Field(description="layers checked", examples=[12])
    total: int | None = Field(description="layers in all; null before it begins", examples=[82])
    layer: str | None = Field(description="layer at hand, unless access to it is restricted")
    title: str | None


class ProblemOut(BaseModel):
    """Why a check failed."""

    code: str = Field(examples=["plan-missing"])
    text: str


class DifferenceOut(BaseModel):
    """What differs from the check of the case before, without texts."""

    check: UUID = Field(description="the check before")
    plan: dict[str, Any] | None = Field(
        description="between two drafts: `added_m2`, `removed_m2`, `before_m2`, `now_m2`, `changed`"
    )
    findings: dict[str, list[dict[str, Any]]] = Field(
        description="`new`, `gone`, `changed`; changed ones with `outcome` and `figures` before "
        "and now, and the ids of `objects` that are new, gone or changed"
    )
    offices: dict[str, list[dict[str, Any]]] = Field(
        description="`new`, `gone`, `changed`; changed ones with effect, certainty, rules"
    )
    ask_again: list[str] = Field(description="codes of offices to which something is new")
    data: dict[str, Any] = Field(
        description="what the checks rest on: whether catalogue and rules differ, which `layers` do"
    )


class CheckOut(BaseModel):
    """A check; a finished one never changes."""

    id: UUID
    case: str = Field(description="where its case is")
    version: int = Field(description="number of the draft", examples=[1])
    state: State
    cause: str = Field(description="received, revised or recheck", examples=["received"])
    day: date = Field(description="on which rules were in force")
    created: datetime
    started: datetime | None
    finished: datetime | None
    progress: ProgressOut
    problem: ProblemOut | None
    difference: DifferenceOut | None
    links: dict[str, str] = Field(description="where progress and results are")


class CheckAsked(BaseModel):
    """A check that was asked for."""

    id: UUID
    state: State
    links: dict[str, str]


class CheckRow(BaseModel):
    """A check in the list of its case."""

    id: UUID
    version: int
    state: State
    cause: str
    created: datetime
    finished: datetime | None


class ChecksOut(BaseModel):
    """All checks of a case, the latest first."""

    checks: list[CheckRow]
