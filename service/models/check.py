"""A check of a plan version: asked for, running, and its frozen result."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Check(Base):
    """One check; a finished one never changes. `frozen` holds all that is needed to repeat it."""

    __tablename__ = "checks"
    __table_args__ = (
        CheckConstraint("state in ('queued', 'running', 'done', 'failed', 'cancelled')", "state"),
        CheckConstraint("(state = 'done') = (frozen is not null)", "frozen"),
        Index("ix_checks_version_id_created", "version_id", "created"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))
    state: Mapped[str] = mapped_column(default="queued")
    cause: Mapped[str]  # received, recheck, revised
    day: Mapped[date]  # on which rules must be in force
    tries: Mapped[int] = mapped_column(default=0)
    progress: Mapped[Json]  # done, total, layer
    problem: Mapped[Json | None]  # code and texts, where it failed
    frozen: Mapped[Json | None]  # plan, catalogue, rules, layer versions, software
    difference: Mapped[Json | None]  # to the check before
    unresolved: Mapped[list[str] | None]  # layers that could not be checked, for finding cases
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]


class Report(Base):
    """The report of a check for one audience, byte for byte."""

    __tablename__ = "reports"

    check_id: Mapped[UUID] = mapped_column(ForeignKey("checks.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str]


class Involvement(Base):
    """An office that a check names to one audience; for finding cases by office.

    Named only because of what an audience may not see, it is not named to them.
    """

    __tablename__ = "involvements"
    __table_args__ = (Index("ix_involvements_office", "office"),)

    check_id: Mapped[UUID] = mapped_column(ForeignKey("checks.id"), primary_key=True)
    office: Mapped[str] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    effect: Mapped[str]
    certainty: Mapped[str]
