"""Whether what was accepted can be checked: a worker carries out every check that waits for it."""

import os
import signal
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.corpus import told_foreign
from bench.leavings import OWNERS, strays
from bench.promises import FAILED, REPORTS, checks_told
from bench.running import database_url, ready, serving
from service.db import engine_for, transaction

LONGEST_S = 3_600.0  # for all of them
LOOK_S = 0.5
ENDED = b"worker ended"  # how the server's log begins to tell of one
JOBS = text("select status::text, count(*) from procrastinate_jobs "
            "where task_name = 'checks.run' group by 1")  # fmt: skip
BODIES = text(
    "select c.title, r.body from reports r join checks k on k.id = r.check_id "
    "join plan_versions v on v.id = k.version_id join cases c on c.id = v.case_id"
)
TO_DO = ("todo", "doing")
MADE = ("reports", "involvements")  # tables in which only checks make rows


def by_worker(
    environment: Mapping[str, str], log: Path, data: Path, known: Collection[str]
) -> dict[str, Any]:
    """Start a service anew, with a worker; return how its checks stand when none waits any more,
    and what is `wrong`. `known` is what was acknowledged, as its rows are called.
    """
    begun, before = time.monotonic(), log.stat().st_size
    address = f"http://127.0.0.1:{environment['BELANG_PORT']}"
    with serving({**environment, "BELANG_WORKERS": "1"}, log) as process:
        ready(address, process)
        engine = engine_for(database_url(data), pool=1)
        try:
            waiting = waited(engine)
            with transaction(engine) as session:
                checks, wrong = checks_told(session), amiss(session, known)
        finally:
            engine.dispose()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    wrong += [f"{waiting} checks still wait after {LONGEST_S:.0f} s"] if waiting else []
    with log.open("rb") as file:
        file.seek(before, os.SEEK_SET)
        wrong += ["a worker ended"] if ENDED in file.read() else []
    return {"checks": checks, "wrong": wrong, "seconds": round(time.monotonic() - begun, 1)}


def waited(engine: Engine, patience_s: float = LONGEST_S) -> int:
    """Wait until no check waits or is at work; return how many do all the same."""
    end = time.monotonic() + patience_s
    while True:
        with transaction(engine) as session:
            jobs = sum(int(count) for status, count in session.execute(JOBS) if status in TO_DO)
            waiting = max(checks_told(session)["waiting"], jobs)
        if not waiting or time.monotonic() > end:
            return waiting
        time.sleep(LOOK_S)


def amiss(session: Session, known: Collection[str]) -> list[str]:
    """Return what checks came to that they must not: failed, though the plan was accepted; no
    report; a word of what lies elsewhere; a job that is left, or rows of what is not `known`.
    """
    wrong = [f"{title} was accepted, and its check failed: {code}"
             for title, code, _ in session.execute(FAILED)]  # fmt: skip
    wrong += [f"{title} is checked and has no report" for title in session.scalars(REPORTS)]
    wrong += [f"a report on {title} tells what lies elsewhere" for title in _telling(session)]
    wrong += [f"{count} jobs of checks are left: {status}"
              for status, count in session.execute(JOBS) if status not in TO_DO]  # fmt: skip
    for table in MADE:
        owners = {str(owner) for owner in session.scalars(text(OWNERS[table]))}
        wrong += strays(table, owners, known)
    return wrong


def _telling(session: Session) -> Iterator[str]:
    rows = session.execute(BODIES.execution_options(yield_per=100))
    return (title for title, body in rows if told_foreign(bytes(body)))
