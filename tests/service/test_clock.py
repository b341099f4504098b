"""A clock that jumps: stored times moved are what a jump of the clock makes of them.

Back an hour: what was written lies in the future. On by hours: it is hours old.
"""

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import Engine, select, text, update

from gis.crs import crs_from
from layers.catalogue import read_catalogue
from layers.store import Store
from service import jobs, seal, upkeep
from service import watch as watching
from service import worker as working
from service.access import sessions, tokens
from service.access.principal import PUBLIC
from service.blobs import Blobs
from service.cases.lost import end_lost
from service.cases.publishing import Terms, end, grant, published, published_plan
from service.cases.tasks import links
from service.cases.tasks.state import TaskState, is_late
from service.condition import Foundation
from service.config import Settings
from service.db import engine_for, transaction
from service.district import District
from service.errors import ConflictError, NotFoundError, UnauthenticatedError
from service.german_time import GERMAN
from service.models import Check
from service.models.account import Attempt, LoginSession, Token
from service.models.task import AnswerLink, Task
from service.silence import Silence
from tests.service import builders
from tests.service.builders import kept, undone
from tests.service.cases.handing import COORDINATOR, found, hand_in, outline
from tests.service.working import until, worker

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = datetime(2028, 2, 29, 10, 0, tzinfo=UTC)
EVENING = datetime(2027, 6, 30, 22, 30, tzinfo=UTC)  # in Germany it is July already


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    made = engine_for(fresh_database_url)
    yield made
    made.dispose()


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", GERMAN)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def moved(engine: Engine, table: str, column: str, by: timedelta) -> None:
    with transaction(engine) as session:
        session.execute(text(f"update {table} set {column} = {column} + :by"), {"by": by})  # noqa: S608 - ours


# --- workers and their jobs -----------------------------------------------------------------


