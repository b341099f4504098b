"""Tables of parcels with a heading; columns that do not name a parcel are never read."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from service.plans.parcel_name import Asked, by_key, named

HEADINGS = {
    "gemarkung": "gemarkung", "gemarkungsname": "gemarkung", "gmk": "gemarkung",
    "flur": "flur", "flurnummer": "flur", "flurnr": "flur",
    "flurstück": "number", "flurstueck": "number", "flurstücksnummer": "number",
    "flurstuecksnummer": "number", "flurstücke": "number", "flurstücknummer": "number",
    "flst": "number",
    "flstnr": "number", "flurstnr": "number", "nummer": "number", "number": "number",
    "parcel": "number", "zähler": "number", "zaehler": "number",
    "nenner": "below",
    "kennzeichen": "key", "flurstückskennzeichen": "key", "flurstueckskennzeichen": "key",
    "flstkennz": "key", "key": "key",
}  # fmt: skip


def _columns(cells: Sequence[str]) -> Mapping[str, int] | None:
    """Return where a heading has which column; None where it is no heading."""
    words = [re.sub(r"[\s.\-_:]", "", cell).casefold() for cell in cells]
    columns = {HEADINGS[word]: at for at, word in reversed(list(enumerate(words)))
               if word in HEADINGS}  # fmt: skip
    whole = "key" in columns or {"gemarkung", "number"} <= set(columns)
    return columns if whole else None


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]


def _row(mark: str, columns: Mapping[str, int], line: str) -> Iterator[Asked]:
    cells = _cells(line, mark)
    said = {name: cells[at] for name, at in columns.items() if at < len(cells)}
    if key := said.get("key"):
        yield by_key(key)
        return
    number = said.get("number", "")
    if below := said.get("below"):
        number = f"{number}/{below}"
    yield named(said.get("gemarkung", ""), said.get("flur"), number)


def reader_of(heading: str) -> Callable[[str], Iterator[Asked]] | None:
    """Return what reads the rows below a heading; None where the line is none."""
    for mark in "\t;,|":
        columns = _columns(_cells(heading, mark))
        if columns is not None:
            return partial(_row, mark, columns)
    return None
