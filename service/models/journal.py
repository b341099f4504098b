"""The journal: what happened, append-only, each entry chained to the one before.

The chain holds pseudonyms and hashes. Names and free text lie in `details`, salted into the chain
by their hash, so that they can be erased without breaking it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Entry(Base):
    """One thing that happened; `seq` has no gaps, `hash` covers all other columns."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_case_id_seq", "case_id", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]  # pseudonym of an account, or "system"
    case_id: Mapped[UUID | None]  # no foreign key: the journal outlives what it tells of
    action: Mapped[str]
    facts: Mapped[Json]  # without names and free text
    detail_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Detail(Base):
    """Names and free text of an entry; erased, only `erased` remains."""

    __tablename__ = "details"

    seq: Mapped[int] = mapped_column(ForeignKey("journal.seq"), primary_key=True)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    body: Mapped[Json | None]
    erased: Mapped[datetime | None]
