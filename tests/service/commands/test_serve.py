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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from service.cluster import Cluster
from service.postmaster import running
from tests.service.postgres import Server

ROOT = Path(__file__).parent.parent.parent.parent
AT = re.compile(r"http://127\.0\.0\.1:\d+")


class Serving:
    """One server in the data folder `data`."""

    def __init__(self, data: Path, catalogue: Path, *options: str, **variables: str) -> None:
        plain = {k: v for k, v in os.environ.items() if not k.startswith("BELANG_")}
        self.log = data / "server.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service.cli", "serve", "--data", str(data), "--port", "0",
                 "--catalogue", str(catalogue), *options],
                cwd=ROOT, env={**plain, **variables}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self.address = ""

    def begun(self, seconds: float = 60) -> "Serving":
        """Wait for the line that says where it listens."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        said = self.process.stdout.readline() if ready else ""
        found = AT.search(said)
        assert found, said + self.log.read_text()
        self.address = found[0]
        return self

    def get(self, path: str) -> tuple[int, Any]:
        try:
            with urlopen(Request(self.address + path), timeout=20) as answer:  # noqa: S310 - of the service itself
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


@pytest.fixture
def start(sample: Path) -> Iterator[Start]:
    started: list[Serving] = []

    def begin(data: Path, *options: str, **variables: str) -> Serving:
        started.append(Serving(data, sample / "catalogue.yaml", *options, **variables))
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


def _ours(data: Path) -> list[int]:
    """Return the processes of Belang that work with a data folder; it stands in what they got."""
    found, wanted = [], f"BELANG_DATA={data}\0".encode()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (path / "environ").read_bytes() + b"\0":
                found.append(int(path.name))
        except OSError:
            continue  # another's, or gone meanwhile
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

    workers = _ours(tmp_path)
    assert len(workers) == 1
    first.process.kill()
    first.process.wait()
    _until(lambda: not _ours(tmp_path))  # nobody was there to stop them
    cluster = running(tmp_path / "pg" / "data")
    assert cluster is not None

    third = start(tmp_path).begun()
    assert running(tmp_path / "pg" / "data") == cluster  # the one that was left, adopted
    status, seconds = third.end()
    assert (status, seconds < 10) == (0, True)
    assert _ours(tmp_path) == []
    assert running(tmp_path / "pg" / "data") is None
    assert {event["level"] for event in third.events()} <= {"INFO", "WARNING"}


def test_workers_are_replaced_and_a_database_that_was_ended_comes_back(
    start: Start, tmp_path: Path, postgres: Server, fresh_database_url: str
) -> None:
    serving = start(tmp_path, BELANG_DATABASE_URL=fresh_database_url).begun()
    assert not (tmp_path / "pg").exists()
    _until(serving.ready)
    (worker,) = _ours(tmp_path)
    os.kill(worker, signal.SIGKILL)
    _until(lambda: _ours(tmp_path) not in ([], [worker]))
    assert serving.end(signal.SIGINT)[0] == 0
    assert _ours(tmp_path) == []


def test_a_request_that_is_being_answered_is_finished(
    start: Start, tmp_path: Path, fresh_database_url: str
) -> None:
    serving = start(tmp_path, "--workers", "0", BELANG_DATABASE_URL=fresh_database_url).begun()
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
        serving.process.terminate()
        time.sleep(0.5)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
        begun.sendall(b"--x--")
        answer = begun.makefile("rb").read()
    assert re.match(rb"HTTP/1\.1 (200|422) ", answer), answer
    assert serving.process.wait(timeout=20) == 0


def test_what_cannot_be_served_is_said_in_one_sentence(
    sample: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options, variables, status, said in (
            ((), {"BELANG_SMTP_PORT": "x"}, 64, "belang: BELANG_SMTP_PORT"),
            (("--port", port), {}, 2, "[port-in-use]"),
            ((), {"BELANG_DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/d"}, 2,
             "[database-unreachable]"),
            (("--catalogue", str(ROOT / "publiccode.yml")), {}, 4, "publiccode.yml"),
        ):  # fmt: skip
            serving = Serving(tmp_path, sample / "catalogue.yaml", *options, **variables)
            assert serving.process.wait(timeout=30) == status
            assert serving.process.stdout is not None
            assert serving.process.stdout.read() == ""
            serving.process.stdout.close()
            told = serving.log.read_text()
            assert said in told
            assert "Traceback" not in told
            assert "geheim" not in told
            serving.log.unlink()
    assert not (tmp_path / "pg").exists()


def test_a_server_told_to_stop_while_it_begins_leaves_no_database(
    start: Start, tmp_path: Path
) -> None:
    serving = start(tmp_path)
    _until((tmp_path / "pg" / "data").exists)
    assert serving.end()[0] == 0
    assert running(tmp_path / "pg" / "data") is None
    Cluster(tmp_path / "pg", fsync=False).start().stop()  # and it can be used afterwards
