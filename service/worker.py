"""The worker: takes jobs from the queue and carries them out, one process of as many as needed.

A job is run at least once: a worker that dies has no heartbeat any more, and whoever looks next
gives the job back to the queue. What jobs do may therefore be begun again at any moment. Nothing of
it rests on the time of day, which somebody may set.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from service import jobs, upkeep
from service.blobs import Blobs
from service.cases.asking.reminding import Desk, remind_all
from service.cases.checking import GivenUpError, carry_out
from service.cases.lost import end_lost
from service.cases.opening import Read
from service.cases.progress import StoppedError
from service.cases.reckoning import reckon_all
from service.config import Settings
from service.db import transaction
from service.district import Districts
from service.erasing import erase_due
from service.house import open_house
from service.letters.sending import UndeliverableError, send
from service.silence import Silence

log = logging.getLogger(__name__)
CHECK_WAITS = (5, 30, 120, 600)  # seconds before further tries: the first is for a bug, all of
LETTER_WAITS = (30, 120, 600, 3_600)  # them for a database or a mail server that is away
WAITS = {"checks.run": CHECK_WAITS, "letters.send": LETTER_WAITS}
FINAL = (GivenUpError, UndeliverableError)
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)  # due by every clock, the database's, too
NEVER_S = 1_000 * 366 * 86_400  # no clock is wrong by a thousand years
BACK_S = 60.0  # a clock that is set back farther keeps what is periodic waiting


@dataclass(frozen=True, slots=True)
class Work:
    """What jobs work with."""

    settings: Settings
    engine: Engine
    districts: Districts
    blobs: Blobs
    read: Read


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker gives a sign of life, when others take it for dead, how long it may
    finish what it is at; seconds.
    """

    heartbeat_s: float = 10.0
    dead_s: float = 30.0
    look_s: float = 10.0
    grace_s: float = 12.0
    lost_s: float = 60.0
    poll_s: float = 5.0


class Waits(BaseRetryStrategy):
    """Tries again after these seconds; a job given back goes to whoever comes next."""

    def __init__(self, *seconds: int) -> None:
        self.seconds = seconds

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again; None where the job is poison."""
        if isinstance(exception, FINAL):
            return None
        if isinstance(exception, JobAborted):
            return RetryDecision(retry_at=AT_ONCE)
        if job.attempts >= len(self.seconds):
            return None
        return RetryDecision(retry_in={"seconds": self.seconds[job.attempts]})


def queue(url: str) -> App:
    """Return the queue in the database at `url`; not open yet. Its sessions say that a worker is
    there.
    """
    named = make_url(url).set(drivername="postgresql")
    named = named.update_query_dict({"application_name": jobs.WORKER})
    conninfo = named.render_as_string(hide_password=False)
    return App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))


def tasks(app: App, work: Work) -> None:
    """Register what can be done."""
    of_layers(app, work)

    @app.task(name="checks.run", queue=jobs.CHECKS, pass_context=True, retry=Waits(*CHECK_WAITS))
    def check(context: JobContext, check_id: str) -> None:
        try:
            carry_out(
                work.engine,
                work.districts.current(),
                work.blobs,
                UUID(check_id),
                read=work.read,
                stop=context.should_abort,
            )
        except StoppedError as stopped:
            raise JobAborted from stopped

    @app.task(name="letters.send", queue=jobs.LETTERS, retry=Waits(*LETTER_WAITS))
    def letter(mail_id: str) -> None:
        send(work.engine, work.settings, UUID(mail_id))

    @app.periodic(cron="17 * * * *")
    @app.task(name="upkeep.sweep", queue=jobs.UPKEEP, queueing_lock="sweep", lock="sweep")
    def sweep(timestamp: int) -> None:
        store = work.districts.current().store
        removed = upkeep.sweep(work.engine, work.settings, work.blobs, store)
        log.info("swept", extra={"facts": removed})

    @app.periodic(cron="35 0 * * *")
    @app.task(name="upkeep.dues", queue=jobs.UPKEEP, queueing_lock="dues", lock="dues")
    def dues(timestamp: int) -> None:
        moved = reckon_all(work.engine, open_house(work.settings).calendar)
        log.info("deadlines computed", extra={"facts": {"moved": moved}})

    @app.periodic(cron="7 5-18 * * *")
    @app.task(name="upkeep.tasks", queue=jobs.UPKEEP, queueing_lock="tasks", lock="tasks")
    def reminders(timestamp: int) -> None:
        names = work.districts.current().offices
        house = open_house(work.settings)
        written = remind_all(Desk(work.engine, house, names, date.today()))
        log.info("reminded", extra={"facts": {"mails": written}})

    @app.periodic(cron="40 2 * * *")
    @app.task(name="upkeep.retention", queue=jobs.UPKEEP, queueing_lock="ret", lock="ret")
    def retention(timestamp: int) -> None:
        erased = erase_due(work.engine, work.settings.retention_years, datetime.now(UTC))
        log.info("names erased", extra={"facts": {"cases": erased}})

    @app.periodic(cron="5 0 * * *")
    @app.task(name="upkeep.heads", queue=jobs.UPKEEP, queueing_lock="heads", lock="heads")
    def heads(timestamp: int) -> None:
        upkeep.export_head(work.engine, work.settings.data)


def of_layers(app: App, work: Work) -> None:
    """Register what is done about layers."""

    @app.periodic(cron="*/15 * * * *")
    @app.task(
        name="upkeep.layers",
        queue=jobs.UPKEEP,
        queueing_lock="layers",
        lock="layers",
        pass_context=True,
    )
    def layers(context: JobContext, timestamp: int) -> None:
        upkeep.refresh_layers(work.districts.current(), context.should_abort)
        upkeep.draw_layers(work.districts.current(), work.settings, context.should_abort)

    @app.task(name="layers.refresh", queue=jobs.UPKEEP, lock="layers")
    def refreshed(code: str, who: str) -> None:
        upkeep.refresh_layer(work.districts.current(), code, who)


def run(work: Work, url: str, pace: Pace | None = None) -> int:
    """Work until told to stop by SIGTERM or SIGINT; 0 then, 1 where something else ended it."""
    return asyncio.run(_run(work, url, pace or Pace()))


async def _run(work: Work, url: str, pace: Pace) -> int:
    app = queue(url)
    tasks(app, work)
    watch = Watch(app, work.engine, pace)
    async with app.open_async():
        worker = Worker(
            app,
            concurrency=work.settings.jobs_at_once,
            fetch_job_polling_interval=pace.poll_s,
            shutdown_graceful_timeout=pace.grace_s,
            delete_jobs="successful",
            update_heartbeat_interval=pace.heartbeat_s,
            stalled_worker_timeout=NEVER_S,  # by the database's time: the watch does it by ours
            worker_middleware=[watch.over],
            install_signal_handlers=False,
        )
        told = _stopped_by_signal(worker)
        looking = asyncio.create_task(watch.look(worker))
        try:
            await worker.run()  # type: ignore[no-untyped-call]
        finally:
            await ended(looking)
    return 0 if told.is_set() else 1  # otherwise the database was away: to be started again


async def ended(task: "asyncio.Task[None]") -> None:
    """Cancel a task until it is over.

    Once is not enough: what it waits for may take the cancellation for a failure of its own, as
    a connection does that has just been lost.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.5)


