"""What of a case the public may see: nothing, but for what stands here, and only until a day."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class Release(Base):
    """One thing released to the public: by whom, with whose consent, until when.

    `plan` is outline, title and public display; `statement` the outward edition of what was sent.
    It ends by itself after `until`, or earlier where somebody has `ended` it.
    """

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("what in ('plan', 'statement')", "what"),
        CheckConstraint("(ended is null) = (ended_by is null)", "ended"),
        Index(
            "uq_releases_standing", "case_id", "what", unique=True,
            postgresql_where="ended is null",
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    what: Mapped[str]
    title: Mapped[str]  # as the public reads it: a case's own may name a person
    summary: Mapped[str | None]  # in plain language
    link: Mapped[str | None]  # to the documents, at whoever answers for them
    consent: Mapped[str]  # whose; may be erased
    until: Mapped[date]
    by: Mapped[str]  # pseudonym
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended: Mapped[datetime | None]
    ended_by: Mapped[str | None]
