"""The database a server stands on: the one that is named, or a cluster of our own."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.problem import Problem
from service.cluster import Cluster, served
from service.cluster_files import major
from service.config import Settings
from service.postmaster import recorded
from service.running.schema import driver

log = logging.getLogger(__name__)
LOOK_S = 5.0  # how often the database of our own is looked after
FOLDER = "pg"  # of the cluster, below the data folder


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Yield the URL of the database; one of our own runs as long as this lasts.

    Raises
    ------
    Problem
        ``data-folder-in-use``, ``database-url`` and others.
    """
    if settings.database_url is not None:
        yield driver(settings.database_url.get_secret_value())
        return
    with Cluster(settings.data / FOLDER) as cluster, _revived(cluster):
        yield cluster.url


@contextmanager
def beside(settings: Settings) -> Iterator[str | None]:
    """Yield the URL of the database, whether or not a server runs; None where there is none yet.

    Raises
    ------
    Problem
        As `database`.
    """
    if settings.database_url is None and major(settings.data / FOLDER / "data") is None:
        yield None
    elif settings.database_url is not None:
        yield driver(settings.database_url.get_secret_value())
    else:
        with served(settings.data / FOLDER) as cluster:
            yield cluster.url


@contextmanager
def _revived(cluster: Cluster) -> Iterator[None]:
    """Start the cluster again where somebody else has ended it."""
    done = threading.Event()
    thread = threading.Thread(target=_look, args=(cluster, done), name="database")
    try:
        thread.start()
        yield
    finally:
        done.set()
        if thread.ident is not None:  # a signal may come before it runs
            thread.join()


def _look(cluster: Cluster, done: threading.Event) -> None:
    while not done.wait(LOOK_S):
        found = recorded(cluster.data)
        if found is not None and _lives(found.pid):
            continue
        log.error("database ended, starting it again")
        try:
            cluster.start()
        except Problem as problem:
            log.error("database not started", extra={"facts": {"code": problem.code}})
        except Exception:  # whoever looks after it must not give up
            log.exception("database not started")


def _lives(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits for its burial does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in ("Z", "X")
