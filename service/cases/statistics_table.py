"""Statistics as a table for spreadsheets: one line a number, no cell ever a formula."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from service.cases.counted import OfficeTasks, Statistics
from service.report.table import cell

HEADINGS = {
    "de": ("Bereich", "Name", "Bezeichnung", "Kennzahl", "Wert"),
    "en": ("section", "name", "title", "figure", "value"),
}
Row = tuple[str, str, str | None, str, Any]


def csv_text(found: Statistics, names: Mapping[str, str], language: str) -> str:
    """Return statistics as CSV; `names` of offices by code. German has decimal commas."""
    out = io.StringIO()
    out.write("\ufeff")  # lets Excel know that it is UTF-8
    writer = csv.writer(out, delimiter=";" if language == "de" else ",", lineterminator="\r\n")
    writer.writerow(HEADINGS["en" if language == "en" else "de"])
    for row in _rows(found, names):
        writer.writerow([cell(value, language) for value in row])
    return out.getvalue()


def _rows(found: Statistics, names: Mapping[str, str]) -> Iterator[Row]:
    for end, day in asdict(found.period).items():
        yield "period", "", None, end, day
    yield "cases", "", None, "cases", found.cases
    yield "cases", "", None, "cases_extended", found.cases_extended
    for section in ("by_kind", "by_procedure", "by_municipality", "by_state", "by_year",
                    "extensions"):  # fmt: skip
        for name, number in getattr(found, section).items():
            yield section, name, None, "cases" if section != "extensions" else section, number
    for figure, days in asdict(found.days_to_statement).items():
        yield "days_to_statement", "", None, figure, days
    for office in found.offices:
        yield from _office(office, names.get(office.office))
    for use in found.rules:
        for figure in ("named", "answered", "led_to_item"):
            yield "rule", use.rule, use.office, figure, getattr(use, figure)


def _office(office: OfficeTasks, title: str | None) -> Iterator[Row]:
    for figure, number in asdict(office).items():
        if figure not in ("office", "closing_codes"):
            yield "office", office.office, title, figure, number
    for code, number in office.closing_codes.items():
        yield "closing_code", office.office, title, code, number
