"""Everything that is made of one edition of a statement, and the package that hands it over."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from maps import geopackage, interactive
from service.cases.geojson import written
from service.statements.canonical import to_bytes
from service.statements.content import Content
from service.statements.document import Document, document
from service.statements.edition import Copy, LeakError
from service.statements.metadata import Listed, checksums, metadata
from service.statements.page import page
from service.statements.plates import plates
from service.statements.record import pictured
from service.statements.zips import packed

MIME = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "json": "application/json",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "xml": "application/xml",
    "txt": "text/plain",
}
# Name, and its kind as an electronic file has it.
KINDS = {
    "stellungnahme.pdf": "Stellungnahme",
    "stellungnahme.docx": "Stellungnahme (bearbeitbar)",
    "stellungnahme.html": "Stellungnahme (Seite)",
    "karte.html": "Interaktive Karte",
    "abwaegung.docx": "Abwägungstabelle",
    "abwaegung.xlsx": "Abwägungstabelle",
    "statement.json": "Stellungnahme als Daten",
    "report.json": "Bericht der Prüfung",
    "places.geojson": "Geometrien",
    "places.gpkg": "Geometrien (GeoPackage)",
    "audit.json": "Auszug aus dem Journal",
}
PRESSED = frozenset({"stellungnahme.pdf", "stellungnahme.docx", "abwaegung.docx", "abwaegung.xlsx"})
BINDING = "stellungnahme-unterzeichnet.pdf"
ADDED = frozenset({"metadata.xml", "SHA256SUMS.txt"})


@dataclass(frozen=True)
class Prepared:
    """One edition, ready to be written down: its document, its maps drawn, its data."""

    copy: Copy
    document: Document
    svg: Mapping[str, bytes]
    data: Mapping[str, bytes]

    @property
    def content(self) -> Content:
        """What it says."""
        return self.copy.content


def prepare(copy: Copy) -> Prepared:
    """Return an edition with its maps drawn and its data written."""
    drawn = plates(copy.picture)
    whole = document(copy.content, drawn)
    data = {
        "statement.json": to_bytes(copy.content),
        "report.json": _json(copy.report),
        "places.geojson": written(pictured(copy), "wgs84"),
    }
    return Prepared(copy, whole, {plate.name: plate.svg() for plate in drawn}, data)


def _json(report: Mapping[str, Any]) -> bytes:
    return json.dumps(report, ensure_ascii=False, sort_keys=True, indent=1).encode()


def statement_pdf(ready: Prepared) -> bytes:
    """Return the statement as PDF/A-3 and PDF/UA, with its data inside."""
    from service.statements.pdf import Attachment, pdf  # as below

    inside = [Attachment(name, content) for name, content in ready.data.items()]
    return pdf(ready.document, inside, ready.svg)


def statement_docx(ready: Prepared, template: bytes | None = None) -> bytes:
    """Return the statement as DOCX, from the district's template or Belang's own.

    Raises
    ------
    TemplateRefusedError
        If the template asks for what there is not.
    """
    from service.statements.docx import docx  # a fifth of a second to import

    return docx(ready.document, {p.name: p.png() for p in ready.document.plates}, template)


def statement_map(ready: Prepared) -> str:
    """Return the interactive map of the statement as one file."""
    return interactive.render(pictured(ready.copy))


def statement_geopackage(ready: Prepared) -> bytes:
    """Return plan, findings and points as a GeoPackage."""
    with TemporaryDirectory(prefix="belang-gpkg-") as folder:
        path = Path(folder) / "places.gpkg"
        geopackage.write(path, pictured(ready.copy))
        return path.read_bytes()


def files(
    ready: Prepared, *, template: bytes | None = None, audit: bytes | None = None
) -> dict[str, bytes]:
    """Return all files of an edition by name; `audit` is the journal's extract as JSON.

    Raises
    ------
    LeakError
        If a journal's extract is to go into the outward edition.
    TemplateRefusedError
        If the template asks for what there is not.
    """
    from service.statements.weighing import spreadsheet, word  # as above, and openpyxl

    if audit is not None and ready.content.edition == "outward":
        raise LeakError("the journal stays in the house")
    made = {
        "stellungnahme.pdf": statement_pdf(ready),
        "stellungnahme.docx": statement_docx(ready, template),
        "stellungnahme.html": page(ready.document, ready.svg).encode(),
        "karte.html": statement_map(ready).encode(),
        "abwaegung.docx": word(ready.content),
        "abwaegung.xlsx": spreadsheet(ready.content),
        **ready.data,
        "places.gpkg": statement_geopackage(ready),
    }
    return made if audit is None else {**made, "audit.json": audit}


def package(content: Content, made: Mapping[str, bytes], *, signed: bytes | None = None) -> bytes:
    """Return the ZIP for the electronic file: the files, their metadata, their checksums.

    `signed` is the PDF as it came back from signing: the binding copy.
    """
    members = dict(made)
    if signed is not None:
        members[BINDING] = signed
    members["metadata.xml"] = metadata(content, _listed(content, members), members)
    members["SHA256SUMS.txt"] = checksums(members)
    return packed(members, stored=PRESSED | {BINDING})


def members(package: bytes) -> dict[str, bytes]:
    """Return the files of a package, without what `package` itself has added."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name not in ADDED}


def _listed(content: Content, members: Mapping[str, bytes]) -> list[Listed]:
    kinds = {**KINDS, BINDING: "Stellungnahme (verbindliche Ausfertigung, signiert)"}
    return [
        Listed(name, kinds.get(name, name), _mime(name), content.closing.date) for name in members
    ]


def _mime(name: str) -> str:
    return MIME.get(name.rpartition(".")[2], "application/octet-stream")
