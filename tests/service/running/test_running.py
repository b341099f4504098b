"""The parts a server stands on: socket, schema, worker processes, systemd, the way out."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text

from service.db import migrations
from service.running import database
from service.running.fleet import Fleet
from service.running.listening import ListenError, address, listening
from service.running.notify import notify
from service.running.outbound import going_out
from service.running.schema import DatabaseError, driver, head, revisions, upgraded
from service.running.scratch import scratch
from tests.service.postgres import Server


def _until(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- socket ----------------------------------------------------------------------------------


def test_a_port_is_listened_on_by_one_only() -> None:
    with listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert address(first, "/belang") == f"http://127.0.0.1:{port}/belang"
        with pytest.raises(ListenError) as caught, listening("127.0.0.1", port):
            pass
    assert caught.value.code == "port-in-use"
    assert str(port) in caught.value.text.de
    with listening("127.0.0.1", port):
        pass  # free again


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_others_cannot_be_listened_on(host: str) -> None:
    with pytest.raises(ListenError) as caught, listening(host, 0):
        pass
    assert caught.value.code == "address-unusable"


# --- schema ----------------------------------------------------------------------------------


def test_a_schema_is_brought_up_to_date_once_and_again(postgres: Server) -> None:
    with postgres.database() as name:
        url = postgres.url(name)
        upgraded(url)
        upgraded(url)
        engine = create_engine(url, poolclass=pool.NullPool)
        with engine.connect() as connection:
            assert connection.scalar(text("select version_num from alembic_version")) == head()


def test_the_revisions_read_off_the_files_are_those_of_alembic() -> None:
    walked = ScriptDirectory.from_config(migrations("")).walk_revisions()
    assert revisions() == tuple(sorted(one.revision for one in walked))
    assert head() == ScriptDirectory.from_config(migrations("")).get_current_head()


def test_a_database_of_a_later_release_is_left_alone(fresh_database_url: str) -> None:
    engine = create_engine(fresh_database_url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DatabaseError) as caught:
        upgraded(fresh_database_url)
    assert caught.value.code == "database-newer"


def test_a_database_out_of_reach_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        upgraded("postgresql+psycopg://u:geheim@127.0.0.1:1/belang")
    assert caught.value.code == "database-unreachable"
    assert "127.0.0.1:1" in caught.value.text.de
    assert "geheim" not in caught.value.text.de + caught.value.text.en


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/d", "geheim", ""])
def test_only_postgresql_will_do(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        driver(url)
    assert caught.value.code == "database-url"
    assert "geheim" not in caught.value.text.de


def test_the_driver_is_ours() -> None:
    assert driver("postgresql://u:p%40@h:5433/d") == "postgresql+psycopg://u:p%40@h:5433/d"


# --- workers ---------------------------------------------------------------------------------


@contextmanager
def _fleet(command: list[str], **more: float) -> Iterator[Fleet]:
    with Fleet(command, "service.cli", 1, **more) as fleet, fleet.at_work(dict(os.environ)):  # type: ignore[arg-type]
        yield fleet


def test_a_worker_that_ends_is_started_again_and_not_without_end() -> None:
    seen: set[int] = set()

    def several() -> bool:
        seen.update(fleet.pids)
        return len(seen) >= 3

    begun = time.monotonic()
    with _fleet(["--version"], first_wait_s=0.3) as fleet:
        _until(several)
    assert time.monotonic() - begun > 0.3  # the third start had to wait
    assert not any(Path(f"/proc/{pid}").exists() for pid in seen)


def test_a_worker_that_could_not_be_started_is_started_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries, popen = [], subprocess.Popen

    def full(*given: Any, **more: Any) -> "subprocess.Popen[bytes]":
        tries.append(given)
        if len(tries) < 3:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return popen(*given, **more)

    monkeypatch.setattr(subprocess, "Popen", full)
    with _fleet(["--version"], first_wait_s=0.05) as fleet:
        _until(lambda: bool(fleet.pids))
    assert len(tries) == 3


def test_a_signal_while_workers_are_started_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    start, begun = threading.Thread.start, []

    def told(thread: threading.Thread) -> None:
        start(thread)
        begun.append(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", told)
    with pytest.raises(KeyboardInterrupt), _fleet(["--version"], first_wait_s=0.05):
        pass
    _until(lambda: not begun[0].is_alive())


TELLER = """
import atexit, os
def tell(what):
    with open(os.environ["TOLD"], "a") as out:
        out.write(f"{what}\\n")
