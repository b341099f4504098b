"""Who has to sign a contribution, in which order, and who did (Mitzeichnung, Umlauf)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Signature(Base):
    """One step of one round of signing; after a return a new `round` begins, the old one stays."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("contribution_id", "round", "position"),
        CheckConstraint("state in ('waiting', 'asked', 'signed', 'returned', 'void')", "state"),
        CheckConstraint("state <> 'returned' or remark is not null", "remark"),
        CheckConstraint("(state in ('signed', 'returned')) = (by is not null)", "by"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contributions.id", ondelete="cascade")
    )
    round: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    code: Mapped[str]  # of the step: head, staff-unit …
    function: Mapped[Json]  # what they are in the house, de and en
    mailbox: Mapped[str | None]
    office: Mapped[str | None]  # whose people may sign; None: the coordinator's
    state: Mapped[str] = mapped_column(default="waiting")
    asked: Mapped[datetime | None]
    until: Mapped[date | None]
    by: Mapped[str | None]  # pseudonym
    deputy: Mapped[str | None]  # signed as a deputy: in which function
    remark: Mapped[str | None]
    at: Mapped[datetime | None]
    created: Mapped[datetime] = mapped_column(server_default=func.now())
