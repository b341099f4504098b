"""For the municipality: the table it weighs the points in (Abwägungstabelle), as DOCX and XLSX.

One row for every point, by its stable number, with empty columns for the weighing and the decision;
and a list of the decisions that must still be obtained (exceptions, exemptions, consents).
"""

import io
from collections.abc import Iterator, Sequence

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import DCTERMS_NS, DCTERMS_PREFIX
from openpyxl.xml.functions import register_namespace

from gis.problem import Text
from service.statements.chapters import overcome
from service.statements.content import Content, Point
from service.statements.labels import EMPTY, label
from service.statements.words import Words
from service.statements.zips import settled

COLUMNS = (
    (Text("Nr.", "No."), 10),
    (Text("Stelle", "Office"), 24),
    (Text("Art", "Kind"), 22),
    (Text("Inhalt", "Content"), 70),
    (Text("Rechtsgrundlage", "Legal basis"), 26),
    (Text("Abwägung", "Weighing"), 50),
    (Text("Entscheidung", "Decision"), 24),
)
DECISIONS = (
    (Text("Nr.", "No."), 10),
    (Text("Zu entscheiden", "To be decided"), 70),
    (Text("Zuständig", "Decided by"), 34),
    (Text("Durch", "By"), 44),
    (Text("Eingeholt am", "Obtained on"), 18),
    (Text("Ergebnis", "Result"), 24),
)
TABLE = Text("Abwägungstabelle", "Table for weighing")
TO_OBTAIN = Text("Noch einzuholende Entscheidungen", "Decisions still to be obtained")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Columns = Sequence[tuple[Text, int]]
Rows = Sequence[Sequence[str]]


def rows(content: Content) -> list[list[str]]:
    """Return a row for every point that is to be weighed, in the order of the statement."""
    names = {voice.office: voice.name for voice in content.voices}
    return [
        [point.number, names[point.office], _kind(point, content), point.text, point.basis or "",
         "", ""]
        for point in content.points
        if point.kind not in EMPTY and point.edition == "public"
    ]  # fmt: skip


def decisions(content: Content) -> list[list[str]]:
    """Return a row for every decision without which a point cannot be overcome."""
    return [list(row) for row in _decisions(content)]


def _decisions(content: Content) -> Iterator[Sequence[str]]:
    say = Words(content.language)
    for point in content.points:
        if point.kind in EMPTY or point.edition != "public" or point.exception is None:
            continue
        if point.exception != "excluded":
            what = f"{point.text} ({overcome(point, say)})"
            yield (point.number, what, point.exception_by or "", point.exception_step or "", "", "")


def _kind(point: Point, content: Content) -> str:
    return label(point.kind, content.subject.procedure_code).in_language(content.language)


def spreadsheet(content: Content) -> bytes:
    """Return both tables as XLSX; nothing an office wrote is ever taken for a formula."""
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    second = book.create_sheet()
    _sheet(first, TABLE, COLUMNS, rows(content), content)
    _sheet(second, TO_OBTAIN, DECISIONS, decisions(content), content)
    book.properties.title = f"{TABLE.in_language(content.language)}: {content.subject.title}"
    book.properties.creator = content.sender.name
    book.properties.language = content.language
    buffer = io.BytesIO()
    # Prefixes hold for a whole process and owslib chooses another for this one, which the file
    # would name in its content under the old name.
    register_namespace(DCTERMS_PREFIX, DCTERMS_NS)
    book.save(buffer)
    return settled(buffer.getvalue(), content.closing.date)


def _sheet(sheet: Worksheet, title: Text, columns: Columns, body: Rows, content: Content) -> None:
    sheet.title = title.in_language(content.language)[:31]
    for number, (name, width) in enumerate(columns, start=1):
        head = sheet.cell(1, number, name.in_language(content.language))
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDE3EA")
        sheet.column_dimensions[head.column_letter].width = width
    for line, row in enumerate(body, start=2):
        for number, text in enumerate(row, start=1):
            _text(sheet.cell(line, number), text)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.auto_filter.ref = sheet.dimensions


def _text(cell: Cell, text: str) -> None:
    """Write a text as text: a spreadsheet would run what begins like a formula."""
    cell.value = "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA)
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def word(content: Content) -> bytes:
    """Return both tables as DOCX, landscape, with heads that repeat on every page."""
    document = new_document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(15)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(9)
    _language(document, content.language)
    core = document.core_properties
    core.title = f"{TABLE.in_language(content.language)}: {content.subject.title}"
    core.author, core.language = content.sender.name, content.language
    document.add_heading(core.title, 1)
    document.add_paragraph(f"{content.sender.name} · {content.reference} · {content.closing.date}")
    _table(document, COLUMNS, rows(content), content)
    wanted = decisions(content)
    if wanted:
        document.add_heading(TO_OBTAIN.in_language(content.language), 2)
        _table(document, DECISIONS, wanted, content)
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue(), content.closing.date)


def _language(document: WordDocument, language: str) -> None:
    code = {"de": "de-DE", "en": "en-GB"}[language]
    properties = document.styles["Normal"].element.get_or_add_rPr()
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), code)
    properties.append(lang)


def _table(document: WordDocument, columns: Columns, body: Rows, content: Content) -> None:
    table = document.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    whole = sum(width for _, width in columns)
    for cell, (name, _) in zip(table.rows[0].cells, columns, strict=True):
        cell.text = name.in_language(content.language)
        cell.paragraphs[0].runs[0].font.bold = True
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in body:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for line in table.rows:
        for cell, (_, width) in zip(line.cells, columns, strict=True):
            cell.width = Mm(267 * width / whole)
