"""Jobs: enqueued in the transaction of what they serve, run by worker processes.

The queue is procrastinate's. Its tables take a job by an SQL function, so that job and rows are
committed together or not at all.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

CHECKS, LETTERS, UPKEEP = "checks", "letters", "upkeep"  # queues
WORKER = "belang-worker"  # as whom the sessions of workers are known to the database
# Of what waits, a mail goes first: it takes a moment, and whoever gets it has a deadline.
FIRST = {LETTERS: 1}
MOST_TRIES = 5  # then a job is poison and shown to the coordinator

DEFER = text(
    "select procrastinate_defer_jobs_v1(array[row(:queue, :task, :priority, :lock, :once, "
    "cast(:args as jsonb), null)::procrastinate_job_to_defer_v1])"
)

SKEW_S = 60  # between the clocks of a worker and of the database
# Of the n-th try the n-th wait was chosen; what waits longer was told a time by another clock.
RECALL = text(
    "update procrastinate_jobs set scheduled_at = now() "
    "where status = 'todo' and task_name = :task and scheduled_at > now() "
    "+ make_interval(secs => (cast(:waits as integer[]))[attempts] + :skew) returning id"
)


def defer(
    session: Session,
    task: str,
    *,
    queue: str,
    lock: str | None = None,
    once: str | None = None,
    **args: Any,
) -> int:
    """Enqueue a job within the transaction; returns its number.

    Jobs with the same `lock` run one after the other. Of jobs with the same `once` only one may
    wait; a second one is a database error, so ask first.
    """
    given = {
        "queue": queue,
        "task": task,
        "priority": FIRST.get(queue, 0),
        "lock": lock,
        "once": once,
        "args": orjson.dumps(args).decode(),
    }
    numbers = session.scalars(DEFER, given).one()
    return int(numbers[0])


def recalled(session: Session, task: str, waits: Sequence[int]) -> list[int]:
    """Let jobs of a task be tried now that wait longer than they should; return which.

    `waits` are the seconds before each further try. A job that waits for a time of day would wait
    for as long as the clock was set back.
    """
    given = {"task": task, "waits": list(waits), "skew": SKEW_S}
    return list(session.scalars(RECALL, given))
