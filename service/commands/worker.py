"""`belang worker`: a process that carries out jobs, beside a server or on another machine."""

import argparse
import logging

from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import OperationalError

from service import logs, worker
from service.blobs import Blobs
from service.commands.usage import UsageError
from service.config import Settings
from service.db import engine_for
from service.district import Districts
from service.plans.apart import Reader
from service.running.given import SettingsError, settings_from
from service.running.schema import driver

log = logging.getLogger(__name__)
NO_DATABASE = (
    "a worker needs BELANG_DATABASE_URL; where Belang runs its own database, `belang serve` runs "
    "the workers, too"
)


def run(given: argparse.Namespace) -> int:
    """Carry out jobs until told to stop; 1 where the database went away, to be started again.

    Raises
    ------
    UsageError
        If a setting cannot be used.
    CatalogueError, AreaUnavailableError
        If the catalogue cannot be.
    """
    try:
        settings = settings_from({"data": given.data, "catalogue": given.catalogue})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    if settings.database_url is None:
        raise UsageError(NO_DATABASE)
    logs.configure(settings)
    return _work(settings, driver(settings.database_url.get_secret_value()))


def _work(settings: Settings, url: str) -> int:
    engine = engine_for(url, pool=settings.jobs_at_once + 1)
    reader, blobs = Reader(), Blobs(settings.data / "blobs")
    work = worker.Work(settings, engine, Districts(settings), blobs, reader.read)
    district = work.districts.current()  # what is wrong with the catalogue is said at once
    log.info("ready to work", extra={"facts": {"rules": len(district.rules)}})
    try:
        return worker.run(work, url)
    except (ConnectorException, OperationalError):
        log.warning("the database cannot be reached")
        return 1
    finally:
        reader.close()
        engine.dispose()
