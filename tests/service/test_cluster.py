"""The cluster of our own: starts fast, runs unprivileged, loses nothing whoever is killed."""

import contextlib
import errno
import os
import pwd
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, pool, text

from gis.problem import Problem
from service import cluster_control as control
from service.cluster import Cluster, served
from service.moving import move, newer
from service.postgres import ClusterError, servers
from service.postmaster import recorded, running, working_in

ROOT = Path(__file__).parent.parent.parent
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
pytestmark = pytest.mark.skipif(not servers(), reason="PostgreSQL with PostGIS is not installed")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Return the folder of a cluster that was started once, with a table, and stopped; and how
    long the start took, s. A start that was killed had left something there.
    """
    folder = tmp_path_factory.mktemp("made") / "pg"
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("15\n")
    begun = time.monotonic()
    with Cluster(folder) as cluster, psycopg.connect(cluster.conninfo) as connection:
        took = time.monotonic() - begun
        connection.execute("CREATE TABLE kept (n int PRIMARY KEY)")
    return folder, took


@pytest.fixture(scope="module")
def made(first: tuple[Path, float]) -> Path:
    return first[0]


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Return the folder of a cluster of this test's own, stopped."""
    subprocess.run(["cp", "-a", made, tmp_path / "pg"], check=True)
    return tmp_path / "pg"


