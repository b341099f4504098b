"""Cases checked again in bulk get a further check with its difference and keep the others."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text

from service.blobs import Blobs
from service.bulk import rechecked_cases
from service.bulk.running import RUN
from service.bulk.table import read
from service.cases.checking import carry_out
from service.cases.events import happened
from service.cases.repeating import compared
from service.db import engine_for, transaction
from service.models import Account, Case, Check, Entry, Mail, PlanVersion, Report
from tests.builders import geojson, rectangle
from tests.service.bulk.land import recheck
from tests.service.cases.handing import case_of, hand_in
from tests.service.cases.region import district, outline, region


@pytest.fixture
def url(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BELANG_DATABASE_URL", fresh_database_url)
    return fresh_database_url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = engine_for(url)
    yield engine
    engine.dispose()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    folder = tmp_path / "district"
    folder.mkdir()
    return region(folder)


@pytest.fixture
def first(engine: Engine, catalogue: Path, tmp_path: Path) -> list[UUID]:
    """Return the first checks of four cases, the last of which is closed."""
    here, data = district(catalogue, tmp_path / "data"), tmp_path / "data"
    checks = []
    for number in range(4):
        check_id = hand_in(engine, here, data, outline(100 + number))
        carry_out(engine, here, Blobs(data / "blobs"), check_id)
        checks.append(check_id)
    with transaction(engine) as session:
        session.add(Account(login="k", name="K", role="coordinator", mail="k@example.org"))
        closed = session.get_one(Case, case_of(engine, checks[3]))
        happened(session, closed, "case.closed", actor="c-1")
    return checks


def grown(catalogue: Path) -> None:
    """Let the wood reach farther, and be known where it was not."""
    folder = catalogue.parent
    geojson(folder / "wald.geojson", [rectangle(20, 20, 90, 90)])
    geojson(folder / "abdeckung.geojson", [rectangle(-500, -500, 500, 500)])


def checks_of(engine: Engine, check_id: UUID) -> list[Check]:
    with transaction(engine) as session:
        version = session.get_one(Check, check_id).version_id
        asked = select(Check).where(Check.version_id == version).order_by(Check.created)
        return list(session.scalars(asked))


def mails(engine: Engine) -> int:
    with transaction(engine) as session:
        return session.scalars(select(func.count()).select_from(Mail)).one()


def test_open_cases_get_their_difference_and_keep_what_they_had(
    engine: Engine,
    first: list[UUID],
    catalogue: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, to = tmp_path / "data", tmp_path / "run"
    grown(catalogue)
    with transaction(engine) as session:
        before = {(r.check_id, r.audience): r.body for r in session.scalars(select(Report))}

    # Killed between the rows of a case and the chunk: the case must not get another check.
    kept = rechecked_cases.Keeping._keep

    def keep_and_die(self: object, *given: object) -> None:
        kept(self, *given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(rechecked_cases.Keeping, "_keep", keep_and_die)
    asked = ("--cases", "--to", to, "--workers", 0, "--json")
    assert recheck(catalogue, data, *asked) == 130
    assert (to / RUN).exists()
    monkeypatch.undo()
    monkeypatch.setenv("BELANG_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    capsys.readouterr()
    assert recheck(catalogue, data, *asked) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["plans"] == {"checked": 3}
    assert told["cases"] == {"kept": 3, "left": 0}
    assert told["differences"]["finding_changed"] >= 3
    for check_id in first[:3]:
        old, new = checks_of(engine, check_id)
        assert (old.id, old.state, new.state, new.cause) == (check_id, "done", "done", "recheck")
        assert new.difference is not None
        changed = new.difference["audiences"]["internal"]["findings"]["changed"]
        assert "wald" in {item["layer"] for item in changed}
    assert len(checks_of(engine, first[3])) == 1
    with transaction(engine) as session:
        after = {(r.check_id, r.audience): r.body for r in session.scalars(select(Report))}
        assert before.items() <= after.items()
        actions = select(Entry.action).where(Entry.case_id == case_of(engine, first[0]))
        told_of = list(session.scalars(actions.order_by(Entry.seq)))
        assert told_of[-2:] == ["check.queued", "check.done"]
        assert session.get_one(Case, case_of(engine, first[0])).state == "ready"
    assert mails(engine) == 3  # one a case that differs

    # A result of a run can be made again to the byte, like any other.
    newest = checks_of(engine, first[0])[-1]
    store = district(catalogue, data).store
    reports = list(compared(engine, newest.id, Blobs(data / "blobs"), store))
    assert reports
    assert all(one.same for one in reports)

    # Nothing has changed since: a further check says so, and nobody gets a mail.
    assert recheck(catalogue, data, "--cases", "--workers", 0) == 0
    assert mails(engine) == 3
    latest = checks_of(engine, first[0])[-1]
    assert latest.difference is not None
    assert latest.id != newest.id
    assert not latest.difference["audiences"]["internal"]["findings"]["changed"]


def test_what_cannot_be_checked_is_told_and_a_trial_touches_nothing(
    engine: Engine,
    first: list[UUID],
    catalogue: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data, to = tmp_path / "data", tmp_path / "run"
    with transaction(engine) as session:
        version = session.get_one(Check, first[0]).version_id
        session.execute(
            text("update plan_versions set geometry = null, question = '{}' where id = :id"),
            {"id": version},
        )
        blob = session.get_one(PlanVersion, session.get_one(Check, first[1]).version_id).blob
    Blobs(data / "blobs").path(blob).unlink()
    grown(catalogue)
    trial = ("--cases", "--closed", "--trial", "--to", to, "--workers", 0)
    assert recheck(catalogue, data, *trial) == 3
    rows = {row["number"]: row for row in read(to / "plans.parquet").to_pylist()}
    states = [(rows[n]["state"], rows[n]["code"]) for n in sorted(rows)]
    assert states == [
        ("skipped", "question-open"),
        ("refused", "plan-missing"),
        ("checked", None),
        ("checked", None),
    ]
    assert read(to / "differences.parquet").num_rows > 0
    assert [len(checks_of(engine, check_id)) for check_id in first] == [1, 1, 1, 1]
    capsys.readouterr()
    assert recheck(catalogue, data, "--cases", "KE-0000-1") == 2
    assert "case-unknown" in capsys.readouterr().err
    # On the case of the plan that is gone the failure is on record.
    assert recheck(catalogue, data, "--cases", "--workers", 0) == 3
    failed = checks_of(engine, first[1])[-1]
    assert failed.state == "failed"
    assert failed.problem is not None
    assert failed.problem["code"] == "plan-missing"
