"""A layer version: one immutable state of a layer's data, in a folder named by its content.

`features.parquet` is for people and tools. `index.bin` is derived from the same features and
mapped into memory: boxes, geometries (WKB) and attributes (JSON), each found by its offset, so
that opening costs next to nothing and only candidates are decoded. `version.json` says what is
where. Everything that is read is compared with its checksum first: `version.json` and the tables
on opening, an object when it is decoded.
"""

import json
import mmap
from collections.abc import Mapping
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

from layers.features import Broken, Ready
from layers.folder import published
from layers.table import write_table

FORMAT = 2
DAMAGED = "damaged"  # a file of this name marks a version to be read from its source again
TABLES = ("bounds", "wkb_offsets", "rows_offsets", "checks")  # verified on opening


class DamagedError(ValueError):
    """What is stored is not what was written; the source has to be read again."""


@dataclass(frozen=True)
class Found:
    """Some objects of a version: ids, shapes and attributes, in the version's order."""

    ids: tuple[str, ...]
    geometries: NDArray[np.object_]
    attributes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class LayerVersion:
    """An opened version; reads nothing but what it is asked for."""

    folder: Path
    facts: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """Content hash: of ids, attributes and shapes in canonical order."""
        return f"sha256:{self.facts['sha256']}"

    @property
    def count(self) -> int:
        """Number of objects that can be checked."""
        return int(self.facts["count"])

    @property
    def dimensions(self) -> frozenset[int]:
        """Which kinds of objects there are: 0 points, 1 lines, 2 areas."""
        return frozenset(self.facts["dimensions"])

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
        return CRS.from_user_input(self.facts["crs"])

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """Objects that can neither be met nor be cleared."""
        return tuple(
            Broken(b["id"], b["bounds"] and tuple(b["bounds"]), b["reason"])
            for b in self.facts["broken"]
        )

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """Boxes of all objects, shape (count, 4): left, bottom, right, top."""
        return np.frombuffer(self._section("bounds"), dtype="<f8").reshape(-1, 4)

    def objects(self, indices: NDArray[np.intp]) -> Found:
        """Decode the objects at `indices`.

        Raises
        ------
        DamagedError
            If one is not as it was written; the version is marked and read anew next time.
        """
        wkb = [bytes(self._slice("wkb", i)) for i in indices]
        texts = [bytes(self._slice("rows", i)) for i in indices]
        self._compare(indices, wkb, texts)
        shapes: NDArray[np.object_] = np.empty(len(wkb), dtype=object)
        shapes[:] = shapely.from_wkb(wkb)
        rows = [json.loads(text) for text in texts]
        return Found(tuple(r[0] for r in rows), shapes, tuple(r[1] for r in rows))

    def _compare(self, indices: NDArray[np.intp], wkb: list[bytes], texts: list[bytes]) -> None:
        wanted = np.frombuffer(self._section("checks"), dtype="<u4")[indices]
        if any(_check(*pair) != w for *pair, w in zip(wkb, texts, wanted, strict=True)):
            with suppress(OSError):  # on a disk that cannot be written the next one finds it, too
                (self.folder / DAMAGED).touch()
            raise DamagedError(f"version {self.folder.name[:12]} is damaged; it is read anew")

    def everything(self) -> Found:
        """Decode all objects."""
        return self.objects(np.arange(self.count))

    def _slice(self, name: str, index: int) -> memoryview:
        offsets = np.frombuffer(self._section(f"{name}_offsets"), dtype="<i8")
        return self._section(name)[int(offsets[index]) : int(offsets[index + 1])]

    def _section(self, name: str) -> memoryview:
        start, length, _ = self.facts["sections"][name]
        return self._bytes[start : start + length]

    @cached_property
    def _bytes(self) -> memoryview:
        with (self.folder / "index.bin").open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def verify(self) -> None:
        """Compare size and tables with what was written; DamagedError where they differ."""
        whole = len(self._bytes) == self.facts["size"]
        if not whole or any(
            _check(self._section(name)) != self.facts["sections"][name][2] for name in TABLES
        ):
            raise DamagedError(f"the index of {self.folder.name[:12]} is damaged")


