"""The migration to whom a check names an office, with checks that were made before it."""

from uuid import uuid4

import orjson
from alembic import command
from sqlalchemy import Connection, create_engine, pool, text

from service.db import migrations, upgrade
from tests.service.postgres import Server

ROWS = text("select office, audience, effect, certainty from involvements order by 1, 2")
UNB, AFB = ("UNB", "consent", "certain"), ("AFB", "consideration", "possible")


def told(*offices: tuple[str, str, str]) -> bytes:
    names = ("office", "effect", "certainty")
    rows = [{**dict(zip(names, one, strict=True)), "reasons": ["ä"]} for one in offices]
    return orjson.dumps({"offices": rows})


def kept(connection: Connection) -> None:
    """Keep a check whose internal report names an office that no other one does."""
    for table in ("involvements", "reports"):  # with no case around it
        connection.execute(text(f"alter table {table} drop constraint fk_{table}_check_id_checks"))
    check = uuid4()
    for one in (UNB, AFB):
        connection.execute(
            text("insert into involvements (check_id, office, effect, certainty) "
                 "values (:check, :office, :effect, :certainty)"),
            {"check": check, "office": one[0], "effect": one[1], "certainty": one[2]},
        )  # fmt: skip
    for audience, offices in (("internal", (UNB, AFB)), ("office", (UNB,)), ("planner", ())):
        for language in ("de", "en"):
            connection.execute(
                text("insert into reports (check_id, audience, language, body, sha256) "
                     "values (:check, :audience, :language, :body, '')"),
                {"check": check, "audience": audience, "language": language,
                 "body": told(*offices)},
            )  # fmt: skip


def test_checks_made_before_say_to_whom_they_name_an_office(postgres: Server) -> None:
    with postgres.database() as name:
        url = postgres.url(name)
        upgrade(url, "0004")
        engine = create_engine(url, poolclass=pool.NullPool)
        with engine.begin() as connection:
            kept(connection)
        upgrade(url)
        with engine.begin() as connection:
            rows = [tuple(row) for row in connection.execute(ROWS)]
        assert rows == [
            ("AFB", "internal", "consideration", "possible"),
            ("UNB", "internal", "consent", "certain"),
            ("UNB", "office", "consent", "certain"),
        ]
        command.downgrade(migrations(url), "0004")
        with engine.begin() as connection:
            before = connection.execute(text("select office from involvements order by 1"))
            assert list(before.scalars()) == ["AFB", "UNB"]
