"""GeoPackage: looked into as a database first, so that no view or trigger of it ever runs."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.errors import GEOSException

from gis.crs import alike, crs_from
from gis.problem import Notice, Proposal, Question, Refusal, Text
from layers.reading import ogr
from layers.reading.features import Features
from layers.reading.profile import UPLOAD, Profile
from layers.reading.refusals import notice, refuse, which
from layers.reading.wkb import is_shallow, type_of

if TYPE_CHECKING:
    from layers.reading.read import Answers

CURVES = frozenset({8, 9, 10, 11, 12})
CURVED = "curve-linearised"
OWN_TRIGGERS = ("rtree_", "trigger_insert_feature_count_", "trigger_delete_feature_count_",
                "gpkg_", "fgti_", "fgsi_", "rtreei_")  # fmt: skip
OWN_TABLE = re.compile(
    r"CREATE\s+(?:TABLE\b|VIRTUAL\s+TABLE\s+(?:\"rtree_[^\"]*\"|rtree_\w+)\s+USING\s+rtree\b)",
    re.IGNORECASE,
)
REGISTERED = "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns"
COLUMNS = "SELECT name FROM pragma_table_xinfo('gpkg_spatial_ref_sys')"
SAID = "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
UNDEFINED = (-1, 0)  # the standard's numbers for "not said"
IN_LOG = 2  # in the header of a database whose changes go to a log beside it first
JOURNAL = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
COMPUTED = (2, 3)
HEADER = 8
EMPTY, EXTENDED = 0x10, 0x20  # flags
ENVELOPES = (0, 32, 48, 48, 64)


@dataclass(frozen=True, slots=True)
class Examined:
    """The layer to be read: its name, what is noteworthy about it, how many objects it has and
    how many of them have no geometry; and what it is said to be in, each a different way.
    """

    name: str
    notices: tuple[Notice, ...]
    count: int
    missing: int
    systems: tuple[str, ...]


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read the one layer of features, or the one chosen."""
    layer = examined(path, profile, answers)
    found = ogr.read(path, ".gpkg", layer.name, "gpkg-corrupt")
    if int(shapely.is_missing(found.geometries).sum()) > layer.missing:  # a curve that is cut off
        raise refuse("gpkg-geometry")
    crs = _agreed(found.crs, layer.systems)
    return replace(found, format="gpkg", crs=crs, notices=layer.notices)


def stream(path: Path, profile: Profile, answers: "Answers", size: int) -> Iterator[Features]:
    """Yield the features of `read`, `size` at a time; none where there are arcs, which only the
    whole is read without.
    """
    layer = examined(path, profile, answers)
    if any(said.code == CURVED for said in layer.notices):
        return
    for found in ogr.stream(path, ".gpkg", layer.name, "gpkg-corrupt", size, count=layer.count):
        crs = _agreed(found.crs, layer.systems)
        yield replace(found, format="gpkg", crs=crs, notices=layer.notices)


def examined(path: Path, profile: Profile, answers: "Answers") -> Examined:
    """Return what there is to know about the layer to be read, after looking at all of it."""
    if _unfinished(path):
        raise refuse("gpkg-in-use")  # what was saved last is missing
    if not profile.gaps and "gpkg-log-missing" not in answers.accept and _logging(path):
        raise Question("gpkg-log-missing", NO_LOG, (Proposal(WHOLE, "--accept gpkg-log-missing"),))
    with _opened(path, profile) as database:
        tables, foreign_trigger = _inspected(database)
        name = answers.layer or next(iter(tables))
        if name not in tables:
            raise which("layer-multiple", sorted(tables), answers.layer)
        if answers.layer is None and len(tables) > 1:
            raise which("layer-multiple", sorted(tables))
        curved, stored = _blobs(database, name, *tables[name], profile)
        sql = f"SELECT count(*) FROM {_quoted(name)}"  # noqa: S608 - quoted
        count = int(database.execute(sql).fetchone()[0])
        systems = _systems(database, tables[name][1])
    notices = [notice("gpkg-trigger")] if foreign_trigger else []
    notices += [notice(CURVED)] if curved else []
    return Examined(name, tuple(notices), count, count - stored, systems)


