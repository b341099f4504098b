"""Tables as spreadsheets write them, and as nobody should: each fault by line and column."""

from datetime import date
from typing import Any

import pytest

from service.cases.importing import columns
from service.cases.importing.columns import CellError
from service.cases.importing.entry import Entry, entries_from
from service.cases.importing.fault import FaultyError
from service.cases.importing.table import MOST_ROWS, table_from
from service.plans.kinds import vocabulary_of

TODAY = date(2026, 5, 4)
HEAD = "Aktenzeichen;Titel;Eingegangen"
ROW = "KE-1;Am See;31.12.2019"


def entries(text: str, encoding: str = "utf-8-sig") -> tuple[Entry, ...]:
    return entries_from(table_from(text.encode(encoding)), vocabulary_of(), TODAY)


def faults(content: str | bytes) -> list[tuple[int | None, str | None]]:
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(FaultyError) as caught:
        entries_from(table_from(raw), vocabulary_of(), TODAY)
    for fault in caught.value.faults:
        assert fault.text.de != fault.text.en
    return [(fault.line, fault.column) for fault in caught.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_whatever_a_spreadsheet_writes_is_the_same(encoding: str, mark: str, end: str) -> None:
    rows = [
        ["Aktenzeichen", "Titel", "Eingegangen", "Breite", "Gemeinde"],
        ["KE-1", '"Straße ""Süd""; 2. Teil, neu"', "31.12.2019 00:00:00", '"3,5"', "Böhlen"],
        ["", "", "", "", ""],
        ["KE-2", "B", "2019-12-31", "3.5", ""],
    ]
    text = end.join(mark.join(row) for row in rows) + end
    first, second = entries(text, encoding)
    assert first == Entry(
        2, "KE-1", 'Straße "Süd"; 2. Teil, neu', date(2019, 12, 31), width_m=3.5,
        municipality_names="Böhlen",
    )  # fmt: skip
    assert (second.line, second.received, second.width_m) == (4, date(2019, 12, 31), 3.5)


def test_a_first_line_for_excel_is_none_of_the_table() -> None:
    (entry,) = entries("sep=|\r\n" + f"{HEAD}\n{ROW}".replace(";", "|"))
    assert (entry.line, entry.title) == (2, "Am See")


def test_a_row_brings_all_it_says() -> None:
    (entry,) = entries(
        "AZ;Bezeichnung;Eingang;Planart;Verfahren;AGS;Satzungsbeschluss;Ostwert;Nordwert;Frist\n"
        "1;T;1.2.2019;Radweg;par4-2;14729050, 14729010;3.4.2020;318.000,25;5.670.000;1.3.2019"
    )
    assert (entry.kind, entry.procedure) == ("radweg", "par4-2")
    assert entry.municipalities == ("14729050", "14729010")
    assert entry.dates == {"adoption": "2020-04-03"}
    assert entry.outline == "POINT (318000.25 5670000.0)"
    assert entry.deadline == date(2019, 3, 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [(1, None)]),
        (HEAD, [(None, None)]),
        (f"{HEAD};Titel\n", [(1, "Titel")]),
        (f"{HEAD};Bezeichnung\n{ROW};x", [(1, "Bezeichnung"), (1, "Titel")]),
        (f"{HEAD};\n{ROW};", [(1, "4")]),
        (f"{HEAD};Farbe\n{ROW};rot", [(1, "Farbe")]),
        ("Titel\nAm See", [(1, "aktenzeichen"), (1, "eingegangen")]),
        (f"{HEAD}\n{ROW};zuviel\nKE-2;zuwenig", [(2, None), (3, None)]),
        (f"{HEAD}\n{ROW}\n{ROW}", [(2, "Aktenzeichen"), (3, "Aktenzeichen")]),
        (f"{HEAD}\n;;\n\nKE-1;;", [(4, "Eingegangen"), (4, "Titel")]),
        (f'{HEAD}\n{ROW}\nKE-2;"offen;1.1.2019\n', [(3, None)]),
        (f'{HEAD}\nKE-2;"halb"offen;1.1.2019\n', [(2, None)]),
        (f"{HEAD}\nKE-1;=HYPERLINK(1);1.1.2019", [(2, "Titel")]),
        (f"{HEAD}\n@SUM;+1;1.1.2019", [(2, "Aktenzeichen"), (2, "Titel")]),
        (f"{HEAD}\nKE\x00;T\x1b[2J;1.1.2019", [(2, "Aktenzeichen"), (2, "Titel")]),
        (f'{HEAD}\nKE-1;"zwei\nZeilen";1.1.2019\nKE-2;B;x', [(2, "Titel"), (3, "Eingegangen")]),
        (f"{HEAD}\nKE-1;{'x' * 301};1.1.2019", [(2, "Titel")]),
        (f"{HEAD}\nKE-1;{'x' * 1_000_001};1.1.2019", [(2, None)]),
        (f"{HEAD}\nKE-1;T;1.1.2027", [(2, "Eingegangen")]),
        (f"{HEAD};Erledigt\n{ROW};30.12.2019", [(2, "Erledigt")]),
        (f"{HEAD};Art\n{ROW};Weltraumbahnhof", [(2, "Art")]),
        (f"{HEAD};Ostwert;Nordwert\n{ROW};1;", [(2, "Ostwert")]),
        (f"{HEAD};Ostwert;Nordwert;Umriss\n{ROW};1;2;POINT (1 2)", [(2, "Ostwert")]),
        (f"{HEAD}\n{ROW}\n".encode() + b"\x81;\xff;\x8d", [(None, None)]),
        (b"\xff\xfe\x00", [(None, None)]),
        (b"PK\x03\x04" + bytes(range(14, 32)), [(1, "1")]),
        (";".join("x" * 101), [(1, None)]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_column(content: Any, expected: Any) -> None:
    assert faults(content) == expected


def test_too_many_rows_are_told_at_once() -> None:
    rows = "\n".join(f"KE-{n};T;1.1.2019" for n in range(MOST_ROWS))
    assert len(entries(f"{HEAD}\n{rows}")) == MOST_ROWS
    assert faults(f"{HEAD}\n{rows}\nKE-x;T;1.1.2019") == [(MOST_ROWS + 2, None)]


@pytest.mark.parametrize(
    "cell", ["29.02.2019", "1.1.19", "31/12/2019", "1.1.1899", "x", "٣.1.2019"]
)
def test_what_is_no_day(cell: str) -> None:
    with pytest.raises(CellError):
        columns.day(cell)


@pytest.mark.parametrize("cell", ["NaN", "inf", "1e400", "1,2,3", "", "0x10", "1.234", "-1.234"])
def test_what_is_no_number_or_either_of_two(cell: str) -> None:
    with pytest.raises(CellError):
        columns.number(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("3,5", 3.5), ("3.5", 3.5), ("5.670.000", 5_670_000), ("318.000,25", 318_000.25), ("-2", -2)],
)
def test_numbers_with_a_comma_or_a_point(cell: str, value: float) -> None:
    assert columns.number(cell) == value


@pytest.mark.parametrize("cell", ["0", "-1", "10001"])
def test_what_is_no_length(cell: str) -> None:
    with pytest.raises(CellError):
        columns.length_m(cell)
