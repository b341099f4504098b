"""Belang's own DOCX template, made by code, so that nothing binary needs to be kept.

A district may save it, change it in Word, and name it in its house rules.
"""

import io
from functools import cache
from typing import Any

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from service.statements.zips import settled

FONT = "Calibri"
ACCENT, QUIET = RGBColor(0x1F, 0x4E, 0x79), RGBColor(0x4A, 0x4F, 0x55)
FIRST_DAY = "2026-01-01"
SIZES = {"Heading 1": 13, "Heading 2": 11.5, "Heading 3": 10.5}

# One paragraph a line: what it says, and in which style. `{%p` governs whole paragraphs.
LETTER = (
    ("{{ sender.name }}", "Sender"),
    ("{{ sender.unit }}", "Quiet"),
    ("", "Normal"),
    ("{{ sender.line }}", "Tiny"),
    ("{%p if way %}", "Normal"),
    ("{{ way }}", "Quiet"),
    ("{%p endif %}", "Normal"),
    ("{%p for line in addressee %}", "Normal"),
    ("{{ line }}", "Tight"),
    ("{%p endfor %}", "Normal"),
    ("", "Normal"),
    ("{%p for row in information %}", "Normal"),
    ("{{ row[0] }}:\t{{ row[1] }}", "Fact"),
    ("{%p endfor %}", "Normal"),
    ("", "Normal"),
    ("{{ subject[0] }}", "Subject"),
    ("{{ subject[1] }}", "Subject"),
    ("{{ subject[2] }}", "Quiet"),
    ("{%p if version %}", "Normal"),
    ("{{ version }}", "Strong text"),
    ("{%p endif %}", "Normal"),
    ("{%p if edition %}", "Normal"),
    ("{{ edition }}", "Strong text"),
    ("{%p endif %}", "Normal"),
    ("{{ salutation }}", "Normal"),
    ("{{ opening }}", "Normal"),
)
SIGNATURE = (
    ("{%p for line in texts %}", "Normal"),
    ("{{ line }}", "Normal"),
    ("{%p endfor %}", "Normal"),
    ("{{ regards }}", "Kept"),
    ("{{ signature.capacity }}", "Kept"),
    ("", "Kept"),
    ("", "Kept"),
    ("{{ signature.function }}", "Kept"),
    ("{{ signature.place }}", "Quiet"),
    ("{%p if signature.seal %}", "Normal"),
    ("({{ signature.seal }})", "Quiet"),
    ("{%p endif %}", "Normal"),
    ("{%p if annexes %}", "Normal"),
    ("{{ words.annexes }}", "Strong text"),
    ("{%p for annex in annexes %}", "Normal"),
    ("{{ annex.label }}: {{ annex.title }}", "List Bullet"),
    ("{%p endfor %}", "Normal"),
    ("{%p endif %}", "Normal"),
    ("{%p if copies %}", "Normal"),
    ("{{ words.copies }}", "Strong text"),
    ("{%p for copy in copies %}", "Normal"),
    ("{{ copy }}", "List Bullet"),
    ("{%p endfor %}", "Normal"),
    ("{%p endif %}", "Normal"),
)
# The blocks of a chapter; the table in their midst is added by `_table`.
BEFORE_TABLE = (
    ("{%p for block in chapter.blocks %}", "Normal"),
    ("{%p if block.kind == 'heading' and block.level == 2 %}", "Normal"),
    ("{{ block.text }}", "Heading 2"),
    ("{%p elif block.kind == 'heading' %}", "Normal"),
    ("{{ block.text }}", "Heading 3"),
    ("{%p elif block.kind == 'text' and block.tone == 'strong' %}", "Normal"),
    ("{{ block.text }}", "Strong text"),
    ("{%p elif block.kind == 'text' and block.tone == 'quiet' %}", "Normal"),
    ("{{ block.text }}", "Quiet"),
    ("{%p elif block.kind == 'text' %}", "Normal"),
    ("{{ block.text }}", "Normal"),
    ("{%p elif block.kind == 'list' %}", "Normal"),
    ("{%p for item in block['items'] %}", "Normal"),
    ("{{ item }}", "List Bullet"),
    ("{%p endfor %}", "Normal"),
    ("{%p elif block.kind == 'rows' %}", "Normal"),
    ("{%p for row in block.rows %}", "Normal"),
    ("{{ row[0] }}:\t{{ row[1] }}", "Fact"),
    ("{%p endfor %}", "Normal"),
    ("{%p elif block.kind == 'points' %}", "Normal"),
    ("{%p for point in block.points %}", "Normal"),
    ("{{ point.number }}\t{% if point.marks %}[{{ point.marks | join(', ') }}] {% endif %}"
     "{{ point.text }}", "Point"),
    ("{%p for fact in point.facts %}", "Normal"),
    ("{{ fact[0] }}: {{ fact[1] }}", "Point fact"),
    ("{%p endfor %}", "Normal"),
    ("{%p endfor %}", "Normal"),
    ("{%p elif block.kind == 'figure' %}", "Normal"),
    ("{{ block.picture }}", "Kept"),
    ("{{ block.caption }}", "Caption"),
    ("{%p elif block.kind == 'table' %}", "Normal"),
)  # fmt: skip
AFTER_TABLE = (("", "Tight"), ("{%p endif %}", "Normal"), ("{%p endfor %}", "Normal"))


