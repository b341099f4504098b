"""Boxes of many objects in pages, the pages in a packed Hilbert R-tree: what lies near a plan?

The tree (`geoindex-rs`, after Flatbush) tells the pages; they are read and looked through as a
whole. A page is small enough to be read for a single hit and large enough for its checksum to
cost little: it is compared when the page is used first, so that opening reads the tree alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from geoindex_rs import rtree  # type: ignore[attr-defined]  # stubs name the class alone
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
Numbers = NDArray[np.intp]
SIZE = 128  # objects a page
NO_ROWS: Numbers = np.empty(0, dtype=np.intp)
ENTRY = np.dtype([("box", "<f8", 4), ("row", "<i8")])


class PageError(ValueError):
    """A page is not as it was written."""


class Near(NamedTuple):
    """How many boxes meet the window around a plan, and the rows of those near its parts."""

    looked_at: int
    rows: Numbers


def tree_over(boxes: Boxes) -> bytes:
    """Return the tree over the boxes of pages (n × 4), as bytes; none for none."""
    if not len(boxes):
        return b""
    builder = rtree.RTreeBuilder(len(boxes))
    builder.add(np.ascontiguousarray(boxes))
    return bytes(builder.finish())


def page_boxes(entries: NDArray[Any]) -> Boxes:
    """Return the boxes of the pages that `entries`, in order, fill."""
    firsts = np.arange(0, len(entries), SIZE)
    low = np.minimum.reduceat(entries["box"][:, :2], firsts)
    high = np.maximum.reduceat(entries["box"][:, 2:], firsts)
    return np.hstack([low, high])


def meet(boxes: Boxes, windows: Boxes) -> NDArray[np.bool_]:
    """Tell of boxes and windows (… × 4) that broadcast whether they touch; what is NaN does."""
    apart = (
        (boxes[..., 0] > windows[..., 2])
        | (boxes[..., 2] < windows[..., 0])
        | (boxes[..., 1] > windows[..., 3])
        | (boxes[..., 3] < windows[..., 1])
    )
    found: NDArray[np.bool_] = ~apart
    return found


@dataclass(frozen=True)
class Pages:
    """Entries in pages (views of mapped memory), the tree over them, and their checksums.

    `boxes` are those of the pages. A page that is not as it was written raises what `damaged`
    makes.
    """

    tree: NDArray[np.uint8]
    boxes: Boxes
    checks: NDArray[np.uint32]
    entries: NDArray[Any]
    damaged: Callable[[], Exception] = PageError
    _seen: set[int] = field(default_factory=set)  # pages compared with their checksums

    def near(self, window: NDArray[np.float64], parts: Boxes) -> Near:
        """Return what meets `window` (4), and of that the rows, in order, that meet one of
        `parts` (n × 4), which all lie in it. With one part, that is the window.

        Raises
        ------
        Exception
            What `damaged` makes.
        """
        if not self.tree.size:
            return Near(0, NO_ROWS)
        met = rtree.search(self.tree, *window.tolist())
        if not len(met):
            return Near(0, NO_ROWS)
        pages = np.asarray(met).astype(np.intp)
        if len(parts) == 1:
            boxes, rows = self._read(pages)
            hits = rows[meet(boxes, window)]
            hits.sort()
            return Near(len(hits), hits)
        return self._along(pages, window, parts)

    def _along(self, pages: Numbers, window: NDArray[np.float64], parts: Boxes) -> Near:
        """Read the pages on the window's edge, to count, and those near a part."""
        boxes = self.boxes[pages]
        page, part = np.nonzero(meet(boxes[:, None], parts[None]))
        whole = (
            (boxes[:, :2] >= window[:2]).all(axis=1) & (boxes[:, 2:] <= window[2:]).all(axis=1)
        )  # fmt: skip
        counted = int(self._sizes(pages[whole]).sum())
        counted += int(meet(self._read(pages[~whole])[0], window).sum())
        near = [self._on(pages[[p]], parts[part[page == p]]) for p in np.unique(page)]
        return Near(counted, np.unique(np.concatenate([NO_ROWS, *near])))

    def _on(self, page: Numbers, parts: Boxes) -> Numbers:
        boxes, rows = self._read(page)
        return rows[meet(boxes[:, None], parts[None]).any(axis=1)]

    def _sizes(self, pages: Numbers) -> Numbers:
        found: Numbers = np.minimum(SIZE, len(self.entries) - pages * SIZE)
        return found

    def _read(self, pages: Numbers) -> tuple[Boxes, Numbers]:
        """Return boxes and rows of pages, each compared with its checksum once."""
        found = [self.entries[p * SIZE : (p + 1) * SIZE] for p in pages.tolist()]
        for number, entries in zip(pages.tolist(), found, strict=True):
            if number not in self._seen:
                if crc32(entries.data.cast("B")) != self.checks[number]:
                    raise self.damaged()
                self._seen.add(number)
        if len(found) == 1:
            return found[0]["box"], found[0]["row"]
        found.append(self.entries[:0])  # numpy joins columns much sooner than records
        boxes = np.concatenate([entries["box"] for entries in found])
        return boxes, np.concatenate([entries["row"] for entries in found])