@pytest.fixture(scope="module")
def serving(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a running cluster for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("serving") / "pg"
    subprocess.run(["cp", "-a", made, folder], check=True)
    with Cluster(folder) as cluster:
        yield cluster


def count(cluster: Cluster) -> int:
    with psycopg.connect(cluster.conninfo) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return int(row[0])


# --- starting and stopping ---------------------------------------------------------------------


def test_the_first_start_makes_a_database_and_later_ones_are_fast(
    first: tuple[Path, float], folder: Path
) -> None:
    assert not (first[0] / "data.new").exists()  # made whole, or not at all
    assert not working_in(first[0] / "data")
    assert recorded(first[0] / "data") is None
    assert first[1] < 30  # 1.3 s on an idle machine, and 0.15 s
    begun = time.monotonic()
    with Cluster(folder) as cluster:
        assert time.monotonic() - begun < first[1]
        engine = create_engine(cluster.url, poolclass=pool.NullPool)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "belang"
            assert connection.scalar(text("SELECT current_setting('is_superuser')")) == "off"
            assert connection.scalar(text("SHOW fsync")) == "on"
            assert connection.scalar(text("SHOW data_checksums")) == "on"
            assert connection.scalar(text("SHOW listen_addresses")) == ""
            assert connection.scalar(text("SELECT ST_Length('LINESTRING(0 0,3 4)')")) == 5
        assert {p.stat().st_uid for p in (folder / "data").iterdir()} != {0}
    assert not working_in(cluster.data)
    assert recorded(cluster.data) is None


def test_a_second_one_is_refused_and_told_who_has_it(folder: Path) -> None:
    with Cluster(folder) as cluster:
        with pytest.raises(Problem) as caught:
            Cluster(folder).start()
        assert caught.value.code == "data-folder-in-use"
        assert re.search(rf"Prozess {os.getpid()}, seit \d{{4}}-\d\d-\d\dT", caught.value.text.de)
        assert count(cluster) == 0

        with served(folder) as attached:  # a backup beside a server
            assert count(attached) == 0
        assert count(cluster) == 0  # it has not stopped what is not its own
    with served(folder) as alone:
        assert count(alone) == 0
    assert running(folder / "data") is None


def test_where_it_cannot_start_nothing_is_left_running(folder: Path) -> None:
    with pytest.raises(Problem) as caught:
        Cluster(folder, settings={"shared_buffers": "viel"}).start()
    assert caught.value.code == "database-start"
    assert "shared_buffers" in caught.value.text.de
    assert not working_in(folder / "data")
    with Cluster(folder) as cluster:  # and the folder is free
        assert count(cluster) == 0


def test_what_the_system_refuses_is_told_as_such(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("service.cluster.files.write_configuration", full)
        with pytest.raises(ClusterError) as caught:
            Cluster(folder).start()
    assert caught.value.code == "database-start"
    assert "No space left on device" in caught.value.text.de
    with Cluster(folder) as cluster:  # and the folder is free
        assert count(cluster) == 0


def test_nothing_to_run_it_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELANG_PG_BIN", str(tmp_path))
    with pytest.raises(Problem) as caught:
        Cluster(tmp_path / "pg").start()
    assert caught.value.code == "postgresql-missing"
    assert "apt-get install" in caught.value.text.de


# --- killed --------------------------------------------------------------------------------------

WRITER = """
import sys, psycopg
from pathlib import Path
from service.cluster import Cluster
with Cluster(Path(sys.argv[1])) as cluster:
    with psycopg.connect(cluster.conninfo, autocommit=True) as connection:
        n = connection.execute("SELECT coalesce(max(n), 0) FROM kept").fetchone()[0]
        print("begun", flush=True)
        while True:
            n += 1
            connection.execute("INSERT INTO kept VALUES (%s)", [n])
            print(n, flush=True)
"""


def test_committed_rows_survive_kills(folder: Path) -> None:
    draw = random.Random(7)  # noqa: S311 - the same moments every time
    acknowledged = 0
    for round_ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert writer.stdout is not None
        assert writer.stderr is not None
        begun = writer.stdout.readline()
        assert begun == "begun\n", writer.stderr.read()
        time.sleep(draw.uniform(0, 0.15))
        server = running(folder / "data")
        assert server is not None
        if round_ % 3 == 0:
            os.kill(server.pid, signal.SIGKILL)
        elif round_ % 3 == 1:
            writer.kill()
        else:
            writer.kill()
            os.kill(server.pid, signal.SIGKILL)
        said, _ = writer.communicate(timeout=60)
        acknowledged = max([acknowledged, *(int(line) for line in said.split())])

    assert acknowledged > 6
    with Cluster(folder) as cluster, psycopg.connect(cluster.conninfo) as connection:
        rows = [n for (n,) in connection.execute("SELECT n FROM kept ORDER BY n")]
    assert rows == list(range(1, len(rows) + 1))
    assert len(rows) >= acknowledged  # the last one may have been committed and not been told
    assert not working_in(folder / "data")


def test_a_server_that_outlives_its_owner_is_adopted(folder: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    assert [owner.stdout.readline() for _ in range(2)] == ["begun\n", "1\n"]
    owner.kill()
    owner.communicate()
    left = running(folder / "data")
    assert left is not None
    with Cluster(folder) as cluster:
        assert running(folder / "data") == left
        assert count(cluster) > 0
    assert not working_in(folder / "data")


def test_a_killed_server_is_revived_at_the_same_address(folder: Path) -> None:
    with Cluster(folder) as cluster:
        url, server = cluster.url, running(cluster.data)
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)
        cluster.start()
        assert cluster.url == url
        assert count(cluster) == 0


def test_what_a_reboot_leaves_does_not_stand_in_the_way(folder: Path) -> None:
    with Cluster(folder) as cluster:
        server = running(cluster.data)
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)
        while working_in(cluster.data):
            time.sleep(0.02)
        # The numbers belong to somebody else now: to this process.
        for path in (cluster.data / "postmaster.pid", server.socket / ".s.PGSQL.5432.lock"):
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))
        assert running(cluster.data) is None
        cluster.start()
        assert count(cluster) == 0


# --- where and as whom ---------------------------------------------------------------------------


