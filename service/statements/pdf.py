"""The statement as PDF/A-3 that is PDF/UA as well, with its data inside; the same bytes every time.

typst lays it out and checks both standards itself: a picture without alternative text, or anything
else that breaks them, is an error and gives no file.
"""

import atexit
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from gis.problem import Text
from maps import fonts
from service.statements.document import Document

STANDARDS: list[Any] = ["a-3a", "ua-1"]
STYLES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold")
DESCRIPTIONS = {
    "report.json": Text("Bericht der Prüfung", "Report of the check"),
    "statement.json": Text("Stellungnahme als Daten", "The statement as data"),
    "places.geojson": Text("Geometrien", "Geometries"),
}
MIME = {"json": "application/json", "geojson": "application/geo+json"}


class UnfitDocumentError(Exception):
    """typst refuses the document: it would not be PDF/A and PDF/UA. A defect, never a user's."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF; ``source`` where the document was made from it, else ``data``."""

    name: str
    content: bytes
    relationship: str = "data"


@cache
def _fonts() -> typst.Fonts:
    """Return the faces of the statement alone: of two files of one face nobody knows which is used.

    typst takes folders only, so they get one of their own for as long as the process lives.
    """
    folder = tempfile.TemporaryDirectory(prefix="belang-fonts-")
    atexit.register(folder.cleanup)
    for file in (*map(fonts.file, STYLES), *fonts.fallback()):
        (Path(folder.name) / file.name).symlink_to(file)
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder.name]
    )


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("templates", "statement.typ").read_bytes()


def pdf(document: Document, attached: Sequence[Attachment], pictures: Mapping[str, bytes]) -> bytes:
    """Return the PDF; `pictures` are SVG by the names of the document's plates.

    Raises
    ------
    UnfitDocumentError
        If the standards are not met.
    """
    data = {**_writable(document.data), "attached": [_described(a, document) for a in attached]}
    files = {
        "main.typ": _template(),
        "document.json": json.dumps(data, ensure_ascii=False, sort_keys=True).encode(),
        **{f"{name}.svg": svg for name, svg in pictures.items()},
        **{a.name: a.content for a in attached},
    }
    return compiled(files, document.data["date"])


def _writable(value: Any) -> Any:
    """Return data whose texts hold only signs that can be shown."""
    if isinstance(value, str):
        return fonts.writable(value)
    if isinstance(value, dict):
        return {key: _writable(inner) for key, inner in value.items()}
    return [_writable(inner) for inner in value] if isinstance(value, list) else value


def compiled(files: Mapping[str, bytes], day: str) -> bytes:
    """Return what typst makes of `files` as PDF, dated `day`.

    Raises
    ------
    UnfitDocumentError
        If the standards are not met.
    """
    noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    build: Any = typst.compile_with_warnings
    try:
        made, warnings = build(
            dict(files),
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=noon,
        )
    except typst.TypstError as error:
        raise UnfitDocumentError(error.diagnostic or error.message) from error
    if warnings:  # a typeface it does not know would leave the text out
        raise UnfitDocumentError("; ".join(warning.message for warning in warnings))
    return bytes(made)


def _described(attachment: Attachment, document: Document) -> dict[str, str]:
    text = DESCRIPTIONS.get(attachment.name)
    digest = hashlib.sha256(attachment.content).hexdigest()
    said = text.in_language(document.data["language"]) if text else attachment.name
    return {
        "name": attachment.name,
        "relationship": attachment.relationship,
        "mime": MIME.get(attachment.name.rpartition(".")[2], "application/octet-stream"),
        "description": f"{said} (SHA-256 {digest})",
    }
