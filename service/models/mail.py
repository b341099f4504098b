"""Mails to be sent, one an event and recipient, however often a worker dies.

A recipient is a person with an account, or a mailbox of an office.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Mail(Base):
    """A mail: which event it tells of, to whom; `message_id` is the same at every try."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("event", "account_id"),
        UniqueConstraint("event", "mailbox"),
        CheckConstraint("(account_id is null) <> (mailbox is null)", "recipient"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event: Mapped[int]  # seq of the journal's entry
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="cascade"))
    mailbox: Mapped[str | None]
    template: Mapped[str]
    values: Mapped[Json]
    message_id: Mapped[str] = mapped_column(unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    sent: Mapped[datetime | None]
