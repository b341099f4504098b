"""Restoring a backup into an empty place, all of it or nothing, and proving that it is whole."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from gis.problem import Text
from layers.folder import synced
from service import dump
from service.archive import CHUNK, BackupError, extract, opened, verified
from service.backup import DUMP
from service.cluster import Cluster
from service.dump import Database
from service.running.database import FOLDER

PARTS = ("blobs", "layers", "audit", "catalogue", "pages")


def restore(source: Path, data: Path, database: Database | None = None) -> dict[str, Any]:
    """Restore into the data folder `data`, and `database` or else a cluster of its own there.

    Returns the manifest. Nothing is touched before every byte of the backup has been verified.

    Raises
    ------
    BackupError
        ``backup-unreadable``, ``backup-damaged``, ``restore-target-not-empty``, ``restore-load``,
        ``restore-incomplete``, ``restore-failed``.
    """
    with opened(source) as members:
        manifest = verified(source, members)
        try:
            _require_empty(data, database)
            with _aside(data) as aside:
                for name in manifest["members"]:
                    extract(members, name, aside / name)
                _load(manifest, aside, database)
                _publish(aside, data)
        except (OSError, psycopg.Error) as error:
            raise _failed(error) from error
    return manifest


def _require_empty(data: Path, database: Database | None) -> None:
    for name in (*PARTS, FOLDER):
        if (data / name).exists() and any((data / name).iterdir()):
            raise _not_empty(str(data / name))
    if database is not None:
        with database.connect() as connection:
            for table in dump.counts(connection):
                raise _not_empty(table)


def _load(manifest: dict[str, Any], aside: Path, database: Database | None) -> None:
    if database is not None:
        _fill(manifest, aside, database)
        return
    with Cluster(aside / FOLDER) as cluster:
        _fill(manifest, aside, dump.of_cluster(cluster))


def _fill(manifest: dict[str, Any], aside: Path, database: Database) -> None:
    """Check the files, load the dump, count; the files go first, for they leave no trace."""
    with database.connect() as connection:
        major = connection.info.server_version // 10_000
    dump.load(database, aside / DUMP, major=major)
    with database.connect() as connection:
        found, named = dump.counts(connection), dump.blobs(connection)
    if found != manifest["rows"]:
        raise _incomplete(_first_difference(found, manifest["rows"]))
    for sha256 in sorted(set(named) - set(manifest["lacking"])):
        path = aside / "blobs" / sha256[:2] / sha256
        if not path.is_file() or _hash(path) != sha256:
            raise _incomplete(sha256)


def _first_difference(found: dict[str, int], wanted: dict[str, int]) -> str:
    names = sorted(found.keys() | wanted.keys())
    return next(n for n in names if found.get(n) != wanted.get(n))


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _aside(data: Path) -> Iterator[Path]:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = data / f".restoring-{secrets.token_hex(8)}"
    aside.mkdir(mode=0o711)  # the server enters its own part
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _publish(aside: Path, data: Path) -> None:
    for name in (FOLDER, *PARTS):
        if not (aside / name).exists():
            continue
        if (data / name).exists():
            (data / name).rmdir()  # it is empty
        (aside / name).rename(data / name)
    restricted = data / "layers" / "restricted"
    if restricted.exists():
        restricted.chmod(0o700)
    synced(data)


def _not_empty(what: str) -> BackupError:
    return BackupError(
        "restore-target-not-empty",
        Text(
            f"Dort liegen schon Daten ({what}); es wird nichts überschrieben. Bitte einen leeren "
            "Ordner und eine leere Datenbank nennen.",
            f"There are data already ({what}); nothing is overwritten. Name an empty folder and "
            "an empty database.",
        ),
    )


def _incomplete(what: str) -> BackupError:
    return BackupError(
        "restore-incomplete",
        Text(
            f"Das Eingespielte ist nicht, was gesichert wurde ({what}), und wird nicht benutzt. "
            "Eine eigene Datenbank (BELANG_DATABASE_URL) bitte leeren.",
            f"What was restored is not what was backed up ({what}) and is not used. Please empty "
            "a database of your own (BELANG_DATABASE_URL).",
        ),
    )


def _failed(error: Exception) -> BackupError:
    reason = " ".join(str(error).split())
    return BackupError(
        "restore-failed",
        Text(
            f"Die Sicherung konnte nicht eingespielt werden: {reason}",
            f"The backup could not be restored: {reason}",
        ),
    )