@pytest.fixture
def catalogue(sample: Path, tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.yaml"
    path.write_text(
        "layers:\n  - code: nsg\n    title: NSG\n    keeper: UNB\n    visibility: public\n"
        f"    source: {{path: {sample / 'nsg.gpkg'}}}\noffices:\n  - {{code: UNB, name: UNB}}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def check_id(engine: Engine, catalogue: Path, tmp_path: Path) -> UUID:
    read = read_catalogue(catalogue)
    district = District(read, Store(tmp_path / "layers", read.crs))
    return hand_in(engine, district, tmp_path, outline())


def workers(engine: Engine) -> list[int]:
    with transaction(engine) as session:
        return list(session.scalars(text("select id from procrastinate_workers order by id")))


def test_a_dead_worker_whose_sign_of_life_lies_in_the_future_is_dead(
    engine: Engine, check_id: UUID, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url, slow_s=60) as doomed:
        until(lambda: (tmp_path / f"reading-{doomed.pid}").exists())
        doomed.kill()
        doomed.wait()
    moved(engine, "procrastinate_workers", "last_heartbeat", HOUR)
    (dead,) = workers(engine)
    with worker(tmp_path, catalogue, fresh_database_url):
        until(lambda: found(engine, check_id).state == "done")
        assert dead not in workers(engine)
    assert found(engine, check_id).tries == 2


def test_a_clock_that_is_put_forward_takes_no_job_from_a_worker_that_lives(
    engine: Engine, check_id: UUID, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url, slow_s=6) as busy:
        until(lambda: (tmp_path / f"reading-{busy.pid}").exists())
        with worker(tmp_path, catalogue, fresh_database_url):  # looks at the others as it starts
            while found(engine, check_id).state != "done":
                moved(engine, "procrastinate_workers", "last_heartbeat", -HOUR)
                time.sleep(0.1)
        assert busy.poll() is None
    assert found(engine, check_id).tries == 1


def test_a_worker_whom_others_took_for_dead_starts_anew(
    engine: Engine, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url) as process:
        until(lambda: workers(engine) != [])
        with transaction(engine) as session:
            session.execute(text("delete from procrastinate_workers"))
        assert process.wait(10) == 1


def test_silence_is_what_was_heard_and_no_date() -> None:
    now = 0.0
    silence = Silence(most_s=20, clock=lambda: now)
    assert silence.of({1: NOW + HOUR, 2: NOW}) == {1: 0, 2: 0}
    now = 10.0
    assert silence.of({1: NOW + HOUR, 2: NOW - HOUR}) == {1: 10, 2: 0}  # the clock went back
    now = 20.0
    assert silence.of({1: NOW + HOUR, 2: NOW + HOUR, 3: NOW}) == {1: 20, 2: 0, 3: 0}
    now = 1_000.0  # who was halted itself has heard nobody
    assert silence.of({1: NOW + HOUR, 3: NOW}) == {1: 40, 3: 20}


class Stopped:
    """A worker that has no number yet, and notes that it is to stop."""

    worker_id = None
    stopped = False

    def stop(self) -> None:
        self.stopped = True


@pytest.mark.parametrize(("jump_s", "stops"), [(-3_600, True), (-30, False), (86_400, False)])
def test_a_worker_starts_anew_once_its_clock_went_back(
    jump_s: float, stops: bool, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    jumps = iter([0.0, 0.0, jump_s])
    monkeypatch.setattr(watching, "_ahead", lambda: next(jumps, jump_s))
    pace = watching.Pace(look_s=0.001)
    app = working.queue("postgresql://nobody@127.0.0.1:1/d")
    watch = watching.Watch(app, engine, pace, working.WAITS)
    monkeypatch.setattr(logging.getLogger("service.watch"), "disabled", True)
    observed: Any = Stopped()

    async def look() -> None:
        task = asyncio.create_task(watch.look(observed))
        await asyncio.sleep(0.1)
        await working.ended(task)

    with ThreadPoolExecutor(1) as apart:  # a browser's loop may run in this thread
        apart.submit(asyncio.run, look()).result()
    assert next(jumps, None) is None
    assert observed.stopped is stops


def periodic() -> PeriodicDeferrer:
    app = working.queue("postgresql://nobody@127.0.0.1:1/d")
    nothing: Any = None
    working.tasks(app, nothing)
    return PeriodicDeferrer(app.periodic_registry)


def due(deferrer: PeriodicDeferrer, at: datetime) -> list[tuple[str, datetime]]:
    return [
        (one.task.name, datetime.fromtimestamp(moment, UTC))
        for one, moment in deferrer.get_previous_tasks(at.timestamp())
    ]


def test_who_starts_anew_does_what_is_periodic_although_it_was_done_in_the_future() -> None:
    before = periodic()
    assert ("upkeep.heads", NOW + timedelta(days=400)) not in due(before, NOW)
    later = datetime(2029, 4, 4, 0, 6, tzinfo=UTC)
    assert "upkeep.heads" in dict(due(before, later))
    night = datetime(2028, 3, 1, 0, 6, tzinfo=UTC)
    assert due(before, night) == []  # why it has to: it would wait for a year
    assert dict(due(periodic(), night))["upkeep.heads"] == night - MINUTE


def test_what_was_missed_in_the_night_is_made_up_for_in_the_morning() -> None:
    deferrer, night = periodic(), datetime(2028, 3, 1, tzinfo=UTC)
    due(deferrer, night - HOUR)
    missed = [due(deferrer, night + hour * HOUR + 55 * MINUTE) for hour in range(5)]
    done = [due(deferrer, night + 5 * HOUR + minute * MINUTE) for minute in range(0, 240, 5)]
    made_up = {name for jobs in done for name, _ in jobs}
    once = {"upkeep.dues", "upkeep.heads", "upkeep.retention"}
    assert not once & {name for jobs in missed for name, _ in jobs}
    assert once <= made_up


@pytest.mark.parametrize("day", [date(2027, 3, 27), date(2027, 10, 30), date(2028, 2, 28)])
@pytest.mark.usefixtures("german")
def test_what_is_periodic_is_done_once_where_an_hour_is_lost_or_twice(day: date) -> None:
    deferrer, done = periodic(), list[tuple[str, datetime]]()
    begin = datetime(day.year, day.month, day.day, 12, 1, tzinfo=UTC)
    for minute in range(0, 48 * 60, 5):
        done += due(deferrer, begin + minute * MINUTE)
    assert len(done) == len(set(done))
    moments = {name: [at for task, at in done if task == name] for name, _ in done}
    assert [after - at for at, after in zip(moments["upkeep.sweep"], moments["upkeep.sweep"][1:],
                                            strict=False)] == [HOUR] * 47  # fmt: skip
    for name in ("upkeep.dues", "upkeep.heads", "upkeep.retention"):
        assert len(moments[name]) == 8  # four times a day
    new = [at.astimezone() for at in moments["upkeep.dues"] if at.hour == 0]
    # The new day has begun, and not long ago.
    assert [at.date() for at in new] == [day + timedelta(days=1), day + timedelta(days=2)]
    assert all(at.hour < 3 for at in new)


def waiting(engine: Engine, task: str, attempts: int, ahead_s: float) -> int:
    with transaction(engine) as session:
        number = jobs.defer(session, task, queue="q")
        later = text(
            "update procrastinate_jobs set attempts = :attempts, "
            "scheduled_at = now() + make_interval(secs => :ahead) where id = :id"
        )
        session.execute(later, {"attempts": attempts, "ahead": ahead_s, "id": number})
    return number


def test_a_further_try_waits_no_longer_because_the_clock_was_set_back(engine: Engine) -> None:
    as_told = [waiting(engine, "letters.send", 1, 29), waiting(engine, "letters.send", 4, 3_599)]
    others = waiting(engine, "checks.run", 1, 3_605)
    set_back = [
        waiting(engine, "letters.send", 1, 3_629),
        waiting(engine, "letters.send", 4, 7_199),
        waiting(engine, "letters.send", 2, 400 * 86_400),
    ]
    with transaction(engine) as session:
        assert jobs.recalled(session, "letters.send", working.LETTER_WAITS) == set_back
        due_now = text("select id from procrastinate_jobs where scheduled_at <= now() order by id")
        assert list(session.scalars(due_now)) == set_back
    with transaction(engine) as session:
        assert jobs.recalled(session, "checks.run", working.CHECK_WAITS) == [others]
        assert jobs.recalled(session, "letters.send", working.LETTER_WAITS) == []
    assert not set(as_told) & set(set_back)


def test_a_check_without_a_job_is_ended_although_asked_for_in_the_future(
    engine: Engine, check_id: UUID
) -> None:
    moved(engine, "checks", "created", HOUR)
    assert end_lost(engine) == []  # it has its job
    with transaction(engine) as session:
        session.execute(text("delete from procrastinate_jobs"))
    assert end_lost(engine) == [check_id]
    with transaction(engine) as session:
        assert session.scalars(select(Check.state)).one() == "failed"


def test_ready_says_whether_a_worker_is_silent_by_no_clock_that_jumps(engine: Engine) -> None:
    now = 1_000.0
    nothing: Any = None
    foundation = Foundation(engine, nothing, nothing, 0, clock=lambda: now)

    def ago() -> str:
        return next(c.what for c in foundation._database() if c.name == "worker").split(",")[0]

    with transaction(engine) as session:
        session.execute(text("insert into procrastinate_workers default values"))
    moved(engine, "procrastinate_workers", "last_heartbeat", HOUR)  # the clock goes back …
    assert ago() == "seen 0 s ago"
    now += 61
    assert ago() == "seen 61 s ago"  # … and what was a sign of life is none for an hour
    moved(engine, "procrastinate_workers", "last_heartbeat", -2 * HOUR)  # a new one, then forward
    now += 5
    assert ago() == "seen 5 s ago"


# --- who may come in -------------------------------------------------------------------------

SETTINGS = Settings(data=Path("nowhere"), session_idle_minutes=30, session_hours=12)


def alive(engine: Engine, key: str, now: datetime) -> bool:
    with transaction(engine) as session:
        return sessions.resumed(session, key, SETTINGS, now) is not PUBLIC


def logged_in(engine: Engine, now: datetime) -> str:
    with transaction(engine) as session:
        person = builders.account(session, "coordinator")
        return sessions.opened(session, person, now)[0]


def test_a_session_of_the_future_is_over_for_good(engine: Engine) -> None:
    key = logged_in(engine, NOW)
    assert alive(engine, key, NOW - 30 * timedelta(seconds=1))  # servers differ by so much
    assert alive(engine, key, NOW)
    assert not alive(engine, key, NOW - HOUR)
    assert not alive(engine, key, NOW)  # the clock is there again, an hour later


def test_a_session_used_in_the_future_is_over_whatever_becomes_of_the_request(
    engine: Engine,
) -> None:
    key = logged_in(engine, NOW)
    for minutes in (20, 40, 60):
        assert alive(engine, key, NOW + minutes * MINUTE)
    with undone(engine) as session:
        assert sessions.resumed(session, key, SETTINGS, NOW + MINUTE) is PUBLIC
    assert not alive(engine, key, NOW + 60 * MINUTE)


def test_a_session_is_over_when_the_clock_went_on_beyond_its_end(engine: Engine) -> None:
    idle, old = logged_in(engine, NOW), logged_in(engine, NOW)
    moved(engine, "sessions", "seen", -31 * MINUTE)
    assert not alive(engine, idle, NOW)
    with transaction(engine) as session:
        session.execute(update(LoginSession).values(seen=NOW, created=NOW - 12 * HOUR))
    assert not alive(engine, old, NOW)


def test_what_lies_in_the_future_is_swept_away(engine: Engine, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    logged_in(engine, now)
    logged_in(engine, now + HOUR)
    with transaction(engine) as session:
        session.add(Attempt(key="a", at=now + timedelta(days=400)))
        session.add(Attempt(key="b", at=now))
    nowhere = Store(tmp_path / "layers", crs_from("EPSG:25833"))
    swept = upkeep.sweep(engine, Settings(data=tmp_path), Blobs(tmp_path / "blobs"), nowhere)
    assert (swept["sessions"], swept["attempts"]) == (1, 1)


def test_a_token_holds_until_its_date_and_never_again_once_revoked(engine: Engine) -> None:
    with transaction(engine) as session:
        person = builders.account(session, "coordinator")
        key = builders.token(session, person, "read")["Authorization"].removeprefix("Bearer ")
        expires = session.scalars(select(Token.expires)).one()

    def opens(now: datetime) -> bool:
        with transaction(engine) as session:
            try:
                return tokens.bearer(session, key, now).role == person.role
            except UnauthenticatedError:
                return False

    assert [opens(expires + by) for by in (-HOUR, timedelta(), HOUR, -HOUR)] == [
        True, False, False, True,
    ]  # fmt: skip
    with transaction(engine) as session:
        tokens.revoked_all(session, person.id, expires - HOUR)
    assert not any(opens(expires + by) for by in (-400 * 24 * HOUR, -2 * HOUR, HOUR))


def test_a_link_in_a_mail_holds_until_its_date_and_for_one_answer(
    engine: Engine, tmp_path: Path
) -> None:
    with kept(engine) as session:
        case = builders.case(session)
        round_ = builders.version(session, case, builders.square())
        task = Task(case_id=case.id, version_id=round_.id, office="UNB", due=date(2028, 3, 1),
                    released_by="p")  # fmt: skip
        session.add(task)
        session.flush()
        link = AnswerLink(task_id=task.id, mailbox="m", expires=datetime.now(UTC) + HOUR)
        session.add(link)
        session.flush()
        word = seal.sealed(tmp_path, link.id)

    def opened() -> AnswerLink:
        with transaction(engine) as session:
            return links.link_of(session, tmp_path, word)[2]

    links.unused(opened())
    moved(engine, "answer_links", "expires", -2 * HOUR)
    with pytest.raises(ConflictError) as refused:
        opened()
    assert refused.value.code == "link-expired"
    moved(engine, "answer_links", "expires", 2 * HOUR)
    with transaction(engine) as session:
        session.execute(update(AnswerLink).values(used=datetime.now(UTC) + HOUR))
    with pytest.raises(ConflictError) as again:  # used, though only in an hour
        links.unused(opened())
    assert again.value.code == "link-used"
    with transaction(engine) as session:
        session.execute(update(AnswerLink).values(used=None))
        links.revoked(session, task.id)
    moved(engine, "answer_links", "revoked", HOUR)
    with pytest.raises(NotFoundError):
        opened()


# --- days ------------------------------------------------------------------------------------


def test_a_release_is_over_after_its_day_and_for_good_once_ended(engine: Engine) -> None:
    last = date(2028, 2, 29)
    with kept(engine) as session:
        case = builders.case(session, shape=builders.square())
        made = grant(session, COORDINATOR, case, Terms("plan", "t", "c", last), last)
        seen = [len(published(session, last + timedelta(days=n))) for n in (-1, 0, 1, 400)]
        assert seen == [1, 1, 0, 0]
        end(session, COORDINATOR, case, made.id)
        made.ended = datetime.now(UTC) + HOUR  # the clock was set back since
        session.flush()
        with pytest.raises(NotFoundError):
            published_plan(session, case.id, last)


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        (EVENING, "2027-07-01 00:30"),
        (datetime(2027, 12, 31, 23, 30, tzinfo=UTC), "2028-01-01 00:30"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "2027-03-28 01:59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "2027-03-28 03:00"),
        (datetime(2027, 10, 31, 0, 59, tzinfo=UTC), "2027-10-31 02:59"),
        (datetime(2027, 10, 31, 1, 0, tzinfo=UTC), "2027-10-31 02:00"),
        (datetime(2028, 2, 28, 23, 0, tzinfo=UTC), "2028-02-29 00:00"),
    ],
)
@pytest.mark.usefixtures("german")
def test_days_begin_at_midnight_in_germany(moment: datetime, local: str) -> None:
    assert f"{moment.astimezone():%Y-%m-%d %H:%M}" == local


def test_belang_goes_by_german_time_wherever_it_runs() -> None:
    asked = (
        "import sys, time\nfrom service.cli import main\nmain(['--version'])\n"
        f"print(time.strftime('%F %R', time.localtime({EVENING.timestamp()})), file=sys.stderr)"
    )

    def told(**zone: str) -> str:
        environment = {k: v for k, v in os.environ.items() if k != "TZ"} | zone
        run = subprocess.run([sys.executable, "-c", asked], env=environment, check=True,
                             capture_output=True, text=True)  # fmt: skip
        return run.stderr.strip()

    assert told() == "2027-07-01 00:30"
    assert told(TZ="Pacific/Auckland") == "2027-07-01 10:30"  # who names another one, gets it


@pytest.mark.usefixtures("german")
def test_an_answer_after_midnight_in_germany_is_of_the_next_day() -> None:
    due_day, next_day = date(2027, 6, 30), date(2027, 7, 1)
    before, after = EVENING - HOUR, EVENING
    assert not is_late(TaskState.ANSWERED, due_day, before, next_day)
    assert is_late(TaskState.ANSWERED, due_day, after, next_day)
