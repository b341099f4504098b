"""Bytes on disk under their hash, written so that a crash at any moment leaves all or nothing.

The order is what keeps the promise "accepted": write aside, fsync, rename, fsync the folder, and
only then the row. Bytes without a row are swept once they are a day old.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from sqlalchemy import and_, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gis.problem import Text
from service.db import referring
from service.errors import TooLargeError, UnavailableError
from service.models.blob import Blob

CHUNK = 1 << 20
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie safely on disk; `sha256` in hex."""

    sha256: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Blobs:
    """The folder of stored bytes: `<aa>/<sha256>`, and `spool/` for what is on its way."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Return where the bytes of that hash lie, or would."""
        return self.folder / sha256[:2] / sha256

    @contextmanager
    def arriving(self, source: BinaryIO, *, most: int) -> Iterator[Stored]:
        """Yield what `source` holds, written aside and synced; gone afterwards unless kept.

        Raises
        ------
        TooLargeError
            Above `most` bytes, counted, whatever was announced.
        UnavailableError
            If the disk does not take it.
        """
        part = self.folder / "spool" / f"{uuid4()}.part"
        try:
            try:
                part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                sha256, size = _copied(source, part, most)
            except OSError as error:
                raise UnavailableError("storage-full", FULL) from error
            yield Stored(sha256, size, part)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def keep(self, arrived: Stored) -> Stored:
        """Give arrived bytes their final place; only then may a row speak of them.

        Raises
        ------
        UnavailableError
            If the disk does not take it.
        """
        final = self.path(arrived.sha256)
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self.folder, fcntl.LOCK_SH):
                arrived.path.rename(final)  # over the same bytes, where they are there already
            _sync_folder(final.parent)
        except OSError as error:
            raise UnavailableError("storage-full", FULL) from error
        return Stored(arrived.sha256, arrived.size, final)

    def store(self, source: BinaryIO, *, most: int) -> Stored:
        """Store what `source` yields at once; errors as `arriving` and `keep`."""
        with self.arriving(source, most=most) as arrived:
            return self.keep(arrived)

    def sweep(self, known: frozenset[str]) -> int:
        """Remove what no row knows and what never arrived, when a day old; return how many."""
        strays = [p for p in self.folder.glob("*/*") if p.name not in known and p.is_file()]
        return sum(self._swept(path, time.time() - DAY_S) for path in strays)

    def _swept(self, path: Path, before: float) -> bool:
        """Remove a file that is old; the same bytes may be arriving anew just now."""
        with _locked(self.folder, fcntl.LOCK_EX):
            try:
                old = path.stat().st_mtime < before
            except FileNotFoundError:
                return False
            if old:
                path.unlink()
            return old


FULL = Text(
    "Der Speicher nimmt gerade nichts an; nichts wurde gespeichert. Bitte später erneut versuchen.",
    "The storage takes nothing at the moment; nothing was stored. Please try again later.",
)


def recorded(session: Session, stored: Stored) -> str:
    """Write the row of stored bytes, once, and hold it against the sweep until what refers to it
    is committed; return their hash.
    """
    row = insert(Blob).values(sha256=stored.sha256, size=stored.size).on_conflict_do_nothing()
    held = select(Blob.sha256).where(Blob.sha256 == stored.sha256)
    held = held.with_for_update(read=True, key_share=True)
    while session.scalar(held) is None:  # not there yet, or swept away this very moment
        session.execute(row)
    return stored.sha256


def unneeded(session: Session) -> int:
    """Remove the rows of bytes nothing refers to any more; return how many. Whose transaction
    is just about to refer to them keeps them.
    """
    columns = referring(Blob.__table__.c.sha256)
    lonely = and_(*(~exists().where(column == Blob.sha256) for column in columns))
    locking = select(Blob.sha256).where(lonely).with_for_update(skip_locked=True)
    locked = session.scalars(locking).all()
    # Looked at once more: a reference may have been committed before the lock was there.
    gone = session.execute(delete(Blob).where(Blob.sha256.in_(locked), lonely))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # of a delete it is a CursorResult


def _copied(source: BinaryIO, part: Path, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(most)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _too_large(most: int) -> TooLargeError:
    megabytes = f"{most / 1e6:,.0f}"
    return TooLargeError(
        "upload-too-large",
        Text(
            f"Die Datei ist größer als {megabytes.replace(',', '.')} MB; bitte verkleinern oder "
            "aufteilen.",
            f"The file is larger than {megabytes} MB; make it smaller or split it.",
        ),
        limit_bytes=most,
    )


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Hold a lock on the folder: nothing is swept while something gets its final place."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    for path in (folder, folder.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