def open_version(folder: Path) -> LayerVersion:
    """Open the version in `folder`.

    Raises
    ------
    ValueError
        If the folder is not a version of this format, or damaged.
    OSError
        If it cannot be read.
    """
    facts = json.loads((folder / "version.json").read_text(encoding="utf-8"))
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise ValueError(f"{folder.name} has another format")
    if facts.pop("check", None) != _check(_text(facts)) or (folder / DAMAGED).exists():
        raise DamagedError(f"version {folder.name[:12]} is damaged")
    version = LayerVersion(folder, facts)
    version.verify()
    return version


def write_version(root: Path, ready: Ready, crs: CRS) -> LayerVersion:
    """Write `ready` below `root` and open it; a version that is there, and whole, stays.

    Raises
    ------
    Refusal
        ``data-folder`` where nothing can be written.
    """
    final = root / ready.sha256
    try:
        return open_version(final)
    except (OSError, ValueError):  # not there, or to be replaced
        with published(final) as aside:
            _write(aside, ready, crs)
    return open_version(final)


def _check(*pieces: bytes | memoryview) -> int:
    check = 0
    for piece in pieces:
        check = crc32(piece, check)
    return check


def _text(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def _write(folder: Path, ready: Ready, crs: CRS) -> None:
    sections = _sections(ready)
    table, start = {}, 0
    with (folder / "index.bin").open("wb") as file:
        for name, content in sections.items():
            file.write(content + b"\0" * (-len(content) % 8))
            table[name] = [start, len(content), _check(content)]
            start = file.tell()
    facts: dict[str, Any] = {
        "format": FORMAT,
        "sha256": ready.sha256,
        "crs": crs.to_string(),
        "count": len(ready.ids),
        "dimensions": sorted({int(d) for d in shapely.get_dimensions(ready.geometries)}),
        **origin(ready),
        "attributes": sorted({name for row in ready.attributes for name in row}),
        "maxima": _maxima(ready),
        "broken": [
            {"id": b.id, "bounds": b.bounds and list(b.bounds), "reason": b.reason}
            for b in ready.broken
        ],
        "sections": table,
        "size": start,
    }
    write_table(folder / "features.parquet", ready, crs)
    (folder / "version.json").write_bytes(_text({**facts, "check": _check(_text(facts))}))


def origin(ready: Ready) -> dict[str, Any]:
    """Return how features came here: the same ones may come by several ways."""
    how = ready.transformation
    return {
        "transformation": {
            "source": how.source,
            "accuracy_m": how.accuracy_m,
            "operation": how.operation,
        },
        "notes": list(ready.notes),
    }


def _maxima(ready: Ready) -> dict[str, float]:
    """Return the largest number of every attribute: how far to look for wide axes."""
    largest: dict[str, float] = {}
    for row in ready.attributes:
        for name, value in row.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                largest[name] = max(largest.get(name, float(value)), float(value))
    return largest


def _sections(ready: Ready) -> dict[str, bytes]:
    wkb: list[bytes] = [shapely.to_wkb(g, byte_order=1) for g in ready.geometries]
    rows = [
        json.dumps([i, dict(a)], ensure_ascii=False).encode()
        for i, a in zip(ready.ids, ready.attributes, strict=True)
    ]
    return {
        "bounds": shapely.bounds(ready.geometries).astype("<f8").tobytes(),
        "wkb_offsets": _offsets(wkb),
        "rows_offsets": _offsets(rows),
        "checks": np.array(list(map(_check, wkb, rows)), dtype="<u4").tobytes(),
        "wkb": b"".join(wkb),
        "rows": b"".join(rows),
    }


def _offsets(pieces: list[bytes]) -> bytes:
    return np.concatenate([[0], np.cumsum([len(p) for p in pieces])]).astype("<i8").tobytes()


def united(version: LayerVersion) -> BaseGeometry:
    """Return the union of all areas of a version (coverage, area of competence)."""
    return shapely.union_all(version.everything().geometries)
