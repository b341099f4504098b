"""What moves the deadlines of a case: extensions, and clocks that were switched off."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class Extension(Base):
    """An extension asked for; only one with `state` consented moves a date.

    It is until a day (`until`) or by a span from the end before (`span`, like P2W).
    """

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("state in ('requested', 'consented', 'refused')", "state"),
        CheckConstraint("(until is null) <> (span is null)", "until_or_span"),
        CheckConstraint("state = 'requested' or decided is not null", "decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    clock: Mapped[str]
    state: Mapped[str]
    until: Mapped[date | None]
    span: Mapped[str | None]
    reason: Mapped[str | None]
    requested: Mapped[date]
    decided: Mapped[date | None]  # when the other side consented or refused
    decided_by: Mapped[str | None]  # which body, by its function
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))  # the proof
    added_by: Mapped[str]  # pseudonym of an account
    created: Mapped[datetime] = mapped_column(server_default=func.now())


class ClockOff(Base):
    """A clock that does not count in a case, and why not."""

    __tablename__ = "clocks_off"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    added_by: Mapped[str]  # pseudonym of an account
    created: Mapped[datetime] = mapped_column(server_default=func.now())
