"""Folders that appear whole or not at all, whoever else reads or writes at the same time."""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis.problem import Refusal, Text

ASIDE = ".writing-"
ABANDONED_S = 86_400.0


@contextmanager
def published(final: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it becomes `final`, in place of what stood there.

    Where the filling fails nothing is left. Where another process publishes at the same moment,
    one of the two stays: both hold the same.

    Raises
    ------
    Refusal
        ``data-folder`` where nothing can be written there.
    """
    aside = _aside(final)
    try:
        yield aside
        _sync(aside)
        _replace(aside, final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _aside(final: Path) -> Path:
    aside = final.parent / f"{ASIDE}{secrets.token_hex(8)}"
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        _sweep(final.parent)
        aside.mkdir()
    except OSError as error:
        raise unwritable(final.parent, error) from error
    return aside


def _sweep(folder: Path) -> None:
    """Remove what writers left that were killed a day ago or earlier."""
    for old in folder.glob(f"{ASIDE}*"):
        if time.time() - old.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Make sure that what was written survives a power cut once its name is there."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _replace(aside: Path, final: Path) -> None:
    old = final.parent / f"{ASIDE}{secrets.token_hex(8)}"
    with suppress(FileNotFoundError):
        final.rename(old)  # who has it open keeps it
    try:
        aside.rename(final)
    except OSError:
        if not final.exists():
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def unwritable(folder: Path, error: OSError) -> Refusal:
    """Return the refusal for a data folder in which nothing can be written."""
    why = error.strerror or str(error)
    return Refusal(
        "data-folder",
        Text(
            f"Im Datenordner {folder} kann nicht geschrieben werden ({why}); bitte Rechte und "
            "Platz prüfen oder mit --data einen anderen nennen.",
            f"The data folder {folder} cannot be written to ({why}); check its permissions and "
            "space, or name another one with --data.",
        ),
    )
