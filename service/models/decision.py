"""Whom the district asks: what a check proposed, what the coordinator decided. Both stay."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Decision(Base):
    """What was decided on one office, or body outside, in one round of a case.

    The proposal is a copy of what the coordinator had in front of them: `certainty` is None where
    no check proposed the office, ``open`` where something it must look at could not be checked.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("version_id", "office"),
        CheckConstraint("decision in ('involve', 'drop', 'add', 'hint', 'carry')", "decision"),
        CheckConstraint("certainty in ('certain', 'possible', 'open', 'claimed')", "certainty"),
        CheckConstraint("decision not in ('drop', 'add') or reason is not null", "reason"),
        Index("ix_decisions_case_id", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))  # the round
    office: Mapped[str]
    check_id: Mapped[UUID | None] = mapped_column(ForeignKey("checks.id"))
    effect: Mapped[str | None]
    certainty: Mapped[str | None]
    reasons: Mapped[list[Json]]  # rule, basis, because and text in both languages
    decision: Mapped[str]  # hint: a body outside that the district does not ask; carry:
    # the answer to an earlier draft stands
    reason: Mapped[str | None]  # of the coordinator
    by: Mapped[str]  # pseudonym
    at: Mapped[datetime] = mapped_column(server_default=func.now())
