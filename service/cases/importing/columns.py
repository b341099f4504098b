"""The columns of a table of closed cases: their headings, and what may stand in them. Pure."""

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from gis.problem import Text
from service.report.table import FORMULA

# Our name of a column, and headings it may have, in small letters.
HEADINGS: dict[str, tuple[str, ...]] = {
    "reference": ("aktenzeichen", "az", "reference"),
    "title": ("titel", "bezeichnung", "vorhaben", "title"),
    "summary": ("kurzbeschreibung", "beschreibung", "summary"),
    "kind": ("art", "planart", "kind"),
    "procedure": ("verfahren", "procedure"),
    "municipalities": ("gemeindeschlüssel", "gemeindeschluessel", "ags", "municipality_keys"),
    "municipality_names": ("gemeinde", "gemeinden", "municipality", "municipalities"),
    "sender_reference": ("zeichen des absenders", "fremdes zeichen", "sender_reference"),
    "received": ("eingegangen", "eingang", "received"),
    "deadline": ("frist", "deadline"),
    "closed": ("abgeschlossen", "erledigt", "closed"),
    "resolution": ("aufstellungsbeschluss", "resolution"),
    "public_from": ("auslegung von", "public_from"),
    "public_to": ("auslegung bis", "public_to"),
    "adoption": ("satzungsbeschluss", "adoption"),
    "in_force": ("inkrafttreten", "in_force"),
    "outline": ("umriss", "geometrie", "wkt", "outline", "geometry"),
    "east": ("ostwert", "rechtswert", "east"),
    "north": ("nordwert", "hochwert", "north"),
    "width_m": ("breite_m", "breite", "width_m"),
    "radius_m": ("radius_m", "radius"),
}
NEEDED = ("reference", "title", "received")
DATES = ("resolution", "public_from", "public_to", "adoption", "in_force")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: 00:00(?::00)?)?", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?", re.ASCII)
NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?", re.ASCII)
THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,12})?", re.ASCII)
AMBIGUOUS = re.compile(r"[+-]?\d{1,3}\.\d{3}", re.ASCII)  # 1.234 is one and a bit, or 1234
AGS = re.compile(r"\d{8}", re.ASCII)
LONGEST_LINE, LONGEST_PROSE = 300, 10_000


