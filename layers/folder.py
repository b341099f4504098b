"""Folders that appear whole or not at all, whoever else reads or writes at the same time."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
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
    with aside_in(final.parent) as aside:
        yield aside
        publish(aside, final)


@contextmanager
def aside_in(parent: Path) -> Iterator[Path]:
    """Give an empty folder in `parent` to fill and `publish`; whatever is left of it goes.

    Raises
    ------
    Refusal
        ``data-folder`` where nothing can be written there.
    """
    aside = parent / f"{ASIDE}{secrets.token_hex(8)}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        aside.mkdir()
    except OSError as error:
        raise unwritable(parent, error) from error
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def publish(aside: Path, final: Path, *, whole: Callable[[Path], bool] = lambda _: False) -> None:
    """Make a filled folder `final`, in place of what stood there, and safe from a power cut.

    What stands there and is `whole` stays: where a name says what is in it, another process may
    have published the same meanwhile, and somebody may be opening it.
    """
    for path in [*aside.rglob("*"), aside]:
        synced(path)
    _replace(aside, final, whole)
    synced(final.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, also after a power cut."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        synced(aside)
        aside.replace(path)
        synced(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what writers left that were killed a day ago or earlier."""
    for old in folder.glob(f"{ASIDE}*"):
        if time.time() - old.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(old, ignore_errors=True)


def synced(path: Path) -> None:
    """Make sure that what was written to a file or folder survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(aside: Path, final: Path, whole: Callable[[Path], bool]) -> None:
    with suppress(OSError):  # something stands there, or cannot be written: seen below
        aside.rename(final)
        return
    if whole(final):
        return
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
