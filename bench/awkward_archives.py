"""ZIP archives that climb out, blow up or lie; and Shapefiles whose parts contradict each other."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from bench.awkward_json import ACCEPT, ANY, ASK, GOOD, NO, REJECT
from bench.corpus import Sample

SINK = "http://127.0.0.1:8999/"
RING = [
    (392000, 5819000),
    (392000, 5819100),
    (392100, 5819100),
    (392100, 5819000),
    (392000, 5819000),
]
UTM = (
    'PROJCS["ETRS89 / UTM zone 33N",GEOGCS["ETRS89",DATUM["European_Terrestrial_Reference_System_1989",'
    'SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],'
    'PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],'
    'UNIT["metre",1],AUTHORITY["EPSG","25833"]]'
)


def packed(*members: tuple[Any, Any], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of names (or `ZipInfo`) and contents."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return whole.getvalue()


def member(name: str, mode: int = 0o644, **more: Any) -> zipfile.ZipInfo:
    """Return an entry with a mode."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    for key, value in more.items():
        setattr(info, key, value)
    return info


def samples() -> Iterator[Sample]:
    """Yield them."""
    for name, body, wants, *codes in (*_paths(), *_sizes(), *_contents()):
        yield Sample(f"zip_{name}", f"zip_{name}.zip", body, wants, tuple(codes))
    for name, files, wants, *codes in _shapefiles():
        body = packed(*((f"p{suffix}", content) for suffix, content in files.items()))
        yield Sample(f"shp_{name}", f"shp_{name}.zip", body, wants, tuple(codes))


Rows = Iterator[tuple[Any, ...]]


def _paths() -> Rows:
    for number, name in enumerate((
        "../a.geojson", "a/../../b.geojson", "/etc/a.geojson", "..\\a.geojson", "C:\\a.geojson",
        "c:a.geojson", "\\\\host\\a.geojson", "./../a.geojson",
    )):  # fmt: skip
        yield f"path_{number}", packed((name, GOOD)), REJECT, "archive-path"
    yield "path_dot", packed(("./a.geojson", GOOD)), ANY
    yield "folder", packed(("Planung/Stand 3/a.geojson", GOOD)), ACCEPT
    yield "umlaut", packed(("Größe & Lage.geojson", GOOD)), ACCEPT
    yield "right_to_left", packed(("\u202enosjoeg.geojson", GOOD)), ACCEPT
    yield "nul", packed(("aQb.geojson", GOOD)).replace(b"aQb.", b"a\0b."), ANY
    yield "long_name", packed(("a" * 30_000 + ".geojson", GOOD)), ANY
    yield "deep", packed(("d/" * 5_000 + "a.geojson", GOOD)), ANY
    for name, mode in (("link", stat.S_IFLNK), ("link_to_folder", stat.S_IFLNK)):
        yield (
            name,
            packed((member("a.geojson", mode | 0o777), "/etc/passwd"), ("b.geojson", GOOD)),
            REJECT,
            "archive-symlink",
        )
    for name, mode in (("pipe", stat.S_IFIFO), ("device", stat.S_IFCHR), ("socket", stat.S_IFSOCK)):
        yield name, packed((member("a.geojson", mode | 0o666), GOOD)), ANY
    yield "setuid", packed((member("a.geojson", stat.S_IFREG | 0o4777), GOOD)), ACCEPT
    yield (
        "same",
        packed(("a.geojson", GOOD), ("A.GEOJSON", GOOD)),
        NO,
        "archive-duplicate",
        "archive-multiple",
    )
    yield "same_files", packed(("p.shp", b""), ("P.SHP", b""), ("p.shx", b"")), NO
    yield (
        "litter",
        packed(("__MACOSX/._a.geojson", "x"), (".DS_Store", "x"), ("a.geojson", GOOD)),
        ACCEPT,
    )
    yield "only_litter", packed(("__MACOSX/._a.geojson", "x")), REJECT
    yield "only_folders", packed(("a/", ""), ("b/", "")), REJECT
    yield "none", packed(), REJECT


