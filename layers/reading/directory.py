"""The list of members of a ZIP archive: measured and counted before one of them is looked at."""

import errno
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO
from pathlib import Path
from struct import Struct

from gis.problem import Problem
from layers.reading.refusals import refuse

MOST = 5_000  # members that are listed at all; of most archives fewer are taken
MOST_BYTES = 1_024 * MOST
MARK, HEAD, LENGTHS = b"PK\x01\x02", 46, Struct("<3H")  # of each member in the list
AT_LENGTHS = 28


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose list of members is no longer than it may be.

    Whatever its end claims, with ZIP64 or without, counts for nothing: what is measured is what
    `zipfile` is about to take for the list.

    Raises
    ------
    Refusal
        ``archive-entries``, or as `understood`.
    """
    with _Guarded(FileIO(path)) as file:
        with understood():
            archive = zipfile.ZipFile(file)
        file.listing = False
        with archive:
            yield archive


@contextmanager
def understood() -> Iterator[None]:
    """Say of whatever `zipfile` raises that the archive is damaged; a fault of ours stays one.

    Raises
    ------
    Refusal
        ``archive-corrupt``, ``archive-encrypted``.
    """
    try:
        yield
    except (Problem, MemoryError):
        raise
    except OSError as error:
        # Without a number it is a decoder's word, with this one a place before the file's begin.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise refuse("archive-corrupt") from error
    except Exception as error:
        locked = type(error) is RuntimeError  # zipfile's word for "needs a password"
        raise refuse("archive-encrypted" if locked else "archive-corrupt") from error


class _Guarded(BufferedReader):
    """The file of an archive, which gives no list of members out that is too long."""

    listing = True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes; refused while the list is read, where they are too many."""
        if not self.listing:
            return super().read(size)
        if size is not None and size > MOST_BYTES:
            raise refuse("archive-entries")
        content = super().read(size)
        if content.startswith(MARK) and _longer(content, MOST):
            raise refuse("archive-entries")
        return content


def _longer(listed: bytes, most: int) -> bool:
    """Tell whether a list names more than `most` members, without making any."""
    at = 0
    for _ in range(most):
        if not listed.startswith(MARK, at) or len(listed) < at + HEAD:
            return False
        at += HEAD + sum(LENGTHS.unpack_from(listed, at + AT_LENGTHS))
    return at < len(listed)
