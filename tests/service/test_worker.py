"""Workers as processes: jobs are done once they were asked for, whoever dies on the way."""

import asyncio
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from layers.catalogue import read_catalogue
from layers.store import Store
from service import jobs
from service.cli import main
from service.config import Settings
from service.db import engine_for, transaction
from service.district import District, Districts
from service.worker import LETTER_WAITS, Waits, ended, queue
from tests.service.cases.handing import found, hand_in, outline
from tests.service.working import until, worker


@pytest.fixture(scope="module")
def catalogue(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalogue of few layers: what is tested is not the check."""
    whole = (sample / "catalogue.yaml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.yaml"
    gpkg = sample / "nsg.gpkg"
    assert "code: nsg" in whole
    path.write_text(
        f"layers:\n  - code: nsg\n    title: NSG\n    keeper: UNB\n    visibility: public\n"
        f"    source: {{path: {gpkg}}}\noffices:\n  - {{code: UNB, name: UNB}}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def check_id(engine: Engine, catalogue: Path, tmp_path: Path) -> UUID:
    read = read_catalogue(catalogue)
    district = District(read, Store(tmp_path / "layers", read.crs))
    return hand_in(engine, district, tmp_path, outline())


def left(engine: Engine) -> list[tuple[str, str]]:
    """Return the jobs in the queue: task and status."""
    rows = text("select task_name, status::text from procrastinate_jobs order by id")
    with transaction(engine) as session:
        return [(task, status) for task, status in session.execute(rows)]


def test_a_worker_carries_out_what_was_asked_for_and_ends_in_order(
    engine: Engine, check_id: UUID, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url) as process:
        until(lambda: found(engine, check_id).state == "done")
        until(lambda: ("checks.run", "doing") not in left(engine))
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert [task for task, _ in left(engine) if task == "checks.run"] == []


@pytest.mark.usefixtures("check_id")
def test_a_mail_does_not_wait_for_checks(engine: Engine, fresh_database_url: str) -> None:
    with transaction(engine) as session:
        jobs.defer(session, "letters.send", queue=jobs.LETTERS, mail_id=str(UUID(int=1)))

    async def fetched() -> list[str]:
        async with (app := queue(fresh_database_url)).open_async():
            worker_id = await app.job_manager.register_worker()
            found = [await app.job_manager.fetch_job(None, worker_id) for _ in range(2)]
            return [job.task_name for job in found if job is not None]

    with ThreadPoolExecutor(1) as apart:  # a browser's loop may run in this thread
        first, second = apart.submit(asyncio.run, fetched()).result()
    assert (first, second) == ("letters.send", "checks.run")


def test_a_check_whose_worker_was_killed_is_done_by_another(
    engine: Engine, check_id: UUID, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url, slow_s=60) as doomed:
        until(lambda: (tmp_path / f"reading-{doomed.pid}").exists())
        doomed.kill()
        doomed.wait()
        assert found(engine, check_id).state == "running"
        with worker(tmp_path, catalogue, fresh_database_url):
            until(lambda: found(engine, check_id).state == "done")
    assert found(engine, check_id).tries == 2


def test_a_worker_told_to_end_finishes_what_it_is_at(
    engine: Engine, check_id: UUID, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url, slow_s=0.3) as process:
        until(lambda: (tmp_path / f"reading-{process.pid}").exists())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert (found(engine, check_id).state, found(engine, check_id).tries) == ("done", 1)


def test_a_worker_told_to_end_gives_back_what_takes_too_long(
    engine: Engine, check_id: UUID, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url, slow_s=2) as process:
        until(lambda: (tmp_path / f"reading-{process.pid}").exists())
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert found(engine, check_id).state == "running"
    assert ("checks.run", "todo") in left(engine)
    with worker(tmp_path, catalogue, fresh_database_url):
        until(lambda: found(engine, check_id).state == "done")


def test_a_worker_without_its_database_says_so(
    engine: Engine, check_id: UUID, catalogue: Path, tmp_path: Path, fresh_database_url: str
) -> None:
    with worker(tmp_path, catalogue, fresh_database_url) as process:
        until(lambda: found(engine, check_id).state == "done")
        cut = text(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        with transaction(engine) as session:
            session.execute(cut)
        # It works on, or ends for its keeper to start it again; it never stays and does nothing.
        again = hand_in_again(engine, catalogue, tmp_path)
        until(lambda: found(engine, again).state == "done" or process.poll() == 1)


def hand_in_again(engine: Engine, catalogue: Path, data: Path) -> UUID:
    read = read_catalogue(catalogue)
    district = District(read, Store(data / "layers", read.crs))
    return hand_in(engine, district, data, outline(300))


def test_a_worker_needs_to_be_told_its_database(
    catalogue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    where = ["--data", str(tmp_path), "--catalogue", str(catalogue)]
    monkeypatch.delenv("BELANG_DATABASE_URL", raising=False)
    assert main(["worker", *where]) == 64
    assert "belang serve" in capsys.readouterr().err
    monkeypatch.setenv("BELANG_WORKERS", "many")
    assert main(["worker", *where]) == 64
    assert "BELANG_WORKERS" in capsys.readouterr().err


def test_a_job_is_poison_after_its_last_try() -> None:
    from procrastinate.jobs import Job

    def tried(times: int) -> Job:
        return Job(
            id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=times
        )  # fmt: skip

    waits = Waits(*LETTER_WAITS)
    decisions = [
        waits.get_retry_decision(exception=OSError(), job=tried(n)) for n in range(jobs.MOST_TRIES)
    ]
    assert [decision is None for decision in decisions] == [False] * 4 + [True]


def test_a_district_is_opened_again_once_its_catalogue_has_changed(
    catalogue: Path, tmp_path: Path
) -> None:
    path = tmp_path / "catalogue.yaml"
    path.write_text(catalogue.read_text(encoding="utf-8"), encoding="utf-8")
    districts = Districts(Settings(data=tmp_path, catalogue=path))
    first = districts.current()
    assert districts.current() is first
    path.write_text(path.read_text(encoding="utf-8").replace("title: NSG", "title: Naturschutz"))
    second = districts.current()
    assert [la.title.de for la in second.catalogue.layers] == ["Naturschutz"]
    path.write_text("layers: 7\n")
    assert districts.current() is second  # a broken catalogue takes no effect
    path.write_text(catalogue.read_text(encoding="utf-8"))
    assert [la.title.de for la in districts.current().catalogue.layers] == ["NSG"]


def test_what_looks_after_jobs_ends_although_a_connection_swallows_it_once() -> None:
    tried = 0

    async def looking() -> None:
        nonlocal tried
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                tried += 1
                if tried > 1:
                    raise

    async def run() -> None:
        task = asyncio.create_task(looking())
        await asyncio.sleep(0)
        await ended(task)
        assert task.cancelled()

    with ThreadPoolExecutor(1) as apart:  # a browser's loop may run in this thread
        apart.submit(asyncio.run, asyncio.wait_for(run(), 20)).result()
    assert tried == 2