def _sizes() -> Rows:
    yield (
        "ratio",
        packed(("a.geojson", GOOD + " " * 25_000_000)),
        REJECT,
        "archive-ratio",
        "plan-too-large",
    )
    yield (
        "ratio_of_many",
        packed(*((f"{i}.txt", " " * 8_000_000) for i in range(30)), ("a.geojson", GOOD)),
        REJECT,
        "archive-ratio",
    )
    yield "entries", packed(*((f"{i}.txt", "") for i in range(101))), REJECT, "archive-entries"
    yield "entries_100", packed(*((f"{i}.txt", "") for i in range(99)), ("a.geojson", GOOD)), ACCEPT
    for name, method in (
        ("bzip2", zipfile.ZIP_BZIP2),
        ("lzma", zipfile.ZIP_LZMA),
        ("stored", zipfile.ZIP_STORED),
    ):
        yield name, packed(("a.geojson", GOOD), method=method), ANY
    yield (
        "bzip2_bomb",
        packed(("a.geojson", GOOD + " " * 25_000_000), method=zipfile.ZIP_BZIP2),
        REJECT,
        "archive-ratio",
        "plan-too-large",
    )
    yield (
        "lzma_bomb",
        packed(("a.geojson", GOOD + " " * 25_000_000), method=zipfile.ZIP_LZMA),
        REJECT,
        "archive-ratio",
        "plan-too-large",
    )
    whole = packed(("a.geojson", GOOD))
    yield "method", _in_directory(whole, 10, struct.pack("<H", 97)), REJECT, "archive-corrupt"
    yield "encrypted", _in_directory(whole, 8, struct.pack("<H", 1)), REJECT, "archive-encrypted"
    yield (
        "strong_encryption",
        _in_directory(whole, 8, struct.pack("<H", 0x41)),
        REJECT,
        "archive-encrypted",
        "archive-corrupt",
    )
    yield "check_sum", _in_directory(whole, 16, b"\0\0\0\0"), REJECT, "archive-corrupt"
    yield "size_zero", _in_directory(whole, 24, b"\0\0\0\0"), REJECT, "archive-corrupt"
    yield (
        "size_huge",
        _in_directory(whole, 24, b"\xff\xff\xff\x7f"),
        REJECT,
        "archive-corrupt",
        "archive-ratio",
    )
    yield (
        "packed_size_huge",
        _in_directory(whole, 20, b"\xff\xff\xff\x7f"),
        REJECT,
        "archive-corrupt",
        "archive-overlap",
    )
    yield "offset", _in_directory(whole, 42, b"\xff\xff\xff\x00"), REJECT, "archive-corrupt"
    yield "cut", whole[:-30], REJECT, "archive-corrupt"
    yield "head_only", whole[:30], REJECT, "archive-corrupt"
    yield "prefix", b"#!/bin/sh\nid\n" + whole, REJECT, "format-mismatch"
    yield "pdf_too", b"%PDF-1.7\n" + whole, REJECT, "format-mismatch"
    yield "suffix", whole + b"\0" * 70_000, REJECT, "archive-corrupt"
    yield "two", whole + packed(("b.geojson", GOOD)), ANY
    yield (
        "twice_same_bytes",
        _shared(whole),
        REJECT,
        "archive-overlap",
        "archive-duplicate",
        "archive-corrupt",
    )


def _in_directory(whole: bytes, at: int, value: bytes) -> bytes:
    """Return an archive with other bytes in the entry of its central directory."""
    begin = whole.index(b"PK\x01\x02") + at
    return whole[:begin] + value + whole[begin + len(value) :]


def _shared(whole: bytes) -> bytes:
    """Return an archive with two entries for the same bytes, under different names."""
    begin, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entry, tail = whole[begin:end], bytearray(whole[end:])
    tail[8:12] = struct.pack("<HH", 2, 2)
    tail[12:16] = struct.pack("<I", 2 * len(entry))
    return whole[:begin] + entry + entry.replace(b"a.geojson", b"b.geojson") + bytes(tail)


