"""What a document is, told by its content: what is listed here is taken, nothing else.

A name proves nothing, so none is looked at.
"""

import re
from pathlib import Path
from xml.parsers import expat

from gis.problem import Refusal, Text
from layers.reading import packages
from layers.reading.xml import walk

HEAD = 65_536
PDF, TEXT, XML, GML = "application/pdf", "text/plain", "application/xml", "application/gml+xml"
DOCX = packages.WORD
IMAGES = frozenset({"image/png", "image/jpeg", "image/tiff"})
MARKS = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
# What is told by its first bytes, and what has to be looked through for it.
MARKED = frozenset(kind for _, kind in MARKS)
LOOKED = frozenset({DOCX, packages.SHEET, *packages.OPEN, XML, GML, packages.ZIP, TEXT})
TYPES = MARKED | LOOKED
OTHER_TEXT = (b"{\\rtf", b"%!PS")  # programs in the guise of text
MAIL = re.compile(rb"^(?:MIME-Version|Received|Return-Path|Message-ID):", re.I | re.M)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
ACTIVE = frozenset({"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"})
# Of office documents in one XML file, which hold what their archives are looked through for; the
# instruction opens them in an office suite though they are called .xml.
FLAT = (
    "http://schemas.microsoft.com/office/", "urn:schemas-microsoft-com:office:",
    "urn:oasis:names:tc:opendocument:xmlns:office:",
)  # fmt: skip
OPENS = "mso-"


def recognised(path: Path) -> str:
    """Return the media type of the file at `path`, which is looked through for that.

    Raises
    ------
    Refusal
        ``document-empty``, ``document-type``, ``document-macros``, ``document-old-office``,
        ``document-active``, ``document-encrypted``, or one of the ``archive-…`` codes.
    MemoryError
        Where there is not enough for it.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Refusal("document-empty", EMPTY)
    if head.startswith(packages.OLE):
        raise Refusal("document-old-office", OLD_OFFICE)
    if (found := marked(head)) is not None:
        return found
    if head.startswith(b"PK\x03\x04"):
        return packages.recognised(path, recognised)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return _xml(path, head)
    return _text(path, head)


def marked(head: bytes) -> str | None:
    """Return the media type of a file that begins like this; None where that does not tell it.

    Eight bytes are enough, and nothing else of such a file is looked at.
    """
    return next((kind for mark, kind in MARKS if head.startswith(mark)), None)


def _text(path: Path, head: bytes) -> str:
    if head.startswith(OTHER_TEXT) or (MAIL.search(head) and b"\nFrom:" in b"\n" + head):
        raise Refusal("document-type", TYPE)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if CONTROL.search(piece):
                raise Refusal("document-type", TYPE)
    return TEXT


def _xml(path: Path, head: bytes) -> str:
    """Return the type of a well-formed XML document that no browser would run anything of."""
    parser, root = expat.ParserCreate(namespace_separator=" "), [""]

    def start(tag: str, _: dict[str, str]) -> None:
        root[0] = tag.rpartition(" ")[2].lower()
        parser.StartElementHandler = None  # the others are many, and nothing is asked of them

    parser.StartElementHandler, parser.StartNamespaceDeclHandler = start, _space
    parser.StartDoctypeDeclHandler, parser.ProcessingInstructionHandler = _active, _instruction
    try:
        walk(parser, path)
    except ValueError as error:
        raise Refusal("document-type", TYPE) from error
    if root[0] in ("html", "svg"):
        _active()
    return GML if packages.XPLAN.search(head) or b"opengis.net/gml" in head else XML


def _space(_: str | None, uri: str | None) -> None:
    named = (uri or "").strip().lower()
    if named in ACTIVE:
        _active()
    if named.startswith(FLAT):
        raise Refusal("document-macros", FLAT_OFFICE)


def _instruction(target: str, _: str) -> None:
    if "stylesheet" in target.lower():
        _active()
    if target.lower().startswith(OPENS):
        raise Refusal("document-macros", FLAT_OFFICE)


def _active(*_: object) -> None:
    raise Refusal("document-active", ACTIVE_XML)


EMPTY = Text("Die Datei ist leer.", "The file is empty.")
TYPE = Text(
    "Dateien dieser Art werden nicht angenommen; bitte als PDF, PNG, JPEG, TIFF, DOCX, XLSX, ODT, "
    "ODS, XML, GML, XPlanung-ZIP oder Text liefern.",
    "Files of this type are not taken; supply a PDF, PNG, JPEG, TIFF, DOCX, XLSX, ODT, ODS, XML, "
    "GML, ZIP with XPlanGML or plain text.",
)
OLD_OFFICE = Text(
    "Alte oder verschlüsselte Office-Dateien (.doc, .xls, .msg) werden nicht angenommen, weil sich "
    "Makros darin nicht ausschließen lassen; bitte als PDF, DOCX oder XLSX speichern.",
    "Old or encrypted Office files (.doc, .xls, .msg) are not taken, because macros in them cannot "
    "be ruled out; save it as PDF, DOCX or XLSX.",
)
FLAT_OFFICE = Text(
    "Office-Dokumente in einer einzigen XML-Datei werden nicht angenommen, weil sie Makros "
    "enthalten können; bitte als PDF, DOCX, XLSX, ODT oder ODS speichern.",
    "Office documents in a single XML file are not taken, because they can hold macros; save it "
    "as PDF, DOCX, XLSX, ODT or ODS.",
)
ACTIVE_XML = Text(
    "Die Datei enthält oder lädt aktive Inhalte (HTML, SVG, Stylesheet, DTD); bitte als PDF oder "
    "ohne diese liefern.",
    "The file holds or loads active content (HTML, SVG, style sheet, DTD); supply it as PDF or "
    "without.",
)
