"""Who checks a plan that somebody waits for: this process, or a few beside it.

Processes of their own leave the web server free to answer others meanwhile, and use every core.
They share the layers through the page cache.
"""

import logging
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from functools import cache
from multiprocessing import connection, get_context, parent_process
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Protocol

import orjson

from gis.crs import working
from gis.problem import Text
from layers.apart.wire import packed, unpacked
from service import logs
from service.config import Settings
from service.district import Districts, open_district
from service.errors import UnavailableError
from service.plans.plan import Plan
from service.report.audience import Audience
from service.review import assess

AFTER_S = 5.0
log = logging.getLogger(__name__)


class Assess(Protocol):
    """Checks a plan; returns the report for an audience as JSON."""

    def __call__(self, plan: Plan, language: str, audience: Audience, on: date) -> bytes:
        """Check a plan by the rules in force on a day."""


class Here:
    """Checks in this very process, as many at a time as there are cores: more would only wait."""

    def __init__(self, districts: Districts) -> None:
        self.districts = districts
        self.turns = threading.BoundedSemaphore(os.cpu_count() or 1)

    def __call__(self, plan: Plan, language: str, audience: Audience, on: date) -> bytes:
        """Check a plan by the rules in force on a day."""
        district = self.districts.current()
        with self.turns:
            found = assess(
                plan, district.catalogue, district.store, district.rules, district.vocabulary,
                language=language, audience=audience, on=on,
            )  # fmt: skip
        return orjson.dumps(found.document)


class Beside:
    """Checks in `size` processes beside this one; a context that runs them.

    They are there some seconds after it begins, or with the first check: until then the processor
    is for what a service has to have to be ready. One that dies takes those at work with it: they
    are started anew, and each check under way is tried once more.
    """

    def __init__(self, settings: Settings, size: int, *, after_s: float = AFTER_S) -> None:
        self.settings, self.size = settings, size
        self._beginning = threading.Timer(after_s, self._running)
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Beside":
        """Begin to start them, without waiting for it."""
        self._beginning.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End them."""
        self._beginning.cancel()
        self._beginning.join()
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def __call__(self, plan: Plan, language: str, audience: Audience, on: date) -> bytes:
        """Check a plan by the rules in force on a day.

        Raises
        ------
        UnavailableError
            If the processes died twice over it.
        """
        job = packed(plan)
        for _ in range(2):
            pool = self._running()
            try:
                return pool.submit(_assessed, job, language, audience, on).result()
            except BrokenProcessPool:
                log.warning("a process that checks has died; starting others")
                self._lost(pool)
        raise UnavailableError("check-broken", BROKEN)

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that run now."""
        with self._lock:
            return [] if self._pool is None else list(self._pool._processes or ())

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self.size, _context(), initializer=_begun, initargs=(self.settings,)
                )
                for _ in range(self.size):  # each starts a process
                    self._pool.submit(os.getpid)
            return self._pool

    def _lost(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


@cache
def _context() -> ForkServerContext:
    """Return how processes are started: from one that has everything imported, and no threads."""
    made = get_context("forkserver")
    made.set_forkserver_preload([__name__])
    return made


BROKEN = Text(
    "Die Prüfung brach zweimal ab; nichts wurde gespeichert. Bitte die Planung als Vorgang "
    "einreichen oder den Betrieb verständigen.",
    "The check broke off twice; nothing was stored. Please hand the plan in as a case, or tell "
    "those who run the service.",
)

# --- in the process beside --------------------------------------------------------------------

_here: Here


def _begun(settings: Settings) -> None:
    """Prepare a process: it ends with the one that started it, and by no signal of a terminal."""
    global _here
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    logs.configure(settings)
    _here = Here(Districts.of(settings, open_district(settings)))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
    os._exit(0)


def _assessed(job: bytes, language: str, audience: Audience, on: date) -> bytes:
    plan: Plan = unpacked(job, Plan, working)
    return _here(plan, language, audience, on)
