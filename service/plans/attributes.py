"""What a plan says of itself: from the command line, and from the file's own attributes."""

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

Row = Mapping[str, Any]


def value_from(text: Any) -> Value:
    """Return a number (1.234,5 is not guessed: one comma or one dot), a truth value or text."""
    if isinstance(text, bool | int | float):
        return text
    word = str(text).strip()
    if word.lower() in YES | NO:
        return word.lower() in YES
    try:
        return float(word.replace(",", ".")) if word[:1] in "-0123456789" else word
    except ValueError:
        return word


def first(rows: Iterable[Row], names: Sequence[str]) -> Any:
    """Return the first value that any of `rows` holds under one of `names`; None without."""
    for row in rows:
        for name in names:
            if row.get(name) not in (None, ""):
                return row[name]
    return None


def words(value: Any) -> tuple[str, ...]:
    """Return the words of a list or of a text with commas or semicolons."""
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else str(value).strip("[]").split(",")
    return tuple(w for item in items if (w := str(item).strip().strip("\"'")))


def declared(
    given: Mapping[str, str], rows: Sequence[Row]
) -> tuple[dict[str, Value], list[Notice]]:
    """Return the plan's attributes, the command line before the file, and where they differ."""
    of_file = {
        name: value_from(value)
        for name in sorted(KNOWN)
        if (value := first(rows, (name,))) is not None
    }
    of_command = {name: value_from(text) for name, text in given.items()}
    notices = [
        _differs(name, of_file[name], value)
        for name, value in of_command.items()
        if name in of_file and of_file[name] != value
    ]
    return {**of_file, **of_command}, notices


def _differs(name: str, of_file: Value, of_command: Value) -> Notice:
    return Notice(
        "attribute-conflict",
        Text(
            f"{name}: Die Datei sagt {of_file}, angegeben wurde {of_command}; die Angabe gilt.",
            f"{name}: the file says {of_file}, {of_command} was stated; the statement counts.",
        ),
    )
