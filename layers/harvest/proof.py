"""Is a harvest complete? Decided from what was counted; never from one sign alone.

Servers cap the count they announce, ignore the offset they are asked for, or stop early. So a
harvest goes on until the source has nothing more to give *and* every object came once *and* no
count the source ever gave is larger than what came.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import shapely

from gis.problem import Notice, Refusal, Text
from layers.harvest.protocol import Evidence
from layers.harvest.refusals import refuse
from layers.reading import Features

# How a harvest ended: with an empty page; with a page that names no next one; with the answer
# to the last of all ids; with a single answer that holds everything; with the end of a cursor
# or a file.
Ending = Literal["empty", "last-link", "all-ids", "single", "cursor"]


@dataclass(frozen=True, slots=True)
class Account:
    """What was counted when a source had nothing more to give.

    `announced` holds the largest count by who gave it; `full` says that the last page held as
    many objects as were asked for.
    """

    received: int
    distinct: int
    announced: Mapping[str, int]
    ended: Ending
    evidence: Evidence = "ids"
    full: bool = False


def prove(account: Account) -> tuple[Notice, ...]:
    """Return what is worth knowing about a complete harvest.

    Raises
    ------
    Refusal
        ``source-repeats`` or ``source-incomplete``.
    """
    if account.distinct < account.received:
        raise refuse("source-repeats", _counted(account))
    most = max(account.announced.values(), default=None)
    if most is not None and most > account.received:
        raise refuse("source-incomplete", _counted(account))
    if account.ended == "single" and most is None:
        raise refuse("source-incomplete", NOT_COUNTED)
    if account.ended == "last-link" and most is None and account.full:
        raise refuse("source-incomplete", FULL_TO_THE_LAST)
    notes = [
        Notice("count-understated", _understated(by, count, account.received))
        for by, count in account.announced.items()
        if count < account.received
    ]
    if account.evidence == "content":
        notes.append(Notice("no-ids", NO_IDS))
    return tuple(notes)


NOT_COUNTED = Text(
    "Die Quelle blättert nicht und nennt keine Anzahl",
    "the source does not page and announces no count",
)
FULL_TO_THE_LAST = Text(
    "Die letzte Seite ist voll und die Quelle nennt keine Anzahl; bitte eine andere Seitengröße "
    "(page) wählen",
    "the last page is full and the source announces no count; choose another page size",
)
NO_IDS = Text(
    "Die Quelle gibt ihren Objekten keine Kennung; verglichen wurde der Inhalt.",
    "The source gives its objects no id; their content was compared.",
)


def _understated(by: str, count: int, received: int) -> Text:
    return Text(
        f"Die Quelle nennt {count} Objekte ({by}), hat aber {received}.",
        f"The source announces {count} objects ({by}) but has {received}.",
    )


def _counted(account: Account) -> Text:
    said = ", ".join(f"{count} ({by})" for by, count in account.announced.items()) or "–"
    return Text(
        f"angekündigt {said}, erhalten {account.received}, verschieden {account.distinct}",
        f"announced {said}, received {account.received}, distinct {account.distinct}",
    )


@dataclass
class Tally:
    """Every object seen so far, each as eight bytes; refuses the first that comes twice.

    Ids may be made up anew for each answer: a page whose contents were all there before is a
    repeated one, whatever its ids.
    """

    received: int = 0
    evidence: Evidence = "ids"
    _seen: set[int] = field(default_factory=set)
    _pages: set[int] = field(default_factory=set)

    def add(self, features: Features, ids: Iterable[str | None]) -> None:
        """Count a page.

        Raises
        ------
        Refusal
            ``source-repeats``.
        """
        contents = content(features)
        if not contents:
            return
        page = _short("".join(sorted(contents)))
        if page in self._pages:
            raise _again("–")
        self._pages.add(page)
        self.received += len(contents)
        for key, name in self._keys(contents, list(ids)):
            if key in self._seen:
                raise _again(name)
            self._seen.add(key)

    def knows(self, features: Features, ids: Iterable[str | None]) -> bool:
        """Tell whether every object of a page was counted before; of an empty page as well."""
        keys = self._keys(content(features), list(ids))
        return all(key in self._seen for key, _ in keys)

    def _keys(self, contents: list[str], ids: list[str | None]) -> list[tuple[int, str]]:
        """Return eight bytes for each object, and what to call it."""
        if None not in ids:
            return [(_short(str(name)), str(name)) for name in ids]
        self.evidence = "content"
        # Twins on one page are in the data; the same object on two pages is a fault.
        return [(_short(f"{text} {nth}"), "–") for text, nth in _numbered(contents)]

    @property
    def distinct(self) -> int:
        """Number of different objects."""
        return len(self._seen)


def _numbered(contents: list[str]) -> Iterator[tuple[str, int]]:
    count: Counter[str] = Counter()
    for text in contents:
        count[text] += 1
        yield text, count[text]


def _again(name: str) -> Refusal:
    return refuse("source-repeats", Text(f"Objekt {name} kam zweimal", f"object {name} came twice"))


def content(features: Features) -> list[str]:
    """Return the content of each feature in a form that does not depend on its id."""
    with np.errstate(all="ignore"):
        wkb = shapely.to_wkb(features.geometries, hex=True, byte_order=1)
    rows = [
        {k: v for k, v in row.items() if k not in ("gml_id", "id")} for row in features.attributes
    ]
    return [
        f"{shape} {json.dumps(row, ensure_ascii=False, sort_keys=True)}"
        for shape, row in zip(wkb, rows, strict=True)
    ]


def _short(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest)