def _unfinished(path: Path) -> bool:
    """Tell whether a log of changes that are not in the database lies beside it."""
    log, journal = (path.with_name(f"{path.name}{end}") for end in ("-wal", "-journal"))
    if log.exists() and log.stat().st_size:
        return True
    if not journal.exists():
        return False
    with journal.open("rb") as file:  # one that is done with begins with zeros
        return file.read(len(JOURNAL)) == JOURNAL


def _logging(path: Path) -> bool:
    """Tell whether a log belongs to the database, which a plan handed in comes without.

    QGIS keeps one while it has the file open, and ends that on closing; other programs leave the
    mark behind although nothing is missing.
    """
    with path.open("rb") as file:
        return IN_LOG in file.read(20)[18:]


def _systems(database: sqlite3.Connection, srs: int) -> tuple[str, ...]:
    """Return what the row of a coordinate system says, its number and its definition; nothing for
    one that is not said, or where there is no such row.
    """
    if srs in UNDEFINED:
        return ()
    columns = {name for (name,) in database.execute(COLUMNS)}
    if not {"srs_id", "organization", "organization_coordsys_id", "definition"} <= columns:
        return (f"EPSG:{srs}",)
    row = database.execute(f"{SAID} WHERE srs_id = ?", (srs,)).fetchone()
    return (f"{row[0]}:{row[1]}", str(row[2])) if row else (f"EPSG:{srs}",)


def _agreed(crs: str | None, said: tuple[str, ...]) -> str | None:
    """Return the CRS that GDAL has found; None where there is none, or all that is said about it
    does not describe one and the same.
    """
    if crs is None or not said:
        return None
    try:
        found = crs_from(crs)
    except Refusal:
        return None
    for text in said:
        try:
            other = crs_from(text)
        except Refusal as refusal:
            if refusal.code == "crs-mixed":  # it contradicts itself
                return None
            continue
        if not alike(found, other):
            return None
    return crs


class _opened:
    """A database opened to be read once, from a file that is taken not to change.

    SQLite evaluates no CHECK of one that is opened for reading alone.
    """

    def __init__(self, path: Path, profile: Profile) -> None:
        self.path = path
        self.steps = 2_000 if profile is UPLOAD else 2_000_000

    def __enter__(self) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        self.database = sqlite3.connect(address, uri=True)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON"):
            self.database.execute(f"PRAGMA {pragma}")
        steps = iter(range(self.steps))
        self.database.set_progress_handler(lambda: next(steps, None) is None, 100_000)
        return self.database

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.database.close()
        if isinstance(error, sqlite3.Error | UnicodeError):  # a text of it that is none
            raise refuse("gpkg-corrupt") from error


def _inspected(database: sqlite3.Connection) -> tuple[dict[str, tuple[str, int]], bool]:
    """Return the feature tables (name: geometry column, CRS id), and whether there are triggers
    of somebody's own.
    """
    entries = _schema(database)
    names = {name for _, name, _ in entries}
    if not {"gpkg_contents", "gpkg_geometry_columns"} <= names:  # SpatiaLite, for one
        raise refuse("gpkg-invalid")
    if any(kind == "view" for kind, _, _ in entries):
        raise refuse("gpkg-view")
    if not all(OWN_TABLE.match(sql or "") for kind, _, sql in entries if kind == "table"):
        raise refuse("gpkg-virtual")
    _nothing_computed(database, [name for kind, name, _ in entries if kind == "table"])
    if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise refuse("gpkg-corrupt")
    rows = list(database.execute(REGISTERED))
    if not all(isinstance(c, str) and isinstance(srs, int) for _, c, srs in rows):
        raise refuse("gpkg-invalid")
    tables = {table: (column, srs) for table, column, srs in rows if table in names}
    if not tables:
        raise refuse("no-features")
    foreign = any(k == "trigger" and not n.startswith(OWN_TRIGGERS) for k, n, _ in entries)
    return tables, foreign


