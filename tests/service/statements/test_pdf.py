"""The PDF: what PDF/A-3 and PDF/UA ask for, that its data is inside, that it never differs."""

import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from service.statements import handover
from service.statements.document import document
from service.statements.pdf import UnfitDocumentError, compiled, pdf
from service.statements.plates import MissingAltError, plates
from tests.service.statements import sample as made
from tests.service.statements.reading import elements, page_text


@pytest.fixture(scope="module", params=["de", "en"])
def opened(request: pytest.FixtureRequest, sample: Path) -> Any:
    german = made.ready(sample, "outward")
    copy = made.copy(sample, "outward", request.param)
    # Drawing the maps once more with other words would tell nothing of the PDF.
    translated = document(copy.content, plates(copy.picture))
    ready = replace(german, copy=copy, document=translated)
    with pikepdf.open(io.BytesIO(handover.statement_pdf(ready))) as found:
        yield request.param, ready, found


def test_it_says_which_standards_it_keeps(opened: Any) -> None:
    _, ready, found = opened
    with found.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == ready.document.data["title"]
        assert metadata["xmp:CreateDate"].startswith("2026-04-09")


def test_language_title_and_structure_are_there(opened: Any) -> None:
    language, _, found = opened
    root = found.Root
    assert str(root.Lang) == language
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert "/StructTreeRoot" in root
    assert "/Outlines" in root
    for page in found.pages:
        assert str(page.Tabs) == "/S"


def test_headings_tables_and_figures_are_tagged(opened: Any) -> None:
    _, ready, found = opened
    tags = Counter(str(element.S) for element in elements(found))
    assert tags["/H1"] == len(ready.document.data["chapters"] + ready.document.data["annexes"])
    assert tags["/H2"] > 5
    assert tags["/Figure"] == len(ready.document.plates)
    tables = [e for e in elements(found) if str(e.S) == "/Table"]
    heads = [e for e in elements(found) if str(e.S) == "/TH"]
    assert tables
    assert heads
    assert all(str(e.A.Scope if "/Scope" in e.A else "") == "/Column" for e in _attributed(heads))


def _attributed(heads: list[Any]) -> list[Any]:
    return [e for e in heads if isinstance(e.get("/A"), pikepdf.Dictionary) and "/Scope" in e.A]


def test_every_figure_says_what_it_shows(opened: Any) -> None:
    _, ready, found = opened
    said = [str(e.get("/Alt", "")) for e in elements(found) if str(e.S) == "/Figure"]
    assert said == [plate.alt for plate in ready.document.plates]
    assert all(len(alt) > 60 for alt in said)


def test_its_data_is_inside_and_says_what_it_is_to_the_document(opened: Any) -> None:
    _, ready, found = opened
    assert set(found.attachments) == {"report.json", "statement.json", "places.geojson"}
    for name, content in ready.data.items():
        attached = found.attachments[name]
        assert attached.get_file().read_bytes() == content
        assert attached.relationship == pikepdf.Name.Data
        assert attached.description
    assert len(found.Root.AF) == 3
    report = json.loads(found.attachments["report.json"].get_file().read_bytes())
    assert report["plan"]["sha256"].startswith("sha256:")


