"""What a plan says of itself: from the command line, and from the file's own attributes."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gis.problem import Notice, Text
from service.plans.plan import Value

# Attributes a rule may ask for, and what files call the rest.
KNOWN = frozenset({
    "hoehe_m", "erdarbeiten", "abriss", "gehoelz", "neue_zufahrt", "feuerstaetten",
    "regenwasser_versickerung", "neue_leitung", "umweltpruefung", "bauzeit_wochen",
    "verkaufsflaeche_m2", "versiegelung_m2", "wohneinheiten", "leistung_mw", "beginn",
})  # fmt: skip
TITLE, KIND, ROLE = ("title", "titel", "name"), ("kind", "art"), ("role", "rolle")
USE, PROCEDURE = ("use", "uses", "nutzung"), ("procedure", "verfahren")
WIDTH, RADIUS = ("width_m", "breite_m", "corridor_m"), ("radius_m",)
YES, NO = {"ja", "true", "yes", "wahr"}, {"nein", "false", "no", "falsch"}
NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,15})?", re.ASCII)
LARGEST = sys.float_info.max
LONGEST_M = 10_000.0  # of a width or radius; more is a mistake

Row = Mapping[str, Any]


def value_from(text: Any) -> Value:
    """Return a number (1.234,5 is not guessed: one comma or one dot), a truth value or text.

    What no float holds is a text, too: nothing can be compared with it.
    """
    if isinstance(text, bool | int | float) and -LARGEST <= text <= LARGEST:
        return text
    word = str(text).strip()
    if word.lower() in YES | NO:
        return word.lower() in YES
    return float(word.replace(",", ".")) if NUMBER.fullmatch(word) else word


def values(rows: Iterable[Row], names: Sequence[str]) -> list[Any]:
    """Return what `rows` hold under `names`, each value once, those of a row by the first name."""
    found: dict[Any, Any] = {}
    for row in rows:
        value = next((row[n] for n in names if row.get(n) not in (None, "")), None)
        if value is not None:
            found.setdefault(tuple(value) if isinstance(value, list) else value, value)
    return list(found.values())


def first(rows: Iterable[Row], names: Sequence[str]) -> Any:
    """Return the first value that any of `rows` holds under one of `names`; None without."""
    return next(iter(values(rows, names)), None)


def words(value: Any) -> tuple[str, ...]:
    """Return the words of a list or of a text with commas or semicolons."""
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else re.split("[,;]", str(value).strip("[]"))
    return tuple(w for item in items if (w := str(item).strip().strip("\"'")))


def length_m(
    stated: float | None, rows: Sequence[Row], names: Sequence[str]
) -> tuple[float | None, list[Notice]]:
    """Return a width or radius: as stated, or the largest that is usable in the file; None
    without one.
    """
    if stated is not None:
        return stated, []
    numbers = [v for value in values(rows, names) if _is_length(v := value_from(value))]
    largest = max(numbers, default=None, key=float)
    notices = [] if len(numbers) < 2 else [_several(names[0], numbers, largest)]
    return None if largest is None else float(largest), notices


def _is_length(value: Value) -> bool:
    return _is_number(value) and 0 <= float(value) <= LONGEST_M


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def declared(
    given: Mapping[str, str], rows: Sequence[Row]
) -> tuple[dict[str, Value], list[Notice]]:
    """Return the plan's attributes, the command line before the file, and where they differ."""
    of_command = {name: value_from(text) for name, text in given.items()}
    result: dict[str, Value] = {}
    notices = []
    for name in sorted(KNOWN):
        found = list(dict.fromkeys(value_from(v) for v in values(rows, (name,))))
        if not found:
            continue
        result[name] = _gravest(found)
        if name in of_command:
            if found != [of_command[name]]:
                notices.append(_differs(name, found, of_command[name]))
        elif len(found) > 1:
            notices.append(_several(name, found, result[name]))
    return {**result, **of_command}, notices


def _gravest(found: Sequence[Value]) -> Value:
    """Return which of several values counts for the whole plan: yes, or the largest number."""
    if all(isinstance(value, bool) for value in found):
        return any(found)
    if all(map(_is_number, found)):
        return max(found, key=float)
    return found[0]


def _several(name: str, found: Sequence[Value], counts: Value | None) -> Notice:
    listed = _listed(found)
    chosen = _listed([] if counts is None else [counts])
    return Notice(
        "attribute-conflict",
        Text(
            f"{name}: Die Datei sagt {listed.de}; für die ganze Planung gilt {chosen.de}.",
            f"{name}: the file says {listed.en}; {chosen.en} counts for the whole plan.",
        ),
    )


def _differs(name: str, found: Sequence[Value], of_command: Value) -> Notice:
    of_file, stated = _listed(found), _listed([of_command])
    return Notice(
        "attribute-conflict",
        Text(
            f"{name}: Die Datei sagt {of_file.de}, angegeben wurde {stated.de}; die Angabe gilt.",
            f"{name}: the file says {of_file.en}, {stated.en} was stated; the statement counts.",
        ),
    )


def _listed(found: Sequence[Value]) -> Text:
    said = [_said(value) for value in found[:5]]
    more = ", …" if len(found) > len(said) else ""
    return Text(", ".join(s.de for s in said) + more, ", ".join(s.en for s in said) + more)


def _said(value: Value) -> Text:
    if isinstance(value, bool):
        return Text("ja", "yes") if value else Text("nein", "no")
    if isinstance(value, str):
        return Text(f"„{value[:60]}“", f"“{value[:60]}”")
    figure = f"{value:g}"
    return Text(figure.replace(".", ","), figure)
