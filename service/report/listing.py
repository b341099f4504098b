"""Tables of the steward's commands on the terminal."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

from gis.problem import Text
from service.report import console


def listing(
    title: Text, columns: Sequence[Text], rows: Iterable[Sequence[str]], language: str
) -> None:
    """Print rows under a title; cells are printed letter by letter."""
    table = Table(title=title.in_language(language), title_justify="left")
    for column in columns:
        table.add_column(column.in_language(language), overflow="fold")
    for row in rows:
        table.add_row(*(console.quoted(cell) for cell in row))
    console.screen().print(table)


def as_json(document: Any) -> None:
    """Print a document for other programs."""
    console.plain(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
