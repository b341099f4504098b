"""A closed case as one row of a table says it, or everything that is wrong with the table. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gis.problem import Text
from service.cases.importing import columns
from service.cases.importing.columns import DATES, HEADINGS, NEEDED, CellError
from service.cases.importing.fault import Fault, FaultyError
from service.cases.importing.table import Row, Table
from service.plans.kinds import Vocabulary

UNKNOWN_KIND = "sonstiges"


@dataclass(frozen=True, slots=True)
class Entry:
    """One closed case; `outline` is WKT or GeoJSON, None: in the geodata, or there is none."""

    line: int
    reference: str
    title: str
    received: date
    kind: str = UNKNOWN_KIND
    procedure: str | None = None
    summary: str | None = None
    sender_reference: str | None = None
    municipalities: tuple[str, ...] = ()
    municipality_names: str = ""
    deadline: date | None = None
    closed: date | None = None
    dates: Mapping[str, str] = field(default_factory=dict)
    outline: str | None = None
    width_m: float | None = None
    radius_m: float | None = None


def entries_from(table: Table, words: Vocabulary, today: date) -> tuple[Entry, ...]:
    """Return the cases of a table.

    Raises
    ------
    FaultyError
        With all that is wrong: columns, cells, references that are there twice.
    """
    ours = columns.named(table.headings)
    if faults := list(_of_columns(ours)):
        raise FaultyError(faults)
    readers = _readers(words)
    entries = []
    for row in table.rows:
        values, wrong = _values(row, ours, readers)
        wrong += _missing(row, ours)
        wrong += _of_values(row.line, values, {o: h for h, o in ours.items() if o}, today)
        faults += wrong
        if not wrong:
            entries.append(_entry(row.line, values))
    faults += _twice(entries, next(h for h, name in ours.items() if name == "reference"))
    if faults:
        raise FaultyError(faults)
    return tuple(entries)


def _of_columns(ours: Mapping[str, str | None]) -> Iterator[Fault]:
    for heading, name in ours.items():
        if name is None:
            yield Fault(1, heading[:60], columns.unknown(heading))
        elif list(ours.values()).count(name) > 1:
            yield Fault(1, heading[:60], TWICE)
    for name in NEEDED:
        if name not in ours.values():
            yield Fault(1, HEADINGS[name][0], MISSING)


def _readers(words: Vocabulary) -> dict[str, Callable[[str], Any]]:
    kinds = {code: kind.title for code, kind in words.kinds.items()}
    plain = dict.fromkeys(
        ("reference", "title", "sender_reference", "municipality_names"), columns.line
    )
    return {
        **plain,
        **dict.fromkeys(("received", "deadline", "closed", *DATES), columns.day),
        **dict.fromkeys(("east", "north"), columns.number),
        **dict.fromkeys(("width_m", "radius_m"), columns.length_m),
        "summary": columns.prose,
        "kind": columns.word_of(kinds),
        "procedure": columns.word_of(words.procedures),
        "municipalities": columns.keys,
        "outline": str,  # whoever reads it says what is wrong with it
    }


def _values(
    row: Row, ours: Mapping[str, str | None], readers: Mapping[str, Callable[[str], Any]]
) -> tuple[dict[str, Any], list[Fault]]:
    values, faults = {}, []
    for heading, cell in row.cells.items():
        name = ours[heading]
        if name is None or not cell:
            continue
        try:
            values[name] = readers[name](cell)
        except CellError as error:
            faults.append(Fault(row.line, heading, error.text))
    return values, faults


def _missing(row: Row, ours: Mapping[str, str | None]) -> list[Fault]:
    empty = [heading for heading, name in ours.items() if name in NEEDED and not row.cells[heading]]
    return [Fault(row.line, heading, MISSING_HERE) for heading in empty]


def _of_values(
    line: int, values: Mapping[str, Any], headings: Mapping[str, str], today: date
) -> Iterator[Fault]:
    received, closed = values.get("received"), values.get("closed")
    for name, day in (("received", received), ("closed", closed)):
        if day is not None and day > today:
            yield Fault(line, headings[name], FUTURE)
    if received is not None and closed is not None and closed < received:
        yield Fault(line, headings["closed"], BEFORE)
    places = [name for name in ("east", "north") if name in values]
    if len(places) == 1:
        yield Fault(line, headings[places[0]], HALF_A_PLACE)
    if places and "outline" in values:
        yield Fault(line, headings[places[0]], TWO_PLACES)


def _entry(line: int, values: dict[str, Any]) -> Entry:
    place = (values.pop("east", None), values.pop("north", None))
    if None not in place:
        values["outline"] = f"POINT ({place[0]!r} {place[1]!r})"
    values["dates"] = {n: values.pop(n).isoformat() for n in DATES if n in values}
    values["municipalities"] = tuple(values.get("municipalities", ()))
    return Entry(line=line, **values)


def _twice(entries: list[Entry], heading: str) -> list[Fault]:
    counts = Counter(entry.reference for entry in entries)
    return [Fault(e.line, heading, SAME) for e in entries if counts[e.reference] > 1]


TWICE = Text(
    "Eine andere Spalte sagt dasselbe; bitte eine davon löschen.",
    "Another column says the same; please delete one of them.",
)
MISSING = Text("Diese Spalte fehlt; bitte ergänzen.", "This column is missing; please add it.")
MISSING_HERE = Text("Hier fehlt die Angabe.", "This must not be empty.")
FUTURE = Text("Der Tag liegt in der Zukunft.", "This day lies in the future.")
BEFORE = Text("Der Tag liegt vor dem Eingang.", "This day lies before the receipt.")
SAME = Text(
    "Dieses Aktenzeichen steht mehrmals in der Tabelle; bitte die Zeilen vereinen.",
    "This reference is in the table more than once; please join these lines.",
)
HALF_A_PLACE = Text(
    "Ein Ort braucht Ostwert und Nordwert.", "A place needs both its east and its north."
)
TWO_PLACES = Text(
    "Die Zeile hat einen Umriss und einen Ort; bitte eines davon leeren.",
    "The line has an outline and a place; please empty one of them.",
)
