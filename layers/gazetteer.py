"""Places by name, of the catalogue's own layers: municipalities, places, addresses, parcels.

The names of a version are written once to a file, one a line in the spelling they are searched
by, which is mapped into memory: a million lines are looked through in a fraction of a second.
It is derived, and made again where it is not there.
"""

import hashlib
import json
import mmap
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.address import Addresses, PlaceNames, address_of
from layers.catalogue import Catalogue, Municipalities
from layers.folder import write_whole
from layers.parcel import Parcels, parcel_from
from layers.store import LayerUnavailableError, Store
from layers.version import LayerVersion

FORMAT = 1
MOST_WORDS = 8
LOOKED_AT = 20_000  # lines that hold the rarest word
KINDS = ("municipality", "place", "address", "parcel")  # in the order in which they are told

Titled = Callable[[str, Mapping[str, Any]], str | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Something of a name, and the box it lies in: left, bottom, right, top in the working CRS."""

    kind: str
    name: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Source:
    kind: str
    layer: str
    said: Any  # what the catalogue says of it: the file of names depends on that
    titled: Titled


def spelled(text: str) -> str:
    """Return a text so that its spellings are found: case, ß, umlauts, “Str.” and “Straße”."""
    plain = unicodedata.normalize("NFC", text).casefold()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        plain = plain.replace(letter, written)
    return re.sub(r"str(asse|\.)(?!\w)", "str", plain)


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are searched for."""
    return re.findall(r"[^\W_]+(?:/[^\W_]+)?", spelled(text))


def find(
    text: str,
    catalogue: Catalogue,
    store: Store,
    kept: Path,
    *,
    visible: Collection[str] = ("public",),
    most: int = 10,
) -> list[Place]:
    """Return places in whose name every word begins one, the closest first, at most `most`.

    Files of names lie in the folder `kept`. A layer that cannot be had is left out, as is one
    whose visibility is not among those that whoever asks may see.
    """
    wanted = sorted(dict.fromkeys(words_of(text)), key=_rare, reverse=True)[:MOST_WORDS]
    if not wanted:
        return []
    found: list[tuple[Any, Place]] = []
    for order, source in enumerate(_sources(catalogue)):
        layer = catalogue.layer(source.layer)
        if layer.visibility not in visible:
            continue
        try:
            version = store.version(layer)
            lines = _lines(version, source, kept)
        except (LayerUnavailableError, OSError, ValueError):
            continue
        for rank, title, at in sorted(_hits(lines, wanted))[:most]:
            left, bottom, right, top = (float(v) for v in version.bounds[at])
            place = Place(source.kind, title, (left, bottom, right, top))
            found.append(((rank[0], order, rank), place))
    found.sort(key=lambda pair: pair[0])
    return list(dict.fromkeys(place for _, place in found))[:most]


def _rare(word: str) -> tuple[bool, int]:
    """Return how rare a word probably is: there are more streets of a town than numbers 12."""
    return any(letter.isdigit() for letter in word), len(word)


def prepare(catalogue: Catalogue, store: Store, kept: Path) -> None:
    """Write the files of names that are not there yet, so that nobody waits for them."""
    for source in _sources(catalogue):
        try:
            _lines(store.version(catalogue.layer(source.layer)), source, kept)
        except (LayerUnavailableError, OSError, ValueError):
            continue  # whoever searches finds it missing, and finds the rest


def _sources(catalogue: Catalogue) -> Iterator[_Source]:
    towns, parcels, addresses = catalogue.municipalities, catalogue.parcels, catalogue.addresses
    if towns is not None:
        yield _Source(KINDS[0], towns.layer, [towns.name], _attribute(towns))
    for place in catalogue.places:
        yield _Source(KINDS[1], place.layer, [place.name], _attribute(place))
    if addresses is not None:
        yield _Source(KINDS[2], addresses.layer, _parts(addresses), _address(addresses))
    if parcels is not None:
        yield _Source(KINDS[3], parcels.layer, _parts(parcels), _parcel(parcels))


def _parts(named: Addresses | Parcels) -> list[Any]:
    return [getattr(named, name) for name in named.__slots__]


def _attribute(named: Municipalities | PlaceNames) -> Titled:
    return lambda _, row: str(row[named.name]) if row.get(named.name) is not None else None


def _address(named: Addresses) -> Titled:
    return lambda _, row: address_of(row, named)


def _parcel(named: Parcels) -> Titled:
    def titled(id: str, row: Mapping[str, Any]) -> str:
        one = parcel_from(id, row, named)
        flur = f", Flur {one.flur}" if one.flur else ""
        return f"{one.gemarkung or ''}{flur}, Flst. {one.number or ''} ({one.key})".lstrip(", ")

    return titled


def _lines(version: LayerVersion, source: _Source, kept: Path) -> bytes | mmap.mmap:
    """Return the lines of names, `` word word \\ttitle\\tnumber``, mapped into memory."""
    said = json.dumps([FORMAT, version.sha256, source.kind, source.said])
    path = kept / f"{hashlib.sha256(said.encode()).hexdigest()[:24]}.names"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, "".join(_written(version, source.titled)).encode("utf-8", "replace"))
    with path.open("rb") as file:
        if not path.stat().st_size:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _written(version: LayerVersion, titled: Titled) -> Iterator[str]:
    for number, (id, row) in enumerate(version.rows()):
        title = " ".join((titled(id, row) or "").split())
        words = words_of(title)
        if words:
            yield f" {' '.join(words)} \t{title}\t{number}\n"


def _hits(lines: bytes | mmap.mmap, wanted: list[str]) -> Iterator[tuple[Any, str, int]]:
    """Yield rank (how many words stand whole, whether it begins with them, length), title, number
    of every line in which each of the words begins one.
    """
    sought = [f" {word}".encode() for word in wanted]
    at = lines.find(sought[0])
    for _ in range(LOOKED_AT):
        if at < 0:
            return
        begin, end = lines.rfind(b"\n", 0, at) + 1, lines.find(b"\n", at)
        words, title, number = lines[begin:end].split(b"\t")
        if all(word in words for word in sought):
            whole = sum(word + b" " in words for word in sought)
            begins = words.startswith(tuple(sought))
            yield (-whole, not begins, len(words)), title.decode(), int(number)
        at = lines.find(sought[0], end)
