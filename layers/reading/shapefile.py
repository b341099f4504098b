"""Shapefiles: the files that make one up are looked at before GDAL is."""

import codecs
import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from gis.crs import crs_from
from gis.problem import Refusal
from layers.reading import ogr
from layers.reading.features import Features
from layers.reading.profile import Profile
from layers.reading.refusals import encoding_question, notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

HEADER, MOST_PARTS = 100, 1_000_000
# Code pages by numbers that GDAL does not know, and how those are written that it knows.
PAGES = {"65001": "UTF-8"} | {str(28590 + n): f"ISO-8859-{n}" for n in range(1, 16) if n != 12}
OF_GDAL = re.compile(r"LDID/\d+|(?:CP)?\d{3,4}|8859\d{1,2}|ANSI 1251")


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a Shapefile from the `.shp` in a folder of its own (or beside its siblings)."""
    beside = {p.suffix.lower(): p for p in ogr.siblings(path)}
    if ".shx" not in beside:
        raise refuse("shp-incomplete")
    content = path.read_bytes()
    if len(content) < HEADER:
        raise refuse("shp-corrupt")
    records = list(_records(content))
    if [begin for begin, _ in records] != _indexed(beside[".shx"]):
        raise refuse("shp-corrupt")  # GDAL follows the index: one would be lost, or come twice
    kinds = [_kind(content[begin : begin + length]) for begin, length in records]
    notices, deleted = [], 0
    encoding = answers.encoding
    if ".dbf" in beside:
        deleted = _table(beside[".dbf"], len(kinds))
        page = _page(beside[".cpg"]) if ".cpg" in beside else None
        if encoding is None and page is None:
            encoding = _encoding(beside[".dbf"], profile)
            notices += [notice("encoding-guessed")] if encoding == "cp1252" else []
        elif encoding is None and page is not None:
            encoding = PAGES.get(page)
    else:
        notices.append(notice("shp-no-attributes"))
    found = ogr.read(path, ".shp", None, "shp-corrupt", encoding)
    if len(found.geometries) != len(kinds) - deleted or _missing(found) > kinds.count(0):
        raise refuse("shp-corrupt")
    crs = _crs(beside[".prj"]) if ".prj" in beside else None
    return replace(found, format="shapefile", crs=crs, layer=None, notices=tuple(notices))


def _missing(found: Features) -> int:
    return int(shapely.is_missing(found.geometries).sum())


def _records(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where every record begins and how long it is; refuse lengths that lie."""
    position = HEADER
    while position + 8 <= len(content):
        length = 2 * struct.unpack(">i", content[position + 4 : position + 8])[0]
        if length < 4 or position + 8 + length > len(content):
            raise refuse("shp-corrupt")
        yield position + 8, length
        position += 8 + length


def _indexed(index: Path) -> list[int]:
    """Return where records begin as the index has it."""
    content = index.read_bytes()
    said = 2 * struct.unpack(">i", content[24:28])[0] if len(content) >= HEADER else 0
    entries = struct.iter_unpack(">ii", content[HEADER : HEADER + max(said - HEADER, 0) // 8 * 8])
    return [2 * words + 8 for words, _ in entries]


def _kind(record: bytes) -> int:
    """Return the type of a record, 0 for one without geometry; refuse counts that lie."""
    kind: int = struct.unpack("<i", record[:4])[0]
    if kind in (3, 5, 13, 15, 23, 25):
        if len(record) < 44:
            raise refuse("shp-corrupt")
        parts, points = struct.unpack("<ii", record[36:44])
        if not 0 < parts <= MOST_PARTS or points < 0 or 44 + 4 * parts + 16 * points > len(record):
            raise refuse("shp-corrupt")
    return kind


def _table(table: Path, records: int) -> int:
    """Return how many rows are marked as deleted; refuse a table that lies about its size."""
    content = table.read_bytes()
    if len(content) < 32:
        raise refuse("shp-corrupt")
    count, header, size = struct.unpack("<iHH", content[4:12])
    if count != records or not size or header + count * size > len(content) + 1:
        raise refuse("shp-corrupt")
    return content[header : header + count * size : size].count(b"*")


def _page(file: Path) -> str | None:
    """Return the code page that a file names, None for one nobody knows: GDAL would take Latin-1
    without a word.
    """
    page = file.read_text(encoding="utf-8-sig", errors="replace").strip().upper()
    if page in PAGES or OF_GDAL.fullmatch(page):
        return page
    try:
        codecs.lookup(page)
    except (LookupError, ValueError):
        return None
    return page


def _encoding(table: Path, profile: Profile) -> str | None:
    """Return in which encoding to read texts that do not say; None leaves it to the table."""
    content = table.read_bytes()
    header = struct.unpack("<H", content[8:10])[0]
    body = content[header:]
    if body.isascii() or content[29]:
        return None
    try:
        sample = body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    if profile.gaps:  # of a layer nobody can be asked, and what is UTF-8 by chance is rare
        return "utf-8"
    words = [w for w in sample.split() if not w.isascii()]
    raise encoding_question(words[0][:40] if words else "")


def _crs(definition: Path) -> str | None:
    """Return the text of the .prj; None where it is not a definition, or contradicts itself."""
    text = definition.read_text(encoding="utf-8-sig", errors="replace").strip()
    try:
        crs_from(text)
    except Refusal:
        return None
    return text
