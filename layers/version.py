"""A layer version: one immutable state of a layer's data, in a folder named by its content.

`features.parquet` is for people and tools. `index.bin` is derived from the same features and
mapped into memory (see `layers.index`), so that opening costs next to nothing and only
candidates are decoded; so is `places.bin`, which tells the candidates (`layers.places`).
`version.json` says what is where. What is used is compared with its checksum first:
`version.json` and the tree of places on opening, boxes and objects when they are used; `verify`
reads everything.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.crs import working
from gis.pages import Near, Pages, meet
from layers import index
from layers.encoded import decoded
from layers.facts import DamagedError, checked_facts, checked_text, file_facts
from layers.features import Broken
from layers.places import places

__all__ = [
    "DamagedError", "Found", "LayerVersion", "OtherFormatError", "checked_facts", "checked_text",
    "damaged", "file_facts", "open_version", "united", "verify_version",
]  # fmt: skip
FORMAT = 3
FACTS = "version.json"
DAMAGED = "damaged"  # a file of this name marks a version to be read from its source again
CHUNK = 20_000


class OtherFormatError(ValueError):
    """A version that another release has written: whole, but not for this one."""


@dataclass(frozen=True)
class Found:
    """Some objects of a version: ids, shapes and attributes, in the version's order."""

    ids: tuple[str, ...]
    geometries: NDArray[np.object_]
    attributes: tuple[Mapping[str, Any], ...]

    def row(self, i: int) -> tuple[str, Mapping[str, Any]]:
        """Return id and attributes of one of them."""
        return self.ids[i], self.attributes[i]


