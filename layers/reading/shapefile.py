"""Shapefiles: the files that make one up are looked at before GDAL is."""

import struct
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from gis.problem import Refusal
from layers.reading import ogr
from layers.reading.features import Features
from layers.reading.profile import Profile
from layers.reading.refusals import encoding_question, notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

MOST_PARTS = 1_000_000


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a Shapefile from the `.shp` in a folder of its own (or beside its siblings)."""
    index, table = path.with_suffix(".shx"), path.with_suffix(".dbf")
    if not index.exists():
        raise refuse("shp-incomplete")
    records = _records(path)
    notices = []
    encoding = answers.encoding
    if table.exists():
        _table(table, records)
        encoding, guessed = _encoding(path, table, encoding)
        notices += [notice("encoding-guessed")] if guessed else []
    else:
        notices.append(notice("shp-no-attributes"))
    found = ogr.read(path, None, "shp-corrupt", encoding)
    declares = struct.unpack("<i", path.read_bytes()[32:36])[0]
    if declares and bool(shapely.is_missing(found.geometries).sum() > _nulls(path)):
        raise refuse("shp-corrupt")
    return replace(found, format="shapefile", crs=_crs(path), layer=None, notices=tuple(notices))


def _records(path: Path) -> list[tuple[int, int]]:
    """Return offset and length of every record; refuse lengths and counts that lie."""
    content = path.read_bytes()
    position, found = 100, []
    while position + 8 <= len(content):
        length = 2 * struct.unpack(">i", content[position + 4 : position + 8])[0]
        if length < 4 or position + 8 + length > len(content):
            raise refuse("shp-corrupt")
        _parts(content[position + 8 : position + 8 + length])
        found.append((position, length))
        position += 8 + length
    return found


def _parts(record: bytes) -> None:
    kind = struct.unpack("<i", record[:4])[0]
    if kind in (3, 5, 13, 15, 23, 25):
        if len(record) < 44:
            raise refuse("shp-corrupt")
        parts, points = struct.unpack("<ii", record[36:44])
        if not 0 < parts <= MOST_PARTS or points < 0 or 44 + 4 * parts + 16 * points > len(record):
            raise refuse("shp-corrupt")


def _nulls(path: Path) -> int:
    content = path.read_bytes()
    return sum(struct.unpack("<i", content[p + 8 : p + 12])[0] == 0 for p, _ in _records(path))


def _table(table: Path, records: list[tuple[int, int]]) -> None:
    head = table.read_bytes()[:32]
    if len(head) < 32:
        raise refuse("shp-corrupt")
    count, header, size = struct.unpack("<iHH", head[4:12])
    if count < 0 or header + count * size > table.stat().st_size + 1 or count != len(records):
        raise refuse("shp-corrupt")


def _encoding(path: Path, table: Path, chosen: str | None) -> tuple[str | None, bool]:
    """Return in which encoding to read the texts, and whether that is a guess."""
    page = path.with_suffix(".cpg")
    if chosen is not None:
        return chosen, False
    if page.exists():
        return None, False
    content = table.read_bytes()
    header = struct.unpack("<H", content[8:10])[0]
    body = content[header:]
    if body.isascii() or content[29]:
        return None, False
    try:
        sample = body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", True
    words = [w for w in sample.split() if not w.isascii()]
    raise encoding_question(words[0][:40] if words else "")


def _crs(path: Path) -> str | None:
    """Return the text of the .prj; None where it is missing or not a definition."""
    definition = path.with_suffix(".prj")
    if not definition.exists():
        return None
    text = definition.read_text(encoding="utf-8", errors="replace").strip()
    from gis.crs import crs_from

    try:
        crs_from(text)
    except Refusal:
        return None
    return text