def test_a_path_too_long_for_a_socket(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / ("ä" * 55) / "pg"  # bytes count, not letters
    folder.parent.mkdir()
    subprocess.run(["cp", "-a", made, folder], check=True)
    with Cluster(folder) as cluster:
        server = running(cluster.data)
        assert server is not None
        assert len(os.fsencode(server.socket)) < 90
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
        assert count(cluster) == 0
        os.kill(server.pid, signal.SIGKILL)
        cluster.start()
        assert running(cluster.data).socket == server.socket  # type: ignore[union-attr]
    assert not server.socket.exists()


def test_names_that_need_care(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a,b mit Leerzeichen; it's $HOME" / "pg"
    folder.parent.mkdir()
    subprocess.run(["cp", "-a", made, folder], check=True)
    with Cluster(folder) as cluster:
        assert count(cluster) == 0


@ROOT_ONLY
def test_started_by_root_it_runs_as_somebody_without_privileges(serving: Cluster) -> None:
    processes = working_in(serving.data)
    assert len(processes) > 3
    owner = owners(serving.data)
    assert len(owner) == 1
    assert pwd.getpwuid(owner.pop()).pw_name in ("postgres", "nobody")
    for pid in processes:
        with contextlib.suppress(FileNotFoundError):
            status = Path(f"/proc/{pid}/status").read_text()
            assert re.search(r"^CapEff:\s*0+$", status, re.MULTILINE)
    # What it reads when it starts it cannot change.
    for name in ("postgresql.conf", "pg_hba.conf", "pg_ident.conf", "lock"):
        assert (serving.folder / name).stat().st_uid == 0
        assert not (serving.folder / name).stat().st_mode & 0o022


@ROOT_ONLY
def test_root_may_have_it_where_nobody_else_may_enter(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beside(*given: Any) -> str:  # as in a server, whose threads open files meanwhile
        with (ROOT / "README.md").open(), (ROOT / "LICENSE").open():
            return begin(*given)

    begin = control.start
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    subprocess.run(["cp", "-a", made, home / "pg"], check=True)
    with Cluster(home / "pg") as cluster:
        assert count(cluster) == 0
        with psycopg.connect(cluster.conninfo) as connection:
            connection.execute("INSERT INTO kept SELECT generate_series(1, 100000)")
        server = running(cluster.data)
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)
        monkeypatch.setattr(control, "start", beside)
        cluster.start()
        assert count(cluster) == 100_000
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert not working_in(cluster.data)


@ROOT_ONLY
def test_an_ordinary_user_runs_it_as_themselves() -> None:
    somebody = pwd.getpwnam("nobody")
    base = Path(tempfile.mkdtemp(prefix="belang-test-", dir="/tmp"))
    try:
        os.chown(base, somebody.pw_uid, somebody.pw_gid)
        _as(somebody, lambda: _runs(base / "pg", somebody.pw_uid))
        assert (base / "pg" / "data" / "PG_VERSION").stat().st_uid == somebody.pw_uid
        with Cluster(base / "pg") as cluster:  # root finds it and stays with its owner
            assert owners(cluster.data) == {somebody.pw_uid}
    finally:
        shutil.rmtree(base)


@ROOT_ONLY
def test_another_user_does_not_come_in(folder: Path) -> None:
    base = Path(tempfile.mkdtemp(prefix="belang-test-", dir="/tmp"))
    try:
        base.chmod(0o755)
        subprocess.run(["cp", "-a", folder, base / "pg"], check=True)
        with Cluster(base / "pg", settings={"unix_socket_permissions": "0777"}) as cluster:
            _as(pwd.getpwnam("nobody"), lambda: _is_refused(cluster.conninfo))
            (base / "pg" / "socket").chmod(0o755)  # even where the folder let everybody in
            _as(pwd.getpwnam("nobody"), lambda: _is_refused(cluster.conninfo))
    finally:
        shutil.rmtree(base)


def _is_refused(conninfo: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(conninfo)


def _runs(folder: Path, uid: int) -> None:
    with Cluster(folder, fsync=False) as cluster, psycopg.connect(cluster.conninfo):
        assert owners(cluster.data) == {uid}


def owners(data: Path) -> set[int]:
    """Return whose the processes of a cluster are; one may end while it is looked at."""
    found = set()
    for process in working_in(data):
        with contextlib.suppress(FileNotFoundError):
            found.add(Path(f"/proc/{process}").stat().st_uid)
    return found


def _as(user: pwd.struct_passwd, call: Callable[[], None]) -> None:
    """Call in a child process as another user; the interpreter need not be theirs to start."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            call()
            status = 0
        except BaseException as error:  # noqa: BLE001 - a child of a test says what it has
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


# --- what it tells -------------------------------------------------------------------------------


def test_what_users_enter_is_in_no_log(serving: Cluster) -> None:
    entered = "Frau Muster, Bahnhofstraße 1"
    with psycopg.connect(serving.conninfo, autocommit=True) as session:
        for query in (f"SELECT '{entered}'::int", f'SELECT "{entered}"', "SELECT %s::int"):
            with pytest.raises(psycopg.Error):
                session.execute(query, [entered] if "%s" in query else None)
    logs = [path.read_text() for path in (serving.folder / "log").iterdir()]
    assert any("ready to accept connections" in log for log in logs)
    assert not any("Muster" in log for log in logs)


def test_no_port_is_opened(serving: Cluster) -> None:
    inodes = set()
    for pid in working_in(serving.data):
        with contextlib.suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    inodes.add(os.readlink(descriptor))
    tcp = [line.split() for name in ("tcp", "tcp6") for line in _lines(Path("/proc/net") / name)]
    assert not {f"socket:[{row[9]}]" for row in tcp if len(row) > 9} & inodes
    assert any(link.startswith("socket:") for link in inodes)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()[1:] if path.exists() else []


# --- another version -----------------------------------------------------------------------------


def test_data_of_a_version_that_is_not_installed(folder: Path) -> None:
    (folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Problem) as caught:
        Cluster(folder).start()
    assert caught.value.code == "database-major"
    for command in ("postgresql-9-postgis-3", f"belang db upgrade --data {folder.parent}"):
        assert command in caught.value.text.de
    assert newer(folder) == servers()[0]


def test_moving_keeps_every_row_and_the_old_data(folder: Path) -> None:
    # One version is all that most machines have; the way is the same between two.
    with Cluster(folder) as cluster, psycopg.connect(cluster.conninfo) as connection:
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    assert newer(folder) is None
    old = move(folder, servers()[0])
    assert (old / "PG_VERSION").exists()
    with Cluster(folder) as cluster:
        assert count(cluster) == 1000
        with psycopg.connect(cluster.conninfo) as connection:
            owner = connection.execute("SELECT tableowner FROM pg_tables WHERE tablename='kept'")
            assert owner.fetchone() == ("belang",)
    assert not (folder / "moving").exists()
    with pytest.raises(Problem) as caught:
        move(folder, servers()[0])
    assert caught.value.code == "database-move"


def test_a_move_cut_off_between_its_renames_is_undone(folder: Path) -> None:
    (folder / "data").rename(folder / "data.old")
    with Cluster(folder) as cluster:
        assert count(cluster) == 0  # the table is there: no empty database was made in its place


def test_a_cluster_that_cannot_be_revived_at_once_comes_back_at_the_same_place(
    tmp_path: Path,
) -> None:
    far = tmp_path / ("far" * 40)  # too long for a socket, which therefore lies elsewhere
    with Cluster(far, fsync=False) as cluster:
        before, settings = cluster.url, far / "postgresql.local.conf"
        assert str(far) not in before
        os.kill(int((far / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        settings.write_text("nonsense = 1\n")  # it does not start, as on a full disk
        for _ in range(2):
            with pytest.raises(ClusterError):
                cluster.start()
        settings.unlink()
        cluster.start()
        assert cluster.url == before
        with psycopg.connect(cluster.conninfo) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
