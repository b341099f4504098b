"""What the forms on the page of a task say; a browser sends empty fields, too."""

from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, Field, field_validator

from service.api.asking_forms import Reason
from service.api.contribution_forms import ItemIn, Short
from service.api.handing_in import Line, Prose
from service.api.moments import Day
from service.api.task_forms import WhyNot


class Nothing(BaseModel, extra="forbid"):
    """A form that says nothing beside what it is about."""


class AtOnce(BaseModel, extra="forbid"):
    """One of the short answers."""

    kind: Literal["keine_bedenken", "fehlanzeige"]
    text: Prose | None = None
    contact: Line | None = None


class Beginning(BaseModel, extra="forbid"):
    """Begins an answer, with an earlier one where wanted."""

    reuse: UUID | None = None


class ItemForm(ItemIn):
    """An item as a form says it; its place is GeoJSON in degrees, as text."""

    revision: int | None = None

    @field_validator("place", mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return {"geometry": orjson.loads(value), "crs": "wgs84"}
        except orjson.JSONDecodeError as error:
            raise ValueError("no GeoJSON") from error


class HeadForm(BaseModel, extra="forbid"):
    """The head of a contribution."""

    office_reference: Short | None = None
    contact: Short | None = None


class RemarkForm(BaseModel, extra="forbid"):
    """A remark with a signature, or a proposed change."""

    remark: Prose | None = None


class ReturnForm(BaseModel, extra="forbid"):
    """Why a contribution is returned."""

    remark: Reason


class NotAffectedForm(BaseModel, extra="forbid"):
    """Why an office is not affected after all."""

    code: WhyNot
    reason: Reason


class WaitForm(BaseModel, extra="forbid"):
    """Which body outside is waited for, until when."""

    body: Short | None = None
    until: Day | None = None


class ResubmitForm(BaseModel, extra="forbid"):
    """When the task shall be brought up again."""

    day: Day | None = None
    note: Prose | None = None


class ForwardForm(BaseModel, extra="forbid"):
    """Who in the office works on it."""

    account: UUID | None = None
    note: Prose | None = None


class QuestionForm(BaseModel, extra="forbid"):
    """What is missing."""

    question: Reason
    wanted_by: Day | None = Field(None)
