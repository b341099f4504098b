"""Bringing the schema of a database up to date, one process at a time, with faults in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources

from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from gis.problem import Problem, Text
from service.db import granted, upgrade

LOCK = 0x42_45_4C_41_4E_48  # advisory, of everybody who upgrades


class DatabaseError(Problem):
    """The database named cannot be used; the text says why and what to do next."""


def driver(url: str) -> str:
    """Return the URL with the driver that Belang uses.

    Raises
    ------
    DatabaseError
        ``database-url``; what was given may hold a password and is not repeated.
    """
    try:
        made = make_url(url)
    except ArgumentError as error:
        raise DatabaseError("database-url", URL) from error
    if made.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseError("database-url", URL)
    return made.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@cache
def revisions() -> tuple[str, ...]:
    """Return the revisions that this program knows, oldest first: what its migrations' files are
    called before the first underscore. Alembic itself is slow to start, and rarely needed.
    """
    files = (resources.files("service") / "migrations" / "versions").iterdir()
    names = (file.name for file in files)
    return tuple(sorted(name.partition("_")[0] for name in names if name.endswith(".py")))


def head() -> str:
    """Return the revision that this program needs."""
    return revisions()[-1]


def upgraded(url: str) -> None:
    """Bring the schema at `url` to what this program needs; others who do so are waited for.

    Raises
    ------
    DatabaseError
        ``database-unreachable``, ``database-newer``, ``database-unprepared``.
    """
    try:
        with _alone(url) as connection:
            if _there(connection) == {head()}:
                granted(url)
            else:
                upgrade(url)
    except OperationalError as error:
        raise DatabaseError("database-unreachable", _unreachable(url)) from error
    except DBAPIError as error:
        raise DatabaseError("database-unprepared", _unprepared(error)) from error


def require_bare(url: str) -> None:
    """Raise where a database holds accounts or cases: it is no public instance's.

    Raises
    ------
    DatabaseError
        ``database-not-public``.
    """
    engine = create_engine(url, poolclass=pool.NullPool)
    held = "select exists (select from accounts) or exists (select from cases)"
    try:
        with engine.connect() as connection:
            if connection.scalar(text(held)):
                raise DatabaseError("database-not-public", NOT_PUBLIC)
    finally:
        engine.dispose()


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=pool.NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
            yield connection
    finally:
        engine.dispose()


def _there(connection: Connection) -> set[str]:
    """Return the revision of the database; raise where a later release has been at it, whose data
    must not be touched.
    """
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return set()
    there = set(connection.scalars(text("select version_num from alembic_version")))
    if there - set(revisions()):
        raise DatabaseError("database-newer", NEWER)
    return there


URL = Text(
    "BELANG_DATABASE_URL ist keine Adresse einer PostgreSQL-Datenbank; sie sieht aus wie "
    "postgresql://benutzer:kennwort@rechner:5432/belang.",
    "BELANG_DATABASE_URL is no address of a PostgreSQL database; one looks like "
    "postgresql://user:password@host:5432/belang.",
)
NOT_PUBLIC = Text(
    "In der Datenbank stehen Konten oder Vorgänge; eine öffentliche Instanz bekommt eine eigene, "
    "leere Datenbank und einen eigenen Datenordner.",
    "There are accounts or cases in the database; a public instance gets an empty database and a "
    "data folder of its own.",
)
NEWER = Text(
    "Die Datenbank gehört zu einer neueren Fassung von Belang; bitte diese starten oder eine "
    "Sicherung von vorher zurückspielen.",
    "The database belongs to a newer release of Belang; start that one, or restore a backup from "
    "before.",
)


def _unreachable(url: str) -> Text:
    place = make_url(url)
    where = f"{place.host or place.query.get('host', 'localhost')}:{place.port or 5432}"
    return Text(
        f"Die Datenbank auf {where} ist nicht erreichbar oder weist Belang ab; bitte Rechner, "
        "Benutzer und Kennwort in BELANG_DATABASE_URL prüfen.",
        f"The database at {where} cannot be reached or turns Belang away; check host, user and "
        "password in BELANG_DATABASE_URL.",
    )


def _unprepared(error: DBAPIError) -> Text:
    kind = type(error.orig).__name__
    return Text(
        f"Das Schema konnte nicht angelegt werden ({kind}); der Benutzer muss Tabellen anlegen "
        "dürfen, und PostGIS muss da sein: CREATE EXTENSION postgis.",
        f"The schema could not be made ({kind}); the user must be allowed to create tables, and "
        "PostGIS must be there: CREATE EXTENSION postgis.",
    )
