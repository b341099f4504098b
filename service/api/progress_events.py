"""Progress of a check as server-sent events, for as many listeners as there are.

A listener costs a short query now and then, slower while nothing happens; between these neither
a thread nor a connection to the database is held.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from service.cases.understanding import in_language
from service.db import Json, transaction
from service.models.check import Check

FIRST_S, LONGEST_S = 0.1, 1.0
HEARTBEAT_S = 15.0  # proxies close what is silent for a minute
MOST_S = 900.0  # then the browser asks anew, and whether it may is looked at again


@dataclass(frozen=True, slots=True)
class Seen:
    """How a check stands."""

    state: str
    progress: Json
    problem: Json | None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in ("queued", "running")


async def events(
    engine: Engine, check_id: UUID, language: str, stopping: threading.Event
) -> AsyncIterator[bytes]:
    """Yield an event at every change, the last one named as the state the check ends in."""
    begun = spoken = time.monotonic()
    before: Seen | None = None
    wait = FIRST_S
    while not stopping.is_set() and time.monotonic() - begun < MOST_S:
        now = await run_in_threadpool(_seen, engine, check_id)
        if now is not None and now != before:
            yield event(now, language)
            if now.over:
                return
            before, wait, spoken = now, FIRST_S, time.monotonic()
        elif time.monotonic() - spoken > HEARTBEAT_S:
            yield b": \n\n"
            spoken = time.monotonic()
        await asyncio.sleep(wait)
        wait = min(wait * 1.3, LONGEST_S)


def event(seen: Seen, language: str) -> bytes:
    """Return one event: ``progress``, or the state a check has ended in."""
    name = seen.state if seen.over else "progress"
    content = {"state": seen.state, **seen.progress, "problem": seen.problem}
    data = orjson.dumps(in_language(content, language)).decode()
    return f"event: {name}\ndata: {data}\n\n".encode()


def _seen(engine: Engine, check_id: UUID) -> Seen | None:
    """Return how a check stands; None while the database is away."""
    try:
        with transaction(engine) as session:
            check = session.get_one(Check, check_id)
            return Seen(check.state, dict(check.progress), check.problem)
    except OperationalError:
        return None
