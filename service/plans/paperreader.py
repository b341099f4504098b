"""Documents looked through and unpacked apart from this process, which opens none of them."""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gis.problem import Refusal, Text
from layers.apart.apart import Apart, BrokenError, TooMuchError
from layers.apart.told import Told
from layers.apart.wire import UnfitError, no_crs, packed, unpacked
from layers.reading.document import MARKED, marked
from layers.reading.packages import DOCUMENT
from layers.reading.profile import UPLOAD
from layers.reading.sniff import is_archive
from service.plans.handing import copied, own_folder
from service.plans.papers import UNREAD, Paper, Papers, Recognise, Recognised, Unpack

SENT = "sent"  # as what it is handed over
HEAD = 8  # bytes
log = logging.getLogger(__name__)


class PaperReader:
    """Looks through documents in the children of a reader; safe to use from several threads."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart

    def recognised(self, path: Path) -> str:
        """Return the media type of the document at `path`, which is looked through for that; of
        one that its first bytes tell (a picture, a PDF) nothing else is read.

        Raises
        ------
        Refusal
            As `layers.reading.document.recognised`; ``document-unread`` where looking takes more
            time or memory than it may, or breaks off.
        UnavailableError
            If no child can be started, or the disk has no room for a copy.
        """
        with path.open("rb") as file:
            told = marked(file.read(HEAD))
        if told is not None:
            return told
        with own_folder() as folder, _understood(UNREAD):
            copied(path, folder / SENT, most=DOCUMENT.most_bytes)
            answer = self._apart.run(packed(Recognise(SENT)), folder)
            found: Recognised | Told = unpacked(answer, Recognised | Told, no_crs)
        if isinstance(found, Told):
            raise found.problem
        return found.media_type

    @contextmanager
    def beside(self, path: Path) -> Iterator[list[tuple[Paper, Path]]]:
        """Yield what lies beside the plan in the file at `path`, which may be an archive, and
        where copies of what are documents lie until the context is left; they may be removed.

        Raises
        ------
        Refusal
            As `service.plans.papers.unpack`; ``document-unread`` as `recognised`.
        UnavailableError
            As `recognised`.
        """
        if not is_archive(path):
            yield []
            return
        with own_folder() as folder:
            with _understood(BESIDE):
                copied(path, folder / SENT)
                answer = self._apart.run(packed(Unpack(SENT)), folder)
                found: Papers | Told = unpacked(answer, Papers | Told, no_crs)
                placed = [] if isinstance(found, Told) else _placed(found, folder)
            if isinstance(found, Told):
                raise found.problem
            yield placed


def opened(copy: Path) -> BinaryIO:
    """Open what a child has left: a file of its own, and no link to another.

    Raises
    ------
    OSError
        If it is anything else.
    """
    number = os.open(copy, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    found = os.fstat(number)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(number)
        raise OSError("no file of its own")
    return os.fdopen(number, "rb")


def _placed(found: Papers, folder: Path) -> list[tuple[Paper, Path]]:
    """Return where papers lie, where a child has left what it says."""
    placed = [(paper, folder / str(n)) for n, paper in enumerate(found.papers)]
    try:
        folder.chmod(0o700)
        (folder / SENT).unlink(missing_ok=True)  # room for what is kept
        size = sum(_size(paper, copy) for paper, copy in placed)
    except OSError as error:
        raise UnfitError("other documents than it says") from error
    if size > UPLOAD.most_unpacked:
        raise UnfitError("more than an archive may hold")
    return placed


def _size(paper: Paper, copy: Path) -> int:
    """Return the bytes of a paper that is of the type it is said to be; 0 where it is none."""
    if paper.media_type is None:
        return 0
    with opened(copy) as file:
        told = marked(file.read(HEAD))
        if paper.media_type != told and (told is not None or paper.media_type in MARKED):
            raise OSError("of another type")
        return os.fstat(file.fileno()).st_size


@contextmanager
def _understood(text: Text) -> Iterator[None]:
    """Say in words for users how a child has ended."""
    try:
        yield
    except TooMuchError as error:
        raise Refusal("document-unread", text) from error
    except (BrokenError, UnfitError) as error:
        log.error("looking through documents broke off: %s", error)
        raise Refusal("document-unread", text) from error


BESIDE = Text(
    "Was neben der Planung im Archiv liegt, ist zu aufwendig, um es sicher zu prüfen, oder die "
    "Prüfung brach ab; bitte die Planung allein einreichen und die Unterlagen danach einzeln.",
    "What lies beside the plan in the archive takes too much to be looked through safely, or "
    "looking through it broke off; please hand in the plan alone and the documents one by one.",
)
