"""The tables the municipality weighs in: one row a point, nothing that runs."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document as open_document
from openpyxl import load_workbook

from service.statements.content import Content
from service.statements.weighing import decisions, rows, spreadsheet, word
from tests.service.statements import sample as made


def outward(sample: Path) -> Content:
    return made.copy(sample, "outward").content


def test_every_point_to_be_weighed_has_a_row_by_its_number(sample: Path) -> None:
    found = rows(outward(sample))
    assert [row[0] for row in found] == [
        "KE-1", "KE-2", "BB-1", "KLIMA-1", "UNB-1", "UNB-2", "UNB-3", "UNB-4", "UWB-1", "UWB-2",
        "UWB-3", "IMM-1", "UDB-2", "UDB-1", "SBA-1", "SBA-2",
    ]  # fmt: skip
    assert all(row[5:] == ["", ""] for row in found)


def test_even_the_inner_edition_gives_no_note_of_the_house(sample: Path) -> None:
    assert "UNB-5" not in {row[0] for row in rows(made.content(sample))}


def test_decisions_still_to_be_obtained_are_listed(sample: Path) -> None:
    ((number, what, by, step, on, result),) = decisions(outward(sample))
    assert (number, by, on, result) == ("UNB-1", "untere Naturschutzbehörde", "", "")
    assert "Ausnahme" in what
    assert step.startswith("Antrag auf Ausnahme")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_an_office_writes_is_a_formula(sample: Path, start: str) -> None:
    whole = outward(sample)
    voice = whole.voices[0]
    evil = f'{start}HYPERLINK("https://example.org")'
    told = replace(voice, points=(replace(voice.points[0], text=evil),))
    book = load_workbook(io.BytesIO(spreadsheet(replace(whole, voices=(told,)))))
    cell = book.worksheets[0].cell(2, 4)
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert str(cell.value).endswith('HYPERLINK("https://example.org")')


def test_signs_a_spreadsheet_cannot_hold_are_left_out(sample: Path) -> None:
    whole = outward(sample)
    voice = whole.voices[0]
    told = replace(voice, points=(replace(voice.points[0], text="a\x00b\x0bc"),))
    book = load_workbook(io.BytesIO(spreadsheet(replace(whole, voices=(told,)))))
    assert book.worksheets[0].cell(2, 4).value == "abc"


def test_both_files_hold_both_tables_and_are_the_same_every_time(sample: Path) -> None:
    whole = outward(sample)
    assert spreadsheet(whole) == spreadsheet(whole)
    assert word(whole) == word(whole)
    book = load_workbook(io.BytesIO(spreadsheet(whole)))
    assert [sheet.max_row for sheet in book.worksheets] == [1 + len(rows(whole)), 2]
    document = open_document(io.BytesIO(word(whole)))
    assert [len(t.rows) for t in document.tables] == [1 + len(rows(whole)), 2]
    assert document.core_properties.language == "de"
