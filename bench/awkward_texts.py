"""WKT and DXF that nest, repeat and overflow; and files of formats that are none of ours."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from typing import Any

from bench.awkward_json import ANY, GOOD, NO, REJECT
from bench.corpus import Sample

PLACE = "392000 5819000, 392100 5819000, 392100 5819100, 392000 5819000"
SECTION = "0\nSECTION\n2\nENTITIES\n"
END = "0\nENDSEC\n0\nEOF\n"


def samples() -> Iterator[Sample]:
    """Yield them."""
    for name, content, wants, *codes in _wkt():
        body = content if isinstance(content, bytes) else content.encode()
        yield Sample(f"wkt_{name}", f"wkt_{name}.wkt", body, wants, tuple(codes))
    for name, content, wants, *codes in _dxf():
        yield Sample(f"dxf_{name}", f"dxf_{name}.dxf", content.encode(), wants, tuple(codes))
    for name, body, *codes in _others():
        yield Sample(f"other_{name}", f"other_{name}", body, REJECT, tuple(codes))
    for number, name in enumerate(_names()):
        yield Sample(
            f"name_{number}", name, GOOD.encode(), ("accept", "answer 422 request-invalid")
        )


def _wkt() -> Iterator[tuple[Any, ...]]:
    yield "good", f"POLYGON(({PLACE}))", ("accept",)
    yield "bom", b"\xef\xbb\xbf" + f"POLYGON(({PLACE}))".encode(), ("accept",)
    for name, text in {
        "cut": f"POLYGON(({PLACE}", "closed": f"POLYGON(({PLACE})))", "word": "POLYGON((a b))",
        "twice": f"POLYGON(({PLACE})) POLYGON(({PLACE}))", "triangle": f"TRIANGLE(({PLACE}))",
        "tin": f"TIN((({PLACE})))", "polyhedral": f"POLYHEDRALSURFACE((({PLACE})))",
        "hex": "POLYGON((0x10 0, 1 1, 1 0, 0x10 0))", "comma": f"POLYGON(({PLACE},))",
        "sql": f"POLYGON(({PLACE})); DROP TABLE cases", "nul": f"POLYGON(({PLACE}))\0",
    }.items():  # fmt: skip
        yield (
            name,
            text,
            REJECT,
            "wkt-malformed",
            "format-mismatch",
            "text-control",
            "geometry-type",
        )
    for text in ("nan", "NaN", "inf", "-Infinity", "1e400", "nan(0x1)", "1e999999"):
        yield (
            f"number_{text}",
            f"POLYGON(({PLACE.replace('392100', text, 1)}))",
            REJECT,
            "geometry-nonfinite",
            "wkt-malformed",
        )
    yield "empty", "POLYGON EMPTY", REJECT, "geometry-empty", "no-geometry"
    yield "none", "POLYGON", REJECT, "wkt-malformed"
    for srid in ("0", "-1", "99999", "9" * 4_000):
        yield (
            f"srid_{srid[:6]}",
            f"SRID={srid};POLYGON(({PLACE}))",
            REJECT,
            "crs-unknown",
            "format-mismatch",
            "wkt-malformed",
        )
    for depth in (17, 500, 200_000):
        yield (
            f"depth_{depth}",
            "GEOMETRYCOLLECTION(" * depth + "POINT(1 2)" + ")" * depth,
            REJECT,
            "wkt-depth",
        )
        yield f"open_{depth}", "MULTIPOLYGON" + "(" * depth, REJECT, "wkt-depth", "wkt-malformed"
    yield "blanks", "POLYGON" + " " * 4_000_000 + f"(({PLACE}))", ANY
    yield "curve_blanks", "CURVEPOLYGON(CIRCULARSTRING(" + " " * 2_000_000 + "))", REJECT
    yield "curve_signs", "CURVEPOLYGON(" + "+-.E1 " * 100_000 + ")", REJECT
    yield "curve_names", "COMPOUNDCURVE" * 50_000, REJECT
    yield (
        "long",
        "POLYGON((" + "1 2, " * 4_100_000 + "1 2))",
        REJECT,
        "plan-too-large",
        "geometry-zero-area",
    )


def _dxf() -> Iterator[tuple[Any, ...]]:
    yield "binary", "AutoCAD Binary DXF\r\n\x1a\0", REJECT, "format-mismatch"
    yield "cut", SECTION + "0\nLWPOLYLINE\n8\n0\n90\n", REJECT
    yield "codes", SECTION + "zero\nLINE\n" + END, REJECT, "dxf-structure"
    yield "digits", SECTION + "1_0\nLINE\n" + END, REJECT
    yield "count", SECTION + "0\nLWPOLYLINE\n90\n2000000000\n70\n1\n10\n0\n20\n0\n" + END, REJECT
    yield (
        "array",
        SECTION + "0\nINSERT\n2\nA\n70\n32000\n71\n32000\n" + END,
        REJECT,
        "dxf-structure",
    )
    yield "array_minus", SECTION + "0\nINSERT\n2\nA\n70\n-32000\n71\n-32000\n" + END, REJECT
    yield "array_text", SECTION + "0\nINSERT\n2\nA\n70\nviele\n" + END, REJECT, "dxf-structure"
    yield "spline", SECTION + "0\nSPLINE\n72\n2000000000\n" + END, REJECT, "dxf-structure"
    yield "hatch", SECTION + "0\nHATCH\n91\n2000000000\n92\n2\n93\n2000000000\n" + END, REJECT
    for name, number in (("nan", "nan"), ("inf", "inf"), ("huge", "1e400")):
        square = "".join(f"10\n{x}\n20\n{y}\n" for x, y in ((number, 0), (9, 0), (9, 9)))
        body = SECTION + f"0\nLWPOLYLINE\n8\n0\n90\n3\n70\n1\n{square}" + END
        yield (
            f"number_{name}",
            body,
            NO,
            "geometry-nonfinite",
            "dxf-structure",
            "crs-missing",
            "geometry-zero-area",
            "geometry-type",
        )
    yield "laughs", _laughs(8, 9), REJECT, "dxf-structure"
    yield "laughs_wide", _laughs(40, 9), REJECT, "dxf-structure"
    yield "chain", _laughs(1, 300), REJECT, "dxf-structure"
    yield "trees", _laughs(1, 2), NO
    yield (
        "external",
        SECTION + "0\nBLOCK\n1\n/var/tmp/belang-canary/secret.txt\n70\n4\n0\nENDBLK\n" + END,
        REJECT,
    )


def _laughs(wide: int, deep: int) -> str:
    """Return blocks each of which holds all blocks of the next level."""
    found = ["0\nSECTION\n2\nBLOCKS\n"]
    for level in range(deep):
        for number in range(wide):
            found.append(f"0\nBLOCK\n8\n0\n2\nB{level}_{number}\n70\n0\n10\n0\n20\n0\n")
            if level + 1 < deep:
                found += [
                    f"0\nINSERT\n8\n0\n2\nB{level + 1}_{k}\n10\n0\n20\n0\n" for k in range(wide)
                ]
            else:
                found.append("0\nCIRCLE\n8\n0\n10\n0\n20\n0\n40\n1\n")
            found.append("0\nENDBLK\n8\n0\n")
    return (
        "".join(found) + "0\nENDSEC\n" + SECTION + "0\nINSERT\n8\n0\n2\nB0_0\n10\n0\n20\n0\n" + END
    )


def _others() -> Iterator[tuple[Any, ...]]:
    mismatch = "format-mismatch"
    either = (mismatch, "format-not-allowed")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        info = tarfile.TarInfo("../a.geojson")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD.encode()))
    yield from (
        ("blank", b" \r\n\t" * 100, mismatch), ("byte", b"\0", mismatch), ("nuls", bytes(10_000), mismatch),
        ("newline", b"\n", mismatch), ("pdf", b"%PDF-1.7\n%\xe2\xe3\n", mismatch),
        ("png", b"\x89PNG\r\n\x1a\n" + bytes(50), mismatch), ("tiff", b"II*\0" + bytes(50), mismatch),
        ("elf", b"\x7fELF" + bytes(50), mismatch), ("exe", b"MZ" + bytes(50), mismatch),
        ("script", b"#!/bin/sh\nid\n", mismatch), ("gzip", gzip.compress(GOOD.encode()), mismatch),
        ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), mismatch), ("rar", b"Rar!\x1a\x07\0" + bytes(50), mismatch),
        ("tar", tar.getvalue(), *either), ("flatgeobuf", b"fgb\x03fgb\x00" + bytes(50), "format-not-allowed"),
        ("parquet", b"PAR1" + bytes(50) + b"PAR1", "format-not-allowed"), ("dwg", b"AC1032" + bytes(50), *either),
        ("tab", b'!table\n!version 300\n!charset WindowsLatin1\n', *either),
        ("mif", b'Version 300\nCharset "WindowsLatin1"\nDelimiter ","\n', *either),
        ("csv", b"id;wkt\n1;POINT(1 2)\n2;POINT(1 2)\n", "format-not-allowed"),
        ("csv_tabs", b"id\twkt\r\n1\tPOINT(1 2)\r\n", "format-not-allowed"),
        ("csvt", b'"Integer","WKT"\n"1","POINT(1 2)"\n', "format-not-allowed"),
        ("yaml", b"type: FeatureCollection\nfeatures: []\n", mismatch), ("vcard", b"BEGIN:VCARD\nEND:VCARD\n", mismatch),
        ("pickle", b"\x80\x04cos\nsystem\n(S'id'\ntR.", mismatch), ("shp_alone", b"\0\0\x27\x0a" + bytes(96), "shp-incomplete", "shp-corrupt"),
        ("dsn", b"PG:host=127.0.0.1 port=8999", mismatch), ("dsn_wfs", b"WFS:http://127.0.0.1:8999/", mismatch),
        ("dsn_csv", b"CSV:/etc/passwd", *either), ("dsn_mem", b"/vsicurl/http://127.0.0.1:8999/a.gpkg", mismatch),
        ("hdf", b"\x89HDF\r\n\x1a\n" + bytes(50), mismatch), ("pmtiles", b"PMTiles\x03" + bytes(120), mismatch),
    )  # fmt: skip


def _names() -> Iterator[str]:
    yield from (
        "http://127.0.0.1:8999/a.geojson", "/vsicurl/http://127.0.0.1:8999/a.geojson", "CSV:/etc/passwd",
        "../../../../etc/passwd", "..\\..\\a.geojson", "WFS:http://127.0.0.1:8999/", "a.geojson!b?c#d",
        "plan.zip", "plan.vrt", "plan.gpkg", "\u202egpj.geojson", "x" * 300 + ".geojson", "-rf.geojson",
        "$(id).geojson", "<script>alert(1)</script>.geojson", "=1+1.geojson", "CON.geojson", ".geojson", " ",
    )  # fmt: skip
