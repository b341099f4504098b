"""GeoPackages that run, reach out, never end, or hold what is no geometry."""

import sqlite3
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.awkward_archives import RING
from bench.awkward_json import ACCEPT, ANY, NO, REJECT
from bench.corpus import Sample

DO = sqlite3.Connection
SINK = "http://127.0.0.1:8999/"
TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
  organization_coordsys_id INTEGER, definition TEXT, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT,
  description TEXT, last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
  srs_id INTEGER, z TINYINT, m TINYINT);
CREATE TABLE plan (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT);
INSERT INTO gpkg_contents VALUES ('plan', 'features', 'plan', '', '2026-01-01T00:00:00Z', 392000,
  5819000, 392100, 5819100, 25833);
INSERT INTO gpkg_geometry_columns VALUES ('plan', 'geom', 'POLYGON', 25833, 0, 0);
PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;
"""
UTM = 'PROJCS["ETRS89 / UTM zone 33N",AUTHORITY["EPSG","25833"]]'


def wkb(ring: Sequence[tuple[float, float]] = RING, kind: int = 3) -> bytes:
    """Return a polygon as WKB."""
    places = b"".join(struct.pack("<2d", *p) for p in ring)
    return struct.pack("<BIII", 1, kind, 1, len(ring)) + places


def blob(
    inner: bytes | None = None, *, srs: int = 25833, flags: int = 1, envelope: bytes = b""
) -> bytes:
    """Return a geometry as a GeoPackage stores it."""
    return (
        b"GP\0"
        + bytes([flags])
        + struct.pack("<i", srs)
        + envelope
        + (wkb() if inner is None else inner)
    )


def package(
    *statements: str, geometry: object = None, change: Callable[[DO], object] | None = None,
    begin: str = "",
) -> bytes:  # fmt: skip
    """Return a GeoPackage of one polygon, changed by statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        database = sqlite3.connect(path, isolation_level=None)
        database.executescript(f"PRAGMA synchronous = OFF; {begin}{TABLES}")
        srs = ("ETRS89 / UTM 33N", 25833, "EPSG", 25833, UTM, "")
        database.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", srs)
        stored = blob() if geometry is None else geometry
        database.execute("INSERT INTO plan VALUES (1, ?, 'a')", (stored,))
        for statement in statements:
            database.executescript(statement)
        if change is not None:
            change(database)
        database.close()
        return path.read_bytes()


def samples() -> Iterator[Sample]:
    """Yield them."""
    for name, body, wants, *codes in (*_schema(), *_geometries(), *_bytes()):
        yield Sample(f"gpkg_{name}", f"gpkg_{name}.gpkg", body, wants, tuple(codes))


Rows = Iterator[tuple[Any, ...]]


