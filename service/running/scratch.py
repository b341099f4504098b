"""Temporary files of a service: in a folder of its own, so that none outlives it for long.

A plan that was being read when the machine lost its power must not lie about for weeks. Where the
folder lies is written down in the data folder, under a lock that ends with its holder.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize
from pathlib import Path

PREFIX = "belang-scratch-"
MULTIPROCESSING = "pymp-"
LAST = -1_000  # after those of multiprocessing itself
PASSABLE = 0o711  # for children of another user on the way to a folder of their own


@contextmanager
def scratch(data: Path) -> Iterator[Path]:
    """Yield where this process and those it starts put temporary files; it goes at the end.

    Folders of services of this data folder that were killed go at the beginning.
    """
    records = data / "scratch"
    records.mkdir(mode=0o700, parents=True, exist_ok=True)
    for record in sorted(records.glob(f"{PREFIX}*")):
        _sweep(record)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(PASSABLE)
    with _held(records / folder.name, str(folder)), _temporary(folder):
        try:
            yield folder
        finally:
            _remove(folder)


@contextmanager
def _held(record: Path, content: str) -> Iterator[None]:
    aside = record.with_name(f".{record.name}")
    with aside.open("x", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(content)
        lock.flush()
        aside.rename(record)  # nobody sees it before it is locked
        try:
            yield
        finally:
            record.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name.startswith(MULTIPROCESSING):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    try:
        folder.rmdir()
    except OSError:
        # multiprocessing removes its own when the program ends, and complains where it is gone.
        Finalize(None, shutil.rmtree, (folder,), {"ignore_errors": True}, exitpriority=LAST)


def _sweep(record: Path) -> None:
    """Remove a folder and its record, unless a service lives that holds it."""
    with record.open(encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        folder = Path(lock.read())
        if folder.name == record.name:  # not what a torn record would name
            shutil.rmtree(folder, ignore_errors=True)
        if folder.name != record.name or not folder.exists():  # else the next one tries again
            record.unlink(missing_ok=True)


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
    try:
        yield
    finally:
        tempfile.tempdir = None
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
