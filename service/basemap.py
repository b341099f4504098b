"""Tiles of a base map through a cache of our own: no browser asks whoever serves them.

A tile that is there and young enough is given out; an older one is asked for again, and given out
all the same where nobody answers. Whoever cannot be reached is left alone for a while. What is
kept has a limit: what was used longest ago goes first.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from layers.folder import write_whole

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
TILE_BYTES = 2_000_000
PATIENCE_S = 4.0
PAUSE_S = 30.0  # after a failure nobody asks again for so long
DAY_S = 86_400.0
ROOM = 0.9  # of the limit is left after clearing up
AT_ONCE = 6  # asked for at the same time; who comes later waits no longer than it takes


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile and its media type."""

    content: bytes
    type: str


@dataclass
class BaseMap:
    """Tiles from the address `url` with {z}, {x} and {y}, kept in `folder`."""

    folder: Path
    url: str
    days: float
    most_bytes: int
    clock: Callable[[], float] = time.time
    _quiet_until: float = 0.0
    _size: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asking: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    @cached_property
    def _http(self) -> "httpx2.Client":
        """A pool of connections, opened when first needed: to load it takes a tenth of a second."""
        import httpx2

        return httpx2.Client(timeout=PATIENCE_S, headers={"User-Agent": "Belang"})

    def close(self) -> None:
        """Close the connections."""
        if "_http" in self.__dict__:
            self._http.close()

    def tile(self, z: int, x: int, y: int) -> Tile | None:
        """Return a tile; None where there is none to be had."""
        path = self.folder / str(z) / str(x) / str(y)
        kept = _read(path)
        if kept is not None and self.clock() - path.stat().st_mtime < self.days * DAY_S:
            return kept
        if self.clock() < self._quiet_until:
            return kept
        with self._asking:
            fresh = self._fetched(self.url.format(z=z, x=x, y=y))
        if fresh is None:
            return kept
        self._keep(path, fresh.content)
        return fresh

    def _fetched(self, url: str) -> Tile | None:
        import httpx2

        try:
            with self._http.stream("GET", url) as answer:
                if answer.status_code in (204, 404):
                    return None  # beyond what it covers; that is no failure
                answer.raise_for_status()
                content = b""
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > TILE_BYTES:
                        raise ValueError("too large for a tile")
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            self._quiet_until = self.clock() + PAUSE_S
            log.warning("base map", extra={"facts": {"why": f"{type(error).__name__} {error}"}})
            return None
        kind = kind_of(content)
        return None if kind is None else Tile(content, kind)

    def _keep(self, path: Path, content: bytes) -> None:
        try:
            before = path.stat().st_size if path.exists() else 0
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, content)
        except OSError as error:  # a full disk is no reason to show nothing
            log.warning("base map", extra={"facts": {"why": str(error)}})
            return
        with self._lock:
            if self._size is None:
                self._size = sum(size for _, size, _ in self._all())
            else:
                self._size += len(content) - before
            if self._size > self.most_bytes:
                self._size = self._cleared()

    def _all(self) -> list[tuple[float, int, Path]]:
        found = [(path, path.stat()) for path in self.folder.rglob("*") if path.is_file()]
        return [(stat.st_atime, stat.st_size, path) for path, stat in found]

    def _cleared(self) -> int:
        """Remove what was used longest ago until there is room; return what is left, bytes."""
        every = sorted(self._all())
        left = sum(size for _, size, _ in every)
        for _, size, path in every:
            if left <= self.most_bytes * ROOM:
                break
            path.unlink(missing_ok=True)
            left -= size
        return left


def kind_of(content: bytes) -> str | None:
    """Return the media type of an image by its first bytes; None where it is none."""
    return next((kind for begin, kind in KINDS.items() if content.startswith(begin)), None)


def _read(path: Path) -> Tile | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    kind = kind_of(content)
    return None if kind is None else Tile(content, kind)
