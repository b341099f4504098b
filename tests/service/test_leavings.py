"""What the proof of hostile files finds in a database: rows and bytes that nobody was told of."""

from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import text

from bench.leavings import GROWS, OWNERS, counted, left, state, tables
from service import journal
from service.blobs import Blobs, recorded
from service.db import engine_for, transaction
from service.jobs import CHECKS, defer
from service.models import Organisation
from service.models.account import Attempt


def test_what_nobody_was_told_of_is_found(fresh_database_url: str, tmp_path: Path) -> None:
    data, scratch, case = tmp_path / "data", tmp_path / "tmp", uuid4()
    data.mkdir()
    scratch.mkdir()
    _entry(fresh_database_url, None)  # what was there before is not left by anybody
    before = state(fresh_database_url, data, scratch)
    assert left(fresh_database_url, data, before, before, set()) == []
    orphan = _leave(fresh_database_url, data, scratch, case)
    after = state(fresh_database_url, data, scratch)
    found = left(fresh_database_url, data, before, after, set())
    assert found[:1] == ["+1 rows in organisations"]
    assert f"a row in journal of case {case}" in found
    assert [one for one in found if one.startswith("a row in procrastinate_jobs of job ")]
    assert f"file {scratch / 'plan.gml'}" in found
    assert f"blob {orphan} has a row and nothing refers to it" in found
    assert len(found) == 5
    told = left(fresh_database_url, data, before, after, {f"case {case}"})
    assert [one for one in found if one not in told] == [f"a row in journal of case {case}"]


def test_every_table_with_a_rule_is_one(fresh_database_url: str) -> None:
    engine = engine_for(fresh_database_url, pool=1)
    with transaction(engine) as session:
        there = tables(session)
        assert {*GROWS, *OWNERS} - set(there) == set()
        assert all(counted(session, name) >= 0 for name in there)
        for query in filter(None, OWNERS.values()):
            session.execute(text(query))
    engine.dispose()


def _leave(url: str, data: Path, scratch: Path, case: UUID) -> str:
    """Leave a row of several kinds, bytes that nothing refers to and a temporary file."""
    stored = Blobs(data / "blobs").store(BytesIO(b"plan"), most=10)
    (scratch / "plan.gml").touch()
    engine = engine_for(url, pool=1)
    with transaction(engine) as session:
        recorded(session, stored)
        session.add_all([Organisation(name="a", kind="municipality"), Attempt(key="a")])
        defer(session, "checks.run", queue=CHECKS, lock="a", check_id=str(uuid4()))
    engine.dispose()
    _entry(url, case)
    return stored.sha256


def _entry(url: str, case: UUID | None) -> None:
    engine = engine_for(url, pool=1)
    with transaction(engine) as session:
        journal.append(session, "case.received", actor="a", case_id=case)
    engine.dispose()
