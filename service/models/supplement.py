"""Documents or answers that are missing (Nachforderung), asked for through the coordinator."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class Supplement(Base):
    """One question back to the planner. By itself it stops no period that runs outside."""

    __tablename__ = "supplements"
    __table_args__ = (
        CheckConstraint(
            "state in ('asked', 'forwarded', 'answered', 'refused', 'withdrawn')", "state"
        ),
        CheckConstraint("state <> 'refused' or answer is not null", "answer"),
        CheckConstraint("revision > 0", "revision"),
        Index("ix_supplements_case_id", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id"))  # None: coordinator's own
    office: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="asked")
    question: Mapped[str]
    forwarded_text: Mapped[str | None]  # as the planner reads it
    wanted_by: Mapped[date | None]
    stops_clock: Mapped[bool] = mapped_column(default=False)  # only where the law says so
    basis: Mapped[str | None]  # that law
    by: Mapped[str]  # pseudonym
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    forwarded: Mapped[datetime | None]
    forwarded_by: Mapped[str | None]
    answer: Mapped[str | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    answered: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
