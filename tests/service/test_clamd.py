"""The scanner's protocol, against clamd itself where it is installed, and against a stand-in."""

import io
import os
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.clamd import Clamd
from service.config import Settings
from service.errors import TooLargeError, UnavailableError
from tests.service.scanners import CLAMD, LIMIT, SIGNATURE, clamd, stand_in


@pytest.fixture(scope="module", params=["clamd", "stand-in"])
def scanner(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clamd]:
    if request.param == "stand-in":
        with stand_in() as address:
            yield Clamd(address)
        return
    if CLAMD is None:
        pytest.skip("clamd is not installed")
    with clamd(tmp_path_factory.mktemp("clamd")) as address:
        yield Clamd(address)


def test_it_finds_what_it_knows_and_nothing_else(scanner: Clamd) -> None:
    assert scanner.answers()
    assert scanner.found(io.BytesIO(b"A letter.")) is None
    assert scanner.found(io.BytesIO(b"")) is None
    found = scanner.found(io.BytesIO(bytes(200_000) + SIGNATURE + bytes(200_000)))
    assert (found or "").startswith("Belang.Test-1")


def test_it_is_asked_also_while_very_many_files_are_open(scanner: Clamd) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4_000)), hard))
    try:
        with ExitStack() as stack:
            for _ in range(1_100):
                stack.enter_context(open(os.devnull, "rb"))
            assert scanner.found(io.BytesIO(b"A letter.")) is None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_more_than_it_takes_is_said(scanner: Clamd) -> None:
    with pytest.raises(TooLargeError) as error:
        scanner.found(io.BytesIO(bytes(3 * LIMIT)))
    assert error.value.code == "scanner-limit"


@pytest.mark.parametrize("answer", [b"", b"stream: OK", b"stream: Foo ERROR\0", b"OK\0 more"])
def test_only_a_clear_answer_counts(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            link, _ = server.accept()
            with link:
                link.settimeout(5)
                while not link.recv(65_536).endswith(bytes(4)):
                    pass
                link.sendall(answer)

        thread = threading.Thread(target=once)
        thread.start()
        asked = Clamd(f"127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(UnavailableError) as error:
            asked.found(io.BytesIO(b"A letter."))
        thread.join()
    assert error.value.code == "scanner-unavailable"


def test_who_is_silent_or_away_is_unavailable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes the call and says nothing
        silent = Clamd(f"127.0.0.1:{server.getsockname()[1]}", patience_s=0.1, scan_s=0.1)
        assert not silent.answers()
        with pytest.raises(UnavailableError):
            silent.found(io.BytesIO(b"A letter."))
    for address in (str(tmp_path / "no.sock"), f"127.0.0.1:{server_port_of_nobody()}"):
        assert not Clamd(address).answers()
        with pytest.raises(UnavailableError):
            Clamd(address).found(io.BytesIO(b"A letter."))


def server_port_of_nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("address", ["clamd", "relative/clamd.sock", "host:", "host:port", ""])
def test_an_address_that_is_none_stops_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="clamd"):
        Settings(clamd=address)
    assert Settings(clamd="/run/clamav/clamd.ctl").clamd
    assert Settings(clamd="scanner.internal:3310").clamd
