"""What an archive holds beside its data (the plan as PDF, scans), copied out of it safely."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from layers.reading.archive import (
    DATA,
    FORBIDDEN,
    SHAPEFILE,
    common,
    extract,
    forbidden,
    inspected,
    suffix,
)
from layers.reading.profile import UPLOAD, Profile
from layers.reading.refusals import refuse


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an archive: its name there, and where its copy lies."""

    name: str
    path: Path


def attachments(path: Path, folder: Path, profile: Profile = UPLOAD) -> Iterator[Attachment]:
    """Yield the attachments in the archive at `path`, in its order, each copied into `folder` when
    its turn comes; the copy is called by its number, from 0 on.

    What really comes out is counted. Whoever takes one may move or remove the copy.

    Raises
    ------
    Refusal
        As `layers.reading.archive.inspected` and `extract`; ``format-not-allowed`` where one is a
        program or names other files, ``archive-method`` where one is packed otherwise than
        archives usually are. All but what shows while a copy is made comes before the first one.
    """
    with inspected(path, profile) as (archive, members):
        for number, member in enumerate([m for m in members if _attached(m)]):
            target = folder / str(number)
            target.unlink(missing_ok=True)  # of a try that was ended
            extract(archive, member, target, profile)
            yield Attachment(member.filename, target)


def _attached(member: zipfile.ZipInfo) -> bool:
    ending = suffix(member)
    if ending in FORBIDDEN:
        raise forbidden(member)
    if ending in (*DATA, *SHAPEFILE) or not member.filename.isprintable():
        return False
    if not common(member):
        raise refuse("archive-method")
    return True
