"""Reading what was written: every text that stands in a file, whatever it is packed in."""

import base64
import io
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

DATA_URI = re.compile(rb"data:[\w/+.-]+;base64,([A-Za-z0-9+/=]+)")


def texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the name of every text in a file, and the text."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from texts(f"{name}/{member}", archive.read(member))
    elif content[:5] == b"%PDF-":
        yield from pdf_texts(name, content)
    elif content[:15] == b"SQLite format 3":
        yield name, content.decode("latin-1") + _rows(content)
    else:
        yield name, content.decode("utf-8", errors="replace")
        for number, match in enumerate(DATA_URI.finditer(content)):
            yield from texts(f"{name}#{number}", base64.b64decode(match.group(1)))


def _rows(content: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "read.gpkg"
        path.write_bytes(content)
        connection = sqlite3.connect(path)
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()


def pdf_texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield pages, attachments, metadata and alternative texts of a PDF."""
    with pikepdf.open(io.BytesIO(content)) as document:
        for number, page in enumerate(document.pages, start=1):
            yield f"{name}/page {number}", page_text(page)
        for attached in document.attachments:
            data = document.attachments[attached].get_file().read_bytes()
            yield from texts(f"{name}/{attached}", data)
        yield f"{name}/metadata", document.Root.Metadata.read_bytes().decode()
        yield f"{name}/alt", "\n".join(str(e.get("/Alt", "")) for e in elements(document))


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Yield all elements of the structure tree."""
    waiting: list[Any] = [document.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting.extend(reversed(list(element)))
        elif isinstance(element, pikepdf.Dictionary):
            if "/S" in element:
                yield element
            if "/K" in element:
                waiting.append(element.K)


def page_text(page: Any) -> str:
    """Return the text of a page, by the maps its fonts carry for whoever copies it."""
    maps = {name: _to_unicode(font) for name, font in page.Resources.get("/Font", {}).items()}
    said, font = [], ""
    for operands, operator in pikepdf.parse_content_stream(page, "Tf Tj TJ ET"):
        if str(operator) == "Tf":
            font = str(operands[0])
        elif str(operator) in ("Tj", "TJ"):
            shown = operands[0] if str(operator) == "TJ" else [operands[0]]
            for piece in shown:
                if isinstance(piece, pikepdf.String):
                    said.append(_decoded(bytes(piece), maps[font]))
        elif str(operator) == "ET":
            said.append(" ")
    return "".join(said)


def _decoded(codes: bytes, names: dict[int, str]) -> str:
    pairs = zip(codes[::2], codes[1::2], strict=False)
    return "".join(names.get(high << 8 | low, "") for high, low in pairs)


def _to_unicode(font: Any) -> dict[int, str]:
    cmap = font.ToUnicode.read_bytes().decode("latin-1")
    names = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            names[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for low, high, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int.from_bytes(bytes.fromhex(text), "big")
            for step, code in enumerate(range(int(low, 16), int(high, 16) + 1)):
                names[code] = chr(start + step)
    return names
