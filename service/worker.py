"""The worker: takes jobs from the queue and carries them out, one process of as many as needed.

A job is run at least once: a worker that dies has no heartbeat any more, and whoever looks next
gives the job back to the queue. What jobs do may therefore be begun again at any moment.
"""

import asyncio
import logging
import signal
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
from service.cases.opening import Read
from service.cases.progress import StoppedError
from service.cases.reckoning import reckon_all
from service.config import Settings
from service.district import Districts
from service.erasing import erase_due
from service.house import open_house
from service.letters.sending import UndeliverableError, send
from service.watch import AT_ONCE, NEVER_S, Pace, Watch

log = logging.getLogger(__name__)
CHECK_WAITS = (5, 30, 120, 600)  # seconds before further tries: the first is for a bug, all of
LETTER_WAITS = (30, 120, 600, 3_600)  # them for a database or a mail server that is away
WAITS = {"checks.run": CHECK_WAITS, "letters.send": LETTER_WAITS}
FINAL = (GivenUpError, UndeliverableError)


@dataclass(frozen=True, slots=True)
class Work:
    """What jobs work with."""

    settings: Settings
    engine: Engine
    districts: Districts
    blobs: Blobs
    read: Read


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

    # What is done for a day is done four times in it: one that a machine was off for, or a clock
    # has jumped over, is made up for by the next.
    @app.periodic(cron="35 */6 * * *")
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

    @app.periodic(cron="40 2,8,14,20 * * *")
    @app.task(name="upkeep.retention", queue=jobs.UPKEEP, queueing_lock="ret", lock="ret")
    def retention(timestamp: int) -> None:
        erased = erase_due(work.engine, work.settings.retention_years, datetime.now(UTC))
        log.info("names erased", extra={"facts": {"cases": erased}})

    @app.periodic(cron="5 */6 * * *")
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
    watch = Watch(app, work.engine, pace, WAITS)
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
            await worker.run()  # type: ignore[no-untyped-call]  # procrastinate's has no types
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
        worker.stop()  # type: ignore[no-untyped-call]  # procrastinate's has no types

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return told
