"""One private PostgreSQL cluster with PostGIS for a whole run of tests, whoever of them dies.

The first worker that needs it starts a guardian, which runs the cluster until nobody uses it any
more: every worker holds a shared lock, and the kernel lets go of it however a worker ends.
"""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from service.cluster import Cluster
from service.postgres import servers

ROOT = Path(__file__).parent.parent.parent
PLAIN, MIGRATED = "template_plain", "template_migrated"


@dataclass(frozen=True)
class Server:
    """The cluster of this run."""

    cluster: Cluster

    @contextmanager
    def database(self, template: str = PLAIN) -> Iterator[str]:
        """Yield the name of a database of its own, which is dropped at the end.

        Sessions in the `template` are ended: it cannot be copied while anybody is in it.
        """
        name = f"t_{secrets.token_hex(6)}"
        inside = f"datname = '{template}' AND backend_type = 'client backend'"
        self._do(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {inside}")  # noqa: S608 - ours
        # Copying the files takes a third less time than writing all of it to the log.
        how = "STRATEGY FILE_COPY OWNER belang"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template} {how}")
        try:
            yield name
        finally:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return the URL of a database, for SQLAlchemy; its user owns it and nothing else."""
        return self.cluster.url.replace("/belang?", f"/{name}?")

    def conninfo(self, name: str) -> str:
        """Return the same for libpq."""
        return psycopg.conninfo.make_conninfo(self.cluster.conninfo, dbname=name)

    def _do(self, *commands: str) -> None:
        with psycopg.connect(self.cluster.admin("postgres"), autocommit=True) as connection:
            for command in commands:
                connection.execute(command)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return the cluster of this run; skips where PostgreSQL with PostGIS is not installed."""
    if not servers():
        pytest.skip("PostgreSQL with PostGIS is not installed")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "pg"
    folder.mkdir(exist_ok=True)
    with (folder / "users").open("a") as users, (folder / "starting").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # waits for a guardian that is just leaving
        cluster = Cluster(folder / "cluster", fsync=False)
        if not (folder / "ready").exists():
            _start(folder)
        server = Server(cluster.attach())
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """Return the name of a database to copy, with PostGIS and all migrations applied."""
    with (postgres.cluster.folder.parent / "migrating").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(postgres.cluster.admin("postgres"), autocommit=True) as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [MIGRATED]).fetchone() is None:
                _migrate(postgres)
    return MIGRATED


def _migrate(server: Server) -> None:
    from service.db import upgrade

    aside = f"{MIGRATED}_{os.getpid()}"  # a template is whole or not there
    server._do(f"CREATE DATABASE {aside} TEMPLATE {PLAIN} OWNER belang")
    upgrade(server.url(aside))
    server._do(f"ALTER DATABASE {aside} RENAME TO {MIGRATED}")


@pytest.fixture(scope="session")
def database_url(postgres: Server, template: str) -> Iterator[str]:
    """Return the URL of a migrated database of this worker, for all its tests."""
    with postgres.database(template) as name:
        yield postgres.url(name)


@pytest.fixture
def fresh_database_url(postgres: Server, template: str) -> Iterator[str]:
    """Return the URL of a migrated, empty database of this test alone (0.1 s)."""
    with postgres.database(template) as name:
        yield postgres.url(name)


def _start(folder: Path) -> None:
    log = folder / "guardian.log"
    with log.open("wb") as output:
        guardian = subprocess.Popen(
            [sys.executable, "-m", "tests.service.postgres", str(folder)],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    for _ in range(1200):
        if (folder / "ready").exists():
            guardian.returncode = 0  # it outlives us; nobody here waits for it
            return
        if guardian.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(log.read_text(errors="replace"))


def guard(folder: Path) -> None:
    """Run the cluster until its last user has gone; leave nothing behind."""
    with Cluster(folder / "cluster", fsync=False, settings={"max_connections": "200"}) as cluster:
        server = Server(cluster)
        server._do(f"CREATE DATABASE {PLAIN} TEMPLATE belang")
        (folder / "ready").touch()
        with (folder / "users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            (folder / "ready").unlink()
            cluster.stop()
            shutil.rmtree(folder / "cluster")


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
