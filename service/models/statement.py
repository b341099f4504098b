"""The district's one statement on a case: its versions, what stands against them, their way out."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json

UNDER_WAY = "state in ('draft', 'cosigning', 'approved')"


class Statement(Base):
    """One version of the statement; one that was sent never changes.

    `content` is all it says, inner edition, from which every document is made; it is written when
    signing begins and is what was signed. A `supplement` follows a partial delivery, a
    `correction` says in `changes` what is different.
    """

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("state in ('draft', 'cosigning', 'approved', 'sent')", "state"),
        CheckConstraint("kind in ('statement', 'supplement', 'correction')", "kind"),
        CheckConstraint(
            "verdict in ('rejection', 'concerns', 'conditions', 'notes', 'consent', 'reserved')",
            "verdict",
        ),
        CheckConstraint("kind <> 'correction' or changes is not null", "changes"),
        CheckConstraint("(state = 'draft') = (content is null)", "content"),
        CheckConstraint("(state = 'sent') = (sent is not null)", "sent"),
        CheckConstraint("revision > 0", "revision"),
        Index("uq_statements_under_way", "case_id", unique=True, postgresql_where=UNDER_WAY),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))  # the draft it is on
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(default="statement")
    state: Mapped[str] = mapped_column(default="draft")
    verdict: Mapped[str | None]
    assessment: Mapped[str | None]  # overall assessment, as edited by the coordinator
    changes: Mapped[str | None]  # of a correction: what is different, and why
    gaps: Mapped[list[Json]]  # what is missing, why it goes out all the same, when it follows
    objection: Mapped[bool] = mapped_column(default=False)  # Widerspruch, § 7 BauGB
    committee: Mapped[Json | None]  # name, sitting, number, urgent
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[str | None]
    by: Mapped[str]  # pseudonym
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    approved: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    sent: Mapped[datetime | None]
    sent_by: Mapped[str | None]
    binding: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"))  # signed outside
    binding_by: Mapped[str | None]
    binding_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)  # ETag
    changed: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class CoSignature(Base):
    """One step of one round of signing a statement; after a return a new `round` begins."""

    __tablename__ = "cosignatures"
    __table_args__ = (
        UniqueConstraint("statement_id", "round", "position"),
        CheckConstraint("state in ('waiting', 'asked', 'signed', 'returned', 'void')", "state"),
        CheckConstraint("state <> 'returned' or remark is not null", "remark"),
        CheckConstraint("(state in ('signed', 'returned')) = (by is not null)", "by"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statements.id", ondelete="cascade"))
    round: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    code: Mapped[str]
    function: Mapped[Json]  # what they are in the house, de and en
    mailbox: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="waiting")
    asked: Mapped[datetime | None]
    by: Mapped[str | None]  # pseudonym
    deputy: Mapped[str | None]  # signed as a deputy: in which function
    remark: Mapped[str | None]
    at: Mapped[datetime | None]
    created: Mapped[datetime] = mapped_column(server_default=func.now())


class Contradiction(Base):
    """Two items that exclude each other: marked by the coordinator, or found by a rule and settled.

    It refers to items by office and number, which stay with them across versions of an answer.
    """

    __tablename__ = "contradictions"
    __table_args__ = (
        CheckConstraint("first < second", "order"),
        CheckConstraint("cause in ('mark', 'rule')", "cause"),
        CheckConstraint("cause = 'mark' or resolution is not null", "settled"),
        CheckConstraint("(resolution is null) = (at is null)", "resolution"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    first: Mapped[str] = mapped_column(primary_key=True)  # "UFB-2"
    second: Mapped[str] = mapped_column(primary_key=True)
    cause: Mapped[str]
    note: Mapped[str | None]  # of whoever marked it
    resolution: Mapped[str | None]  # or why it is none
    outward: Mapped[bool] = mapped_column(default=False)  # whether outsiders may read it
    by: Mapped[str | None]  # pseudonym of who settled it
    at: Mapped[datetime | None]
    found: Mapped[datetime] = mapped_column(server_default=func.now())


class Bundle(Base):
    """Items of several offices that say the same, printed together, each in its own words."""

    __tablename__ = "bundles"
    __table_args__ = (Index("ix_bundles_case_id", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    heading: Mapped[str]
    items: Mapped[list[str]]  # "UNB-1", "UWB-4"
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class StatementFile(Base):
    """A document made of a statement that was sent, for one kind of reader."""

    __tablename__ = "statement_files"
    __table_args__ = (
        CheckConstraint("edition in ('inner', 'outward')", "edition"),
    )  # fmt: skip

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statements.id"), primary_key=True)
    edition: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)  # pdf, docx, html, map, package …
    blob: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    filename: Mapped[str]


class Dispatch(Base):
    """How and to whom a statement went out."""

    __tablename__ = "dispatches"
    __table_args__ = (
        CheckConstraint("way in ('mail', 'post', 'portal', 'bebpo', 'fax', 'hand')", "way"),
        Index("ix_dispatches_statement_id", "statement_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statements.id"))
    way: Mapped[str]
    recipient: Mapped[str | None]  # may be erased
    at: Mapped[datetime]
    proof: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    note: Mapped[str | None]
    by: Mapped[str]
    created: Mapped[datetime] = mapped_column(server_default=func.now())


class Weighing(Base):
    """What the planning authority made of an item (Abwägung), as it came back."""

    __tablename__ = "weighings"
    __table_args__ = (
        CheckConstraint("result in ('followed', 'partly', 'rejected', 'noted')", "result"),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)  # "UNB-3"
    result: Mapped[str]
    text: Mapped[str | None]
    received: Mapped[date]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
