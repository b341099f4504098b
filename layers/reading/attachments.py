"""What an archive holds beside its data (the plan as PDF, scans): named, and copied safely."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

from layers.reading.archive import (
    DATA,
    FORBIDDEN,
    SHAPEFILE,
    common,
    extract,
    head,
    inspected,
    suffix,
)
from layers.reading.profile import UPLOAD, Profile
from layers.reading.refusals import refuse
from layers.reading.sniff import sniff

UNKNOWN = "application/octet-stream"
# By content, because a name proves nothing; what has no mark of its own is told by its name.
MARKS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
TEXTS = (".txt", ".pgw", ".jgw", ".tfw", ".wld", ".pngw", ".jpgw", ".tifw")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an archive: its name there, its media type by content, its size in bytes."""

    name: str
    media_type: str
    size: int


def attachments(path: Path, profile: Profile = UPLOAD) -> tuple[Attachment, ...]:
    """Return the attachments in the file at `path`, in the archive's order; none of other files.

    Raises
    ------
    Refusal
        As `layers.reading.archive.inspected`; ``archive-method`` where one is packed otherwise
        than archives usually are.
    """
    if sniff(path) != "zip":
        return ()
    with inspected(path, profile) as (archive, members):
        return tuple(
            Attachment(m.filename, _media_type(archive, m), m.file_size)
            for m in members
            if _attached(m)
        )


def copied(path: Path, name: str, target: Path, profile: Profile = UPLOAD) -> Attachment:
    """Copy the attachment of this name to `target`, which must not exist yet, counting what
    really comes out; a torn copy is removed.

    Raises
    ------
    Refusal
        As `attachments`; ``archive-corrupt`` where it is not what the archive says.
    KeyError
        Where no attachment has that name.
    """
    with inspected(path, profile) as (archive, members):
        member = {m.filename: m for m in members if _attached(m)}[name]
        attachment = Attachment(name, _media_type(archive, member), member.file_size)
        if target.exists():
            raise FileExistsError(target)
        try:
            extract(archive, member, target, profile)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return attachment


def _attached(member: zipfile.ZipInfo) -> bool:
    ending = suffix(member)
    if ending in FORBIDDEN:
        raise refuse("format-not-allowed")
    if ending in (*DATA, *SHAPEFILE) or not member.filename.isprintable():
        return False
    if not common(member):
        raise refuse("archive-method")
    return True


def _media_type(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    begin = head(archive, member, 8)
    marked = next((kind for mark, kind in MARKS if begin.startswith(mark)), None)
    if marked is None and suffix(member) in TEXTS:
        return "text/plain"
    return marked or UNKNOWN
