"""The base map comes through a cache of our own, from a real server, and is never missed."""

import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service import basemap
from service.basemap import BaseMap


def png(grey: int = 128) -> bytes:
    """Return a grey picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes([0, grey])))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@dataclass
class Upstream:
    """A server of tiles; `says` is status and body of every answer."""

    says: tuple[int, bytes] = (200, png())
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            status, body = made.says
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/{{z}}/{{y}}/{{x}}.png"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)


@dataclass
class Clock:
    """A clock that can be put forward, seconds."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def base(tmp_path: Path, upstream: Upstream, clock: Clock) -> Iterator[BaseMap]:
    made = BaseMap(tmp_path / "tiles", upstream.url, 30.0, 1_000_000, clock)
    yield made
    made.close()


def test_a_tile_is_asked_for_once(base: BaseMap, upstream: Upstream, clock: Clock) -> None:
    first = base.tile(10, 550, 340)
    assert first is not None
    assert (first.content, first.type) == (png(), "image/png")
    assert base.tile(10, 550, 340) == first
    assert upstream.asked == ["/10/340/550.png"]
    clock.ahead = 31 * 86_400
    base.tile(10, 550, 340)
    assert len(upstream.asked) == 2


def test_an_old_tile_is_better_than_none(base: BaseMap, upstream: Upstream, clock: Clock) -> None:
    kept = base.tile(10, 1, 1)
    upstream.says = (503, b"busy")
    clock.ahead = 31 * 86_400
    assert base.tile(10, 1, 1) == kept
    assert base.tile(10, 1, 2) is None
    assert len(upstream.asked) == 2  # who is down is left alone for a while
    clock.ahead += basemap.PAUSE_S + 1
    upstream.says = (200, png(7))
    fresh = base.tile(10, 1, 1)
    assert fresh is not None
    assert fresh.content == png(7)


def test_what_is_no_picture_is_no_tile(base: BaseMap, upstream: Upstream) -> None:
    upstream.says = (200, b"<html>log in</html>")
    assert base.tile(9, 1, 1) is None
    upstream.says = (404, b"")
    assert base.tile(9, 1, 2) is None
    upstream.says = (200, png() + b"\0" * basemap.TILE_BYTES)
    assert base.tile(9, 1, 3) is None
    assert not base.folder.exists()


def test_nobody_there_is_no_tile(tmp_path: Path) -> None:
    base = BaseMap(tmp_path / "tiles", "http://127.0.0.1:9/{z}/{x}/{y}", 30.0, 1_000_000)
    begun = time.monotonic()
    assert [base.tile(9, x, 1) for x in range(5)] == [None] * 5
    assert time.monotonic() - begun < basemap.PATIENCE_S
    base.close()


def test_what_was_used_longest_ago_makes_room(
    tmp_path: Path, upstream: Upstream, clock: Clock
) -> None:
    upstream.says = (200, png() + b"\0" * 100_000)
    base = BaseMap(tmp_path / "tiles", upstream.url, 30.0, 1_000_000, clock)
    for x in range(9):
        base.tile(9, x, 1)
        path = base.folder / "9" / str(x) / "1"
        os.utime(path, (time.time() - 1_000 + x, path.stat().st_mtime))
    base.tile(9, 9, 1)
    left = sorted(int(path.parent.name) for path in base.folder.glob("9/*/1"))
    assert left == list(range(2, 10))
    base.close()
