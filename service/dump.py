"""Dumping and restoring a database with PostgreSQL's own programs, and counting what is in it."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from gis.problem import Text
from service.archive import BackupError
from service.cluster import USER, Cluster
from service.postgres import clients

TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Database:
    """How to reach a database as one who may read all of it; secrets apart from the rest.

    `role` is who shall own what is restored; None: whoever connects.
    """

    conninfo: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    role: str | None = None

    def connect(self, **options: Any) -> "psycopg.Connection[tuple[Any, ...]]":
        """Connect to it."""
        password = self.environment.get("PGPASSWORD")
        return psycopg.connect(self.conninfo, password=password, **options)


def of_cluster(cluster: Cluster) -> Database:
    """Return the database of a cluster of our own, as its superuser."""
    return Database(cluster.admin(), role=USER)


def of_url(url: str) -> Database:
    """Return the database at an URL; its password goes where `ps` does not show it."""
    made = make_url(url)
    options = {k: v if isinstance(v, str) else ",".join(v) for k, v in made.query.items()}
    named = {"host": made.host, "port": made.port, "user": made.username, "dbname": made.database}
    options |= {name: str(value) for name, value in named.items() if value}
    password = made.password or options.pop("password", None)
    return Database(make_conninfo(**options), {"PGPASSWORD": str(password)} if password else {})


def counts(connection: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, int]:
    """Return the number of rows of every table that is no extension's."""
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        found[f"{schema}.{table}"] = int(row[0]) if row else 0
    return found


def versions(connection: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, str | None]:
    """Return the versions of PostgreSQL, PostGIS and the schema; None where there is none."""
    return {
        "postgresql": connection.info.parameter_status("server_version"),
        "postgis": _one(connection, "SELECT extversion FROM pg_extension WHERE extname='postgis'"),
        "revision": revision(connection),
    }


def revision(connection: "psycopg.Connection[tuple[Any, ...]]") -> str | None:
    """Return the revision of the schema; None where the tables are not there yet."""
    if _one(connection, "SELECT to_regclass('alembic_version')::text") is None:
        return None
    return _one(connection, "SELECT version_num FROM alembic_version")


def _one(connection: "psycopg.Connection[tuple[Any, ...]]", query: Any) -> str | None:
    row = connection.execute(query).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def blobs(connection: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, int]:
    """Return hash and size of every file that a row speaks of."""
    if _one(connection, "SELECT to_regclass('blobs')::text") is None:
        return {}
    return dict(connection.execute("SELECT sha256, size FROM blobs").fetchall())


def dump(database: Database, to: Path, *, major: int, snapshot: str) -> None:
    """Write the state that `snapshot` sees.

    Raises
    ------
    BackupError
        ``backup-dump`` with what `pg_dump` says.
    """
    _run(
        database,
        [clients(major)["pg_dump"], "--format=custom", "--no-acl", "--no-password",
         f"--snapshot={snapshot}", "--lock-wait-timeout=60s",
         "--exclude-table-data=*.spatial_ref_sys", f"--file={to}",
         f"--dbname={database.conninfo}"],
        "backup-dump",
    )  # fmt: skip


def load(database: Database, source: Path, *, major: int) -> None:
    """Restore a dump in one transaction: all of it or nothing.

    Raises
    ------
    BackupError
        ``restore-load`` with what `pg_restore` says.
    """
    role = [] if database.role is None else [f"--role={database.role}"]
    _run(
        database,
        [clients(major)["pg_restore"], "--no-password", "--single-transaction", "--exit-on-error",
         "--no-owner", "--no-acl", "--no-comments", *role, f"--dbname={database.conninfo}",
         str(source)],
        "restore-load",
    )  # fmt: skip


def _run(database: Database, command: list[str], code: str) -> None:
    done = subprocess.run(  # noqa: S603 - a program that `clients` found
        command,
        env={**os.environ, **database.environment, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[-600:]
        raise BackupError(
            code,
            Text(
                f"Die Datenbank konnte nicht gesichert oder eingespielt werden, nichts davon "
                f"wurde übernommen: {said}",
                f"The database could not be dumped or restored, and nothing of it was kept: {said}",
            ),
        )
