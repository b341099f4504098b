"""The DOCX: from Belang's template or a district's own, which is checked before it is used."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document as open_document
from docx.oxml.ns import qn

from service.statements.default_template import default_template
from service.statements.docx import docx
from service.statements.placeholders import BLOCK, shape
from service.statements.plates import MissingAltError
from service.statements.template import TemplateRefusedError, opened
from tests.service.statements import sample as made


def template(*paragraphs: str, header: str = "", cell: str = "") -> bytes:
    document = open_document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if cell:
        document.add_table(rows=1, cols=1).rows[0].cells[0].text = cell
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def written(sample: Path, own: bytes | None = None) -> Any:
    ready = made.ready(sample, "outward")
    pictures = {plate.name: b"" for plate in ready.document.plates}
    return open_document(io.BytesIO(docx(ready.document, pictures, own)))


def whole(sample: Path) -> Any:
    return open_document(io.BytesIO(made.files(sample, "outward")["stellungnahme.docx"]))


def said(document: Any) -> str:
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def test_belangs_own_template_says_everything(sample: Path) -> None:
    document, ready = whole(sample), made.ready(sample, "outward")
    text = said(document)
    for point in ready.content.points:
        assert point.number in text
        assert point.text in text
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    chapters = ready.document.data["chapters"] + ready.document.data["annexes"]
    assert len(headings) == len(chapters)
    assert "{" not in text
    assert document.core_properties.title == ready.document.data["title"]
    assert document.core_properties.language == "de"
    assert document.core_properties.author == ready.content.sender.name


def test_its_heads_repeat_and_its_pictures_say_what_they_show(sample: Path) -> None:
    document, ready = whole(sample), made.ready(sample, "outward")
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    drawn = list(document.element.body.iter(qn("wp:docPr")))
    assert [d.get("descr") for d in drawn] == [p.alt for p in ready.document.plates]


def test_the_template_itself_is_the_same_every_time_and_whole() -> None:
    assert default_template() == default_template.__wrapped__()
    opened(default_template())


def test_a_districts_own_template_is_filled(sample: Path) -> None:
    own = template(
        "Az. {{ reference }}",
        "{%p for office in offices %}",
        "{{ office.name }}",
        "{%p for point in office.points %}",
        "{{ loop.index }} {{ point.number }} {{ point.text | upper }} {{ point['label'] }}",
        "{%p endfor %}",
        "{%p endfor %}",
        "{% set who = sender.name %}{{ who }} {{ words.page }} {{ subject[1] }}",
        header="{{ sender.unit }}",
        cell="{{ assessment.text }}",
    )
    document = written(sample, own)
    text = said(document)
    assert "Az. KE-2026-0142" in text
    assert "UNB-1 IM NORDWESTEN" in text
    assert "Gegen die Planung bestehen" in text
    assert document.sections[0].header.paragraphs[0].text.startswith("Stabsstelle")


@pytest.mark.parametrize(
    ("paragraphs", "name", "number"),
    [
        (("Guten Tag", "{{ adresat }}"), "adresat", 2),
        (("{{ sender.fax }}",), "sender.fax", 1),
        (("{%p for o in offices %}", "{{ o.nane }}", "{%p endfor %}"), "o.nane", 2),
        (("{%p for o in offices %}", "x", "{%p endfor %}", "{{ o.name }}"), "o.name", 4),
        (("{%p for a in aemter %}", "x", "{%p endfor %}"), "aemter", 1),
        (("{% if sender.nam %}x{% endif %}",), "sender.nam", 1),
        (("{{ title.mro }}",), "title.mro", 1),
        (("{{ subject[0].x }}",), "subject[].x", 1),
        (("{% set x = foo %}{{ x }}",), "foo", 1),
        (("{{ reference | join(trenner) }}",), "trenner", 1),
    ],
)
def test_an_unknown_placeholder_is_refused_with_its_paragraph(
    paragraphs: tuple[str, ...], name: str, number: int
) -> None:
    with pytest.raises(TemplateRefusedError) as refused:
        opened(template(*paragraphs))
    fault = refused.value.faults[0]
    assert (fault.name, fault.paragraph) == (name, number)
    assert name in fault.text.de
    assert f"Absatz {number}" in fault.text.de
    assert f"paragraph {number}" in fault.text.en


def test_all_faults_are_named_at_once_wherever_they_stand() -> None:
    with pytest.raises(TemplateRefusedError) as refused:
        opened(template("{{ eins }}", "{{ zwei }}", header="{{ drei }}", cell="{{ vier }}"))
    assert {(f.part, f.name) for f in refused.value.faults} == {
        ("text", "eins"), ("text", "zwei"), ("text", "vier"), ("header", "drei"),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["{{ sender.name", "{% for %}", "{{ title | nosuchfilter }}"])
def test_what_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(TemplateRefusedError):
        opened(template(text))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", b"<html>"])
def test_what_is_no_docx_is_refused(data: bytes) -> None:
    with pytest.raises(TemplateRefusedError, match="DOCX"):
        opened(data)


def test_macros_and_bombs_are_refused() -> None:
    good = default_template()
    for name, body in (("word/vbaProject.bin", b"x"), ("word/big.xml", b" " * 21_000_000)):
        buffer = io.BytesIO(good)
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, body)
        with pytest.raises(TemplateRefusedError):
            opened(buffer.getvalue())


@pytest.mark.parametrize(
    "text",
    [
        "{{ title.__class__ }}",
        "{{ title.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__ }}",
        "{{ words.items.__globals__ }}",
    ],
)
def test_a_template_reaches_nothing_but_its_placeholders(sample: Path, text: str) -> None:
    with pytest.raises((TemplateRefusedError, Exception)) as refused:
        written(sample, template(text))
    assert type(refused.value).__name__ in {"TemplateRefusedError", "SecurityError"}


def test_what_offices_write_is_text_and_not_xml(sample: Path) -> None:
    own = template("{{ salutation }}")
    ready = made.ready(sample, "outward")
    odd = '<w:p/> & "a" {{ title }}'
    data = {**ready.document.data, "salutation": odd, "annexes": []}
    filled = docx(type(ready.document)(data, (), ready.content), {}, own)
    assert odd in said(open_document(io.BytesIO(filled)))


def test_a_picture_without_words_is_refused(sample: Path) -> None:
    ready = made.ready(sample, "outward")
    figure = {"kind": "figure", "name": "a", "title": "A", "alt": "", "caption": ""}
    data = {**ready.document.data, "annexes": [{"title": "x", "blocks": [figure]}]}
    with pytest.raises(MissingAltError):
        docx(type(ready.document)(data, (), ready.content), {"a": b""}, default_template())


def test_the_placeholders_are_those_a_document_has(sample: Path) -> None:
    data = made.ready(sample, "outward").document.data
    assert set(shape()) == set(data)
    assert set(shape()["sender"]) == set(data["sender"])
    assert set(shape()["signature"]) == set(data["signature"])
    office = shape()["offices"][0]
    assert set(office) == set(data["offices"][0])
    assert set(office["points"][0]) == set(data["offices"][0]["points"][0])
    blocks = [b for c in (*data["chapters"], *data["annexes"]) for b in c["blocks"]]
    assert {key for block in blocks for key in block} | {"picture"} == set(BLOCK)


def test_the_docs_name_every_placeholder() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "statement.md").read_text(encoding="utf-8")
    for name in shape():
        if name != "language":
            assert f"`{name}" in page, name