def _schema() -> Rows:
    yield "good", package(), ACCEPT
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    for name, view in {
        "view": "SELECT * FROM plan", "view_endless": endless, "view_zeros": "SELECT zeroblob(900000000)",
        "view_files": "SELECT readfile('/etc/passwd')", "view_nested": "SELECT * FROM (SELECT * FROM plan)",
    }.items():  # fmt: skip
        yield name, package(f"CREATE VIEW v AS {view};"), REJECT, "gpkg-view"
        hidden = f"CREATE VIEW rtree_plan_geom AS {view};"
        yield f"{name}_named_like_an_index", package(hidden), REJECT, "gpkg-view"
    yield (
        "view_for_the_table",
        package("ALTER TABLE plan RENAME TO p; CREATE VIEW plan AS SELECT * FROM p;"),
        REJECT,
        "gpkg-view",
    )
    yield (
        "view_for_the_contents",
        package(
            "ALTER TABLE gpkg_contents RENAME TO c; CREATE VIEW gpkg_contents AS SELECT * FROM c;"
        ),
        REJECT,
        "gpkg-view",
    )
    for name, table in {
        "full_text": "fts5(a)", "full_text_4": "fts4(a)", "tree": "rtree(a, b, c)",
    }.items():  # fmt: skip
        yield (
            f"virtual_{name}",
            package(f"CREATE VIRTUAL TABLE x USING {table};"),
            REJECT,
            "gpkg-virtual",
        )
        own = f"CREATE VIRTUAL TABLE rtree_plan_geom USING {table};"
        wants = ACCEPT if name == "tree" else REJECT
        yield (
            f"virtual_{name}_as_index",
            package(own),
            wants,
            *(() if name == "tree" else ("gpkg-virtual",)),
        )
    for name, sql in {
        "csv": "CREATE VIRTUAL TABLE x USING csv(filename='/etc/passwd')",
        "ogr": f"CREATE VIRTUAL TABLE x USING VirtualOGR('{SINK}')",
        "comment": "CREATE /* a */ VIRTUAL TABLE x USING dbstat", "lines": "CREATE\nVIRTUAL\nTABLE x USING dbstat",
        "case": "create virtual table x using dbstat", "as_index": "CREATE VIRTUAL TABLE rtree_x USING rtree_a(1)",
        "attached": "CREATE TABLE other.x (a)", "none": "", "nonsense": "SELECT 1",
    }.items():  # fmt: skip
        body = package(change=partial(_written, sql=sql))
        yield f"written_{name}", body, REJECT, "gpkg-virtual", "gpkg-corrupt"
    for name, when in {
        "insert": "AFTER INSERT ON plan",
        "select": "BEFORE UPDATE ON gpkg_contents",
    }.items():
        trigger = f"CREATE TRIGGER t_{name} {when} BEGIN DELETE FROM plan; END;"
        yield f"trigger_{name}", package(trigger), ACCEPT, "gpkg-trigger"
    yield (
        "generated",
        package(
            "ALTER TABLE plan ADD COLUMN g TEXT GENERATED ALWAYS AS (hex(zeroblob(1000000000))) VIRTUAL;"
        ),
        NO,
    )
    yield (
        "generated_geometry",
        package(
            "ALTER TABLE plan ADD COLUMN g BLOB GENERATED ALWAYS AS (geom) VIRTUAL; UPDATE gpkg_geometry_columns SET column_name = 'g';"
        ),
        ANY,
    )
    yield (
        "generated_endless",
        package(
            "ALTER TABLE plan ADD COLUMN g TEXT GENERATED ALWAYS AS (printf('%.*c', 2000000000, 'x')) VIRTUAL;"
        ),
        NO,
    )
    yield "index", package("CREATE INDEX i ON plan (length(name));"), ACCEPT
    yield "check", package("CREATE TABLE z (a CHECK (a > 0)); INSERT INTO z VALUES (1);"), ACCEPT
    names = ('a"b', "a'b; DROP TABLE plan", "a]b", "ä ö", "a\nb", "select", "%s")
    for number, name in enumerate(names):
        quoted = name.replace('"', '""')
        text = name.replace("'", "''")
        rename = f"ALTER TABLE plan RENAME TO \"{quoted}\"; UPDATE gpkg_contents SET table_name = '{text}'; UPDATE gpkg_geometry_columns SET table_name = '{text}';"
        yield f"name_{number}", package(rename), ANY
    for name, sql in {
        "column_other": "UPDATE gpkg_geometry_columns SET column_name = 'nichts'",
        "column_text": "UPDATE gpkg_geometry_columns SET column_name = 'name'",
        "column_null": "UPDATE gpkg_geometry_columns SET column_name = NULL",
        "column_sql": "UPDATE gpkg_geometry_columns SET column_name = 'geom\" FROM sqlite_master --'",
        "table_other": "UPDATE gpkg_geometry_columns SET table_name = 'sqlite_master'",
        "table_null": "UPDATE gpkg_geometry_columns SET table_name = NULL",
        "srs_null": "UPDATE gpkg_geometry_columns SET srs_id = NULL",
        "srs_text": "UPDATE gpkg_geometry_columns SET srs_id = 'abc'",
        "srs_huge": "UPDATE gpkg_geometry_columns SET srs_id = 1e300",
        "srs_gone": "DELETE FROM gpkg_spatial_ref_sys", "contents_gone": "DELETE FROM gpkg_contents",
        "columns_gone": "DELETE FROM gpkg_geometry_columns", "rows_gone": "DELETE FROM plan",
        "plan_gone": "DROP TABLE plan", "geometry_null": "UPDATE plan SET geom = NULL",
        "columns_other": "DROP TABLE gpkg_geometry_columns; CREATE TABLE gpkg_geometry_columns (a)",
    }.items():  # fmt: skip
        yield name, package(sql + ";"), NO
    for name, said in {
        "sink": SINK, "file": "/etc/passwd", "grid": "+proj=longlat +nadgrids=/etc/passwd", "long": "PROJCS[" * 20_000,
    }.items():  # fmt: skip
        define = f"UPDATE gpkg_spatial_ref_sys SET organization = 'NONE', definition = '{said}';"
        yield f"definition_{name}", package(define), ANY
    yield (
        "extension",
        package(
            "CREATE TABLE gpkg_extensions (table_name, column_name, extension_name, definition, scope); INSERT INTO gpkg_extensions VALUES (NULL, NULL, 'load_extension', '/tmp/evil.so', 'read-write');"
        ),
        ACCEPT,
    )
    yield (
        "contents_many",
        package(
            "INSERT INTO gpkg_contents WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 50000) SELECT 't' || x, 'features', x, '', '', 0, 0, 0, 0, 25833 FROM c;"
        ),
        ANY,
    )
    yield (
        "columns_many",
        package("; ".join(f"ALTER TABLE plan ADD COLUMN c{i} TEXT" for i in range(300)) + ";"),
        REJECT,
        "too-many-fields",
    )
    yield (
        "value_long",
        package("UPDATE plan SET name = hex(zeroblob(20000));"),
        REJECT,
        "field-too-long",
    )
    yield "value_nul", package("UPDATE plan SET name = 'a' || char(0) || 'b';"), ANY
    yield "value_bytes", package("UPDATE plan SET name = x'ff00fe';"), ANY
    yield (
        "rows_5001",
        package(
            "INSERT INTO plan SELECT NULL, p.geom, p.name FROM plan p, (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5001) SELECT x FROM c);"
        ),
        REJECT,
        "plan-too-large",
    )


