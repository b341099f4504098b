"""Bytes that lie in the data folder under their hash; a row says that they are whole."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class Blob(Base):
    """A file that was stored completely; `sha256` in hex names it."""

    __tablename__ = "blobs"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[datetime] = mapped_column(server_default=func.now())
