"""Recognise a file by its content; its name says nothing that could be trusted."""

import re
from pathlib import Path

from layers.reading.refusals import refuse

# Matched against a head without leading blanks; none has two runs of blanks side by side, which
# would take for ever on a file of blanks.
PROLOGUE = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
DOCTYPE = re.compile(rb"<!DOCTYPE\s+(html\b)?", re.IGNORECASE)
ROOT = re.compile(rb"<(?:([\w.-]+):)?([\w.-]+)")
WKT = re.compile(
    rb"(?:SRID=\d+;\s*)?(?:POINT|LINESTRING|POLYGON|MULTI|GEOMETRYCOLLECTION|"
    rb"CURVEPOLYGON|CIRCULARSTRING|COMPOUNDCURVE)",
    re.IGNORECASE,
)
DXF = re.compile(rb"(?:999[ \t]*\r?\n[^\n]*\n\s*)*0\s+SECTION")
DWG = re.compile(rb"AC10\d\d")
ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
HEAD = 65_536


def sniff(path: Path) -> str:
    """Return ``zip`` or the format of a file.

    Raises
    ------
    Refusal
        ``format-mismatch``, ``format-not-allowed``, ``service-exception``, ``encoding``.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(ARCHIVE):
        return "zip"
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if head.startswith(b"fgb\x03"):
        return "flatgeobuf"
    if head.startswith(b"PAR1"):
        return "geoparquet"
    if head.startswith(b"\x00\x00\x27\x0a"):
        return "shapefile"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse("encoding")
    return _text(head, path)


def is_archive(path: Path) -> bool:
    """Tell whether a file begins as a ZIP archive does."""
    with path.open("rb") as file:
        return file.read(4) in ARCHIVE


def _text(head: bytes, path: Path) -> str:
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith((b"{", b"[")):
        return "geojson"
    if WKT.match(body):
        return "wkt"
    if body.startswith(b"<"):
        return _xml(body)
    if DXF.match(body):
        return "dxf"
    if _known(body):
        raise refuse("format-not-allowed")
    if path.suffix.lower() in (".csv", ".txt", ".tsv", ".xlsx", ".dwg", ".tab", ".mif"):
        raise refuse("format-not-allowed")
    raise refuse("format-mismatch")


def _known(body: bytes) -> bool:
    """Tell whether this is geodata of a kind that is not read: a table, DWG or MapInfo."""
    if body.startswith((b"!table", b"Version ")) or DWG.match(body):
        return True
    lines = [line for line in body.splitlines()[:3] if line.strip()]
    if not body[:1].isalnum() and not body.startswith(b'"'):
        return False
    return len(lines) > 1 and any(
        0 < lines[0].count(mark) <= lines[1].count(mark) for mark in (b",", b";", b"\t")
    )


def _xml(body: bytes) -> str:
    """Return the format by the root; what stands in comments and texts says nothing."""
    prologue = PROLOGUE.match(body)
    begin = prologue.end() if prologue else 0
    if doctype := DOCTYPE.match(body, begin):
        raise refuse("format-mismatch" if doctype[1] else "xml-dtd")
    root = ROOT.match(body, begin)
    name = root[2].decode("ascii", "replace") if root else ""
    if name in ("ExceptionReport", "ServiceExceptionReport"):
        raise refuse("service-exception")
    if name in ("kml", "gpx"):
        return name
    if (
        name in ("FeatureCollection", "XPlanAuszug", "FeatureCollection2")
        or b"/gml" in body[begin:]
    ):
        return "gml"
    raise refuse("format-mismatch")
