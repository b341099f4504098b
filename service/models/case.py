"""A case: one plan under review, whom it concerns, which offices claim a part in it."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, func
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json

SEARCHED = (
    "to_tsvector('german', coalesce(title, '') || ' ' || coalesce(reference, '') || ' ' || "
    "coalesce(sender_reference, '') || ' ' || coalesce(summary, '') || ' ' || "
    "coalesce(municipality_names, ''))"
)


class Case(Base):
    """One plan under review. `state` follows from the journal and is kept for searching only."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_search", "search", postgresql_using="gin"),
        Index("ix_cases_municipalities", "municipalities", postgresql_using="gin"),
        Index("ix_cases_state_due", "state", "due"),
        CheckConstraint("revision > 0", "revision"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(unique=True)  # Aktenzeichen
    sender_reference: Mapped[str | None]
    title: Mapped[str]
    summary: Mapped[str | None]
    kind: Mapped[str]
    uses: Mapped[list[str]]
    procedure: Mapped[str | None]
    law: Mapped[str | None]  # verfahrensrecht_stand, e.g. "VwVfG 2026-07-29"
    municipalities: Mapped[list[str]]  # keys (AGS), proposed from the geometry
    municipality_names: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)  # by the coordinator for the sender
    received: Mapped[date]
    deadline: Mapped[date | None]  # as named in the letter
    deadline_fixed: Mapped[bool] = mapped_column(default=False)  # § 31 (3) S. 2 VwVfG
    due: Mapped[date | None]  # when the statement must be out, by all clocks
    dates: Mapped[Json]  # of the procedure: public display, adoption …
    public_note: Mapped[str | None]
    state: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)  # ETag
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    changed: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    closed: Mapped[datetime | None]
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True))


class Party(Base):
    """Somebody with a part in a case; `name` and `contact` can be erased, the part stays."""

    __tablename__ = "parties"
    __table_args__ = (
        CheckConstraint(
            "part in ('planning_authority', 'commissioned_office', 'developer', "
            "'leading_authority', 'sender')",
            "part",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    part: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str | None]
    contact: Mapped[str | None]
    erased: Mapped[datetime | None]


class Claim(Base):
    """An office says that a case concerns it, although no rule named it."""

    __tablename__ = "claims"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    office: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Counter(Base):
    """The last number given out in a year, for file references."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
