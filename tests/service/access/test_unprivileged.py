"""What the public asks of the database it asks as a role that can read nothing else."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import event

from service.access.unprivileged import PRIVILEGED, is_ready
from service.api.rights import PUBLIC, RIGHTS
from service.app import create_app
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.cases.publishing import Terms, grant
from service.config import Settings
from service.db import PUBLIC_ROLE, PUBLIC_TABLES, transaction
from service.models import Case
from service.plans.intake import read_plan
from tests.service.api.people import person
from tests.service.cases.handing import COORDINATOR, case_of, hand_in
from tests.service.cases.region import district, outline, region
from tests.service.postgres import Server

TABLES = ("select relname from pg_class where relkind = 'r' and relnamespace = "
          "'public'::regnamespace and relname <> 'spatial_ref_sys'")  # fmt: skip


@pytest.fixture
def app(fresh_database_url: str, tmp_path: Path) -> Iterator[FastAPI]:
    (tmp_path / "district").mkdir()
    here = district(region(tmp_path / "district"), tmp_path)
    made = create_app(Settings(data=tmp_path), fresh_database_url, here, read_plan)
    yield made
    made.state.engine.dispose()


@pytest.fixture
def cases(app: FastAPI, tmp_path: Path) -> tuple[UUID, UUID]:
    """Return two checked cases that a restricted layer meets; the first one is released."""
    engine, here, found = app.state.engine, app.state.districts.current(), []
    for title in ("Sonnenhang", "Vertraulichstedt"):
        check_id = hand_in(engine, here, tmp_path, outline(), title=title)
        carry_out(engine, here, Blobs(tmp_path / "blobs"), check_id)
        found.append(case_of(engine, check_id))
    with transaction(engine) as session:
        terms = Terms("plan", "Sonnenhang", "Stadt Borna", date.today())
        grant(session, COORDINATOR, session.get_one(Case, found[0]), terms, date.today())
    return found[0], found[1]


def of(query: LiteralString, table: str) -> Composed:
    return SQL(query).format(Identifier(table))


def test_the_role_reads_what_is_released_and_nothing_else(
    app: FastAPI, cases: tuple[UUID, UUID], postgres: Server
) -> None:
    with app.state.engine.connect() as connection:
        assert is_ready(connection)
    admin = postgres.cluster.admin(app.state.engine.url.database)
    with psycopg.connect(admin, autocommit=True) as connection:
        tables = [name for (name,) in connection.execute(TABLES)]
        assert len(tables) > 25
        inner = connection.execute("select convert_from(body, 'utf8') from reports "
                                   "where audience = 'internal'").fetchall()  # fmt: skip
        assert all("arten" in body for (body,) in inner)  # there is something to be seen
        connection.execute(f"set session authorization {PUBLIC_ROLE}")
        for name in tables:
            if name not in PUBLIC_TABLES:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(of("select * from {}", name))
                continue
            rows = connection.execute(of("select t::text from {} t", name)).fetchall()
            assert len(rows) == 1, name
            assert str(cases[0]) in rows[0][0]
            for word in ("arten", "Vertraulichstedt", str(cases[1])):
                assert word not in rows[0][0].replace("geschützte Arten", "")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(of("delete from {}", name))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("set role belang")


def test_rows_of_every_table_are_for_their_owner_alone(
    postgres: Server, fresh_database_url: str
) -> None:
    """The queue's, which hold ids and codes alone, are their library's."""
    name = fresh_database_url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(postgres.cluster.admin(name)) as connection:
        rows = connection.execute(f"{TABLES} and not relrowsecurity").fetchall()
    others = {table for (table,) in rows if not table.startswith("procrastinate_")}
    assert len(rows) > len(others)
    assert others == {"alembic_version"}


def test_the_public_asks_as_that_role_and_others_as_they_are(
    app: FastAPI, cases: tuple[UUID, UUID]
) -> None:
    asked: set[str] = set()

    @event.listens_for(app.state.engine, "before_cursor_execute")
    def look(connection: object, cursor: psycopg.Cursor, statement: str, *_: object) -> None:
        if "FROM cases" in statement:
            own = cursor.connection.execute("select current_user").fetchone()
            asked.add(own[0] if own else "")

    client = TestClient(app)
    for path in ("/api/v1/plans", "/karte", "/neu.atom", f"/plan/{cases[0]}"):
        asked.clear()
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Sonnenhang" in answer.text
        assert "Vertraulichstedt" not in answer.text
        assert asked == {PUBLIC_ROLE}, path
    assert client.get(f"/plan/{cases[1]}").status_code == 404
    asked.clear()
    coordinator = person(app.state.engine, "coordinator")
    assert client.get("/api/v1/cases", headers=coordinator).status_code == 200
    assert asked == {"belang"}


def test_every_exception_is_a_route_of_the_public() -> None:
    assert {route for route in PRIVILEGED if PUBLIC not in RIGHTS[route][0]} == set()