def _contents() -> Rows:
    good = packed(("a.geojson", GOOD))
    for name in ("b.zip", "b.kmz", "b.7z", "b.tar", "b.tgz", "b.gz", "b.rar", "b.jar"):
        yield (
            f"nested_{name[2:]}",
            packed(("a.geojson", GOOD), (name, good)),
            REJECT,
            "archive-nested",
        )
    yield (
        "nested_as_geojson",
        packed(("a.geojson", good)),
        REJECT,
        "archive-nested",
        "format-not-allowed",
        "format-mismatch",
    )
    yield (
        "nested_as_gpkg",
        packed(("a.gpkg", good)),
        REJECT,
        "archive-nested",
        "format-not-allowed",
        "format-mismatch",
    )
    vrt = f"<OGRVRTDataSource><SrcDataSource>{SINK}</SrcDataSource></OGRVRTDataSource>"
    yield "vrt_as_gml", packed(("a.gml", vrt)), REJECT, "format-mismatch"
    yield "vrt_beside", packed(("a.geojson", GOOD), ("a.vrt", vrt)), REJECT, "format-not-allowed"
    yield "gfs_beside", packed(("a.gml", "<a/>"), ("a.gfs", vrt)), REJECT
    yield (
        "program_beside",
        packed(("a.geojson", GOOD), ("a.exe", b"MZ")),
        REJECT,
        "format-not-allowed",
    )
    yield (
        "text_beside",
        packed(("a.geojson", GOOD), ("liesmich.txt", "x"), ("Plan.pdf", "%PDF")),
        ACCEPT,
    )
    yield "document", packed(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<a/>")), NO
    yield "geojsons", packed(("a.geojson", GOOD), ("b.geojson", GOOD)), ASK, "archive-multiple"
    yield (
        "empty_geojson",
        packed(("a.geojson", "")),
        REJECT,
        "file-empty",
        "format-mismatch",
        "format-not-allowed",
    )
    yield (
        "kml",
        packed(("doc.kml", f"<kml><NetworkLink><href>{SINK}</href></NetworkLink></kml>")),
        REJECT,
    )


# --- Shapefiles ----------------------------------------------------------------------------------


def _shp(record: bytes, kind: int = 5, **wrong: int) -> bytes:
    head = struct.pack(">7i", wrong.get("code", 9994), 0, 0, 0, 0, 0, (108 + len(record)) // 2)
    head += struct.pack("<2i", 1000, kind) + struct.pack("<8d", *([0.0] * 8))
    length = wrong.get("length", len(record) // 2)
    return head + struct.pack(">2i", 1, length) + record


def _polygon(
    ring: list[tuple[Any, Any]] = RING, parts: int = 1, points: int | None = None, kind: int = 5
) -> bytes:
    box = (392000.0, 5819000.0, 392100.0, 5819100.0)
    body = struct.pack("<i4d2i", kind, *box, parts, len(ring) if points is None else points)
    return body + struct.pack("<i", 0) + b"".join(struct.pack("<2d", *p) for p in ring)


def _shx(length: int, offset: int = 50) -> bytes:
    return _shp(b"")[:100] + struct.pack(">2i", offset, length)


def _dbf(
    records: int = 1, header: int = 65, size: int = 11, content: bytes = b" hallo     "
) -> bytes:
    head = struct.pack("<4BiHH20x", 3, 126, 1, 1, records, header, size)
    return (
        head + b"name\0\0\0\0\0\0\0C" + bytes(4) + b"\x0a" + bytes(15) + b"\r" + content + b"\x1a"
    )


def shapefile(**other: bytes) -> dict[str, bytes]:
    """Return the files of a good one, some of them exchanged (`shp`, `shx`, `dbf`, `prj`, `cpg`)."""
    record = _polygon()
    files = {
        "shp": _shp(record),
        "shx": _shx(len(record) // 2),
        "dbf": _dbf(),
        "prj": UTM.encode(),
        "cpg": b"UTF-8",
    }
    return {f".{suffix}": content for suffix, content in {**files, **other}.items()}


def _shapefiles() -> Rows:
    yield "good", shapefile(), ACCEPT
    corrupt = (
        "shp-corrupt",
        "geometry-nonfinite",
        "coords-out-of-range",
        "geometry-invalid",
        "geometry-zero-area",
    )
    of_record: dict[str, Callable[[], bytes]] = {
        "parts_minus": lambda: _polygon(parts=-1), "parts_none": lambda: _polygon(parts=0),
        "parts_many": lambda: _polygon(parts=2**30), "points_minus": lambda: _polygon(points=-5),
        "points_many": lambda: _polygon(points=2**30), "points_more": lambda: _polygon(points=6),
        "nan": lambda: _polygon([*RING[:2], (float("nan"), 1.0), *RING[3:]]),
        "inf": lambda: _polygon([*RING[:2], (float("inf"), 1.0), *RING[3:]]),
        "no_data": lambda: _polygon([*RING[:2], (-1.7e308, 1.0), *RING[3:]]),
        "two_places": lambda: _polygon(RING[:2]), "kind": lambda: _polygon(kind=99),
        "multipatch": lambda: _polygon(kind=31), "kind_minus": lambda: _polygon(kind=-1),
    }  # fmt: skip
    for name, make in of_record.items():
        record = make()
        yield name, shapefile(shp=_shp(record), shx=_shx(len(record) // 2)), REJECT, *corrupt
    part = bytearray(_polygon())
    part[44:48] = struct.pack("<i", 2**31 - 1)
    yield "part_begins_outside", shapefile(shp=_shp(bytes(part))), REJECT, *corrupt
    for name, length in (
        ("length_minus", -1),
        ("length_zero", 0),
        ("length_huge", 2**30),
        ("length_odd", 3),
    ):
        yield name, shapefile(shp=_shp(_polygon(), length=length)), REJECT, "shp-corrupt"
    yield "magic", shapefile(shp=_shp(_polygon(), code=1)), REJECT, "shp-corrupt", "format-mismatch"
    yield "cut", shapefile(shp=_shp(_polygon())[:150]), REJECT, "shp-corrupt"
    yield "head_only", shapefile(shp=_shp(b"")[:100]), REJECT, "shp-corrupt", "no-features"
    yield "short", shapefile(shp=b"\0\0\x27\x0a"), REJECT, "shp-corrupt"
    yield "tail", shapefile(shp=_shp(_polygon()) + b"\0" * 7), ANY
    for name, offset, length in (
        ("offset_minus", -1, 10),
        ("offset_huge", 2**30, 10),
        ("length_other", 50, 2**30),
        ("offset_zero", 0, 0),
    ):
        yield f"index_{name}", shapefile(shx=_shx(length, offset)), ANY, *corrupt
    yield "index_more", shapefile(shx=_shx(68) + _shx(68)[100:]), ANY
    yield "index_empty", shapefile(shx=b""), NO, "shp-corrupt", "shp-incomplete"
    for name, table in (
        ("minus", _dbf(-1)),
        ("many", _dbf(2**30)),
        ("none", _dbf(0)),
        ("header", _dbf(header=1)),
        ("header_far", _dbf(header=65_535)),
        ("size", _dbf(size=0)),
        ("size_far", _dbf(size=65_535)),
        ("short", b"\3"),
    ):
        yield f"table_{name}", shapefile(dbf=table), ANY
    yield "table_deleted", shapefile(dbf=_dbf(content=b"*hallo     ")), REJECT
    yield "table_nul", shapefile(dbf=_dbf(content=b" ha\0\0\0llo  ")), ANY
    for name, said in (
        ("sink", SINK),
        ("path", "/etc/passwd"),
        ("grid", "+proj=longlat +nadgrids=/etc/passwd"),
        ("long", "PROJCS[" * 20_000),
        ("nul", "\0" * 50),
        ("text", "EPSG:25833"),
        ("fetch", "@" + SINK),
    ):
        yield f"prj_{name}", shapefile(prj=said.encode()), ANY
    for name, said in (
        ("path", "../../etc/passwd"),
        ("long", "x" * 5_000),
        ("nul", "\0"),
        ("unknown", "KLINGON"),
        ("utf_7", "UTF-7"),
        ("rot", "rot13"),
        ("zlib", "zlib_codec"),
    ):
        yield (
            f"cpg_{name}",
            shapefile(cpg=said.encode(), dbf=_dbf(content=b" Gr\xf6\xdfe     ")),
            ANY,
        )
