"""The findings as a table for spreadsheets: one row an object, one a layer without any."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from service.report.trust import Say, by_hand

HEADINGS = {
    "de": ("Fachschicht", "Ergebnis", "Objekt", "Name", "Lage", "Fläche m²", "Länge m",
           "Anteil der Planung", "Anteil des Objekts", "Abstand m", "Stand", "Grund", "Stellen"),
    "en": ("layer", "outcome", "object", "name", "relation", "area m²", "length m",
           "share of plan", "share of object", "distance m", "data date", "reason", "offices"),
}  # fmt: skip

# Spreadsheets run cells that begin like this as formulas.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(document: Mapping[str, Any], language: str) -> str:
    """Return the findings of a report as CSV; German with semicolons and decimal commas.

    No text cell can be read as a formula.
    """
    out = io.StringIO()
    out.write("\ufeff")  # lets Excel know that it is UTF-8
    writer = csv.writer(out, delimiter=";" if language == "de" else ",", lineterminator="\r\n")
    writer.writerow(HEADINGS["en" if language == "en" else "de"])
    for row in _rows(document, lambda text: text.in_language(language)):
        writer.writerow([cell(value, language) for value in row])
    return out.getvalue()


def _rows(document: Mapping[str, Any], say: Say) -> Iterator[tuple[Any, ...]]:
    offices: dict[str, list[str]] = {}
    for office in document["offices"]:
        for reason in office["reasons"]:
            if reason["layer"]:
                named = offices.setdefault(reason["layer"], [])
                if office["office"] not in named:
                    named.append(office["office"])
    for finding in document["findings"]:
        last = (
            finding["data_date"],
            "; ".join(filter(None, _remarks(finding, say))) or None,
            " ".join(offices.get(finding["layer"], ())),
        )
        for thing in finding["objects"]:
            yield (
                finding["title"], finding["outcome"], thing["id"], thing["name"],
                thing["relation"], thing["overlap_m2"], thing["length_m"], thing["share_of_plan"],
                thing["share_of_object"], thing["distance_m"], *last,
            )  # fmt: skip
        if not finding["objects"]:
            nothing = (None,) * 7
            yield (finding["title"], finding["outcome"], *nothing, finding["nearest_m"], *last)


def _remarks(finding: Mapping[str, Any], say: Say) -> tuple[str | None, ...]:
    return finding["reason"], by_hand(finding, say), finding["overdue"]


def cell(value: Any, language: str) -> str:
    """Return a value as a cell: numbers as the language writes them, no text ever a formula."""
    if value is None:
        return ""
    if isinstance(value, float | int):
        return str(value).replace(".", ",") if language == "de" else str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
