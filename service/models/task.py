"""A task: one office asked in one round of a case; reminders and one-time links of it."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base

IN_STATES = (
    "state in ('open', 'seen', 'working', 'cosigning', 'answered', 'not_affected', 'no_answer', "
    "'withdrawn', 'superseded')"
)


class Task(Base):
    """One office, asked about one version of a plan; that it is late follows from `due`."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("version_id", "office"),
        CheckConstraint(IN_STATES, "state"),
        CheckConstraint("revision > 0", "revision"),
        CheckConstraint("(outside_body is null) = (outside_until is null)", "outside"),
        CheckConstraint("(state = 'not_affected') <= (closing is not null)", "closing"),
        Index("ix_tasks_case_id", "case_id"),
        Index("ix_tasks_office_state_due", "office", "state", "due"),
        Index("ix_tasks_stand_in", "stand_in"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))  # the round
    office: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    due: Mapped[date]  # the office's own deadline, inside the house
    released: Mapped[datetime] = mapped_column(server_default=func.now())
    released_by: Mapped[str]  # pseudonym
    note: Mapped[str | None]  # of the coordinator to the office
    seen: Mapped[datetime | None]
    answered: Mapped[datetime | None]  # when the first answer was released
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))  # in the office
    stand_in: Mapped[str | None]  # another office that answers in its place
    resubmit: Mapped[date | None]  # Wiedervorlage
    resubmit_note: Mapped[str | None]
    outside_body: Mapped[str | None]  # the answer waits for LfD, LfA …
    outside_until: Mapped[date | None]
    escalated: Mapped[datetime | None]
    closing: Mapped[str | None]  # why not affected after all, or closed without an answer
    closing_code: Mapped[str | None]  # for the statistics from which rules are improved
    revision: Mapped[int] = mapped_column(default=1)  # ETag
    changed: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Reminder(Base):
    """A reminder that was sent; one a task and occasion, however often a worker runs."""

    __tablename__ = "reminders"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    occasion: Mapped[str] = mapped_column(primary_key=True)  # before-3, overdue, resubmit-<day> …
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class AnswerLink(Base):
    """A link by which somebody at an office's mailbox may read and answer once without account.

    Its signature is made from a key outside the database; the row says what it is good for.
    """

    __tablename__ = "answer_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), index=True)
    mailbox: Mapped[str]
    expires: Mapped[datetime]
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    read: Mapped[datetime | None]
    used: Mapped[datetime | None]
    revoked: Mapped[datetime | None]