tell("loaded")
atexit.register(lambda: tell(os.environ.get("ANSWER")))
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Lines of children that load the module `teller`: when they have, and the variable `ANSWER`
    when they end by themselves.
    """
    (tmp_path / "teller.py").write_text(TELLER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    (tmp_path / "told").touch()
    return lambda: (tmp_path / "told").read_text().splitlines()


def test_workers_load_before_they_are_told_to_work(told: Callable[[], list[str]]) -> None:
    with Fleet(["--version"], "teller", 2, first_wait_s=60) as fleet:
        _until(lambda: told() == ["loaded"] * 2)
        with fleet.at_work({"ANSWER": "42"}):
            _until(lambda: told().count("42") >= 2)


def test_workers_that_are_never_told_to_work_end(told: Callable[[], list[str]]) -> None:
    with Fleet(["--version"], "teller", 2) as fleet:
        _until(lambda: told() == ["loaded"] * 2)
        waiting = fleet.pids
    assert len(waiting) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in waiting)


def test_a_worker_whose_parent_ends_before_it_is_told_anything_does_not_begin(
    told: Callable[[], list[str]],
) -> None:
    command = [sys.executable, "-m", "service.running.child", str(os.getpid()), "teller", "worker"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=20, check=False)
    assert (done.returncode, told()) == (0, ["loaded", "None"])


def test_a_worker_that_ended_while_it_waited_is_started_again(
    told: Callable[[], list[str]],
) -> None:
    with Fleet(["--version"], "teller", 1) as fleet:
        _until(lambda: told() == ["loaded"])
        os.kill(fleet.pids[0], signal.SIGKILL)
        with fleet.at_work({"ANSWER": "42"}):
            _until(lambda: "42" in told())
    assert told()[:3] == ["loaded", "loaded", "42"]


# --- the database of our own -----------------------------------------------------------------


def test_a_database_is_looked_after_whatever_its_start_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    class Ended:
        data = tmp_path

        def start(self) -> None:
            tries.append(1)
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "LOOK_S", 0.01)
    with database._revived(Ended()):  # type: ignore[arg-type]
        _until(lambda: len(tries) > 2)


def test_a_child_whose_parent_has_gone_does_not_begin() -> None:
    # Its parent is not the one it was told to end with.
    done = subprocess.run(
        [sys.executable, "-m", "service.running.child", "1", "service.cli", "--version"],
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")


# --- systemd, the way out --------------------------------------------------------------------


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"@belang-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{name[1:]}" if abstract else name)
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        notify("READY=1")
        assert listener.recv(100) == b"READY=1"


def test_nobody_need_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_clients_get_proxy_and_certificates() -> None:
    environment = {"BELANG_HTTPS_PROXY": "http://p:1", "BELANG_CA_BUNDLE": "/ca", "NO_PROXY": "x"}
    going_out(environment)
    assert environment["https_proxy"] == environment["HTTP_PROXY"] == "http://p:1"
    assert environment["SSL_CERT_FILE"] == "/ca"
    assert environment["NO_PROXY"] == "x"
    assert environment["no_proxy"] == "localhost,127.0.0.1,::1"
    plain: dict[str, str] = {"PATH": "/bin"}
    going_out(plain)
    assert plain == {"PATH": "/bin"}


# --- program text ----------------------------------------------------------------------------

SELDOM = {"alembic", "authlib", "docx", "folium", "holidays", "matplotlib", "openpyxl", "pandas"}


def test_a_server_starts_without_what_is_seldom_needed() -> None:
    """After a crash the district waits for it to be ready again."""
    told = "import sys, service.commands.serve, service.app, service.worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], stdout=subprocess.PIPE, text=True,
                          check=True)  # fmt: skip
    assert not SELDOM & set(done.stdout.split())


def test_a_worker_loads_no_web_framework() -> None:
    told = "import sys, service.commands.worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], stdout=subprocess.PIPE, text=True,
                          check=True)  # fmt: skip
    assert "service.worker" in done.stdout.split()
    assert "fastapi" not in done.stdout.split()


# --- temporary files --------------------------------------------------------------------------

KILLED = """
import os, sys, tempfile
from pathlib import Path
from service.running.scratch import scratch
with scratch(Path(sys.argv[1])):
    print(tempfile.mkdtemp(prefix="belang-"), flush=True)
    os.kill(os.getpid(), 9) if sys.argv[2] == "kill" else sys.stdin.read()
"""


def test_what_a_killed_service_left_goes_with_the_next_start(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    killed = subprocess.run([*command, "kill"], stdout=subprocess.PIPE, text=True, check=False)
    left = Path(killed.stdout.strip())
    assert killed.returncode == -signal.SIGKILL
    assert left.is_dir()
    with subprocess.Popen(
        [*command, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        living = Path(other.stdout.readline().strip())
        assert not left.exists()
        with scratch(tmp_path) as own:
            assert living.is_dir()  # of a service that runs
            assert tempfile.gettempdir() == str(own)
            assert os.environ["TMPDIR"] == str(own)  # of the processes beside
        assert not own.exists()
        other.communicate("")
    assert not living.exists()
    assert not list((tmp_path / "scratch").iterdir())
    assert tempfile.gettempdir() != str(own)


SHARED = """
import multiprocessing.util, sys
from pathlib import Path
from service.running.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    print(folder)
    (folder / "file").touch()
    multiprocessing.util.get_temp_dir()
"""


def test_what_multiprocessing_keeps_there_goes_without_a_complaint(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SHARED, str(tmp_path)], capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert done.stderr == ""
    assert not Path(done.stdout.strip()).exists()
