"""Backing up what cannot be made again: database, files, layers, catalogue, heads, pages.

The database is dumped first, then the files are copied: a file is on the disk before a row speaks
of it, so each row of the dump finds its file, whatever arrives meanwhile.
"""

import json
import os
import secrets
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from gis.problem import Text
from layers.copying import files as layer_files
from layers.folder import synced, write_whole
from service import dump
from service.archive import (
    BackupError,
    FolderMembers,
    Members,
    TarMembers,
    Writer,
    opened,
    verified,
)
from service.dump import Database

DUMP = "database.dump"
LAST = "last-backup.json"
ABANDONED_S = 86_400.0


@dataclass(frozen=True)
class Sources:
    """What is backed up: the database, the data folder, and the files of the catalogue."""

    database: Database
    data: Path
    catalogue: tuple[Path, ...] = ()


def backup(sources: Sources, target: Path) -> dict[str, Any]:
    """Write a backup to `target`, a file if its name ends in ``.tar``, else a folder.

    It is written aside, read again byte by byte, and only then gets its name. The manifest is
    returned; `lacking` in it lists files that rows speak of and that are not whole on the disk.

    Raises
    ------
    BackupError
        ``backup-exists``, ``backup-dump``, ``backup-failed``, ``backup-damaged``.
    """
    if os.path.lexists(target):
        raise _exists(target)
    try:
        with _aside(target) as folder:
            made = folder / "made"
            manifest = _written(sources, folder, made, archive=target.suffix == ".tar")
            with opened(made) as members:
                verified(made, members)
            _publish(made, target)
        _remember(sources.data, target, manifest)
    except (OSError, psycopg.Error) as error:
        raise _failed(target, error) from error
    return manifest


def last(data: Path) -> dict[str, Any] | None:
    """Return when the last backup was made, and where to; None where there is none."""
    try:
        found: dict[str, Any] = json.loads((data / LAST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _written(sources: Sources, folder: Path, made: Path, *, archive: bool) -> dict[str, Any]:
    with _members(made, archive) as members:
        writer = Writer(members)
        about, known = _dumped(sources.database, folder / DUMP)
        writer.put(DUMP, folder / DUMP)
        (folder / DUMP).unlink()
        about["lacking"] = _put_blobs(writer, sources.data / "blobs", known)
        _put_layers(writer, sources.data / "layers")
        _put_rest(writer, sources)
        return writer.finish(about)


@contextmanager
def _members(made: Path, archive: bool) -> Iterator[Members]:
    if not archive:
        made.mkdir(mode=0o700)
        yield FolderMembers(made)
        return
    with made.open("xb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            yield TarMembers(tar)
        file.flush()
        os.fsync(file.fileno())


def _dumped(database: Database, to: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Dump, and tell of the very state that was dumped: versions, counts, files."""
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - it returns one row or fails
        major = connection.info.server_version // 10_000
        dump.dump(database, to, major=major, snapshot=row[0])
        about = {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": {"belang": version("belang"), **dump.versions(connection)},
            "rows": dump.counts(connection),
        }
        return about, dump.blobs(connection)


def _put_blobs(writer: Writer, folder: Path, known: dict[str, int]) -> list[str]:
    """Write the files of all rows; return those that are missing or not what they were."""
    lacking = []
    for sha256 in sorted(known):
        name = f"blobs/{sha256[:2]}/{sha256}"
        try:
            written = writer.put(name, folder / sha256[:2] / sha256)
        except FileNotFoundError:
            lacking.append(sha256)
            continue
        if written != sha256:
            lacking.append(sha256)
    return lacking


def _put_layers(writer: Writer, root: Path) -> None:
    """Write the store: first what points to versions, as it is now, then the versions."""
    for immutable in (False, True):
        for path, name, fixed in list(layer_files(root, restricted=True)):
            if fixed is immutable:
                writer.put(f"layers/{name}", path)


def _put_rest(writer: Writer, sources: Sources) -> None:
    heads = sources.data / "audit" / "heads.jsonl"
    if heads.is_file():
        writer.put_bytes("audit/heads.jsonl", heads.read_bytes())  # it grows meanwhile
    for path in sorted(p for p in (sources.data / "pages").glob("*.txt") if p.is_file()):
        writer.put(f"pages/{path.name}", path)
    base = sources.catalogue[0].parent if sources.catalogue else Path()
    for path in sources.catalogue:
        inside = path.is_relative_to(base)
        named = path.relative_to(base).as_posix() if inside else f"elsewhere/{path.name}"
        writer.put(f"catalogue/{named}", path)


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """Yield a folder beside `target`; nothing is left of it, however this ends."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for old in target.parent.glob(".belang-backup-*"):
        if time.time() - old.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(old, ignore_errors=True)
    folder = target.parent / f".belang-backup-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(made: Path, target: Path) -> None:
    made.chmod(0o700 if made.is_dir() else 0o600)
    for path in [*made.rglob("*"), made]:
        synced(path)
    made.rename(target)
    synced(target.parent)


def _remember(data: Path, target: Path, manifest: dict[str, Any]) -> None:
    said = {"made": manifest["made"], "to": str(target.absolute())}
    write_whole(data / LAST, json.dumps(said, ensure_ascii=False).encode())


def _exists(target: Path) -> BackupError:
    return BackupError(
        "backup-exists",
        Text(
            f"{target} gibt es schon; eine Sicherung wird nie überschrieben. Bitte einen anderen "
            "Namen nennen, etwa mit dem Datum.",
            f"{target} exists already; a backup is never overwritten. Name another one, for "
            "example with the date.",
        ),
    )


def _failed(target: Path, error: Exception) -> BackupError:
    reason = " ".join(str(error).split())
    return BackupError(
        "backup-failed",
        Text(
            f"Die Sicherung nach {target} ist nicht gelungen, nichts davon ist geblieben: {reason}",
            f"The backup to {target} did not succeed, and nothing of it was left: {reason}",
        ),
    )
