"""Documents of a case: plan drawing, reports, letters, scans to trace from."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Document(Base):
    """A document; its bytes are a blob, its name is for display and may be erased."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("scan in ('unchecked', 'clean')", "scan"),
        CheckConstraint("edition in ('inner', 'outward')", "edition"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_versions.id"))
    kind: Mapped[str]  # plan, report, letter, raster, xplan, other
    blob: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    filename: Mapped[str]
    media_type: Mapped[str]
    edition: Mapped[str] = mapped_column(default="outward")  # seen by the planner, or not
    scan: Mapped[str] = mapped_column(default="unchecked")
    facts: Mapped[Json]  # of a raster: where it lies, see `service.cases.rasters`
    added_by: Mapped[str]  # pseudonym of an account
    created: Mapped[datetime] = mapped_column(server_default=func.now())


class Tracing(Base):
    """The raster over which the outline of a draft was traced."""

    __tablename__ = "tracings"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
