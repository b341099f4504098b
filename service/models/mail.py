"""Mails to be sent, one an event and recipient, however often a worker dies."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Mail(Base):
    """A mail: which event it tells of, to whom; `message_id` is the same at every try."""

    __tablename__ = "mails"
    __table_args__ = (UniqueConstraint("event", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event: Mapped[int]  # seq of the journal's entry
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="cascade"))
    template: Mapped[str]
    values: Mapped[Json]
    message_id: Mapped[str] = mapped_column(unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    sent: Mapped[datetime | None]
