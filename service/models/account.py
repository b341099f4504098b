"""Who comes in: accounts, the organisations of planners, sessions, tokens, failed log-ins."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base

ROLES = ("planner", "officer", "coordinator", "steward", "administrator")
IN_ROLES = "role in ('planner', 'officer', 'coordinator', 'steward', 'administrator')"


class Organisation(Base):
    """Who hands plans in: a municipality, an engineering office, another authority."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    municipality: Mapped[str | None]  # its key (AGS), where it is one


class Account(Base):
    """A person who may log in; `pseudonym` is all that the journal knows of them."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint(IN_ROLES, "role"),
        CheckConstraint("(role = 'officer') = (office is not null)", "office"),
        Index("uq_accounts_login", func.lower(text("login")), unique=True),  # as people type it
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pseudonym: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    login: Mapped[str]
    name: Mapped[str]
    mail: Mapped[str | None]
    password: Mapped[str | None]  # argon2id; None: only by OpenID Connect
    subject: Mapped[str | None] = mapped_column(unique=True)  # issuer + "|" + sub
    role: Mapped[str]
    office: Mapped[str | None]
    functions: Mapped[list[str]] = mapped_column(default=list)  # what they may sign as: head …
    language: Mapped[str] = mapped_column(default="de")
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime] = mapped_column(server_default=func.now())


class Membership(Base):
    """A planner acts for an organisation."""

    __tablename__ = "memberships"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="cascade"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)


class LoginSession(Base):
    """A session of a browser; only the hash of what its cookie holds is kept."""

    __tablename__ = "sessions"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="cascade"))
    csrf: Mapped[str]
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    seen: Mapped[datetime] = mapped_column(server_default=func.now())


class Token(Base):
    """A token for programs; only its hash is kept."""

    __tablename__ = "tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="cascade"))
    name: Mapped[str]
    scopes: Mapped[list[str]]
    expires: Mapped[datetime]
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked: Mapped[datetime | None]


class Attempt(Base):
    """Something that is counted per key and time: a failed log-in, an anonymous check."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]  # hashed where it would name a person
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
