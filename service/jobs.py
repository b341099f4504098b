"""Jobs: enqueued in the transaction of what they serve, run by worker processes.

The queue is procrastinate's. Its tables take a job by an SQL function, so that job and rows are
committed together or not at all.
"""

from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

CHECKS, LETTERS, UPKEEP = "checks", "letters", "upkeep"  # queues
WORKER = "belang-worker"  # as whom the sessions of workers are known to the database
MOST_TRIES = 5  # then a job is poison and shown to the coordinator

DEFER = text(
    "select procrastinate_defer_jobs_v1(array[row(:queue, :task, :priority, :lock, :once, "
    "cast(:args as jsonb), null)::procrastinate_job_to_defer_v1])"
)


def defer(
    session: Session,
    task: str,
    *,
    queue: str,
    lock: str | None = None,
    once: str | None = None,
    priority: int = 0,
    **args: Any,
) -> int:
    """Enqueue a job within the transaction; returns its number.

    Jobs with the same `lock` run one after the other. Of jobs with the same `once` only one may
    wait; a second one is a database error, so ask first.
    """
    given = {
        "queue": queue,
        "task": task,
        "priority": priority,
        "lock": lock,
        "once": once,
        "args": orjson.dumps(args).decode(),
    }
    numbers = session.scalars(DEFER, given).one()
    return int(numbers[0])
