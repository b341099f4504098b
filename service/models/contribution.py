"""What an office answers: contributions made of items, and changes proposed to its words."""

from datetime import date, datetime
from uuid import UUID, uuid4

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json

UNDER_WAY = "state in ('draft', 'circulating')"
IN_KINDS = (
    "kind in ('einwendung', 'bedenken', 'forderung', 'hinweis', 'anregung', 'eigene_planung', "
    "'keine_bedenken', 'fehlanzeige')"
)


class Contribution(Base):
    """One version of an office's answer; a released one never changes.

    `late` came after the statement had gone out or the case was closed: kept for a supplement.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        UniqueConstraint("task_id", "number"),
        CheckConstraint("state in ('draft', 'circulating', 'released', 'superseded')", "state"),
        CheckConstraint("source in ('own', 'mail', 'letter', 'link', 'docx')", "source"),
        CheckConstraint("(state in ('released', 'superseded')) = (released is not null)", "out"),
        CheckConstraint("revision > 0", "revision"),
        Index(
            "uq_contributions_under_way", "task_id", unique=True, postgresql_where=UNDER_WAY
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"))
    number: Mapped[int]  # of the version within the task
    state: Mapped[str] = mapped_column(default="draft")
    source: Mapped[str] = mapped_column(default="own")
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))  # as it came
    received: Mapped[date | None]  # of a mail or letter
    office_reference: Mapped[str | None]  # the office's own Aktenzeichen
    contact: Mapped[str | None]  # whom to ask, as the statement prints it
    reused_from: Mapped[UUID | None] = mapped_column(ForeignKey("contributions.id"))
    late: Mapped[bool] = mapped_column(default=False)
    by: Mapped[str]  # pseudonym of who began it; of a link, "link"
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    circulated: Mapped[datetime | None]
    released: Mapped[datetime | None]
    released_by: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)  # ETag of head and list of items
    changed: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Item(Base):
    """One point of a contribution. `number` stays with it across drafts: UNB-3 is UNB-3.

    `prepared` was made from a finding and waits for a person to take or discard it.
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("contribution_id", "number"),
        CheckConstraint(IN_KINDS, "kind"),
        CheckConstraint("edition in ('public', 'internal')", "edition"),
        CheckConstraint("binding in ('law', 'weighing')", "binding"),
        CheckConstraint("exception in ('held_out', 'excluded', 'open')", "exception"),
        CheckConstraint("stance in ('supports', 'neutral', 'conflicts')", "stance"),
        CheckConstraint("priority between 1 and 3", "priority"),
        CheckConstraint("revision > 0", "revision"),
        Index("ix_items_place", "place", postgresql_using="gist"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contributions.id", ondelete="cascade")
    )
    number: Mapped[int]  # within case and office, never given twice
    position: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str]
    basis: Mapped[str | None]  # legal basis
    binding: Mapped[str | None]  # law: cannot be overcome by weighing
    exception: Mapped[str | None]  # whether an exception or exemption is held out
    exception_by: Mapped[str | None]  # who decides on it
    exception_step: Mapped[str | None]  # by which step
    own_rights: Mapped[bool] = mapped_column(default=False)  # as an affected party, not authority
    planned_for: Mapped[str | None]  # of an own plan: when
    topic: Mapped[str | None]  # economy, kek, climate, broadband, tourism, own_plans
    stance: Mapped[str | None]  # towards the development concept
    priority: Mapped[int | None]  # 1 is highest
    place: Mapped[WKBElement | None]  # in the working CRS
    layer: Mapped[str | None]  # the finding it speaks of …
    object: Mapped[str | None]  # … and the object of it
    rule: Mapped[str | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    edition: Mapped[str] = mapped_column(default="public")
    restricted: Mapped[bool] = mapped_column(default=False)  # speaks of a restricted layer
    outward: Mapped[str | None]  # the sentence on it that its keeper lets out
    block: Mapped[str | None]  # the text block it was made from
    prepared: Mapped[bool] = mapped_column(default=False)
    reused_from: Mapped[UUID | None] = mapped_column(ForeignKey("items.id", ondelete="set null"))
    by: Mapped[str]  # pseudonym of who wrote it last
    revision: Mapped[int] = mapped_column(default=1)  # ETag
    changed: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Suggestion(Base):
    """A change to an office's words that the coordinator proposes; only the office makes it."""

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint("state in ('open', 'accepted', 'refused', 'withdrawn')", "state"),
        Index(
            "uq_suggestions_open", "item_id", unique=True, postgresql_where="state = 'open'"
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    text: Mapped[str]
    fields: Mapped[Json]  # of the item besides its text: kind, basis, edition …
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    by: Mapped[str]  # pseudonym
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered: Mapped[datetime | None]