class CellError(ValueError):
    """What stands in a cell cannot be used; says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def named(headings: Iterable[str]) -> dict[str, str | None]:
    """Return our name of each heading; None where there is no such column."""
    ours = {word: name for name, words in HEADINGS.items() for word in (name, *words)}
    return {heading: ours.get(" ".join(heading.casefold().split())) for heading in headings}


def unknown(heading: str) -> Text:
    """Return what to do with a column that is not known."""
    words = [word for known in HEADINGS.values() for word in known]
    near = difflib.get_close_matches(heading.casefold()[:60], words, 1)
    de, en = (f" Gemeint „{near[0]}“?", f" Did you mean “{near[0]}”?") if near else ("", "")
    listed = ", ".join(known[0] for known in HEADINGS.values())
    return Text(
        f"Diese Spalte ist nicht bekannt; bitte umbenennen oder löschen.{de} Bekannt sind: "
        f"{listed}.",
        f"This column is not known; please rename or delete it.{en} Known are: {listed}.",
    )


def line(cell: str) -> str:
    """Return a text of one line; errors as `prose`."""
    if "\n" in cell or "\r" in cell or "\t" in cell:
        raise CellError(ONE_LINE)
    if len(cell) > LONGEST_LINE:
        raise CellError(_too_long(LONGEST_LINE))
    return _no_formula(cell)


def prose(cell: str) -> str:
    """Return a text.

    Raises
    ------
    CellError
        If it is too long, or a spreadsheet would run it as a formula.
    """
    if len(cell) > LONGEST_PROSE:
        raise CellError(_too_long(LONGEST_PROSE))
    return _no_formula(cell)


def day(cell: str) -> date:
    """Return a day written 31.12.2019 or 2019-12-31, as a spreadsheet may add at midnight."""
    german, iso = GERMAN.fullmatch(cell), ISO.fullmatch(cell)
    parts = german.groups()[::-1] if german else iso.groups() if iso else None
    try:
        found = None if parts is None else date(*map(int, parts))
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise CellError(NO_DAY)
    return found


def number(cell: str) -> float:
    """Return a number; a comma is a decimal comma, and dots before it separate thousands."""
    if AMBIGUOUS.fullmatch(cell):
        raise CellError(EITHER)
    if THOUSANDS.fullmatch(cell) and ("," in cell or cell.count(".") > 1):
        cell = cell.replace(".", "")
    found = float(cell.replace(",", ".")) if NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(found):
        raise CellError(NO_NUMBER)
    return found


def length_m(cell: str) -> float:
    """Return a length in metres, above 0 and at most 10 km."""
    found = number(cell)
    if not 0 < found <= 10_000:
        raise CellError(NO_LENGTH)
    return found


def keys(cell: str) -> list[str]:
    """Return the keys of municipalities, in order and once each."""
    found = [word for word in re.split(r"[\s,;/]+", cell) if word]
    if not all(AGS.fullmatch(word) for word in found):
        raise CellError(NO_KEYS)
    return list(dict.fromkeys(found))


def word_of(known: Mapping[str, Text]) -> Callable[[str], str]:
    """Return what finds the code of a word: by itself, or by its German or English title."""
    titles = {title.casefold(): code for code, said in known.items() for title in said}
    codes = {code.casefold(): code for code in known}

    def found(cell: str) -> str:
        code = codes.get(cell.casefold()) or titles.get(cell.casefold())
        if code is None:
            raise CellError(_no_word(cell, [*codes, *(said.de for said in known.values())]))
        return code

    return found


def _no_formula(cell: str) -> str:
    if cell.startswith(FORMULA):
        raise CellError(A_FORMULA)
    return cell


def _no_word(cell: str, known: list[str]) -> Text:
    near: list[Any] = difflib.get_close_matches(cell[:60], known, 3, 0.5)
    listed = ", ".join(near or known[:12])
    return Text(
        f"Dieses Wort ist nicht bekannt; gemeint vielleicht: {listed}.",
        f"This word is not known; maybe one of these: {listed}.",
    )


def _too_long(most: int) -> Text:
    return Text(
        f"Hier stehen mehr als {most} Zeichen; bitte kürzen.",
        f"These are more than {most} characters; please shorten them.",
    )


ONE_LINE = Text(
    "Hier darf kein Zeilenumbruch stehen; bitte löschen.",
    "There must be no line break; please delete it.",
)
A_FORMULA = Text(
    "Der Text beginnt mit einem Zeichen, das eine Tabellenkalkulation als Formel ausführt (= + - "
    "@); bitte anders beginnen.",
    "The text begins with a character that a spreadsheet runs as a formula (= + - @); please begin "
    "it otherwise.",
)
NO_DAY = Text(
    "Das ist kein Tag; bitte als 31.12.2019 oder 2019-12-31 schreiben.",
    "This is no day; please write it like 31.12.2019 or 2019-12-31.",
)
NO_NUMBER = Text(
    "Das ist keine Zahl; bitte wie 318000,25 schreiben.",
    "This is no number; please write it like 318000,25.",
)
EITHER = Text(
    "Der Punkt kann Tausender trennen oder Dezimalstellen; bitte wie 1234 oder 1,234 schreiben.",
    "The point may separate thousands or decimals; please write it like 1234 or 1,234.",
)
NO_LENGTH = Text(
    "Das ist keine Länge in Metern zwischen 0 und 10000.",
    "This is no length in metres between 0 and 10000.",
)
NO_KEYS = Text(
    "Gemeindeschlüssel haben acht Ziffern; mehrere bitte mit Komma trennen.",
    "Keys of municipalities have eight digits; please separate several by commas.",
)