def _stopped_by_signal(worker: Worker) -> asyncio.Event:
    """Let a signal end the worker once it has finished, or given back, what it is at."""
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        worker.stop()  # type: ignore[no-untyped-call]

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return told


class Watch:
    """Looks after jobs whose worker is dead, or has forgotten them, and checks without a job."""

    def __init__(self, app: App, engine: Engine, pace: Pace) -> None:
        self.app = app
        self.engine = engine
        self.pace = pace
        self.silence = Silence(most_s=2 * pace.look_s)
        self.running: set[int] = set()
        self.forgotten: set[int] = set()

    async def over(
        self, call: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker
    ) -> Any:
        """Run one job and log how long it took and how it ended."""
        number, begun, ended = context.job.id or 0, time.monotonic(), "done"
        self.running.add(number)
        try:
            return await call()
        except BaseException as error:
            ended = type(error).__name__
            raise
        finally:
            self.running.discard(number)
            seconds = round(time.monotonic() - begun, 3)
            facts = {"job": number, "task": context.job.task_name, "ended": ended, "s": seconds}
            log.info("job", extra={"facts": facts})

    async def look(self, worker: Worker) -> None:
        """Look again and again; a database that is away is none of this one's business."""
        last_lost, ahead = time.monotonic(), _ahead()
        while True:
            try:
                await self._give_back(worker)
                if time.monotonic() - last_lost >= self.pace.lost_s:
                    last_lost = time.monotonic()
                    await asyncio.to_thread(self._tidy)
            except Exception:
                log.warning("could not look after jobs", exc_info=True)
            await asyncio.sleep(self.pace.look_s)
            before, ahead = ahead, _ahead()
            if ahead < before - BACK_S:
                # What is periodic would wait until the clock is where it was.
                log.warning("clock set back", extra={"facts": {"s": round(before - ahead)}})
                worker.stop()  # type: ignore[no-untyped-call]

    def _tidy(self) -> None:
        end_lost(self.engine, self.pace.lost_s)
        with transaction(self.engine) as session:
            for task, waits in WAITS.items():
                jobs.recalled(session, task, waits)

    async def _give_back(self, worker: Worker) -> None:
        manager, own = self.app.job_manager, worker.worker_id
        await self._bury(worker, own)
        orphaned = await manager.get_stalled_jobs(seconds_since_heartbeat=NEVER_S)
        numbers = {job.id for job in orphaned if job.id is not None}
        if own is not None:
            # One of our own that ended while the database was away: nobody has noted its end.
            mine = await manager.list_jobs_async(status="doing", worker_id=own)
            idle = {job.id for job in mine if job.id is not None} - self.running
            numbers |= idle & self.forgotten
            self.forgotten = idle
        for number in sorted(numbers):
            log.warning("job given back", extra={"facts": {"job": number}})
            await manager.retry_job_by_id_async(number, AT_ONCE)

    async def _bury(self, worker: Worker, own: int | None) -> None:
        """Forget workers that have been silent too long, which leaves their jobs to nobody."""
        connector = self.app.connector
        rows = await connector.execute_query_all_async(BEATS)
        beats = {row["id"]: row["last_heartbeat"] for row in rows}
        for number, seconds in self.silence.of(beats).items():
            if number != own and seconds >= self.pace.dead_s:
                log.warning("worker taken for dead", extra={"facts": {"worker": number}})
                await connector.execute_query_async(BURY, id=number, at=beats[number])
        if (
            own is not None and own not in beats
        ):  # others have taken us for dead, and may do what we do
            log.warning("taken for dead by others", extra={"facts": {"worker": own}})
            worker.stop()  # type: ignore[no-untyped-call]


def _ahead() -> float:
    """Return how far the time of day is ahead of a clock that never jumps, in seconds."""
    return time.time() - time.monotonic()


BEATS = "select id, last_heartbeat from procrastinate_workers"
BURY = "delete from procrastinate_workers where id = %(id)s and last_heartbeat = %(at)s"
