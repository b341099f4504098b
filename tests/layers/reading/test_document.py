"""What documents are, by their content alone, and what is not taken."""

from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

import pytest

from gis.problem import Refusal
from layers.reading.document import GML, LOOKED, PDF, TEXT, TYPES, XML, marked, recognised
from layers.reading.packages import OPEN, SHEET, WORD, ZIP
from layers.reading.xml import scan
from tests.layers.reading.test_xplan import document
from tests.service.cases import files
from tests.service.cases.files import ODT, OLE, packed

XPLAN = document().encode()
HTML = "http://www.w3.org/1999/xhtml"
DEEP = packed(files.WORD, **{"word/embeddings/a.docx": packed(files.WORD)})


def written(folder: Path, content: bytes) -> Path:
    path = folder / "arrived"
    path.write_bytes(content)
    return path


TAKEN = [
    (files.PDF, PDF),
    (b"\x89PNG\r\n\x1a\n....", "image/png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"II*\0....", "image/tiff"),
    (b"MM\0*....", "image/tiff"),
    (packed(files.WORD), WORD),
    (packed(files.SHEET), SHEET),
    (packed(files.WORD, **{"word/embeddings/a.xlsx": packed(files.SHEET)}), WORD),
    (packed(ODT), OPEN[0]),
    (XPLAN, GML),
    (packed({"plan.gml": XPLAN, "Begründung.pdf": files.PDF}), ZIP),
    (b'\xef\xbb\xbf<?xml version="1.0"?><a><b/></a>', XML),
    ("Größe: 3 ha\r\n\tEnde".encode(), TEXT),
    ("Größe".encode("cp1252"), TEXT),
    (b"0.2\n0\n0\n-0.2\n3\n4\n", TEXT),
]


@pytest.mark.parametrize(("content", "media_type"), TAKEN)
def test_taken(tmp_path: Path, content: bytes, media_type: str) -> None:
    assert recognised(written(tmp_path, content)) == media_type
    assert media_type in TYPES


NOT_TAKEN: list[tuple[bytes, str]] = [
    (b"", "document-empty"),
    (b"MZ\x90\0", "document-type"),
    (b"\x7fELF", "document-type"),
    (b"{\\rtf1 a}", "document-type"),
    (b"%!PS-Adobe", "document-type"),
    (b"\xff\xfea\0b\0", "document-type"),
    (b"From: a\r\nMIME-Version: 1.0\r\n\r\nZXhl", "document-type"),
    (OLE, "document-old-office"),
    (packed(files.WORD, **{"word/vbaProject.bin": b"x"}), "document-macros"),
    # A project of macros under another name is found by what it is.
    (packed(files.WORD, **{"word/media/image1.png": OLE}), "document-macros"),
    (packed(files.SHEET, **{"xl/macrosheets/sheet1.xml": b"<a/>"}), "document-macros"),
    (packed(files.WORD, **{"word/activeX/activeX1.xml": b"<a/>"}), "document-macros"),
    (
        packed({**files.WORD, "[Content_Types].xml": b"application/ms-word.macroEnabled"}),
        "document-macros",
    ),
    (
        packed({**files.WORD, "[Content_Types].xml": "document.macroEnabled".encode("utf-16")}),
        "document-macros",
    ),
    (
        packed(
            files.WORD,
            **{"word/embeddings/a.xlsx": packed(files.SHEET, **{"xl/vbaProject.bin": b"x"})},
        ),
        "document-macros",
    ),
    (packed(ODT, **{"Basic/Standard/script-lb.xml": b"<a/>"}), "document-macros"),
    (packed(ODT, **{"Scripts/python/a.py": b"1"}), "document-macros"),
    (
        packed(ODT, **{"META-INF/manifest.xml": b"<m:encryption-data/>"}),
        "document-encrypted",
    ),
    (packed(files.WORD, **{"word/embeddings/a.docx": DEEP}), "document-type"),
    (packed(files.WORD, **{"word/embeddings/a.bin": packed({"a": b"b"})}), "document-type"),
    (packed({"[Content_Types].xml": b"<a/>", "ppt/slide.xml": b"<a/>"}), "document-type"),
    (packed({"a.pdf": files.PDF}), "document-type"),
    (packed({"a.gml": XPLAN, "brief.doc": OLE}), "document-old-office"),
    (b"<html><script>1</script></html>", "document-active"),
    (b"<svg onload='1'/>", "document-active"),
    (f'<a xmlns:h="{HTML}"><h:script>1</h:script></a>'.encode(), "document-active"),
    (
        f'<a xmlns:h="{HTML.replace("h", "&#104;")}"><h:img/></a>'.encode(),
        "document-active",
    ),
    (b'<?xml-stylesheet href="a.xsl"?><a/>', "document-active"),
    (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document-active"),
    (b'<?mso-application progid="Word.Document"?><a/>', "document-macros"),
    (b'<a xmlns="http://schemas.microsoft.com/office/2006/xmlPackage"/>', "document-macros"),
    (b'<a xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>', "document-macros"),
    (b"<a><b></a>", "document-type"),
    (b'<?xml version="1.0" encoding="unknown"?><a/>', "document-type"),
]


@pytest.mark.parametrize(("content", "code"), NOT_TAKEN)
def test_not_taken(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as error:
        recognised(written(tmp_path, content))
    assert error.value.code == code


def test_an_archive_that_blows_up_is_refused(tmp_path: Path) -> None:
    bomb = packed({**files.WORD, "word/media/a.xml": bytes(5_000_000)})
    with pytest.raises(Refusal) as error:
        recognised(written(tmp_path, bomb))
    assert error.value.code == "archive-ratio"


def test_control_characters_are_found_wherever_they_are(tmp_path: Path) -> None:
    assert recognised(written(tmp_path, b"a" * 3_000_000)) == TEXT
    with pytest.raises(Refusal):
        recognised(written(tmp_path, b"a" * 3_000_000 + b"\0"))


def test_first_bytes_tell_what_is_not_looked_through() -> None:
    for content, media_type in TAKEN:
        assert (marked(content[:8]) or media_type) == media_type
        assert (marked(content[:8]) is None) == (media_type in LOOKED)


def test_the_first_element_alone_tells_whether_a_page_is_one(tmp_path: Path) -> None:
    assert recognised(written(tmp_path, b"<a><html/><svg/></a>")) == XML


@pytest.mark.parametrize("look", [recognised, scan])
def test_want_of_memory_is_no_fault_of_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: Callable[[Path], object]
) -> None:
    class Parser:
        """One that has no room."""

        def ParseFile(self, _: object) -> None:
            error = expat.ExpatError("out of memory")
            error.code = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
            raise error

    monkeypatch.setattr(expat, "ParserCreate", lambda **_: Parser())
    with pytest.raises(MemoryError):
        look(written(tmp_path, b"<a/>"))
