"""Building a version: batch after batch into a folder aside, which then appears whole."""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from gis.problem import Refusal, Text
from gis.transform import Transformation
from layers import index
from layers.encoded import Encoded, encoded, version_hash
from layers.features import Broken, Ready
from layers.folder import aside_in, publish
from layers.table import NAME as TABLE
from layers.table import TableWriter, UnfitError, kinds_of, write_table
from layers.version import (
    FACTS,
    FORMAT,
    LayerVersion,
    checked_text,
    file_facts,
    open_version,
)  # fmt: skip

MOST_NOTES = 200
MOST = 1e300


@dataclass
class Summary:
    """What is known of all objects so far."""

    attributes: dict[str, frozenset[type]] = field(default_factory=dict)
    maxima: dict[str, float] = field(default_factory=dict)
    dimensions: set[int] = field(default_factory=set)
    area_m2: float = 0.0
    count: int = 0
    repaired: int = 0
    broken: list[Broken] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    unsaid: int = 0
    transformation: Transformation | None = None

    def add(self, ready: Ready) -> Mapping[str, frozenset[type]]:
        """Take a batch into account; return the types of its attributes' values.

        Raises
        ------
        Refusal
            ``crs-mixed`` if it comes from another CRS than those before.
        """
        if self.transformation not in (None, ready.transformation):
            raise Refusal("crs-mixed", MIXED)
        self.transformation = ready.transformation
        self.count += len(ready.ids)
        self.repaired += ready.repaired
        self.broken += ready.broken
        self.dimensions |= set(np.unique(shapely.get_dimensions(ready.geometries)).tolist())
        self.area_m2 += float(shapely.area(ready.geometries).sum())
        for note in ready.notes:
            self._note(note)
        kinds = kinds_of(ready.attributes)
        for name, found in kinds.items():
            self.attributes[name] = self.attributes.get(name, frozenset()) | found
            if found & {int, float}:
                self._maximum(name, ready)
        return kinds

    def _note(self, note: str) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes[note] = None
        elif note not in self.notes:
            self.unsaid += 1

    def _maximum(self, name: str, ready: Ready) -> None:
        values = [row.get(name) for row in ready.attributes]
        largest = max(v for v in values if type(v) is int or type(v) is float)
        largest = float(min(largest, MOST))
        self.maxima[name] = max(largest, self.maxima.get(name, largest))

    def said(self, id_attribute: str | None) -> list[str]:
        """Return the notes, with what only the whole can tell."""
        notes = list(self.notes)
        if not self.count and not self.broken:
            notes.append("Die Quelle enthält keine Objekte.")
        elif id_attribute is not None and id_attribute not in self.attributes:
            notes.append(f"Das Attribut „{id_attribute}“ fehlt; die Objekte sind durchgezählt.")
        if self.unsaid:
            notes.append(f"Weitere {self.unsaid} Hinweise dieser Art.")
        return notes


MIXED = Text(
    "Die Quelle mischt Koordinatensysteme; bitte eines davon wählen.",
    "The source mixes coordinate reference systems; choose one of them.",
)


@dataclass(frozen=True, slots=True)
class Built:
    """A version and how its features came: the same ones may come by several ways."""

    version: LayerVersion
    origin: Mapping[str, Any]
    repaired: int
    duplicates: int  # objects whose id another one has as well


def build_version(
    root: Path, batches: Iterable[Ready], crs: CRS, *, id_attribute: str | None = None
) -> Built:
    """Write batches as a version below `root` and open it; one that is there, and whole, stays.

    Raises
    ------
    Refusal
        ``data-folder`` where nothing can be written; whatever a batch raises while it is made.
    """
    with aside_in(root) as aside:
        summary = Summary()
        facts = _write(aside, batches, crs, summary)
        final = root / facts["sha256"]
        here = {
            "transformation": _way(summary.transformation),
            "notes": summary.said(id_attribute),
        }
        duplicates = facts.pop("duplicates")
        try:
            version = open_version(final)
            os.utime(final)  # it is needed again
        except (OSError, ValueError):  # not there, or to be replaced
            _complete(aside, {**facts, **here}, summary, crs)
            publish(aside, final)
            version = open_version(final)
    return Built(version, here, summary.repaired, duplicates)


def _way(how: Transformation | None) -> dict[str, Any] | None:
    if how is None:
        return {"source": None, "accuracy_m": 0.0, "operation": None}
    return {"source": how.source, "accuracy_m": how.accuracy_m, "operation": how.operation}


def _write(folder: Path, batches: Iterable[Ready], crs: CRS, summary: Summary) -> dict[str, Any]:
    """Write index and table; return the facts of it."""
    table: TableWriter | None = TableWriter(folder / TABLE, crs)
    with (folder / index.NAME).open("wb") as file, ThreadPoolExecutor(1) as writing:
        writer = index.IndexWriter(file)
        written: Future[bool] | None = None
        for batch in batches:
            kinds = summary.add(batch)
            made, wkb = encoded(batch)
            if written is not None and not written.result():
                table = None
            written = writing.submit(_append, writer, table, batch, made, wkb, kinds)
        if written is not None and not written.result():
            table = None
        sections = writer.finish()
    if table is None:
        (folder / TABLE).unlink()
    else:
        table.close()
    summary.broken.sort(key=lambda b: (b.id, str(b.bounds)))
    keys = writer.column("keys")
    return {
        "format": FORMAT,
        "sha256": version_hash(crs.to_string(), writer.column("digests"), summary.broken),
        "crs": crs.to_string(),
        "count": summary.count,
        "dimensions": sorted(summary.dimensions),
        "area_m2": round(summary.area_m2, 4),
        "attributes": list(summary.attributes),
        "maxima": summary.maxima,
        "broken": [
            {"id": b.id, "bounds": b.bounds and list(b.bounds), "reason": b.reason}
            for b in summary.broken
        ],
        "sections": sections,
        "duplicates": len(keys) - len(np.unique(keys)),
    }


def _append(
    writer: index.IndexWriter,
    table: TableWriter | None,
    batch: Ready,
    made: Encoded,
    wkb: Sequence[bytes],
    kinds: Mapping[str, frozenset[type]],
) -> bool:
    """Write a batch; tell whether it fits into the table as begun."""
    writer.add(made)
    if table is None:
        return False
    try:
        table.add(batch.ids, batch.attributes, wkb, kinds)
    except UnfitError:
        return False
    return True


def _complete(folder: Path, facts: dict[str, Any], summary: Summary, crs: CRS) -> None:
    """Write what is still missing: a table whose types only the whole has told, and the facts."""
    if not (folder / TABLE).exists():
        draft = LayerVersion(folder, facts)
        write_table(folder / TABLE, draft.chunks(), summary.attributes, crs)
    files = {name: file_facts(folder / name) for name in (index.NAME, TABLE)}
    (folder / FACTS).write_bytes(checked_text({**facts, "files": files}))
