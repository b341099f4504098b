"""`belang db`: bring the database up to date, back it up, restore it, say how it is."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg

from gis.problem import Text
from layers.catalogue import read_catalogue
from service import dump
from service.archive import BackupError
from service.backup import Sources, backup, last
from service.blocks.reading import beside
from service.cluster import served
from service.cluster_files import major
from service.commands.usage import UsageError
from service.config import Settings
from service.dump import Database, of_cluster, of_url
from service.house import open_house
from service.moving import move, newer
from service.report import console
from service.report.listing import as_json, listing
from service.restore import restore
from service.running.database import FOLDER
from service.running.given import SettingsError, settings_from
from service.running.schema import driver, head, upgraded

LACKING = 3


def run(given: argparse.Namespace) -> int:
    """Carry out the action; status 3 where something is left open."""
    with _ending_cleanly():
        return ACTIONS[given.action](given)


def _upgrade(given: argparse.Namespace) -> int:
    settings = _settings(given)
    moved = None
    if settings.database_url is not None:
        upgraded(driver(settings.database_url.get_secret_value()))
    else:
        folder = settings.data / FOLDER
        if (to := newer(folder)) is not None:
            moved = move(folder, to)
        with served(folder) as cluster:
            upgraded(cluster.url)
    if given.as_json:
        as_json({"revision": head(), "moved": None if moved is None else str(moved)})
        return 0
    said = Text(f"Die Datenbank ist auf dem Stand {head()}.", f"The database is at {head()}.")
    console.plain(said.in_language(given.lang))
    if moved is not None:
        said = Text(
            f"Die Daten der alten Version liegen in {moved}; löschen, wenn alles läuft.",
            f"The data of the old version lie in {moved}; remove them when all is well.",
        )
        console.plain(said.in_language(given.lang))
    return 0


def _backup(given: argparse.Namespace) -> int:
    settings = _settings(given)
    with _database(settings) as database:
        made = backup(Sources(database, settings.data, _written(settings)), given.target)
    return _told(given, made, Text("Gesichert", "Backed up"))


def _restore(given: argparse.Namespace) -> int:
    into: str = given.into
    url = into if "://" in into else None
    settings = _settings(given) if url else _settings(given, data=Path(into))
    if url is None and settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    database = None if url is None else of_url(driver(url))
    made = restore(given.source, settings.data, database)
    return _told(given, made, Text("Wiederhergestellt", "Restored"))


def _told(given: argparse.Namespace, made: dict[str, Any], what: Text) -> int:
    """Print the counts of a backup; status 3 where it lacks files."""
    kinds = [name.partition("/")[0] for name in made["members"]]
    size = sum(member["size"] for member in made["members"].values())
    found = {
        "rows": sum(made["rows"].values()),
        "tables": len(made["rows"]),
        "blobs": kinds.count("blobs"),
        "layer_files": kinds.count("layers"),
        "bytes": size,
        "lacking": made["lacking"],
    }
    if given.as_json:
        as_json({"made": made["made"], "versions": made["versions"], **found})
    else:
        console.plain(_sentence(found, what).in_language(given.lang))
    return LACKING if made["lacking"] else 0


def _sentence(found: dict[str, Any], what: Text) -> Text:
    megabytes = found["bytes"] / 1e6
    rows, tables, blobs, layers = (found[k] for k in ("rows", "tables", "blobs", "layer_files"))
    de = f"{what.de}: {rows} Zeilen in {tables} Tabellen, {blobs} Dateien, {layers} der Fachlayer, "
    en = f"{what.en}: {rows} rows in {tables} tables, {blobs} files, {layers} of layers, "
    de, en = f"{de}{megabytes:.1f} MB, alles nachgeprüft.", f"{en}{megabytes:.1f} MB, all verified."
    if lacking := found["lacking"]:
        de += f" Es fehlen oder sind beschädigt: {', '.join(lacking)}"
        en += f" Missing or damaged: {', '.join(lacking)}"
    return Text(de, en)


def _status(given: argparse.Namespace) -> int:
    settings = _settings(given)
    with _database(settings) as database, database.connect() as connection:
        found = {"kind": "own" if settings.database_url is None else "named", **_facts(connection)}
    found |= {"needed": head(), "last_backup": last(settings.data)}
    if given.as_json:
        as_json(found)
    else:
        title, columns = Text("Datenbank", "Database"), (Text("Angabe", "what"), Text("", ""))
        listing(title, columns, [(k, _plain(v)) for k, v in found.items()], given.lang)
    return 0 if found["revision"] == found["needed"] else LACKING


def _facts(connection: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, Any]:
    query = (
        "SELECT pg_database_size(current_database()), (SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid())"
    )
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101 - it returns one row or fails
    return {**dump.versions(connection), "bytes": row[0], "connections": row[1]}


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['made']} → {value['to']}"
    return "–" if value is None else str(value)


def _settings(given: argparse.Namespace, **more: Any) -> Settings:
    options = {"data": given.data, "catalogue": given.catalogue, **more}
    try:
        return settings_from(options)
    except SettingsError as error:
        raise UsageError(str(error)) from error


def _written(settings: Settings) -> tuple[Path, ...]:
    """Return the files a district wrote itself: catalogue, text blocks, house rules, template."""
    files: list[Path] = []
    if settings.catalogue is not None:
        files += [file for file, _ in read_catalogue(settings.catalogue).files]
        files += [blocks] if (blocks := beside(files[0])).is_file() else []
    if settings.house is not None:
        template = open_house(settings).template
        files += [settings.house.resolve(), *([template] if template else [])]
    return tuple(files)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """Yield the database, started for this where it is our own and nobody runs it.

    Raises
    ------
    BackupError
        ``database-none`` where there is none yet.
    """
    if settings.database_url is not None:
        yield of_url(driver(settings.database_url.get_secret_value()))
        return
    folder = settings.data / FOLDER
    if major(folder / "data") is None:
        raise BackupError(
            "database-none",
            Text(
                f"In {settings.data} gibt es noch keine Datenbank; belang serve oder belang db "
                "upgrade legt sie an, --data nennt einen anderen Ordner.",
                f"There is no database in {settings.data} yet; belang serve or belang db upgrade "
                "makes it, --data names another folder.",
            ),
        )
    with served(folder) as cluster:
        yield of_cluster(cluster)


@contextmanager
def _ending_cleanly() -> Iterator[None]:
    """Let a request to end take the way of an interruption, so that nothing half is left."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


ACTIONS = {"upgrade": _upgrade, "backup": _backup, "restore": _restore, "status": _status}