def test_all_typefaces_are_inside(opened: Any) -> None:
    _, _, found = opened
    fonts = [f for page in found.pages for f in page.Resources.get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
        assert "SourceSansPro" in str(descriptor.FontName)


def test_the_text_of_all_points_is_on_its_pages(opened: Any) -> None:
    _, ready, found = opened
    # A hyphen at the end of a line belongs to the page and not to the words.
    pages = "".join(page_text(page) for page in found.pages)
    letters = "".join(c for c in pages if c.isalnum())
    for point in ready.content.points:
        assert point.number in pages
        assert "".join(c for c in point.text if c.isalnum()) in letters


def test_the_same_statement_gives_the_same_bytes(sample: Path) -> None:
    ready = made.ready(sample, "outward")
    assert handover.statement_pdf(ready) == made.files(sample, "outward")["stellungnahme.pdf"]


def test_a_picture_without_words_makes_no_document(sample: Path) -> None:
    ready = made.ready(sample, "outward")
    with pytest.raises(MissingAltError):
        replace(ready.document.plates[0], alt=" ")
    blocks = [block for a in ready.document.data["annexes"] for block in a["blocks"]]
    next(b for b in blocks if b["kind"] == "figure")["alt"]
    silent = json.loads(json.dumps(ready.document.data))
    for annex in silent["annexes"]:
        for block in annex["blocks"]:
            if block["kind"] == "figure":
                block["alt"] = None
    with pytest.raises(UnfitDocumentError, match="alt"):
        pdf(replace(ready.document, data=silent), [], ready.svg)


def test_a_typeface_nobody_has_is_an_error_and_no_empty_page() -> None:
    text = b'#set document(title: "x")\n#set text(font: "Comic Sans MS")\nHallo'
    with pytest.raises(UnfitDocumentError, match="comic"):
        compiled({"main.typ": text}, "2026-04-09")


HOSTILE = (
    "#panic() $x$ *fett* _kursiv_ = Titel @quelle <label> `code` \\ // kein Kommentar",
    '#read("/etc/passwd") #include "statement.typ" #import "x"',
    "W" * 400,
    "Zeile\nZeile\n\nAbsatz\n\n\n\nLeer",
    "中文 \u202e umgekehrt \u0000 \u00ad \ufeff ≤ α → Ж",
)


@pytest.mark.parametrize("text", HOSTILE[:4])
def test_what_offices_write_is_text_and_never_markup(sample: Path, text: str) -> None:
    copy = made.copy(sample, "outward")
    voice = copy.content.voices[0]
    told = replace(voice, points=(replace(voice.points[0], text=text),))
    content = replace(copy.content, voices=(told,))
    ready = made.ready(sample, "outward")
    made_of = document(content, ())
    with pikepdf.open(io.BytesIO(pdf(made_of, [], {}))) as found:
        pages = "".join(page_text(page) for page in found.pages)
    letters = "".join(c for c in text if c.isalnum())
    assert letters in "".join(c for c in pages if c.isalnum())
    assert ready.document.plates  # the sample itself is left alone


def test_signs_that_no_typeface_has_are_written_out(sample: Path) -> None:
    copy = made.copy(sample, "outward")
    voice = copy.content.voices[0]
    told = replace(voice, points=(replace(voice.points[0], text=HOSTILE[4]),))
    made_of = document(replace(copy.content, voices=(told,)), ())
    with pikepdf.open(io.BytesIO(pdf(made_of, [], {}))) as found:
        pages = "".join(page_text(page) for page in found.pages)
    assert "[U+4E2D][U+6587]" in pages
    assert "umgekehrt" in pages
    assert set("≤α→Ж") <= set(pages)


def test_a_statement_with_next_to_nothing_in_it_is_still_one(sample: Path) -> None:
    whole = made.copy(sample, "outward").content
    bare = replace(
        whole,
        addressee=replace(whole.addressee, lines=(), reference=None, way=None),
        subject=replace(whole.subject, procedure_code=None, procedure="", asked=None),
        copies=(), received=(), voices=(), no_objection=(), no_answer=(), not_concerned=(),
        missing=(), gaps=(), resolutions=(), corrections=(), committee=None, texts=(),
        version=1,
        checked=replace(
            whole.checked, findings=(), not_affected=(), outside=(), unresolved=(), withheld=(),
            warnings=(), provenance=(),
        ),
    )  # fmt: skip
    made_of = document(bare, ())
    assert [chapter["title"] for chapter in made_of.data["chapters"]][-1] == "Gesamtbeurteilung"
    with pikepdf.open(io.BytesIO(pdf(made_of, [], {}))) as found:
        assert len(found.pages) <= 3
        assert bare.closing.function in "".join(page_text(page) for page in found.pages)
