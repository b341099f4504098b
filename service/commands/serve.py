"""`belang serve`: everything in one foreground process, with its database and its workers."""

import argparse
import logging
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from types import FrameType
from typing import TYPE_CHECKING

from gis.problem import Text
from service import logs
from service.assessors import Assess, Beside
from service.commands.usage import UsageError
from service.config import Settings
from service.district import District, open_district
from service.house import open_house
from service.plans.apart import Reader
from service.running.database import database
from service.running.fleet import Fleet
from service.running.given import SettingsError, environment_of, settings_from, unknown
from service.running.listening import address, listening
from service.running.loading import loading
from service.running.schema import require_bare, upgraded
from service.running.scratch import scratch

if TYPE_CHECKING:
    from service.running.server import Server

log = logging.getLogger(__name__)
OPTIONS = ("data", "catalogue", "host", "port", "workers")
STOPS = (signal.SIGTERM, signal.SIGINT)


class Stop(BaseException):
    """Somebody has told us to stop."""


def run(given: argparse.Namespace) -> int:
    """Serve until told to stop; 0 where that went in order.

    Raises
    ------
    UsageError
        If a setting cannot be used.
    CatalogueError, AreaUnavailableError, Problem
        If the catalogue, the house rules, the address or the database cannot be.
    """
    try:
        settings = settings_from({name: getattr(given, name) for name in OPTIONS})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    logs.configure(settings)
    for sentence in unknown():
        log.warning(sentence)
    with _stoppable():
        return _serve(settings, given.lang)
    return 0  # told to stop before it served


def _serve(settings: Settings, language: str) -> int:
    # What is wrong with what the district wrote is said before anything is started.
    district = open_district(settings)
    open_house(settings, district.offices)
    workers = 0 if settings.public_instance else settings.workers  # it has no jobs
    with (
        listening(settings.host, settings.port) as listener,
        closing(Reader().started()) as reader,
        # Server and workers load while the database starts; the service is ready when all are.
        Fleet(["worker"], "service.commands.worker", workers) as fleet,
        _loading() as loaded,
        database(settings) as url,
    ):
        upgraded(url)
        if settings.public_instance:
            require_bare(url)
        here = _here(address(listener, settings.root_path), language)
        with scratch(settings.data):
            assess = _assess(settings)
            with fleet.at_work(environment_of(settings, url)):
                loaded.result()
                server = _server(settings, url, district, assess, reader, here)
                with assess or nullcontext():  # only now: nobody waits for them
                    return _answer(server, listener)


@contextmanager
def _loading() -> Iterator[Future[None]]:
    """Load the web server, the heaviest part, beside what comes: a database takes its time."""

    def load() -> None:
        with loading():
            import service.app
            import service.running.server  # noqa: F401 - for `_server`

    with ThreadPoolExecutor(1, thread_name_prefix="loading") as beside:
        yield beside.submit(load)


def _server(
    settings: Settings, url: str, district: District, assess: Assess | None, reader: Reader,
    here: str,
) -> "Server":  # fmt: skip
    """Return the web server, ready to listen; the log tells by which means plans are read."""
    from service.app import create_app
    from service.running.server import Server, made_ready

    app = create_app(settings, url, district, assess=assess, reader=reader)
    made_ready(app)
    reading = app.state.foundation.reading()  # waits for it: the first upload need not
    lacking = logging.ERROR if reading.needed else logging.WARNING
    log.log(logging.INFO if reading.fine else lacking, "reading: %s", reading.what)
    return Server(app, settings, here)


def _assess(settings: Settings) -> Beside | None:
    """Return who checks plans without a case, not begun yet; None: the server itself."""
    return Beside(settings, settings.check_processes) if settings.check_processes else None


def _here(at: str, language: str) -> str:
    text = Text(
        f"Belang läuft auf {at} – beenden mit Strg+C", f"Belang runs at {at} – stop with Ctrl+C"
    )
    return text.in_language(language)


def _answer(server: "Server", listener: socket.socket) -> int:
    """Serve until a signal comes, which the web server repeats when it has finished."""
    try:
        server.run(sockets=[listener])
    except SystemExit:
        return 1  # it could not start, and has logged why
    except Stop:
        return 0
    return 0


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let the first signal raise `Stop` here; what follows is short and is not cut off."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in STOPS:
            signal.signal(each, signal.SIG_IGN)
        raise Stop

    before = {number: signal.signal(number, stop) for number in STOPS}
    try:
        yield
    except Stop:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
