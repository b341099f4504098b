"""What is said and answered about tasks of offices."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from service.api.asking_forms import Reason, ReasonOut
from service.api.case_forms import Code
from service.api.handing_in import Line, Prose
from service.api.moments import Day
from service.cases.tasks.state import TaskState

WhyNot = Literal[
    "outside_competence", "threshold_too_low", "data_outdated", "object_gone", "plan_unsuitable",
    "covered_by_other_office", "other",
]  # fmt: skip


class TaskQuery(BaseModel, extra="forbid"):
    """Which tasks are wanted; what is not given does not matter."""

    office: Code | None = Field(None, description="code of the office asked", examples=["UNB"])
    case: UUID | None = Field(None, description="of one case")
    state: list[TaskState] = Field([], max_length=20, examples=[["open"]])
    awaited: bool = Field(False, description="only those still to be answered")
    late: bool = Field(False, description="only those whose last day has passed unanswered")
    resubmit: bool = Field(False, description="only those to be brought up again")
    mine: bool = Field(False, description="only those passed on to the caller")
    due_to: Day | None = Field(None, description="last day", examples=["2026-12-31"])
    cursor: str | None = Field(
        None, max_length=200, pattern=r"^[\w=-]+$", description="from `next` of the page before"
    )
    limit: int = Field(50, ge=1, le=500, description="tasks on a page")
    count: bool = Field(False, description="whether to say how many there are on all pages")


class TaskRow(BaseModel):
    """A task in the inbox."""

    id: UUID
    case: UUID
    reference: str = Field(examples=["KE-2026-0001"])
    title: str
    municipality_names: str
    case_state: str
    case_deadline: date | None = Field(description="as named in the letter")
    version: int = Field(description="number of the draft")
    office: str = Field(examples=["UNB"])
    stand_in: str | None = Field(description="the office that answers in its place")
    state: TaskState
    due: date = Field(description="last day inside the house")
    late: bool
    resubmit: date | None
    outside_body: str | None = Field(description="the answer waits for this body outside")
    outside_until: date | None
    mine: bool = Field(description="passed on to the caller")
    escalated: bool
    draft: UUID | None = Field(description="the contribution that is being written or signed")
    released: UUID | None = Field(description="the contribution that counts")
    revision: int


class TaskPage(BaseModel):
    """Some tasks, the most urgent first; `next` leads to more."""

    tasks: list[TaskRow]
    next: str | None = Field(description="address of the next page")
    total: int | None


class ReusableOut(BaseModel):
    """An earlier contribution of the same office whose items can be taken over (`reuse`)."""

    id: UUID
    version: int = Field(description="number of the draft it was about")
    state: str
    items: int
    released: datetime | None


class TaskOut(TaskRow):
    """A task with all an office needs for its answer."""

    released_at: datetime
    note: str | None = Field(description="of the coordinator")
    assignee: str | None = Field(description="who in the office works on it")
    resubmit_note: str | None
    closing: str | None = Field(description="why closed without a contribution")
    closing_code: str | None
    reasons: list[ReasonOut] = Field(description="why the office is asked")
    findings: list[dict[str, Any]] = Field(description="of its report, those that concern it")
    reusable: list[ReusableOut]
    links: dict[str, str]


class Forward(BaseModel, extra="forbid"):
    """Pass the task on to somebody in the office; null: back to the whole office."""

    action: Literal["forward"]
    account: UUID | None = Field(examples=[None])
    note: Prose | None = Field(None, examples=["Bitte die Artenschutzfragen ansehen."])


class StandIn(BaseModel, extra="forbid"):
    """Let another office answer in its place; null: no longer."""

    action: Literal["stand_in"]
    office: Code | None = Field(examples=["UWB"])
    reason: Reason = Field(examples=["Das Sachgebiet ist bis Monatsende nicht besetzt."])


class Postpone(BaseModel, extra="forbid"):
    """Give the office another last day inside the house."""

    action: Literal["postpone"]
    due: Day = Field(examples=["2026-12-18"])
    reason: Reason = Field(examples=["Die Gemeinde hat die Frist verlängert."])


class Resubmit(BaseModel, extra="forbid"):
    """Bring the task up again on a day (Wiedervorlage); null: no more."""

    action: Literal["resubmit"]
    day: Day | None = Field(examples=["2026-12-01"])
    note: Prose | None = Field(None, examples=["Nach dem Ortstermin."])


class Wait(BaseModel, extra="forbid"):
    """Wait for a body outside until a day; both null: no more."""

    action: Literal["wait"]
    body: Annotated[Line, Field(min_length=1)] | None = Field(examples=["LfD"])
    until: Day | None = Field(examples=["2026-12-04"])


class NotAffected(BaseModel, extra="forbid"):
    """Say that the office is not affected after all, and why: from that the rules are improved."""

    action: Literal["not_affected"]
    code: WhyNot = Field(examples=["data_outdated"])
    reason: Reason = Field(examples=["Das Biotop besteht seit 2024 nicht mehr."])


class NoAnswer(BaseModel, extra="forbid"):
    """Close the task without an answer; that never counts as having no objections."""

    action: Literal["no_answer"]
    reason: Reason = Field(examples=["Auch nach zwei Erinnerungen keine Antwort."])


class Reopen(BaseModel, extra="forbid"):
    """Ask again what was closed without a contribution."""

    action: Literal["reopen"]
    due: Day = Field(examples=["2026-12-18"])
    reason: Reason = Field(examples=["Das Fachamt meldet sich doch."])


TaskStep = Annotated[
    Forward | StandIn | Postpone | Resubmit | Wait | NotAffected | NoAnswer | Reopen,
    Field(discriminator="action"),
]


class ShortAnswer(BaseModel, extra="forbid"):
    """An answer in one step."""

    kind: Literal["keine_bedenken", "fehlanzeige"] = Field(examples=["keine_bedenken"])
    text: Prose | None = Field(None, description="in place of the usual sentence")
    contact: Line | None = Field(None, examples=["SG Naturschutz, Tel. 03433 241-0"])


class LinkOut(BaseModel):
    """A link by which the task can be answered once without an account; shown this once."""

    address: str = Field(description="path below the address of the service")
    mailbox: str
    expires: datetime
