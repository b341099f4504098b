"""Documents that are ZIP archives: office suites without macros, XPlanGML with attachments."""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from gis.problem import Refusal, Text
from layers.reading.archive import common, extract, head, inspected
from layers.reading.attachments import attachments
from layers.reading.profile import UPLOAD
from layers.reading.refusals import refuse

ZIP = "application/zip"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old form of Office, which macros still have
DOCUMENT = replace(UPLOAD, most_bytes=10**9, most_unpacked=10**9, most_members=5_000)
CONTENTS = "[Content_Types].xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN = ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet")
XPLAN = re.compile(rb"xplanung\.de/xplangml|XPlanAuszug")
MACROS = re.compile(r"vba(project|data)|/macrosheets/|/activex/|^(basic|scripts)/", re.IGNORECASE)
DECLARED = re.compile(rb"macro|vbaproject", re.IGNORECASE)
DEEPEST = 2  # an office document in an office document, and no further
MOST_DECLARED = 4_000_000  # bytes of the list of parts


def recognised(path: Path, other: Callable[[Path], str]) -> str:
    """Return the media type of an archive; `other` looks at what lies beside a plan.

    Raises
    ------
    Refusal
        ``document-type``, ``document-macros``, ``document-encrypted``, one of the ``archive-…``
        codes, or as `other`.
    """
    if (found := office(path)) is not None:
        return found
    with _opened(path) as (archive, members):
        plans = [m for m in members if m.filename.lower().endswith((".gml", ".xml"))]
        if not any(XPLAN.search(head(archive, m, 65_536)) for m in plans):
            raise Refusal("document-type", PACKED)
    with TemporaryDirectory(prefix="belang-") as folder:
        for one in attachments(path, Path(folder)):
            other(one.path)
            one.path.unlink()
    return ZIP


def office(path: Path, depth: int = 0) -> str | None:
    """Return the type of an office document without macros; None where it is none.

    Raises
    ------
    Refusal
        As `recognised`.
    """
    with _opened(path) as (archive, members):
        found = _kind(archive, members)
        if found is None:
            return None
        for member in members:
            begin = head(archive, member, 8)
            if MACROS.search(member.filename) or begin.startswith(OLE):
                raise Refusal("document-macros", WITH_MACROS)
            if begin.startswith(b"PK\x03\x04"):
                _embedded(archive, member, depth + 1)
        return found


def _kind(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str | None:
    known = {member.filename: member for member in members}
    if CONTENTS in known:
        declared = head(archive, known[CONTENTS], MOST_DECLARED).replace(b"\0", b"")
        if DECLARED.search(declared):
            raise Refusal("document-macros", WITH_MACROS)
        if "word/document.xml" in known:
            return WORD
        if "xl/workbook.xml" in known:
            return SHEET
        raise Refusal("document-type", PACKED)
    if "mimetype" not in known:
        return None
    if "META-INF/manifest.xml" in known:
        manifest = head(archive, known["META-INF/manifest.xml"], MOST_DECLARED)
        if b"encryption-data" in manifest.replace(b"\0", b""):
            raise Refusal("document-encrypted", ENCRYPTED)
    said = head(archive, known["mimetype"], 100).decode("ascii", "replace").strip()
    if said not in OPEN:
        raise Refusal("document-type", PACKED)
    return said


def _embedded(archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int) -> None:
    """Look through what a document holds in turn, such as the table of a diagram."""
    if depth >= DEEPEST:
        raise Refusal("document-type", PACKED)
    with TemporaryDirectory(prefix="belang-") as folder:
        target = Path(folder) / "embedded"
        extract(archive, member, target, DOCUMENT)
        if office(target, depth) is None:
            raise Refusal("document-type", PACKED)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    with inspected(path, DOCUMENT) as (archive, members):
        if not all(map(common, members)):
            raise refuse("archive-method")
        yield archive, members


PACKED = Text(
    "Archive werden nur mit einer Planung in XPlanGML angenommen, Office-Dateien nur als DOCX, "
    "XLSX, ODT oder ODS; bitte die Unterlagen einzeln liefern.",
    "Archives are taken with a plan in XPlanGML only, office files as DOCX, XLSX, ODT or ODS only; "
    "supply the documents one by one.",
)
WITH_MACROS = Text(
    "Das Dokument enthält Makros oder eingebettete Objekte, die welche enthalten können; bitte "
    "ohne sie oder als PDF speichern.",
    "The document holds macros, or embedded objects that can hold some; save it without them or "
    "as PDF.",
)
ENCRYPTED = Text(
    "Das Dokument ist verschlüsselt; bitte ohne Kennwort speichern.",
    "The document is encrypted; save it without a password.",
)
