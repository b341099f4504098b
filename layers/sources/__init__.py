"""Where features come from; one module a source type.

`batches` reads what lies on a disk; it is read again whenever it changed. `pages` harvests what
is refreshed now and then and published. Both yield features as the catalogue wants them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from layers.harvest import mapping
from layers.harvest.protocol import Ledger
from layers.harvest.sift import Sift
from layers.harvest.visit import Visit
from layers.harvest.where import where_from
from layers.layer import Source
from layers.reading import Features
from layers.sources import file, stated

# A further type is a module, a line here, and an entry in the schema.
READERS: Mapping[str, Callable[[Source], Iterator[Features]]] = {
    "file": file.batches,
    "folder": file.folder,
}
REFRESHED: Mapping[str, tuple[str, Callable[[Source], Any]]] = {
    "wfs": ("wfs", stated.service),
    "ogcapi": ("ogcapi", stated.service),
    "arcgis": ("arcgis", stated.service),
    "postgis": ("postgis", stated.database),
    "url": ("remote", lambda source: source),
    "osm": ("osm", lambda source: source),
}


def batches(source: Source) -> Iterator[Features]:
    """Yield all features of a file or folder; Refusal or Question where that cannot be done."""
    return _read(source, Ledger(source.name))


def pages(source: Source, visit: Visit) -> Iterator[Features]:
    """Yield all features of any source, and write down in `visit` how that went.

    Raises
    ------
    Refusal, Question
        With the cause, at any moment; what was yielded before is then worth nothing.
    """
    if source.type in READERS:
        yield from _read(source, visit.ledger)
        visit.ledger.complete = True
        return
    name, understood = REFRESHED[source.type]
    # Clients of databases and services are loaded only where they are used.
    module = import_module(f"layers.sources.{name}")
    yield from _mapped(source, module.pages(understood(source), visit))


def _read(source: Source, ledger: Ledger) -> Iterator[Features]:
    """Yield what the catalogue wants of a file."""
    text = source.options.get("where")
    sift = Sift(where_from(text) if text else None, ledger)
    yield from _mapped(source, _sifted(READERS[source.type](source), sift))
    sift.finish()


def _sifted(batches: Iterable[Features], sift: Sift) -> Iterator[Features]:
    for batch in batches:
        sift.ledger.pages += 1
        sift.ledger.received += len(batch.geometries)
        sift.ledger.distinct = sift.ledger.received
        yield sift.keep(batch)


def _mapped(source: Source, batches: Iterable[Features]) -> Iterator[Features]:
    """Yield features with the attributes of the layer.

    Raises
    ------
    Refusal
        ``source-attribute`` where none of them has what the catalogue maps.
    """
    how = stated.mapping(source)
    if how == mapping.Mapped():
        yield from batches
        return
    seen: set[str] = set()
    number = 0
    for batch in batches:
        number += len(batch.attributes)
        for row in batch.attributes:
            seen.update(row)
        yield mapping.mapped(batch, how)
    if number:
        mapping.check(how, frozenset(seen))