def _written(database: DO, sql: str) -> None:
    """Write an entry into the schema as no statement would."""
    database.execute("PRAGMA writable_schema = ON")
    row = "INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 0, ?)"
    database.execute(row, (sql,))
    database.execute("PRAGMA writable_schema = OFF")


def _geometries() -> Rows:
    wrong = (
        "gpkg-geometry",
        "geometry-empty",
        "geometry-nonfinite",
        "crs-mixed",
        "geometry-invalid",
    )
    nan, inf = float("nan"), float("inf")
    nested = b"".join(struct.pack("<BII", 1, 7, 1) for _ in range(60_000)) + wkb()
    shallow = b"".join(struct.pack("<BII", 1, 7, 1) for _ in range(40)) + wkb()
    for name, stored in {
        "text": "POLYGON((0 0, 1 1, 1 0, 0 0))", "number": 5, "empty": b"", "magic": b"XX" + blob()[2:], "head": b"GP\0\1",
        "cut": blob()[:-9], "only_head": blob(b""), "kind": blob(wkb(kind=99)), "kind_huge": blob(wkb(kind=2**31)),
        "count": blob(struct.pack("<BII", 1, 3, 2**31 - 1)), "places": blob(struct.pack("<BIII", 1, 3, 1, 2**31 - 1)),
        "order": blob(b"\7" + wkb()[1:]), "envelope_7": blob(flags=0x0F), "extended": blob(flags=0x21),
        "srs_other": blob(srs=4326), "srs_none": blob(srs=0), "nan": blob(wkb([*RING[:2], (nan, 1.0), *RING[3:]])),
        "inf": blob(wkb([*RING[:2], (inf, 1.0), *RING[3:]])), "nan_point": blob(struct.pack("<BI2d", 1, 1, nan, nan)),
        "empty_flag": blob(flags=0x11), "deep": blob(nested), "open": blob(wkb(RING[:4])), "two_places": blob(wkb(RING[:2])),
        "points": blob(struct.pack("<BI2d", 1, 1, 392000.0, 5819000.0)),
        "surface": blob(struct.pack("<BII", 1, 15, 1) + wkb()), "triangle": blob(wkb(kind=17)),
    }.items():  # fmt: skip
        yield (
            f"blob_{name}",
            package(geometry=stored),
            NO,
            *(wrong if name in ("text", "nan", "inf", "deep", "cut") else ()),
        )
    yield "blob_collections", package(geometry=blob(shallow)), ANY
    yield "blob_tail", package(geometry=blob() + b"x" * 100), ANY
    yield (
        "blob_ewkb",
        package(geometry=blob(struct.pack("<BIIII", 1, 3 | 0x20000000, 4326, 1, 5) + wkb()[9:])),
        ANY,
    )
    for envelope in (nan, inf, -1e300):
        body = blob(flags=3, envelope=struct.pack("<4d", *([envelope] * 4)))
        yield f"envelope_{envelope}", package(geometry=body), ANY


def _bytes() -> Rows:
    whole = package()
    corrupt = ("gpkg-corrupt", "gpkg-invalid", "format-mismatch")
    for name, at, value in (
        ("page_size", 16, b"\0\3"), ("page_one", 16, b"\0\1"), ("version", 18, b"\7\7"), ("wal", 18, b"\2\2"),
        ("reserved", 20, b"\xff"), ("fractions", 21, b"\1\1\1"), ("pages", 28, b"\xff\xff\xff\xff"),
        ("free_list", 32, b"\0\0\0\1\0\0\0\5"), ("format", 44, b"\0\0\0\x63"), ("encoding", 56, b"\0\0\0\x09"),
        ("root", 100, b"\x02"), ("cells", 103, b"\xff\xff"),
    ):  # fmt: skip
        body = whole[:at] + value + whole[at + len(value) :]
        yield f"bytes_{name}", body, ANY, *(corrupt if name in ("root", "cells") else ())
    yield "bytes_head", whole[:100], REJECT, *corrupt
    yield "bytes_half", whole[: len(whole) // 2], REJECT, *corrupt
    yield "bytes_tail", whole + b"x" * 5_000, ANY
    yield "bytes_zip", whole + b"PK\3\4", ANY
    for encoding in ("UTF-16le", "UTF-16be"):
        yield f"text_{encoding}", package(begin=f"PRAGMA encoding = '{encoding}';"), ANY
    for size in (512, 65_536):
        yield f"pages_{size}", package(begin=f"PRAGMA page_size = {size};"), ACCEPT
    plain = sqlite3.connect(":memory:")
    plain.execute("CREATE TABLE a (b)")
    yield "plain", plain.serialize(), REJECT, "gpkg-invalid"
    plain.execute("CREATE TABLE gpkg_contents (b)")
    yield "almost", plain.serialize(), REJECT, "gpkg-invalid"
