"""Building a version: batch after batch into a folder aside, which then appears whole."""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyproj import CRS

from gis.problem import Refusal, Text
from gis.transform import Transformation
from layers import index
from layers.encoded import version_hash
from layers.features import Broken
from layers.folder import aside_in, publish
from layers.made import Made
from layers.places import NAME as PLACES
from layers.places import PlacesWriter
from layers.table import NAME as TABLE
from layers.table import TableWriter, UnfitError, write_table
from layers.version import (
    FACTS,
    FORMAT,
    LayerVersion,
    checked_text,
    file_facts,
    open_version,
)  # fmt: skip

MOST_NOTES = 200


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

    def add(self, made: Made) -> None:
        """Take a batch into account.

        Raises
        ------
        Refusal
            ``crs-mixed`` if it comes from another CRS than those before.
        """
        if self.transformation not in (None, made.transformation):
            raise Refusal("crs-mixed", MIXED)
        self.transformation = made.transformation
        self.count += len(made.encoded)
        self.repaired += made.repaired
        self.broken += made.broken
        self.dimensions |= made.dimensions
        self.area_m2 += made.area_m2
        for note in made.notes:
            self._note(note)
        for name, found in made.kinds.items():
            self.attributes[name] = self.attributes.get(name, frozenset()) | found
        for name, largest in made.maxima.items():
            self.maxima[name] = max(largest, self.maxima.get(name, largest))

    def _note(self, note: str) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes[note] = None
        elif note not in self.notes:
            self.unsaid += 1

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
    root: Path, batches: Iterable[Made], crs: CRS, *, id_attribute: str | None = None
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
            publish(aside, final, whole=_opens)
            version = open_version(final)
    return Built(version, here, summary.repaired, duplicates)


def _opens(folder: Path) -> bool:
    try:
        open_version(folder)
    except (OSError, ValueError):
        return False
    return True


def _way(how: Transformation | None) -> dict[str, Any] | None:
    if how is None:
        return {"source": None, "accuracy_m": 0.0, "operation": None}
    return {"source": how.source, "accuracy_m": how.accuracy_m, "operation": how.operation}


def _write(folder: Path, batches: Iterable[Made], crs: CRS, summary: Summary) -> dict[str, Any]:
    """Write index and table; return the facts of it."""
    table: TableWriter | None = TableWriter(folder / TABLE, crs)
    with (
        (folder / index.NAME).open("wb") as file,
        closing(index.IndexWriter(file, folder)) as writer,
        ThreadPoolExecutor(1) as writing,
    ):
        written: Future[bool] | None = None
        for batch in batches:
            summary.add(batch)
            if written is not None and not written.result():
                table = None
            written = writing.submit(_append, writer, table, batch)
        if written is not None and not written.result():
            table = None
        with closing(PlacesWriter(folder, writer.extent)) as places:
            sections = writer.finish(places.add)
            where = places.finish()
        summary.broken.sort(key=lambda b: (b.id, str(b.bounds)))
        sha256 = version_hash(crs.to_string(), writer.digests(), summary.broken)
    if table is None:
        (folder / TABLE).unlink()
    else:
        table.close()
    return {
        "format": FORMAT,
        "sha256": sha256,
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
        "places": where,
        "duplicates": writer.duplicates,
    }


def _append(writer: index.IndexWriter, table: TableWriter | None, batch: Made) -> bool:
    """Write a batch; tell whether it fits into the table as begun."""
    writer.add(batch.encoded)
    if table is None:
        return False
    try:
        table.add(batch.table, batch.kinds)
    except UnfitError:
        return False
    return True


def _complete(folder: Path, facts: dict[str, Any], summary: Summary, crs: CRS) -> None:
    """Write what is still missing: a table whose types only the whole has told, and the facts."""
    if not (folder / TABLE).exists():
        draft = LayerVersion(folder, facts)
        write_table(folder / TABLE, draft.chunks(), summary.attributes, crs)
    names = (index.NAME, PLACES, TABLE)
    with ThreadPoolExecutor(len(names)) as hashing:
        found = hashing.map(file_facts, [folder / name for name in names])
        files = dict(zip(names, found, strict=True))
    (folder / FACTS).write_bytes(checked_text({**facts, "files": files}))
