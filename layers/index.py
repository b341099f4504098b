"""`index.bin`: the objects one after the other, then tables that tell where and what each one is.

It is written as a stream and mapped into memory. The objects lie as they came; the tables are
sorted by id, so that a version is the same whatever the order of its source was.
"""

import mmap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from layers.encoded import DIGEST, Encoded, marks

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
ALIGNED = 8
MAGIC = b"BELANG 3"
EMPTY: Mapping[str, NDArray[Any]] = {
    **{name: np.empty(0, dtype=kind) for name, kind in TABLES.items()},
    "ids": np.empty(0, dtype="S1"),
    "digests": np.empty(0, dtype=f"S{DIGEST}"),
}


@dataclass
class IndexWriter:
    """Writes an index: batch after batch, then the tables.

    Memory holds a batch, and of every object some hundred bytes.
    """

    file: BinaryIO
    _at: int = len(MAGIC)
    _parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the file; an empty one could not be mapped."""
        self.file.write(MAGIC)

    def add(self, batch: Encoded) -> None:
        """Append a batch."""
        self.file.write(batch.content)
        lengths = batch.row_lengths.astype("<i8") + batch.wkb_lengths
        ends = self._at + np.cumsum(lengths)
        self._parts.append({
            "bounds": batch.bounds,
            "starts": ends - lengths,
            "row_lengths": batch.row_lengths,
            "wkb_lengths": batch.wkb_lengths,
            "checks": batch.checks,
            "keys": batch.keys,
            "ids": batch.ids,
            "digests": batch.digests,
        })  # fmt: skip
        self._at += len(batch.content)

    def column(self, name: str) -> NDArray[Any]:
        """Return what was collected of all objects under a name."""
        parts = [part[name] for part in self._parts if len(part[name])]
        return np.concatenate(parts) if parts else EMPTY[name]

    def finish(self) -> Mapping[str, list[int]]:
        """Write the tables; return offset, length and checksum of each."""
        changes = marks(self.column("digests"))
        order = np.lexsort((changes, self.column("ids")))
        sections, at = {}, self._at
        for name, kind in TABLES.items():
            table = changes if name == "marks" else self.column(name)
            content = np.ascontiguousarray(table[order].astype(kind, copy=False)).data.cast("B")
            gap = -at % ALIGNED
            self.file.write(b"\0" * gap)
            self.file.write(content)
            sections[name] = [at + gap, len(content), crc32(content)]
            at += gap + len(content)
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
