"""Requests that create something, by their idempotency key: a repeat gets the first answer."""

from datetime import datetime

from sqlalchemy import LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Json


class Repeat(Base):
    """The answer to a request that carried an Idempotency-Key; kept for a day."""

    __tablename__ = "repeats"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)  # of caller, route and key
    request: Mapped[bytes] = mapped_column(LargeBinary)  # hash of what was asked
    status: Mapped[int]
    headers: Mapped[Json]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(server_default=func.now())
