"""A CSV file as spreadsheets write it: its rows, by the names of its columns. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gis.problem import Text
from service.cases.importing.fault import Fault, FaultyError

MOST_ROWS = 1_000
LONGEST_CELL = 1_000_000  # characters: an outline of some ten thousand vertices
MOST_COLUMNS = 100
MARKS = ";,\t"
SEP = re.compile(r"sep=([;,\t|])\r?\n", re.IGNORECASE)  # a first line that Excel hides
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line as a spreadsheet numbers it (the heading is 1), cells by heading."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The headings in order, and the rows; empty ones are left out."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def table_from(content: bytes) -> Table:
    """Return the table in a file; semicolons, commas or tabs, UTF-8, UTF-16 or Windows-1252.

    Raises
    ------
    FaultyError
        If it is no such table, is too large, or rows have other numbers of cells than the heading.
    """
    text = _decoded(content)
    if found := SEP.match(text):
        text, mark = text[found.end() :], found[1]
    else:
        first = re.split(r"[\r\n]", text, maxsplit=1)[0]
        mark = max(MARKS, key=first.count)
    lines = _lines(text, mark)
    headings = tuple(cell.strip() for cell in next(lines, (1, []))[1])
    if faults := list(_of_headings(headings)):
        raise FaultyError(faults)
    rows, faults = [], []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if found_faults := list(_of_row(line, cells, headings)):
            faults += found_faults
        else:
            rows.append(Row(line, dict(zip(headings, map(str.strip, cells), strict=True))))
        if len(rows) + len(faults) > MOST_ROWS:
            raise FaultyError([Fault(line, None, TOO_MANY)])
    if faults:
        raise FaultyError(faults)
    if not rows:
        raise FaultyError([Fault(None, None, EMPTY)])
    return Table(headings, tuple(rows))


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith(UTF16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FaultyError([Fault(None, None, ENCODING)])


def _lines(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of every line with its number; an unclosed quotation mark is a fault."""
    line = 0
    csv.field_size_limit(LONGEST_CELL)  # of the whole process, and far above its usual limit
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    while True:
        line += 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FaultyError([Fault(line, None, BROKEN)]) from error


def _of_headings(headings: tuple[str, ...]) -> Iterator[Fault]:
    if not any(headings) or len(headings) > MOST_COLUMNS:
        yield Fault(1, None, NO_HEADINGS)
        return
    folded = [heading.casefold() for heading in headings]
    for at, heading in enumerate(headings):
        if not heading:
            yield Fault(1, str(at + 1), NAMELESS)
        elif CONTROL.search(heading):
            yield Fault(1, str(at + 1), CONTROLS)
        elif folded.index(folded[at]) != at:
            yield Fault(1, heading[:60], TWICE)


def _of_row(line: int, cells: list[str], headings: tuple[str, ...]) -> Iterator[Fault]:
    if len(cells) != len(headings):
        counts = (len(cells), len(headings))
        yield Fault(line, None, Text(CELLS.de.format(*counts), CELLS.en.format(*counts)))
        return
    for heading, cell in zip(headings, cells, strict=True):
        if CONTROL.search(cell):
            yield Fault(line, heading, CONTROLS)


TOO_MANY = Text(
    f"Die Tabelle hat mehr als {MOST_ROWS} Zeilen; bitte in mehrere Dateien teilen.",
    f"The table has more than {MOST_ROWS} rows; please split it into several files.",
)
EMPTY = Text(
    "Die Tabelle hat unter der Überschrift keine Zeile.", "The table has no row below its heading."
)
ENCODING = Text(
    "Die Zeichen der Datei sind nicht lesbar; bitte als „CSV UTF-8“ speichern.",
    "The characters of the file cannot be read; please save it as “CSV UTF-8”.",
)
BROKEN = Text(
    "Ab hier ist die Tabelle nicht lesbar: ein Anführungszeichen ist nicht geschlossen oder steht "
    "mitten im Feld, oder ein Feld ist zu lang. Bitte die Datei neu als CSV speichern.",
    "From here on the table cannot be read: a quotation mark is not closed or stands within a "
    "cell, or a cell is too long. Please save the file as CSV again.",
)
NO_HEADINGS = Text(
    f"Die erste Zeile muss die Spalten nennen, höchstens {MOST_COLUMNS}.",
    f"The first line must name the columns, {MOST_COLUMNS} at most.",
)
NAMELESS = Text(
    "Diese Spalte hat keine Überschrift; bitte benennen oder löschen.",
    "This column has no heading; please name it or delete it.",
)
TWICE = Text(
    "Diese Überschrift gibt es zweimal; bitte eine der Spalten löschen.",
    "This heading is there twice; please delete one of the columns.",
)
CONTROLS = Text(
    "Hier stehen Steuerzeichen; bitte löschen.", "There are control characters; please delete them."
)
CELLS = Text(
    "Diese Zeile hat {0} Felder, die Überschrift {1}; steht ein Trennzeichen im Text, gehört der "
    "Text in Anführungszeichen.",
    "This line has {0} cells, the heading {1}; a text with a separator in it belongs into "
    "quotation marks.",
)
