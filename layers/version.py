"""A layer version: one immutable state of a layer's data, in a folder named by its content.

`features.parquet` is for people and tools. `index.bin` is derived from the same features and
mapped into memory: boxes, geometries (WKB) and attributes (JSON), each found by its offset, so
that opening costs nothing and only candidates are decoded. `version.json` says what is where.
"""

import json
import mmap
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from layers.features import Broken, Ready

FORMAT = 1


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
        """Decode the objects at `indices`."""
        wkb = [bytes(self._slice("wkb", i)) for i in indices]
        shapes: NDArray[np.object_] = np.empty(len(wkb), dtype=object)
        shapes[:] = shapely.from_wkb(wkb)
        rows = [json.loads(bytes(self._slice("rows", i))) for i in indices]
        return Found(tuple(r[0] for r in rows), shapes, tuple(r[1] for r in rows))

    def everything(self) -> Found:
        """Decode all objects."""
        return self.objects(np.arange(self.count))

    def _slice(self, name: str, index: int) -> memoryview:
        offsets = np.frombuffer(self._section(f"{name}_offsets"), dtype="<i8")
        return self._section(name)[int(offsets[index]) : int(offsets[index + 1])]

    def _section(self, name: str) -> memoryview:
        start, length = self.facts["sections"][name]
        return self._bytes[start : start + length]

    @cached_property
    def _bytes(self) -> memoryview:
        with (self.folder / "index.bin").open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def open_version(folder: Path) -> LayerVersion:
    """Open the version in `folder`.

    Raises
    ------
    ValueError
        If the folder is not a version of this format.
    OSError
        If it cannot be read.
    """
    facts = json.loads((folder / "version.json").read_text(encoding="utf-8"))
    if facts.get("format") != FORMAT:
        raise ValueError(f"{folder.name} has another format")
    if (folder / "index.bin").stat().st_size != facts["size"]:
        raise ValueError(f"the index of {folder.name} is not whole")
    return LayerVersion(folder, facts)


def write_version(root: Path, ready: Ready, crs: CRS) -> LayerVersion:
    """Write `ready` below `root` and open it; a version that is there already stays as it is.

    Written aside and renamed when complete, so a reader sees all of it or nothing.
    """
    final = root / ready.sha256
    if not final.exists():
        root.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix=".writing-", dir=root))
        try:
            _write(aside, ready, crs)
            aside.rename(final)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            if not final.exists():  # another process may have been first, with the same content
                raise
    return open_version(final)


def _write(folder: Path, ready: Ready, crs: CRS) -> None:
    sections = _sections(ready)
    table, start = {}, 0
    with (folder / "index.bin").open("wb") as file:
        for name, content in sections.items():
            file.write(content + b"\0" * (-len(content) % 8))
            table[name] = (start, len(content))
            start = file.tell()
        file.flush()
        os.fsync(file.fileno())
    facts = {
        "format": FORMAT,
        "sha256": ready.sha256,
        "crs": crs.to_string(),
        "count": len(ready.ids),
        "dimensions": sorted({int(d) for d in shapely.get_dimensions(ready.geometries)}),
        "transformation": {
            "source": ready.transformation.source,
            "accuracy_m": ready.transformation.accuracy_m,
            "operation": ready.transformation.operation,
        },
        "maxima": _maxima(ready),
        "broken": [{"id": b.id, "bounds": b.bounds, "reason": b.reason} for b in ready.broken],
        "notes": ready.notes,
        "sections": table,
        "size": start,
    }
    _write_parquet(folder / "features.parquet", ready, crs)
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    (folder / "version.json").write_text(text, encoding="utf-8")


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
        "wkb": b"".join(wkb),
        "rows": b"".join(rows),
    }


def _offsets(pieces: list[bytes]) -> bytes:
    return np.concatenate([[0], np.cumsum([len(p) for p in pieces])]).astype("<i8").tobytes()


def _write_parquet(path: Path, ready: Ready, crs: CRS) -> None:
    import geopandas  # 0.4 s that a check of known versions need not pay

    frame = geopandas.GeoDataFrame(
        [{"belang_id": i, **a} for i, a in zip(ready.ids, ready.attributes, strict=True)],
        geometry=list(ready.geometries),
        crs=crs,
    )
    frame.to_parquet(path)


def united(version: LayerVersion) -> BaseGeometry:
    """Return the union of all areas of a version (coverage, area of competence)."""
    return shapely.union_all(version.everything().geometries)
