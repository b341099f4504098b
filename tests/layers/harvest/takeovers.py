"""What children that were taken over answer instead of a source's features."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from bench.corpus import CANARY, SINK
from layers.harvest.child import FEATURES, VALUE
from layers.reading import Features
from layers.reading.batch import packed_batch
from layers.reading.features import shapes


def batch(number: int, **more: Any) -> bytes:
    """Return squares side by side as a piece of an answer."""
    lefts = [3e5 + 100 * n for n in range(number)]
    boxes = [shapely.box(left, 5.6e6, left + 50, 5.6e6 + 50) for left in lefts]
    rows = tuple({"nr": n, "name": f"Nr. {n}", **more} for n in range(number))
    return FEATURES + packed_batch(Features(shapes(boxes), rows, "EPSG:25833", "gpkg"))


def dies(job: bytes, folder: Path) -> Iterator[bytes]:
    yield batch(20)
    os.abort()


def falls(job: bytes, folder: Path) -> Iterator[bytes]:
    yield batch(20)
    raise RuntimeError


def other_kind(job: bytes, folder: Path) -> Iterator[bytes]:
    yield batch(20)
    yield VALUE + b"{}"


def rubbish(job: bytes, folder: Path) -> Iterator[bytes]:
    yield batch(20)
    yield FEATURES + b"\0\0\0\0\0\0\0\2{}"


def nested(job: bytes, folder: Path) -> Iterator[bytes]:
    yield batch(20, list=[1, 2])


def half(job: bytes, folder: Path) -> Iterator[bytes]:
    yield batch(20)[:-9]


def hungry(job: bytes, folder: Path) -> Iterator[bytes]:
    yield batch(20)
    held = []
    while True:
        held.append(bytearray(16 << 20))


def spies(job: bytes, folder: Path) -> Iterator[bytes]:
    """Call the sink, look for secrets, and tell as a feature what came of it."""
    told: dict[str, str] = {}
    for name in ("/etc/passwd", str(CANARY / "secret.txt"), "/proc/1/environ"):
        try:
            told[name] = Path(name).read_text()
        except OSError as error:
            told[name] = type(error).__name__
    try:
        with socket.create_connection(("127.0.0.1", SINK), 1) as caller:
            caller.sendall(b"from inside")
        told["call"] = "done"
    except OSError as error:
        told["call"] = type(error).__name__
    yield batch(20, **told)