@dataclass(frozen=True)
class LayerVersion:
    """An opened version; reads nothing but what it is asked for."""

    folder: Path
    facts: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """Content hash: of ids, attributes and shapes, whatever their order."""
        return f"sha256:{self.facts['sha256']}"

    @property
    def count(self) -> int:
        """Number of objects that can be checked."""
        return int(self.facts["count"])

    @cached_property
    def dimensions(self) -> frozenset[int]:
        """Which kinds of objects there are: 0 points, 1 lines, 2 areas."""
        return frozenset(self.facts["dimensions"])

    @property
    def area_m2(self) -> float:
        """Sum of the areas of all objects, m²; overlaps count twice."""
        return float(self.facts["area_m2"])

    def maximum(self, attribute: str) -> float:
        """Return the largest number in an attribute; 0 where there is none."""
        return float(self.facts["maxima"].get(attribute, 0.0))

    @property
    def attributes(self) -> frozenset[str]:
        """Names of the attributes of any object."""
        return frozenset(self.facts["attributes"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed or repaired on the way, in German."""
        return tuple(self.facts["notes"])

    @property
    def transformation_accuracy_m(self) -> float:
        """What the way into the working CRS cost, m."""
        return float(self.facts["transformation"]["accuracy_m"])

    @cached_property
    def crs(self) -> CRS:
        """CRS of all coordinates."""
        return working(self.facts["crs"])

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """Objects that can neither be met nor be cleared."""
        return tuple(
            Broken(b["id"], b["bounds"] and tuple(b["bounds"]), b["reason"])
            for b in self.facts["broken"]
        )

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """Boxes of all objects, shape (count, 4): left, bottom, right, top; DamagedError."""
        return self.verified("bounds")

    @cached_property
    def places(self) -> Pages | None:
        """Where all objects lie, to be searched; None in a version that an older release wrote.

        Raises
        ------
        DamagedError
            If they are not as they were written; the version is marked.
        """
        facts = self.facts.get("places")
        return places(self.folder, facts, self.count, self._marked) if facts else None

    def near(self, window: NDArray[np.float64], parts: NDArray[np.float64]) -> Near:
        """Return what lies near a plan: errors and arguments as `gis.pages.Pages.near`."""
        if self.places is not None:
            return self.places.near(window, parts)
        rows = np.flatnonzero(meet(self.bounds, window))
        close = [rows[meet(self.bounds[rows], part)] for part in parts]
        return Near(len(rows), np.unique(np.concatenate(close)))

    def within(self, window: tuple[float, float, float, float]) -> NDArray[np.intp]:
        """Return the rows, in order, of the objects whose boxes meet `window`."""
        box = np.array(window)
        return self.near(box, box[None]).rows

    def table(self, name: str) -> NDArray[Any]:
        """Return a table of the index, one row an object (see `layers.index.TABLES`)."""
        return index.table(self._bytes, self.facts["sections"][name], name)

    def verified(self, name: str) -> NDArray[Any]:
        """Return a table after comparing all of it with its checksum; DamagedError."""
        start, length, check = self.facts["sections"][name]
        if crc32(self._bytes[start : start + length]) != check:
            raise self._marked()
        return self.table(name)

    def objects(self, indices: NDArray[np.intp]) -> Found:
        """Decode the objects at `indices`.

        Raises
        ------
        DamagedError
            If one is not as it was written; the version is marked and read anew next time.
        """
        rows, wkb = [], []
        for row, shape in self._pieces(indices):
            rows.append(decoded(row))
            wkb.append(shape)
        shapes: NDArray[np.object_] = np.empty(len(wkb), dtype=object)
        shapes[:] = shapely.from_wkb(wkb)
        return Found(tuple(r[0] for r in rows), shapes, tuple(self._in_order(r[1]) for r in rows))

    def _in_order(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a row with its attributes in the order of the source."""
        return {name: row[name] for name in self.facts["attributes"] if name in row}

    def raw(self, indices: NDArray[np.intp]) -> list[tuple[bytes, bytes]]:
        """Return row (JSON) and shape (WKB) of the objects at `indices`; errors as `objects`."""
        return list(self._pieces(indices))

    def row(self, raw: bytes) -> tuple[str, Mapping[str, Any]]:
        """Return id and attributes of a row as `raw` gives it."""
        name, attributes = decoded(raw)
        return name, self._in_order(attributes)

    def _pieces(self, indices: NDArray[np.intp]) -> Iterator[tuple[bytes, bytes]]:
        """Yield row and shape of each object, as stored."""
        columns = [column[indices].tolist() for column in self._pieces_at]
        for start, row, shape, check in zip(*columns, strict=True):
            end = start + row + shape
            piece = bytes(self._bytes[max(start, 0) : max(end, 0)])
            if start < 0 or len(piece) != row + shape or crc32(piece) != check:
                raise self._marked()
            yield piece[:row], piece[row:]

    @cached_property
    def _pieces_at(self) -> list[NDArray[Any]]:
        return [self.table(n) for n in ("starts", "row_lengths", "wkb_lengths", "checks")]

    def _marked(self) -> DamagedError:
        with suppress(OSError):  # on a disk that cannot be written it is found anew next time
            (self.folder / DAMAGED).touch()
        return damaged(self.folder)

    def rows(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield id and attributes of all objects, in the version's order; no shape is decoded."""
        for row, _ in self._pieces(np.arange(self.count)):
            name, attributes = decoded(row)
            yield name, attributes

    def everything(self) -> Found:
        """Decode all objects."""
        return self.objects(np.arange(self.count))

    def chunks(self, size: int = CHUNK) -> Iterator[Found]:
        """Yield all objects, `size` at a time, in the order in which they lie on the disk."""
        order = np.argsort(self.table("starts"), kind="stable")
        for first in range(0, self.count, size):
            yield self.objects(order[first : first + size])

    def by(self, origin: Mapping[str, Any]) -> "LayerVersion":
        """Return the version as it came by another way: the same features, other notes."""
        version = LayerVersion(self.folder, {**self.facts, **origin})
        for mapped in ("_bytes", "places"):  # it may be gone from the disk
            version.__dict__[mapped] = getattr(self, mapped)
        return version

    @cached_property
    def _bytes(self) -> memoryview:
        return index.opened(self.folder / index.NAME)


def damaged(folder: Path) -> DamagedError:
    """Return the error for a version that is not as it was written."""
    return DamagedError(f"version {folder.name[:12]} is damaged; it is read anew")


def open_version(folder: Path) -> LayerVersion:
    """Open the version in `folder`.

    Raises
    ------
    ValueError
        If the folder is not a version of this format, or damaged.
    OSError
        If it cannot be read.
    """
    facts = checked_facts((folder / FACTS).read_bytes())
    if facts.get("format") != FORMAT:
        raise OtherFormatError(f"{folder.name} has another format")
    if (folder / DAMAGED).exists():
        raise damaged(folder)
    version = LayerVersion(folder, facts)
    size, _ = facts["files"][index.NAME]
    if (folder / index.NAME).stat().st_size != size:
        raise damaged(folder)
    if version.places is None:
        version.verified("bounds")
    return version


def verify_version(folder: Path) -> None:
    """Read every byte of a version and compare it with what was written.

    Raises
    ------
    DamagedError
        If a single one differs, or a file is missing or too many.
    OtherFormatError
        If another release has written it.
    """
    try:
        version = open_version(folder)
        named = version.facts["files"]
        there = {p.name for p in folder.iterdir()} - {FACTS}
        known = all(file_facts(folder / name) == facts for name, facts in named.items())
    except OtherFormatError:
        raise
    except (OSError, ValueError) as error:
        raise damaged(folder) from error
    if not known or there != set(named) or folder.name != version.facts["sha256"]:
        raise damaged(folder)


def united(version: LayerVersion) -> BaseGeometry:
    """Return the union of all areas of a version (coverage, area of competence)."""
    return shapely.union_all(version.everything().geometries)
