"""`belang serve` as a process of its own: it begins, answers, ends, and leaves nothing behind."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from sqlalchemy import Engine, create_engine, pool, text
from sqlalchemy.exc import OperationalError

from service.config import Settings
from service.postmaster import running
from service.running import database as databases
from tests.layers.apart import refusing
from tests.service.api.offices import region

ROOT = Path(__file__).parent.parent.parent.parent
AT = re.compile(r"http://127\.0\.0\.1:\d+")


class Serving:
    """One server in the data folder `data`."""

    def __init__(
        self,
        data: Path,
        catalogue: Path,
        *options: str,
        before: Sequence[str] = (),
        **variables: str,
    ) -> None:
        plain = {k: v for k, v in os.environ.items() if not k.startswith("BELANG_")}
        self.log = data / "server.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*before, sys.executable, "-m", "service.cli", "serve", "--data", str(data),
                 "--port", "0", "--catalogue", str(catalogue), *options],
                cwd=ROOT, env={**plain, **variables}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self.address = ""

    def begun(self, seconds: float = 60) -> "Serving":
        """Wait for the line that says where it listens."""
        assert self.process.stdout is not None
        waiting = select.poll()  # knows no greatest file descriptor
        waiting.register(self.process.stdout, select.POLLIN)
        said = self.process.stdout.readline() if waiting.poll(1_000 * seconds) else ""
        found = AT.search(said)
        assert found, said + self.log.read_text()
        self.address = found[0]
        return self

    def get(self, path: str) -> tuple[int, Any]:
        try:
            with urlopen(self.address + path, timeout=20) as answer:  # noqa: S310 - of the service itself
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)

    def ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Tell it to stop; return its status and after how many seconds it had."""
        begun = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=40), time.monotonic() - begun

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"]


Start = Callable[..., Serving]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small district: every server prepares its layers anew."""
    return region(tmp_path_factory.mktemp("region"))


@pytest.fixture
def start(catalogue: Path) -> Iterator[Start]:
    started: list[Serving] = []

    def begin(data: Path, *options: str, before: Sequence[str] = (), **variables: str) -> Serving:
        started.append(Serving(data, catalogue, *options, before=before, **variables))
        return started[-1]

    yield begin
    for serving in started:
        if serving.process.poll() is None:
            serving.end()
        assert serving.process.stdout is not None
        serving.process.stdout.close()


def _until(true: Callable[[], Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _workers(server: Serving) -> list[int]:
    """Return the worker processes of a server, which may have ended."""
    found, wanted = [], f"service.running.child\0{server.process.pid}\0".encode()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue  # gone meanwhile
    return found


def test_a_server_with_a_database_of_its_own_from_beginning_to_end(
    start: Start, tmp_path: Path
) -> None:
    first = start(tmp_path).begun()
    assert first.get("/healthz") == (200, {"status": "alive"})
    _until(first.ready)
    assert first.get("/api/v1/cases")[0] == 401

    second = start(tmp_path)
    assert second.process.wait(timeout=20) == 2
    assert "[data-folder-in-use]" in second.log.read_text()

    assert len(_workers(first)) == 1
    first.process.kill()
    first.process.wait()
    _until(lambda: not _workers(first))  # nobody was there to stop them
    cluster = running(tmp_path / "pg" / "data")
    assert cluster is not None

    third = start(tmp_path).begun()
    assert running(tmp_path / "pg" / "data") == cluster  # the one that was left, adopted
    status, seconds = third.end()
    assert (status, seconds < 10) == (0, True)
    assert _workers(third) == []
    assert running(tmp_path / "pg" / "data") is None
    assert {event["level"] for event in third.events()} <= {"INFO", "WARNING"}


def test_a_worker_is_replaced_and_a_request_that_is_being_answered_is_finished(
    start: Start, tmp_path: Path, fresh_database_url: str
) -> None:
    serving = start(tmp_path, BELANG_DATABASE_URL=fresh_database_url).begun()
    assert not (tmp_path / "pg").exists()
    _until(serving.ready)
    (worker,) = _workers(serving)
    os.kill(worker, signal.SIGKILL)
    _until(lambda: _workers(serving) not in ([], [worker]))

    port = int(serving.address.rpartition(":")[2])
    body = (
        b'--x\r\nContent-Disposition: form-data; name="outline"\r\n\r\nPOINT (320000 5670000)\r\n'
    )
    head = (
        f"POST /api/v1/checks HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) + 5}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as begun:
        begun.sendall(head.encode() + body)
        time.sleep(0.3)  # the server has read the beginning
        serving.process.send_signal(signal.SIGINT)
        _until(lambda: not _listens(port))
        begun.sendall(b"--x--")
        answer = begun.makefile("rb").read()
    assert re.match(rb"HTTP/1\.1 (200|422) ", answer), answer
    assert serving.process.wait(timeout=20) == 0
    assert _workers(serving) == []


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.skipif(not refusing.UNSHARE, reason="no filter is known for this machine")
def test_a_server_that_is_refused_namespaces_warns_and_reads_plans_all_the_same(
    start: Start, tmp_path: Path, fresh_database_url: str
) -> None:
    before = (sys.executable, "-m", "tests.layers.apart.refusing", "namespaces", "--")
    serving = start(tmp_path, "--workers", "0", before=before,
                    BELANG_DATABASE_URL=fresh_database_url).begun()  # fmt: skip
    warned = [event for event in serving.events() if event["message"].startswith("reading: ")]
    assert [event["level"] for event in warned] == ["WARNING"]
    (told,) = (c for c in serving.get("/readyz")[1]["checks"] if c["name"] == "reading")
    assert not told["fine"]
    assert warned[0]["message"] == f"reading: {told['what']}"
    assert "Missing: a namespace without network" in told["what"]


def test_what_cannot_be_served_is_said_in_one_sentence(catalogue: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cases = [
            ((), {"BELANG_SMTP_PORT": "x"}, 64, "belang: BELANG_SMTP_PORT"),
            (("--port", port), {}, 2, "[port-in-use]"),
            ((), {"BELANG_DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/d"}, 2,
             "[database-unreachable]"),
            (("--catalogue", str(ROOT / "publiccode.yml")), {}, 4, "publiccode.yml"),
        ]  # fmt: skip
        begun = []
        for number, (options, variables, _, _) in enumerate(cases):
            data = tmp_path / str(number)
            data.mkdir()
            begun.append(Serving(data, catalogue, *options, **variables))
        for serving, (_, _, status, said) in zip(begun, cases, strict=True):
            output, _ = serving.process.communicate(timeout=40)
            told = serving.log.read_text()
            assert (serving.process.returncode, output) == (status, ""), told
            assert said in told
            assert "Traceback" not in told
            assert "geheim" not in told
            assert _workers(serving) == []
    assert not list(tmp_path.glob("*/pg"))


def test_a_database_is_not_left_behind_and_started_again_where_it_was_ended(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = start(tmp_path)
    _until((tmp_path / "pg" / "data").exists)
    assert serving.end()[0] == 0  # while it begins
    assert _workers(serving) == []
    folder = tmp_path / "pg" / "data"
    assert running(folder) is None

    monkeypatch.setattr(databases, "LOOK_S", 0.1)
    with databases.database(Settings(data=tmp_path)) as url:
        before = running(folder)
        assert before is not None
        os.kill(before.pid, signal.SIGKILL)
        _until(lambda: running(folder) not in (None, before))
        engine = create_engine(url, poolclass=pool.NullPool)
        _until(lambda: _answers(engine))
    assert running(folder) is None


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return connection.scalar(text("select 1")) == 1
    except OperationalError:
        return False
