"""A check as a job: what it leaves behind, whatever happens on the way."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from gis.problem import Refusal, Text
from layers.catalogue import read_catalogue
from layers.references import References
from layers.store import Store
from service import journal
from service.blobs import Blobs
from service.cases import checking
from service.cases.checking import GivenUpError, carry_out
from service.cases.events import happened
from service.cases.finishing import cancelled, held
from service.cases.lost import end_lost
from service.cases.progress import StoppedError
from service.db import engine_for, transaction
from service.district import District
from service.jobs import MOST_TRIES
from service.models import Account, Case, Check, Entry, Involvement, Mail, Report
from service.plans.intake import read_plan
from service.report.audience import audience_from
from service.review import assess
from tests.service.cases import handing
from tests.service.cases.handing import case_of, check_again, found, hand_in
from tests.service.cases.region import district as opened
from tests.service.cases.region import outline, region

AUDIENCES = {"internal", "planner", "public", "office", "office:UNB"}


@pytest.fixture
def district(tmp_path: Path) -> District:
    folder = tmp_path / "district"
    folder.mkdir()
    return opened(region(folder), tmp_path)


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def check_id(engine: Engine, district: District, tmp_path: Path) -> UUID:
    return hand_in(engine, district, tmp_path, outline())


@pytest.fixture
def do(engine: Engine, district: District, tmp_path: Path) -> Callable[..., None]:
    def carry(check_id: UUID, **more: Any) -> None:
        of = more.pop("district", district)
        carry_out(engine, of, Blobs(tmp_path / "blobs"), check_id, **more)

    return carry


def actions(engine: Engine) -> list[str]:
    with transaction(engine) as session:
        return list(session.scalars(select(Entry.action).order_by(Entry.seq)))


def test_a_check_leaves_a_report_for_everybody_and_all_it_rests_on(
    engine: Engine, district: District, tmp_path: Path, check_id: UUID, do: Callable[..., None]
) -> None:
    do(check_id)
    check = found(engine, check_id)
    assert (check.state, check.tries, check.difference) == ("done", 1, None)
    assert check.progress["done"] == check.progress["total"] == len(district.catalogue.layers)
    with transaction(engine) as session:
        reports = session.scalars(select(Report)).all()
        named = {row.office for row in session.scalars(select(Involvement))}
        case = session.scalars(select(Case)).one()
        entry = session.scalars(select(Entry).where(Entry.action == "check.done")).one()
        assert list(journal.faults(session)) == []
    assert {(r.audience, r.language) for r in reports} == {
        (audience, language) for audience in AUDIENCES for language in ("de", "en")
    }
    assert all(hashlib.sha256(r.body).hexdigest() == r.sha256 for r in reports)
    internal = next(r for r in reports if (r.audience, r.language) == ("internal", "de"))
    document = orjson.loads(internal.body)
    assert named == {office["office"] for office in document["offices"]} != set()
    assert case.municipalities == document["plan"]["municipalities"] != []
    assert (case.state, entry.facts["sha256"]) == ("ready", internal.sha256)
    frozen = check.frozen or {}
    assert frozen["layers"] == document["provenance"]["layers"]
    assert frozen["plan"] == document["plan"]["sha256"]
    assert frozen["restricted"] == {"internal": ["arten"], "office:UNB": ["arten"]}
    refs = References(district.store.root / "refs")
    kept = {version.removeprefix("sha256:") for version in frozen["layers"].values() if version}
    assert refs.results() == [str(check_id)]
    assert kept <= refs.versions()


def test_every_report_is_what_a_check_for_that_audience_alone_would_say(
    engine: Engine, sample: Path, tmp_path: Path, do: Callable[..., None]
) -> None:
    catalogue = read_catalogue(sample / "catalogue.yaml")
    district = District(catalogue, Store(tmp_path / "layers", catalogue.crs))
    check_id = hand_in(engine, district, tmp_path, handing.outline())
    do(check_id, district=district)
    day = found(engine, check_id).day
    with transaction(engine) as session:
        reports = {(r.audience, r.language): r.body for r in session.scalars(select(Report))}
        blob = session.scalar(text("select blob from plan_versions"))
    intake = replace(district.intake(), named="plan", kind="bebauungsplan")
    plan = read_plan(Blobs(tmp_path / "blobs").path(str(blob)), intake)
    for name in ("internal", "planner", "public", "office:UNB", "office:LW"):
        for language in ("de", "en"):
            alone = assess(
                plan, district.catalogue, district.store, district.rules, district.vocabulary,
                language=language, audience=audience_from(name), on=day,
            ).document  # fmt: skip
            kept = reports.get((name, language)) or reports["office", language]
            assert orjson.loads(kept) == orjson.loads(orjson.dumps(alone)), name


def test_a_check_that_is_done_is_left_alone(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    do(check_id)
    before = found(engine, check_id)
    do(check_id)
    after = found(engine, check_id)
    assert (after.finished, after.tries) == (before.finished, 1)
    assert actions(engine).count("check.done") == 1


def test_two_workers_at_the_same_check_finish_it_once(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    def meanwhile(path: Path, intake: Any) -> Any:
        do(check_id)  # another worker, who is faster
        return read_plan(path, intake)

    do(check_id, read=meanwhile)
    assert found(engine, check_id).state == "done"
    assert actions(engine).count("check.done") == 1


def test_a_layer_that_fails_is_a_finding_and_no_failed_check(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    do(check_id)
    with transaction(engine) as session:
        body = session.get_one(Report, (check_id, "internal", "de")).body
    failed = [f["layer"] for f in orjson.loads(body)["findings"] if f["outcome"] == "failed"]
    assert failed == ["fehlt"]
    assert found(engine, check_id).state == "done"


def test_a_check_that_fails_as_a_whole_is_tried_once_more_then_says_why(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    def broken(path: Path, intake: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(check_id, read=broken)
    assert found(engine, check_id).state == "running"
    with pytest.raises(GivenUpError):
        do(check_id, read=broken)
    check = found(engine, check_id)
    assert (check.state, (check.problem or {})["code"]) == ("failed", "check-failed")
    assert "ZeroDivisionError" in (check.problem or {})["text"]["de"]
    assert actions(engine)[-1] == "check.failed"
    do(check_id)  # and stays so
    assert found(engine, check_id).state == "failed"


def test_a_second_try_that_succeeds_makes_it_done(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    def broken(path: Path, intake: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(check_id, read=broken)
    do(check_id)
    assert (found(engine, check_id).state, found(engine, check_id).tries) == ("done", 2)


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_plan_that_is_no_longer_there_fails_at_once_in_words(
    engine: Engine, tmp_path: Path, check_id: UUID, do: Callable[..., None], harm: str
) -> None:
    with transaction(engine) as session:
        path = Blobs(tmp_path / "blobs").path(str(session.scalar(text("select sha256 from blobs"))))
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(outline(300))
    do(check_id)
    check = found(engine, check_id)
    code = {"gone": "plan-missing", "changed": "plan-damaged"}[harm]
    assert (check.state, (check.problem or {})["code"]) == ("failed", code)


def test_a_refusal_is_the_problem_of_the_check(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    def refusing(path: Path, intake: Any) -> Any:
        raise Refusal("outside-area", Text("außerhalb", "outside"))

    do(check_id, read=refusing)
    problem = found(engine, check_id).problem
    assert problem == {"code": "outside-area", "text": {"de": "außerhalb", "en": "outside"}}


def test_a_check_that_takes_its_worker_with_it_every_time_is_given_up(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    with transaction(engine) as session:
        session.get_one(Check, check_id).tries = MOST_TRIES
    with pytest.raises(GivenUpError):
        do(check_id)
    assert found(engine, check_id).state == "failed"


def test_a_check_cancelled_before_it_begins_is_never_carried_out(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    with transaction(engine) as session:
        assert cancelled(session, *held(session, check_id), "c-1")
        assert not cancelled(session, *held(session, check_id), "c-1")
    do(check_id)
    check = found(engine, check_id)
    assert (check.state, check.tries) == ("cancelled", 0)
    assert actions(engine)[-1] == "check.cancelled"


def test_a_running_check_that_is_cancelled_stops_at_the_next_layer(
    engine: Engine, check_id: UUID, do: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cases.progress.EVERY_S", 0.0)
    asked: list[int] = []

    def third_layer() -> bool:
        asked.append(1)
        if len(asked) == 3:
            with transaction(engine) as session:
                cancelled(session, *held(session, check_id), "c-1")
        return False

    do(check_id, stop=third_layer)
    assert len(asked) == 3
    assert found(engine, check_id).state == "cancelled"
    with transaction(engine) as session:
        assert session.scalars(select(Report)).all() == []


def test_a_check_cancelled_at_the_last_moment_keeps_no_result(
    engine: Engine, check_id: UUID, do: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = checking.finished

    def late(*given: Any) -> None:
        with transaction(engine) as session:
            cancelled(session, *held(session, check_id), "c-1")
        finish(*given)

    monkeypatch.setattr(checking, "finished", late)
    do(check_id)
    with transaction(engine) as session:
        assert session.scalars(select(Report)).all() == []
    assert found(engine, check_id).state == "cancelled"


def test_a_worker_told_to_end_gives_the_check_back(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    with pytest.raises(StoppedError):
        do(check_id, stop=lambda: True)
    assert found(engine, check_id).state == "running"
    do(check_id)
    assert found(engine, check_id).state == "done"


def test_without_a_database_the_check_is_to_be_tried_again(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    def away(path: Path, intake: Any) -> Any:
        raise OperationalError("select", {}, ConnectionError())

    for _ in range(3):
        with pytest.raises(OperationalError):
            do(check_id, read=away)
    assert found(engine, check_id).state == "running"


def test_a_result_that_comes_after_the_case_was_withdrawn_does_not_bring_it_back(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    with transaction(engine) as session:
        happened(session, session.scalars(select(Case)).one(), "case.withdrawn", actor="c-1")
    do(check_id)
    assert found(engine, check_id).state == "done"
    with transaction(engine) as session:
        assert session.scalars(select(Case.state)).one() == "withdrawn"
        case = session.scalars(select(Case)).one()
        happened(session, case, "case.closed", actor="c-1")  # the journal still folds
    assert "check.done.late" in actions(engine)


def test_progress_names_no_restricted_layer(
    engine: Engine, district: District, check_id: UUID, do: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("service.cases.progress.EVERY_S", 0.0)
    seen: list[str | None] = []

    def look() -> bool:
        seen.append(found(engine, check_id).progress["layer"])
        return False

    do(check_id, stop=look)
    named = {code for code in seen if code}
    public = {la.code for la in district.catalogue.layers if la.visibility == "public"}
    assert len(named) > 3
    assert "arten" not in public
    assert named <= public


def test_coordinators_are_told_by_mail_once(
    engine: Engine, check_id: UUID, do: Callable[..., None]
) -> None:
    with transaction(engine) as session:
        session.add(Account(login="k", name="K", role="coordinator", mail="k@example.org"))
        session.add(Account(login="o", name="O", role="coordinator"))  # without an address
    do(check_id)
    with transaction(engine) as session:
        mails = session.scalars(select(Mail)).all()
        jobs = text("select count(*) from procrastinate_jobs where task_name = 'letters.send'")
        assert [(m.template, m.sent) for m in mails] == [("check_done", None)]
        assert session.scalar(jobs) == 1


def test_a_recheck_keeps_the_old_result_and_says_what_differs(
    engine: Engine, district: District, tmp_path: Path, check_id: UUID, do: Callable[..., None]
) -> None:
    do(check_id)
    second = check_again(engine, district, tmp_path, check_id)
    do(second)
    with transaction(engine) as session:
        rows = select(Report.check_id, Report.sha256).where(Report.audience == "internal")
        kept = session.execute(rows.where(Report.language == "de")).all()
    assert {number for number, _ in kept} == {check_id, second}
    assert len({sha256 for _, sha256 in kept}) == 1
    differs = found(engine, second).difference or {}
    assert (differs["check"], differs["plan"]) == (str(check_id), None)
    assert set(differs["audiences"]) == AUDIENCES
    for found_for in differs["audiences"].values():
        assert found_for["ask_again"] == []
        assert not any(any(found_for[part].values()) for part in ("findings", "offices"))


def test_another_draft_says_how_outline_and_findings_differ(
    engine: Engine, district: District, tmp_path: Path, do: Callable[..., None]
) -> None:
    first = hand_in(engine, district, tmp_path, outline(8))
    do(first)
    second = hand_in(engine, district, tmp_path, outline(2_000), case_id=case_of(engine, first))
    do(second)
    check = found(engine, second)
    differs = check.difference or {}
    assert check.cause == "revised"
    assert differs["plan"]["added_m2"] == pytest.approx(2_000**2 - 8**2)
    assert differs["plan"]["removed_m2"] == 0
    internal = differs["audiences"]["internal"]
    assert internal["findings"]["changed"]
    assert internal["ask_again"]
    # Nobody learns from a difference what their reports do not tell.
    planner = orjson.dumps(differs["audiences"]["planner"]).decode()
    assert "arten" in orjson.dumps(internal).decode()
    assert "arten" not in planner


def test_a_check_whose_job_is_gone_is_ended(engine: Engine, check_id: UUID) -> None:
    assert end_lost(engine, 0.0) == []
    with transaction(engine) as session:
        session.execute(text("delete from procrastinate_jobs"))
    assert end_lost(engine, 3_600.0) == []  # it has only just been asked for
    assert end_lost(engine, 0.0) == [check_id]
    assert (found(engine, check_id).problem or {})["code"] == "check-lost"
