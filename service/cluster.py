"""A PostgreSQL cluster of Belang's own, in its data folder, behind a private socket.

Below its folder lie `data/` (PostgreSQL's), `log/`, `socket/`, the configuration that is written
at every start, and `lock`, held by whoever runs the cluster. Where that one is root the server
runs as `postgres` or `nobody`, who can change nothing but data, log and socket.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from types import TracebackType
from typing import LiteralString
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from service import cluster_control as control
from service import cluster_files as files
from service.cluster_lock import Lock
from service.db import PUBLIC_ROLE
from service.postgres import Account, ClusterError, Programs, account, missing, servers
from service.postmaster import clear_remains, recorded, remove_socket, running

DATABASE = USER = "belang"  # owns the database and has no other privilege
ADMIN = control.ADMIN
LONGEST = 103  # bytes of a socket's path; Linux takes 107, others 103
START_S, STOP_S = 300, 60


class Cluster:
    """One cluster in `folder`; a context that starts it and stops it at the end.

    `settings` are PostgreSQL's, beside or in place of our own; `fsync` is off in tests only. New
    data are made by the newest PostgreSQL that is installed, or by that of `programs`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        fsync: bool = True,
        settings: Mapping[str, str] | None = None,
        programs: Programs | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self._fsync = fsync
        self._settings = dict(settings or {})
        self._newest = programs
        self._lock = Lock(self.folder / "lock")
        self._socket = self.folder / "socket"

    # --- how to reach it -------------------------------------------------------------------

    @property
    def conninfo(self) -> str:
        """Return the connection string of the database, for libpq."""
        return make_conninfo(host=str(self._socket), user=USER, dbname=DATABASE)

    @property
    def url(self) -> str:
        """Return the URL of the database, for SQLAlchemy with psycopg 3."""
        return f"postgresql+psycopg://{USER}@/{DATABASE}?host={quote(str(self._socket), safe='')}"

    def admin(self, database: str = DATABASE) -> str:
        """Return the connection string of the superuser: to dump, to create databases."""
        return make_conninfo(host=str(self._socket), user=ADMIN, dbname=database)

    # --- starting and stopping -------------------------------------------------------------

    def start(self) -> "Cluster":
        """Start the server, or adopt the one a killed Belang has left; again: revive it.

        Raises
        ------
        ClusterError
            ``data-folder-in-use``, ``database-major``, ``database-start`` and others.
        """
        files.make_folder(self.folder)
        reviving = self._lock.held
        self._lock.take()
        try:
            self._brought_up()
        except BaseException:
            # Whoever revives it tries again, at the socket that everybody knows already.
            if not reviving:
                self._give_up()
            raise
        return self

    def attach(self) -> "Cluster":
        """Use the server that another Belang runs; it is neither started nor stopped here.

        Raises
        ------
        ClusterError
            ``database-start`` where none is running.
        """
        found = running(self.data)
        if found is None:
            raise files.unstarted(self.folder, "no server is running")
        self._socket = found.socket
        return self

    def stop(self) -> None:
        """Stop the server, ending its sessions; nothing happens where it was only attached."""
        if not self._lock.held:
            return
        if running(self.data) is not None:
            done = self._stopped("fast")
            if running(self.data) is not None:
                done = self._stopped("immediate")  # the next start repairs
            if running(self.data) is not None:
                raise files.unstarted(self.folder, done)
        if self._socket.parent != self.folder:
            remove_socket(self._socket)  # of a server that was killed
            with suppress(OSError):
                self._socket.rmdir()
        self._lock.release()

    def _give_up(self) -> None:
        """Leave no server behind where starting it has failed; that failure is what is told."""
        try:
            self.stop()
        except ClusterError:
            self._lock.release()

    def __enter__(self) -> "Cluster":
        """Start it."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def _brought_up(self) -> None:
        try:
            if not self._adopted():
                self._serve()
            self._furnish()
        except (OSError, psycopg.OperationalError) as error:  # a full disk, no further process
            raise files.unstarted(self.folder, str(error)) from error

    def _adopted(self) -> bool:
        """Use a server that is running already; False where there is none, or no longer."""
        deadline = time.monotonic() + START_S
        while (found := running(self.data)) is not None:
            self._socket = found.socket
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise files.unstarted(self.folder, "it is running and does not answer")
            time.sleep(0.05)
        return False

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.admin("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False  # starting, stopping, or killed just now
        return True

    def _serve(self) -> None:
        programs = self._programs()
        owner = account(self.data)
        files.make_private(self.folder / "log", owner)
        files.undo_move(self.folder)
        if not (self.data / "PG_VERSION").exists():
            control.create(self.folder, programs, owner, sync=self._fsync)
        self._socket = self._socket_folder(owner)
        clear_remains(self.data, self._socket)
        files.write_configuration(
            self.folder, self._socket, owner, {**self._settings, **self._durability()}
        )
        said = control.start(self.folder, programs, owner, START_S)
        if not running(self.data):
            raise files.unstarted(self.folder, said)

    def _stopped(self, mode: str) -> str:
        return control.stop(self.folder, self._programs(), account(self.data), mode, STOP_S)

    def _durability(self) -> dict[str, str]:
        return {} if self._fsync else {"fsync": "off", "synchronous_commit": "off"}

    def _programs(self) -> Programs:
        """Return the programs that fit the data; the newest where there are none yet."""
        found = [self._newest] if self._newest else servers()
        if not found:
            raise missing("postgresql", "postgresql-postgis")
        major = files.major(self.data)
        fitting = [one for one in found if major is None or one.major == major]
        if not fitting:
            raise files.wrong_major(self.folder, major or 0, found[0].major)
        return fitting[0]

    def _socket_folder(self, owner: Account) -> Path:
        """Return a folder that only `owner` may enter, with a path short enough for a socket."""
        near = self.folder / "socket"
        with owner.reaching(self.folder) as (here, _):
            if here == self.folder and files.fits(near, LONGEST):
                return files.make_private(near, owner)
        left = recorded(self.data)
        for known in (self._socket, *([left.socket] if left else [])):
            if known != near and files.is_private(known, owner):
                return known  # where it was a moment ago
        # Its name is of this start alone; whoever adopts the server finds it in postmaster.pid.
        run = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
        base = next(b for b in (run, gettempdir(), "/tmp") if os.path.isdir(b) and len(b) < 60)  # noqa: S108 - made by mkdtemp
        return files.make_private(Path(mkdtemp(prefix="belang-", dir=base)), owner)

    def _furnish(self) -> None:
        """Create what is not there yet: the users, the database, PostGIS in it."""
        with psycopg.connect(self.admin("postgres"), autocommit=True) as connection:
            if _lacks(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", USER):
                connection.execute(f"CREATE ROLE {USER} LOGIN")
            if _lacks(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", PUBLIC_ROLE):
                connection.execute(f"CREATE ROLE {PUBLIC_ROLE} NOLOGIN")
                connection.execute(f"GRANT {PUBLIC_ROLE} TO {USER}")
            if _lacks(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {USER}")
        with psycopg.connect(self.admin(), autocommit=True) as connection:
            try:
                if _lacks(connection, "SELECT 1 FROM pg_extension WHERE extname = %s", "postgis"):
                    connection.execute("CREATE EXTENSION postgis")
            except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported) as error:
                raise missing("postgresql-postgis") from error


def _lacks(connection: psycopg.Connection, query: LiteralString, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is None


@contextmanager
def served(folder: Path) -> Iterator[Cluster]:
    """Yield the cluster in `folder`: the one another Belang runs, or started for this alone."""
    cluster = Cluster(folder)
    try:
        cluster.start()
    except ClusterError as error:
        if error.code != "data-folder-in-use":
            raise
        cluster.attach()
    try:
        yield cluster
    finally:
        cluster.stop()
