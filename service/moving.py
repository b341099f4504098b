"""Moving a cluster to another major version of PostgreSQL: dump, restore, compare, switch."""

import shutil
from pathlib import Path

import psycopg

from gis.problem import Text
from service import cluster_files as files
from service import dump
from service.cluster import Cluster
from service.postgres import ClusterError, Programs, servers


def newer(folder: Path) -> Programs | None:
    """Return the programs of a newer version than that of the data; None where there are none."""
    old, found = files.major(folder / "data"), servers()
    return found[0] if old is not None and found and found[0].major > old else None


def move(folder: Path, to: Programs) -> Path:
    """Move the data in `folder` to the version `to`; return where the old ones lie now.

    Killed at any moment, it leaves the old data in force.

    Raises
    ------
    ClusterError
        ``database-major`` where the old programs are not there, ``database-move``.
    BackupError
        Where dumping or restoring fails.
    """
    kept, aside = folder / files.MOVED, folder / "moving"
    if kept.exists():
        raise _in_the_way(kept)
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with Cluster(folder) as old, Cluster(aside, programs=to) as new:
            _copy(old, new, aside / "dump", to.major)
        (folder / "data").rename(kept)
        (aside / "data").rename(folder / "data")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return kept


def _copy(old: Cluster, new: Cluster, file: Path, major: int) -> None:
    source, target = dump.of_cluster(old), dump.of_cluster(new)
    with source.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - it returns one row or fails
        dump.dump(source, file, major=major, snapshot=row[0])
        before = dump.counts(connection)
    dump.load(target, file, major=major)
    with target.connect() as connection:
        if dump.counts(connection) != before:
            raise ClusterError(
                "database-move",
                Text(
                    "Die umgezogenen Daten sind nicht dieselben; es gelten weiter die alten.",
                    "The data that were moved are not the same; the old ones stay in force.",
                ),
            )


def _in_the_way(kept: Path) -> ClusterError:
    return ClusterError(
        "database-move",
        Text(
            f"In {kept} liegen noch Daten von einem früheren Umzug; bitte zuerst löschen, wenn "
            "alles läuft.",
            f"In {kept} there are data of an earlier move; remove them first, if all is well.",
        ),
    )
