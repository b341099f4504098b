"""The database: declarative base, engine, sessions. The one place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    NullPool,
    create_engine,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session

if TYPE_CHECKING:
    from alembic.config import Config

SRID = 25833  # of the columns; a migration bakes it in, the catalogue's CRS must be this one
NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 60_000
CONNECT_TIMEOUT_S = 5

PUBLIC_ROLE = "belang_public"  # of the database: reads what is released, see migration 0004
PUBLIC_TABLES = ("releases", "cases", "plan_versions")

Json = dict[str, Any]


class Base(DeclarativeBase):
    """Declarative base; column types follow from annotations."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        WKBElement: Geometry("GEOMETRY", srid=SRID, spatial_index=False),
        Json: JSONB(none_as_null=True),
        list[Json]: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
    }


def engine_for(url: str, *, pool: int = 10) -> Engine:
    """Return an engine that notices a restarted database and waits for no lock for ever."""
    return create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_pre_ping=True,
        hide_parameters=True,  # of a statement that fails: they hold names, and errors are logged
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} "
            f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC",
        },
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Yield a session whose work is committed at the end, or not at all."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Yield a session that sees one state of the database, whatever others commit meanwhile."""
    still = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(still, expire_on_commit=False) as session, session.begin():
        yield session


def referring(column: ColumnElement[Any]) -> list[Column[Any]]:
    """Return the columns of all tables whose foreign keys lead to `column`."""
    keys = (key for table in Base.metadata.tables.values() for key in table.foreign_keys)
    return [key.parent for key in keys if key.column is column]


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema of the database at `url` to `revision`; let the role of the public, where
    there is one, read what it may.
    """
    from alembic import command  # only where there is something to migrate

    command.upgrade(migrations(url), revision)
    if revision == "head":
        granted(url)


def granted(url: str) -> None:
    """Let the role of the public, where there is one, read what it may."""
    engine = create_engine(url, poolclass=NullPool)
    known = text("select from pg_roles where rolname = :role")
    with engine.begin() as connection:
        if connection.execute(known, {"role": PUBLIC_ROLE}).first() is not None:
            tables = ", ".join(PUBLIC_TABLES)
            connection.execute(text(f"grant usage on schema public to {PUBLIC_ROLE}"))
            connection.execute(text(f"grant select on {tables} to {PUBLIC_ROLE}"))
    engine.dispose()


def migrations(url: str) -> "Config":
    """Return Alembic's configuration for the migrations inside the package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "service:migrations")
    config.attributes["url"] = url
    return config
