"""A table or a query of a PostGIS database as the source of a layer.

Read in one read-only transaction that sees one state of the data, through a cursor on the
server: the count and the rows belong together, and memory holds a page.
"""

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import shapely
from psycopg import sql
from shapely.errors import ShapelyError

from layers.harvest.deadline import deadline, hang_up
from layers.harvest.place import Region, check_place
from layers.harvest.refusals import refuse
from layers.harvest.sift import End, Pages, sifted
from layers.harvest.sql import sql_of
from layers.harvest.visit import Visit
from layers.harvest.where import Where, where_from
from layers.reading import Features
from layers.reading.features import shapes

ARC_STEPS = 360  # a quarter of a circle: 0.25° a step


@dataclass(frozen=True, slots=True)
class Database:
    """A table (``name`` or ``schema.name``) or a SELECT; `dsn` should name a service or a host,
    the password comes from a password file. `id` and `geometry` name columns.
    """

    dsn: str
    table: str | None = None
    query: str | None = None
    id: str | None = None
    geometry: str = "geom"
    crs: str | None = None
    bbox: Region | None = None
    where: str | None = None
    page: int = 1_000

    @property
    def filter(self) -> Where | None:
        """The filter, parsed."""
        return None if self.where is None else where_from(self.where)


def pages(database: Database, visit: Visit) -> Iterator[Features]:
    """Yield the rows of a table or a query, a page at a time; complete when it ends.

    Raises
    ------
    Refusal
        ``source-database`` with what the database says, ``source-slow``, ``source-crs``, ….
    """
    yield from sifted(visit, database.filter, _pages(database, visit))


def _pages(database: Database, visit: Visit) -> Pages:
    try:
        with _connected(database, visit) as connection:
            yield from _rows(database, visit, connection)
    except psycopg.Error as error:
        raise refuse("source-database", str(error)) from error
    return End("cursor")


@contextmanager
def _connected(database: Database, visit: Visit) -> Iterator[psycopg.Connection[Any]]:
    manners = visit.manners
    try:
        connection = psycopg.connect(
            database.dsn,
            connect_timeout=max(2, int(manners.connect)),
            application_name=manners.user_agent,
            options=f"-c statement_timeout={int(manners.request * 1000)}",
        )
    except psycopg.OperationalError as error:
        raise refuse("source-unreachable", str(error)) from error
    visit.ledger.requests += 1
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        handle = socket.socket(fileno=os.dup(connection.fileno()))
        # A database behind a network that swallows everything would be waited for for ever.
        with handle, deadline(manners.harvest, lambda: hang_up(handle)) as late:
            try:
                yield connection
            except psycopg.OperationalError as error:
                timed_out = isinstance(error, psycopg.errors.QueryCanceled)
                code = "source-slow" if late.is_set() or timed_out else "source-database"
                raise refuse(code, str(error)) from error


def _rows(
    database: Database, visit: Visit, connection: psycopg.Connection[Any]
) -> Iterator[Features]:
    names = _columns(database, connection)
    condition = _condition(database, connection)
    whole = sql.SQL(" FROM {} AS wanted{}").format(_relation(database), condition)
    counted = connection.execute(sql.SQL("SELECT count(*)") + whole).fetchone()
    visit.ledger.announce("count", counted[0] if counted else None)
    picked = sql.SQL(", ").join([_shape(database.geometry), *map(sql.Identifier, names)])
    with connection.cursor(name="harvest") as cursor:
        cursor.execute(sql.SQL("SELECT ") + picked + whole)
        while page := cursor.fetchmany(database.page):
            visit.ledger.requests += 1
            found = _features(database, names, page)
            check_place(found, database.bbox)
            ids = [row.get(database.id) if database.id else None for row in found.attributes]
            visit.count(found, [None if i is None else str(i) for i in ids])
            yield found


def _relation(database: Database) -> sql.Composable:
    if database.query is not None:
        # A query of the catalogue; the transaction it runs in can change nothing.
        return sql.SQL("({})").format(sql.SQL(database.query.rstrip().rstrip(";")))
    if database.table is None:
        raise refuse("source-layer", "table, query")
    return sql.Identifier(*database.table.split(".", 1))


def _columns(database: Database, connection: psycopg.Connection[Any]) -> list[str]:
    """Return the names of all columns but the geometry."""
    look = sql.SQL("SELECT * FROM {} AS wanted LIMIT 0").format(_relation(database))
    described = connection.execute(look).description or []
    names = [column.name for column in described]
    lacking = {database.geometry, database.id or database.geometry} - set(names)
    if lacking:
        raise refuse("source-attribute", f"{', '.join(sorted(lacking))} – {', '.join(names)}")
    return [name for name in names if name != database.geometry]


def _condition(database: Database, connection: psycopg.Connection[Any]) -> sql.Composable:
    """Return the WHERE clause that the database understands; values stand quoted in it."""

    def value(given: Any) -> str:
        return sql.Literal(given).as_string(connection)

    def name(column: str) -> str:
        return sql.Identifier("wanted", column).as_string(connection)

    parts: list[str] = []
    where = database.filter
    if where is not None and where.simple:
        parts.append(sql_of(where.tree, name, value))
    if database.bbox is not None:
        corners = ", ".join(map(value, database.bbox))
        box = f"ST_Transform(ST_MakeEnvelope({corners}, 4326), {_srid(database, connection)})"
        parts.append(f"{name(database.geometry)} && {box}")
    return sql.SQL((" WHERE " if parts else "") + " AND ".join(parts))


def _srid(database: Database, connection: psycopg.Connection[Any]) -> int:
    """Return the number of the CRS of the first geometry there is; 4326 where there is none."""
    look = sql.SQL("SELECT ST_SRID({0}) FROM {1} AS wanted WHERE {0} IS NOT NULL LIMIT 1").format(
        sql.Identifier("wanted", database.geometry), _relation(database)
    )
    first = connection.execute(look).fetchone()
    return first[0] if first and first[0] else 4326


def _shape(column: str) -> sql.Composable:
    return sql.SQL(
        "ST_AsEWKB(ST_Force2D(CASE WHEN ST_HasArc({0}) THEN ST_CurveToLine({0}, {1}) ELSE {0} END))"
    ).format(sql.Identifier("wanted", column), sql.Literal(ARC_STEPS))


def _features(database: Database, names: Sequence[str], page: Sequence[Sequence[Any]]) -> Features:
    try:
        found = shapes(list(shapely.from_wkb([row[0] for row in page])))
    except (ShapelyError, NotImplementedError) as error:
        raise refuse("source-content", str(error)) from error
    rows = tuple(_row(zip(names, row[1:], strict=True)) for row in page)
    numbers = {int(n) for n in shapely.get_srid(found[~shapely.is_missing(found)])}
    if len(numbers) > 1:
        raise refuse("source-crs", ", ".join(f"EPSG:{n}" for n in sorted(numbers)))
    number = next(iter(numbers), 0)
    crs = f"EPSG:{number}" if number else database.crs
    return Features(shapes(list(shapely.set_srid(found, 0))), rows, crs, "postgis", database.table)


def _row(pairs: Any) -> Mapping[str, Any]:
    plain = (str, int, float, bool, type(None))
    return {name: v if isinstance(v, plain) else str(v) for name, v in pairs}
