"""Tables and queries of a real PostGIS."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import shapely
from psycopg.conninfo import conninfo_to_dict

from layers.sources import postgis
from layers.sources.postgis import Database
from tests.layers.sources.harvesting import IMPATIENT, PATIENT, harvest
from tests.upstream import region
from tests.upstream.faults import tcp

BBOX = (12.43, 51.06, 12.46, 51.08)


@pytest.fixture(scope="module")
def dsn(database: str) -> str:
    with psycopg.connect(database) as connection:
        connection.execute(
            'CREATE TABLE felder (nr int, name text, status text, "breite %" float8, stand date, '
            "geom geometry)"
        )
        with connection.cursor().copy("COPY felder FROM STDIN") as copy:
            for shape, row in zip(region.squares(), region.rows(), strict=True):
                wkb = shapely.to_wkb(shapely.set_srid(shape, 25833), hex=True, include_srid=True)
                copy.write_row((*row.values(), "2026-01-31", wkb))
        connection.execute(
            "CREATE TABLE gemischt AS SELECT 1 AS nr, ST_SetSRID(ST_MakePoint(12.5, 51), 4326) geom"
            " UNION SELECT 2, ST_SetSRID(ST_MakePoint(320000, 5660000), 25833)"
        )
        connection.execute(
            "CREATE TABLE bogen AS SELECT 1 AS nr, ST_GeomFromEWKT('SRID=25833;CURVEPOLYGON("
            "CIRCULARSTRING(320000 5660000,320100 5660000,320000 5660000))') AS geom"
        )
    return database


def test_a_table_comes_whole(dsn: str, tmp_path: Path) -> None:
    got = harvest(postgis.pages, Database(dsn, "public.felder", id="nr"), tmp_path / "spool")

    assert got.refusal is None
    assert got.protocol.pages == 3
    assert got.protocol.announced == (("count", region.COUNT),)
    assert shapely.equals(got.shapes, region.squares()).all()
    assert got.pages[0].crs == "EPSG:25833"
    assert got.rows[0] == {
        "nr": 1, "name": "Fläche 1", "status": "geplant", "breite %": 7.0, "stand": "2026-01-31",
    }  # fmt: skip


def test_a_query_with_everything(dsn: str, tmp_path: Path) -> None:
    wanted = Database(
        dsn,
        query="SELECT nr, status, geom FROM felder WHERE name LIKE 'Fl%';",
        id="nr",
        where="status = 'geplant' AND nr > 100 AND status IS NOT NULL",
        bbox=BBOX,
        page=10,
    )
    got = harvest(postgis.pages, wanted, tmp_path / "spool")

    assert got.refusal is None
    assert 50 < got.protocol.received < 200
    assert all(r["status"] == "geplant" and r["nr"] > 100 for r in got.rows)
    assert max(len(page.geometries) for page in got.pages) == 10


def test_arcs_are_resolved_finely(dsn: str, tmp_path: Path) -> None:
    got = harvest(postgis.pages, Database(dsn, "bogen", id="nr"), tmp_path / "spool")

    assert got.refusal is None
    assert got.shapes[0].area == pytest.approx(3.141592653589793 * 50**2, rel=1e-4)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"table": "nix"}, "source-database"),
        ({"table": "felder", "geometry": "shape"}, "source-attribute"),
        ({"table": "felder", "id": "fid"}, "source-attribute"),
        ({"table": "felder", "id": "status"}, "source-repeats"),
        ({"table": "gemischt", "id": "nr"}, "source-crs"),
        ({"query": "DELETE FROM felder RETURNING *"}, "source-database"),
        (
            {"query": "WITH x AS (DELETE FROM felder RETURNING *) SELECT * FROM x"},
            "source-database",
        ),
        ({"query": "SELECT * FROM felder) AS a; DROP TABLE felder; --"}, "source-database"),
        ({"query": "SELECT pg_sleep(9), * FROM felder"}, "source-slow"),
        ({"query": "SELECT 1/(nr-2000) AS q, * FROM felder"}, "source-database"),
        ({}, "source-layer"),
    ],
)
def test_what_cannot_be_read_is_named(
    dsn: str, wanted: dict[str, str], code: str, tmp_path: Path
) -> None:
    source = Database(dsn, **wanted)  # type: ignore[arg-type]
    manners = IMPATIENT if code == "source-slow" else PATIENT
    got = harvest(postgis.pages, source, tmp_path / "spool", manners=manners)

    assert got.code == code
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM felder").fetchone() == (region.COUNT,)


@pytest.mark.parametrize(
    ("cut_after", "stall"),
    [(0, False), (100, False), (20_000, False), (200_000, False), (0, True), (20_000, True)],
)
def test_a_connection_that_breaks_or_stalls(
    dsn: str, cut_after: int, stall: bool, tmp_path: Path
) -> None:
    folder, name = (conninfo_to_dict(dsn)[key] for key in ("host", "dbname"))
    brief = replace(PATIENT, harvest=1.0) if stall else PATIENT
    with tcp(f"{folder}/.s.PGSQL.5432", cut_after=cut_after, stall=stall) as port:
        far = f"host=127.0.0.1 port={port} user=belang dbname={name}"
        source = Database(far, "felder", id="nr")
        got = harvest(postgis.pages, source, tmp_path / "spool", manners=brief)

    assert got.code in ("source-unreachable", "source-database", "source-slow")
    assert (got.code == "source-slow") == (stall and cut_after >= 20_000)
    assert not got.protocol.complete
