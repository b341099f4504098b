"""Looking after jobs: whose worker is dead, who has forgotten them, who waits too long.

Nothing of it rests on the time of day, which somebody may set.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, JobContext
from procrastinate.worker import Worker
from sqlalchemy import Engine

from service import jobs
from service.cases.lost import end_lost
from service.db import transaction
from service.silence import Silence

log = logging.getLogger(__name__)
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)  # due by every clock, the database's, too
NEVER_S = 1_000 * 366 * 86_400  # no clock is wrong by a thousand years
BACK_S = 60.0  # a clock that is set back farther keeps what is periodic waiting


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


class Watch:
    """Looks after jobs whose worker is dead, or has forgotten them, and checks without a job."""

    def __init__(
        self, app: App, engine: Engine, pace: Pace, waits: Mapping[str, Sequence[int]]
    ) -> None:
        self.app = app
        self.engine = engine
        self.pace = pace
        self.waits = waits
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
                worker.stop()  # type: ignore[no-untyped-call]  # procrastinate's has no types

    def _tidy(self) -> None:
        end_lost(self.engine, self.pace.lost_s)
        with transaction(self.engine) as session:
            for task, waits in self.waits.items():
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
        if own is not None and own not in beats:
            # Others have taken us for dead, and may do what we do.
            log.warning("taken for dead by others", extra={"facts": {"worker": own}})
            worker.stop()  # type: ignore[no-untyped-call]  # procrastinate's has no types


def _ahead() -> float:
    """Return how far the time of day is ahead of a clock that never jumps, in seconds."""
    return time.time() - time.monotonic()


BEATS = "select id, last_heartbeat from procrastinate_workers"
BURY = "delete from procrastinate_workers where id = %(id)s and last_heartbeat = %(at)s"
