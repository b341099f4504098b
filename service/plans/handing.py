"""How a file is handed over to a child: copied into a folder of its own, and counted."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from layers.apart.limits import FULL, UnavailableError
from layers.reading import UPLOAD

SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
PIECE = 1 << 20


@contextmanager
def own_folder() -> Iterator[Path]:
    """Give a folder that nobody else sees, gone afterwards with whatever is in it.

    Raises
    ------
    UnavailableError
        Where the disk has no room for it.
    """
    try:
        made = TemporaryDirectory(prefix="belang-")
    except OSError as error:
        if error.errno in FULL:
            raise UnavailableError("the disk has no room for a folder") from error
        raise
    with made as folder:
        yield Path(folder)


def copied(path: Path, own: Path, most: int = UPLOAD.most_bytes) -> str:
    """Copy a file, one byte more than may be read at most, and return its hash, SHA-256 in hex.

    Raises
    ------
    UnavailableError
        Where the disk has no room for it.
    """
    digest, left = hashlib.sha256(), most + 1
    try:
        with path.open("rb") as file, own.open("wb") as copy:
            while piece := file.read(min(PIECE, left)):
                digest.update(piece)
                copy.write(piece)
                left -= len(piece)
    except OSError as error:
        if error.errno in FULL:
            raise UnavailableError("the disk has no room for a copy") from error
        raise
    return digest.hexdigest()


def suffix(path: Path) -> str:
    """Return how the name of a file ends, where that is plain."""
    return path.suffix if SUFFIX.fullmatch(path.suffix) else ""