@cache
def default_template() -> bytes:
    """Return the template as DOCX, the same bytes every time."""
    document = new_document()
    _page(document)
    _styles(document)
    _paragraphs(document, LETTER)
    _chapters(document, "chapter in chapters", "{{ chapter.number }}  {{ chapter.title }}")
    _paragraphs(document, SIGNATURE)
    _chapters(document, "chapter in annexes", "{{ chapter.label }}: {{ chapter.title }}")
    _foot(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue(), FIRST_DAY)


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    core = document.core_properties
    core.title, core.author, core.comments = "", "Belang", ""


def _styles(document: WordDocument) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in SIZES.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
        style.font.color.rgb = ACCENT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(4)
    _style(document, "Sender", size=15, bold=True, color=ACCENT, after=0)
    _style(document, "Subject", size=12, bold=True, after=0, keep=True)
    _style(document, "Strong text", bold=True, keep=True)
    _style(document, "Quiet", size=9, color=QUIET)
    _style(document, "Tiny", size=7, color=QUIET, after=2)
    _style(document, "Tight", after=0)
    _style(document, "Kept", keep=True)
    fact = _style(document, "Fact", size=10, after=1)
    fact.paragraph_format.left_indent, fact.paragraph_format.first_line_indent = Mm(40), Mm(-40)
    fact.paragraph_format.tab_stops.add_tab_stop(Mm(40))
    point = _style(document, "Point", after=2)
    point.paragraph_format.left_indent, point.paragraph_format.first_line_indent = Mm(18), Mm(-18)
    point.paragraph_format.tab_stops.add_tab_stop(Mm(18))
    told = _style(document, "Point fact", size=9, color=QUIET, after=1)
    told.paragraph_format.left_indent = Mm(18)


def _style(
    document: WordDocument,
    name: str,
    *,
    size: float = 10.5,
    bold: bool = False,
    color: RGBColor | None = None,
    after: float = 6,
    keep: bool = False,
) -> Any:
    style: Any = document.styles.add_style(name, 1)  # a paragraph's
    style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold = Pt(size), bold
    if color is not None:
        style.font.color.rgb = color
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.keep_with_next = keep
    return style


def _paragraphs(document: WordDocument, lines: tuple[tuple[str, str], ...]) -> None:
    for text, style in lines:
        document.add_paragraph(text, style)


def _chapters(document: WordDocument, loop: str, title: str) -> None:
    document.add_paragraph(f"{{%p for {loop} %}}")
    document.add_paragraph(title, "Heading 1")
    _paragraphs(document, BEFORE_TABLE)
    _table(document)
    _paragraphs(document, AFTER_TABLE)
    document.add_paragraph("{%p endfor %}")


def _table(document: WordDocument) -> None:
    """Add the table of a block: a head that repeats on every page, and a row for each line."""
    table = document.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    texts = (
        ("{%tc for cell in block.head %}", "{{ cell }}", "{%tc endfor %}"),
        ("{%tr for row in block.body %}", "", ""),
        ("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    )
    for row, cells in zip(table.rows, texts, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
            cell.paragraphs[0].style = document.styles["Tight"]
            for run in cell.paragraphs[0].runs:
                run.font.size, run.font.bold = Pt(9), row is table.rows[0] or None
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)


def _foot(document: WordDocument) -> None:
    """Number the pages."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run("{{ sender.name }} · {{ reference }} · {{ words.page }} ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" {{ words.page_of }} ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
