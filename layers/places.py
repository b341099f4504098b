"""`places.bin`: where the objects of a version lie, in pages along a Hilbert curve.

Derived from the boxes of `index.bin` and mapped like it: entries (box, row) page after page, then
the boxes of the pages, their checksums, and the tree over them (`gis.pages`). The last three are
compared with their checksum on opening, a page when it is used: a wrong box would clear a plan
silently. A version that has no such file is looked through from end to end.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from gis import hilbert
from gis.pages import ENTRY, SIZE, Pages, page_boxes, tree_over
from layers import index
from layers.sorting import Runs

NAME = "places.bin"
Section = tuple[int, int]


class PlacesWriter:
    """Takes boxes in the order of their rows, and writes them in the order of the curve."""

    def __init__(self, folder: Path, extent: tuple[float, float, float, float]) -> None:
        self.folder, self.extent = folder, extent
        self.count = 0
        self._runs = Runs(folder, ("key", "row"))

    def add(self, boxes: NDArray[np.float64]) -> None:
        """Take the boxes of the rows that follow."""
        records = np.empty(len(boxes), dtype=[("key", "<u4"), *ENTRY.descr])
        records["key"] = hilbert.keys(boxes, self.extent)
        records["box"] = boxes
        records["row"] = np.arange(self.count, self.count + len(boxes))
        self.count += len(boxes)
        self._runs.add(records)

    def finish(self) -> Mapping[str, Any]:
        """Write the file; return what has to be known to open it."""
        boxes: list[Any] = [np.empty((0, 4))]
        checks: list[int] = []
        rest = np.empty(0, dtype=ENTRY)
        with (self.folder / NAME).open("wb") as file:
            for part in self._runs.parts():
                entries = np.empty(len(part), dtype=ENTRY)
                entries["box"], entries["row"] = part["box"], part["row"]
                entries = np.concatenate([rest, entries])
                full = len(entries) // SIZE * SIZE
                rest = entries[full:]
                _pages(file, entries[:full], boxes, checks)
            _pages(file, rest, boxes, checks)
            whole = np.concatenate(boxes)
            tail = b"".join((whole.tobytes(), np.array(checks, dtype="<u4").tobytes(), b"\0" * 8))
            tail = tail[: len(tail) // 8 * 8] + tree_over(whole)
            file.write(tail)
        return {"pages": len(whole), "length": len(tail), "check": crc32(tail)}

    def close(self) -> None:
        """Forget what waits beside the file."""
        self._runs.close()


def _pages(file: Any, entries: NDArray[Any], boxes: list[Any], checks: list[int]) -> None:
    """Write entries as pages, and remember their boxes and checksums."""
    if not len(entries):
        return
    file.write(entries.data.cast("B"))
    boxes.append(page_boxes(entries))
    checks += [
        crc32(entries[i : i + SIZE].data.cast("B")) for i in range(0, len(entries), SIZE)
    ]  # fmt: skip


def places(folder: Path, facts: Mapping[str, Any], count: int, damaged: Any) -> Pages:
    """Open the places of a version of `count` objects.

    Raises
    ------
    Exception
        What `damaged` makes, where they are not as they were written.
    """
    content = index.opened(folder / NAME)
    pages, length = facts["pages"], facts["length"]
    first = count * ENTRY.itemsize
    if len(content) != first + length or crc32(content[first:]) != facts["check"]:
        raise damaged()
    checks = first + pages * 32
    tree = checks + (pages * 4 + 8) // 8 * 8
    return Pages(
        np.frombuffer(content[tree:], dtype=np.uint8),
        np.frombuffer(content[first:checks], dtype="<f8").reshape(-1, 4),
        np.frombuffer(content[checks : checks + 4 * pages], dtype="<u4"),
        np.frombuffer(content[:first], dtype=ENTRY),
        damaged,
    )
