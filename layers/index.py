"""`index.bin`: the objects one after the other, then tables that tell where and what each one is.

It is written as a stream and mapped into memory. The objects lie as they came; the tables are
sorted by id, so that a version is the same whatever the order of its source was.
"""

import mmap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from layers.encoded import Encoded
from layers.sorting import Runs

NAME = "index.bin"
# `bounds` is compared with its checksum on opening: a wrong box would clear a plan silently. A
# fault in any other table leads to bytes that do not fit the checksum of their object.
TABLES: Mapping[str, str] = {
    "bounds": "<f8",
    "starts": "<i8",
    "row_lengths": "<u4",
    "wkb_lengths": "<u4",
    "checks": "<u4",
    "keys": "<u8",
    "marks": "<u8",
}
ACROSS = {"bounds": 4}  # values an object, where there is more than one
ALIGNED = 8
MAGIC = b"BELANG 3"


class IndexWriter:
    """Writes an index: batch after batch, then the tables.

    Memory holds a batch and some ten thousand rows of the tables; the others wait in files
    beside the index.
    """

    def __init__(self, file: BinaryIO, folder: Path) -> None:
        """Begin the file; an empty one could not be mapped."""
        self.file = file
        self.count = 0
        self.duplicates = 0  # objects whose id another one has as well; known in the end
        self._at = file.write(MAGIC)
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)
        self._records = Runs(folder, ("ids", "keys", "marks"))
        self._digests = Runs(folder, ("digests",))

    def add(self, batch: Encoded) -> None:
        """Append a batch."""
        self.file.write(batch.content)
        records = batch.records.copy()
        lengths = records["row_lengths"].astype("<i8") + records["wkb_lengths"]
        records["starts"] = self._at + np.cumsum(lengths) - lengths
        if len(records):
            self._low = np.minimum(self._low, records["bounds"][:, :2].min(axis=0))
            self._high = np.maximum(self._high, records["bounds"][:, 2:].max(axis=0))
        self._records.add(records)
        self._digests.add(batch.digests)
        self._at += len(batch.content)
        self.count += len(batch)

    def close(self) -> None:
        """Forget what waits beside the index, which is still the caller's to close."""
        self._records.close()
        self._digests.close()

    def digests(self) -> Iterator[NDArray[Any]]:
        """Yield the digests of all objects in order."""
        return self._digests.parts()

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The box of everything so far."""
        return (*self._low.tolist(), *self._high.tolist())

    def finish(self, boxes: Callable[[NDArray[Any]], None]) -> Mapping[str, list[int]]:
        """Write the tables; return offset, length and checksum of each. `boxes` is told those of
        all objects, in the order of the tables.
        """
        sections = self._places()
        written = dict.fromkeys(TABLES, 0)
        for part in self._records.parts():
            self.duplicates += len(part) - len(np.unique(part["keys"]))
            boxes(part["bounds"])
            for name, section in sections.items():
                content = np.ascontiguousarray(part[name]).data.cast("B")
                self.file.seek(section[0] + written[name])
                written[name] += self.file.write(content)
                section[2] = crc32(content, section[2])
        return sections

    def _places(self) -> dict[str, list[int]]:
        """Return where each table begins and how long it is, with the checksum of nothing."""
        sections, at = {}, self._at
        for name, kind in TABLES.items():
            start = at + -at % ALIGNED
            length = self.count * ACROSS.get(name, 1) * np.dtype(kind).itemsize
            sections[name] = [start, length, crc32(b"")]
            at = start + length
        return sections


def opened(path: Path) -> memoryview:
    """Return a file mapped into memory; who has it open keeps it when it is removed."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def table(content: memoryview, section: list[int], name: str) -> NDArray[Any]:
    """Return a table of an index without copying it."""
    start, length, _ = section
    found: NDArray[Any] = np.frombuffer(content[start : start + length], dtype=TABLES[name])
    return found.reshape(-1, 4) if name == "bounds" else found
