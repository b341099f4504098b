"""What is wrong with a table of cases: told all at once, each place by line and column."""

from collections.abc import Iterable
from dataclasses import dataclass

from gis.problem import Problem, Text

MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One place and what to do there; `line` as a spreadsheet counts, None: the whole file."""

    line: int | None
    column: str | None
    text: Text

    def said(self, language: str) -> dict[str, int | str | None]:
        """Return it as data in one language."""
        return {"line": self.line, "column": self.column, "what": self.text.in_language(language)}


class FaultyError(Exception):
    """A table that is not imported, with all that is wrong; nothing of it was kept."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.line or 0, fault.column or ""))
        super().__init__(f"{len(self.faults)} faults")

    def told(self, language: str) -> list[dict[str, int | str | None]]:
        """Return the first faults as data in one language."""
        return [fault.said(language) for fault in self.faults[:MOST_TOLD]]


def of_problem(line: int | None, column: str | None, problem: Problem) -> Fault:
    """Return what a reader of geometries found wrong as a fault of its place."""
    text = problem.text
    return Fault(line, column, Text(f"{text.de} [{problem.code}]", f"{text.en} [{problem.code}]"))


IMPORT = Text(
    "Die Tabelle wurde nicht übernommen, auch kein Teil davon; `errors` nennt jede Stelle mit "
    "Zeile und Spalte. Bitte berichtigen und noch einmal einlesen.",
    "The table was not imported, nor any part of it; `errors` names every place by line and "
    "column. Please correct it and import it again.",
)