def _schema(database: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    """Return kind, name and definition of everything there is; refused where they are no text."""
    try:
        entries = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    except MemoryError as error:  # one that claims to be longer than the file
        raise refuse("gpkg-corrupt") from error
    if not all(isinstance(text, str) for entry in entries for text in entry if text is not None):
        raise refuse("gpkg-corrupt")
    if any(kind is None or name is None for kind, name, _ in entries):
        raise refuse("gpkg-corrupt")
    return entries


def _nothing_computed(database: sqlite3.Connection, tables: list[str]) -> None:
    """Refuse columns that are computed when they are read: they may run for ever."""
    for table in tables:
        columns = database.execute("SELECT hidden FROM pragma_table_xinfo(?)", (table,))
        if any(hidden in COMPUTED for (hidden,) in columns):
            raise refuse("gpkg-virtual")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _blobs(
    database: sqlite3.Connection, table: str, column: str, srs: int, profile: Profile
) -> tuple[bool, int]:
    """Look at the geometries as stored: their headers, and for a plan all of them whole.

    Returns whether there are curves, and how many geometries. GDAL would read a broken one as
    none at all.
    """
    geometry = _quoted(column)
    sql = f"SELECT {geometry} FROM {_quoted(table)} WHERE {geometry} IS NOT NULL"  # noqa: S608 - quoted
    starts: dict[bytes, int] = {}
    kinds, number = set(), 0
    for number, (blob,) in enumerate(database.execute(sql), 1):
        if number > profile.most_features:
            raise refuse("plan-too-large")
        if not isinstance(blob, bytes):
            raise refuse("gpkg-geometry")
        start = starts.get(blob[:HEADER])  # in a layer they are much the same
        if start is None:
            start = starts[blob[:HEADER]] = _begins(blob, srs)
        kind = blob[start : start + 5]
        if len(kind) < 5:
            raise refuse("gpkg-geometry")
        kinds.add(kind)
        if profile is UPLOAD:
            _decodes(blob, start, kind)
    return any(type_of(kind) in CURVES for kind in kinds), number


def _begins(blob: bytes, srs: int) -> int:
    """Return where the WKB begins in a geometry as stored; refuse what has a strange header."""
    if blob[:2] != b"GP" or len(blob) < HEADER or blob[3] & EXTENDED:
        raise refuse("gpkg-geometry")
    order = "little" if blob[3] & 1 else "big"
    if int.from_bytes(blob[4:8], order, signed=True) != srs:  # type: ignore[arg-type]  # one of two literals
        raise refuse("crs-mixed")
    envelope = (blob[3] >> 1) & 0x7
    return HEADER + (ENVELOPES[envelope] if envelope < len(ENVELOPES) else 0)


def _decodes(blob: bytes, start: int, kind: bytes) -> None:
    """Refuse a geometry that cannot be decoded; curves are for GDAL, which resolves them."""
    if type_of(kind) in CURVES:
        return
    if not is_shallow(blob, start):
        raise refuse("gpkg-geometry")
    try:
        with np.errstate(all="ignore"):  # NaN is looked at afterwards
            shape = shapely.from_wkb(blob[start:])
            shapely.get_coordinates(shape)  # raises for a curve in a collection
    except GEOSException as error:
        raise refuse("gpkg-geometry") from error
    if blob[3] & EMPTY and not shape.is_empty:  # who is right?
        raise refuse("gpkg-geometry")


NO_LOG = Text(
    "Zu diesem GeoPackage kann eine Datei …-wal gehören, die nicht mitkam; dann fehlt, was zuletzt "
    "gespeichert wurde. Wurde es in allen Programmen geschlossen, bevor es kopiert wurde?",
    "A file …-wal may belong to this GeoPackage that did not come with it; what was saved last is "
    "missing then. Was it closed in every program before it was copied?",
)
WHOLE = Text("ja, es ist vollständig", "yes, it is complete")
