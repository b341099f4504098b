"""What the forms on whom to ask say."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from service.api.case_forms import Code
from service.api.handing_in import Prose
from service.api.moments import Day

Said = Annotated[Prose, Field(min_length=1)]


class Nothing(BaseModel):
    """A button alone."""


class Choice(BaseModel):
    """What is decided on an office."""

    decision: Literal["involve", "drop", "hint", "carry"]
    reason: Said | None = None


class Added(BaseModel):
    """An office or body that nobody proposed."""

    office: Code
    reason: Said


class Released(BaseModel):
    """Whom to ask now, until when."""

    offices: list[Code] = Field(min_length=1, max_length=100)
    due: Day | None = None
    note: Prose | None = None


class Reason(BaseModel):
    """A reason that stays on record."""

    reason: Said


class Postponed(Reason):
    """Another day for an office."""

    due: Day


class StoodIn(Reason):
    """Who answers in an office's place; none: the office itself again."""

    office: Code | None = None
