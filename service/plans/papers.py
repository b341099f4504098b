"""Documents as a child reads them: one looked through, and what lies beside a plan unpacked.

What a child answers is held to what it may be where it is made: it is made again from its bytes,
by a process that does not trust them.
"""

from dataclasses import dataclass
from pathlib import Path

from gis.problem import Refusal, Text
from layers.apart.told import is_code
from layers.reading.archive import inspected, suffix
from layers.reading.attachments import attachments
from layers.reading.document import LOOKED, TYPES, recognised
from layers.reading.packages import DOCUMENT
from layers.reading.profile import UPLOAD
from layers.reading.refusals import refuse


@dataclass(frozen=True, slots=True)
class Recognise:
    """Look through the document of this name."""

    file: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a document is that its first bytes do not tell."""

    media_type: str

    def __post_init__(self) -> None:
        """Hold it to what it may be."""
        if self.media_type not in LOOKED:
            raise ValueError("no type of a document")


@dataclass(frozen=True, slots=True)
class Unpack:
    """Unpack what lies beside the plan in the archive of this name, and look through it."""

    file: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that lies beside a plan, by its name there: its media type, or the code of the
    reason why it is no document.
    """

    name: str
    media_type: str | None
    refused: str | None

    def __post_init__(self) -> None:
        """Hold it to what it may be."""
        taken = self.media_type in TYPES and self.refused is None
        left = self.media_type is None and self.refused is not None and is_code(self.refused)
        if not (taken or left) or not self.name.isprintable():
            raise ValueError("no paper")


@dataclass(frozen=True, slots=True)
class Papers:
    """What lies beside a plan, in the archive's order; the n-th lies in the folder of the child
    and is called n, from 0 on, where it is a document.
    """

    papers: tuple[Paper, ...]

    def __post_init__(self) -> None:
        """Hold it to what it may be."""
        if len(self.papers) > UPLOAD.most_members:
            raise ValueError("more than an archive may hold")


def recognise(job: Recognise, folder: Path) -> Recognised:
    """Do what a job says with a document that its first bytes do not tell.

    Raises
    ------
    Refusal
        As `layers.reading.document.recognised`; ``document-unread`` where it is longer than
        whatever is looked through.
    """
    path = folder / job.file
    if path.stat().st_size > DOCUMENT.most_bytes:
        raise Refusal("document-unread", UNREAD)
    return Recognised(recognised(path))


def unpack(job: Unpack, folder: Path) -> Papers:
    """Do what a job says. Beside the plan of a KMZ lies nothing: its pictures belong to it.

    Raises
    ------
    Refusal
        As `layers.reading.attachments.attachments`; ``plan-too-large``.
    """
    path = folder / job.file
    if path.stat().st_size > UPLOAD.most_bytes:
        raise refuse("plan-too-large")
    with inspected(path, UPLOAD) as (_, members):
        if any(suffix(member) == ".kml" for member in members):
            return Papers(())
    return Papers(tuple(_paper(one.name, one.path) for one in attachments(path, folder)))


def _paper(name: str, path: Path) -> Paper:
    try:
        return Paper(name, recognised(path), None)
    except Refusal as refusal:
        path.unlink()  # room for what comes after it
        return Paper(name, None, refusal.code)


UNREAD = Text(
    "Die Datei ist zu aufwendig, um sie sicher zu prüfen, oder die Prüfung brach ab; bitte neu "
    "speichern, am besten als PDF.",
    "The file takes too much to be looked through safely, or looking through it broke off; "
    "please save it again, preferably as PDF.",
)
