"""A state of a plan as it was handed in: its file, what was said with it, what was understood."""

from datetime import datetime
from uuid import UUID, uuid4

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class PlanVersion(Base):
    """One draft of a plan. Either it is understood (`geometry`) or a `question` is open."""

    __tablename__ = "plan_versions"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(geometry is null) = (question is not null)", "understood"),
        Index("ix_plan_versions_geometry", "geometry", postgresql_using="gist"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[int]
    label: Mapped[str | None]  # Planstand, e.g. "Entwurf 03/2026"
    blob: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    filename: Mapped[str]  # as the sender called it, for display only
    said: Mapped[Json]  # what was said beside the file: CRS, layer, width, answers to questions
    origin: Mapped[str] = mapped_column(default="official")  # how the outline came about
    question: Mapped[Json | None]  # code, texts, proposals
    understood: Mapped[Json | None]  # type, sizes, source CRS, repairs, notices, facts
    geometry: Mapped[WKBElement | None]  # footprint in the working CRS
    created: Mapped[datetime] = mapped_column(server_default=func.now())
