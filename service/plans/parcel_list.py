"""Lists of parcels as letters, tables and announcements have them: what is asked for, in words.

Whether there are such parcels is the business of `service.plans.parcels`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gis.problem import Refusal, Text
from layers.parcel import flur_of, number_of, place_of
from layers.reading.refusals import refuse
from service.plans.parcel_name import Asked, NotUnderstoodError, by_key, named
from service.plans.parcel_table import reader_of

Lines = Sequence[tuple[int, str]]

LONGEST = 130_000  # characters
MOST = 2_000  # parcels
MOST_IN_RANGE = 200
MOST_SHOWN = 5

ONE = r"\d{1,5}(?:\s?/\s?(?:\d{1,4}|[a-z](?![^\W\d_])))?(?:[a-z](?![^\W\d_]))?"
GEMARKUNG = re.compile(r"(?:gemarkung|gmkg?\.?)\s*:?\s*(.*)", re.IGNORECASE | re.DOTALL)
FLUR = re.compile(r"\bflur\s*:?\s*(?:nr\.?\s*)?(\d{1,3})\b\s*[,:]?", re.IGNORECASE)
PARCEL = re.compile(
    r"\b(?:flurst(?:ü|ue)cke?n?(?:[\s-]*(?:nummern?|nr\.?))?|flst\.?(?:[\s-]*nrn?\.?)?|"
    r"flurst\.?|parcels?)(?![^\W\d_])\s*:?",
    re.IGNORECASE,
)
KEY_LABEL = re.compile(r"(?:flurst(?:ü|ue)cks)?kennzeichen\s*:?\s*", re.IGNORECASE)
NUMBERS = re.compile(rf"{ONE}(?:\s*(?:,|\bund\b|\bu\.|&|\bbis\b|[–-])\s*{ONE})*", re.IGNORECASE)
RANGE = re.compile(rf"\s*({ONE})(?:\s*(?:\bbis\b|[–-])\s*({ONE}))?\s*", re.IGNORECASE)
COMMAS = re.compile(r"[^\d,]+,\d{0,3},[^\s,]+")  # with blanks it may be a list of parcels
# What no Gemarkung is called: a list, figures, a part of a parcel.
NO_NAME = re.compile(r"[\d,:;=<>]|\b(?:t\.|teil|tlw|teilfläche|tfl?)\b", re.IGNORECASE)
BETWEEN = re.compile(r",|\bund\b|\bu\.|&", re.IGNORECASE)


def asked(text: str) -> tuple[Asked, ...]:
    """Return the parcels a text names, each once, in its order.

    Raises
    ------
    Refusal
        ``file-empty``, ``plan-too-large``, ``text-control``, ``parcels-line``,
        ``parcels-too-many``.
    """
    if not text.strip():
        raise refuse("file-empty")
    if len(text) > LONGEST:
        raise refuse("plan-too-large")
    if any("\ud800" <= character <= "\udfff" for character in text):  # half of a character
        raise refuse("text-control")
    lines = [(n, line) for n, line in enumerate(text.lstrip("\ufeff").splitlines(), 1)]
    filled = [(n, line) for n, line in lines if line.strip() and not line.lstrip().startswith("#")]
    found: dict[tuple[str, ...], Asked] = {}
    wrong: list[tuple[int, str]] = []
    table = reader_of(filled[0][1]) if filled else None
    understood, rest = table or _Prose(), filled[1:] if table else filled
    for number, line in rest:
        try:
            for one in understood(line):
                found.setdefault(one.same, replace(one, line=number))
        except NotUnderstoodError:
            wrong.append((number, line))
        if len(found) > MOST:
            raise _too_many()
    if wrong or not found:
        raise _not_understood(wrong or filled[:1] or [(1, text.strip())])
    return tuple(found.values())


@dataclass
class _Prose:
    """Reads lines of text; remembers the heading above them, such as “Gemarkung Borna, Flur 3”."""

    heading: Asked | None = None

    def __call__(self, line: str) -> Iterator[Asked]:
        """Yield the parcels of a line; what stands behind a semicolon is of the same Gemarkung."""
        # Blanks are all alike from here on, and no long run of them can slow a pattern down.
        cells = [" ".join(cell.split()) for cell in re.split(r"[;\t]", line)]
        if COMMAS.fullmatch(cells[0]) and len(cells) == 1:
            cells = cells[0].split(",")
        if row := _row(cells):
            yield row
            return
        before = self.heading
        for cell in filter(None, cells):
            found = list(_segment(cell, before))
            if found[0].number or found[0].key:
                yield from found
            else:
                self.heading = found[0]
            before = found[-1] if found[-1].key is None else before


def _row(cells: Sequence[str]) -> Asked | None:
    """Return the row of a table without a heading: Gemarkung, Flur or nothing, number."""
    words = [cell.strip() for cell in cells]
    while words and not words[-1]:
        words.pop()
    if len(words) == 2:
        words.insert(1, "")
    whole = len(words) == 3 and bool(words[0]) and not re.search(r"\d", words[0])
    if not whole or number_of(words[2]) is None or not re.fullmatch(r"\d{0,3}", words[1]):
        return None
    name = GEMARKUNG.fullmatch(words[0])
    return named(name[1] if name else words[0], words[1], words[2])


def _segment(text: str, before: Asked | None) -> Iterator[Asked]:
    """Yield the parcels between two semicolons; a single one without number for a heading."""
    bare = KEY_LABEL.sub("", text, count=1).strip()
    if place_of(bare) is not None:
        yield by_key(bare)
        return
    name, flur, numbers, labelled = _split(text)
    if not name and before is not None:
        name, flur = before.gemarkung, flur or before.flur
    if not name:
        raise NotUnderstoodError
    if not numbers:
        if not GEMARKUNG.match(text):
            raise NotUnderstoodError
        yield Asked(0, name, flur_of(flur))
        return
    for number in _numbers(numbers, labelled or flur is not None):
        yield named(name, flur, number)


def _split(text: str) -> tuple[str, str | None, str, bool]:
    """Return Gemarkung, Flur, the text with the numbers, and whether that is labelled."""
    flur, labelled = FLUR.search(text), PARCEL.search(text)
    if labelled:
        numbers = text[labelled.end() :]
        front = text[: labelled.start()]
    else:
        start = flur.end() if flur else _first_digit(text)
        numbers, front = text[start:], text[:start]
    if flur and flur.end() > len(front):
        raise NotUnderstoodError  # a Flur behind the parcel
    name = front[: flur.start()] if flur else front
    if flur and front[flur.end() :].strip(" ,:"):
        raise NotUnderstoodError
    said = GEMARKUNG.fullmatch(name.strip())
    name = (said[1] if said else name).strip(" ,:\t")
    number = flur[1] if flur else None
    if not flur and not labelled and (two := re.fullmatch(r"(\d{1,3}) (\d.*)", numbers)):
        number, numbers = two[1], two[2]  # Borna 3 124/5
    if NO_NAME.search(name) and not re.fullmatch(r"\d{4}|\d{6}", name):
        raise NotUnderstoodError
    return name, number, numbers.strip(" ,.:"), bool(labelled)


def _first_digit(text: str) -> int:
    found = re.search(r"\d", text)
    return found.start() if found else len(text)


def _numbers(text: str, labelled: bool) -> Iterator[str]:
    if NUMBERS.fullmatch(text) is None:
        raise NotUnderstoodError
    parts = BETWEEN.split(text)
    if not labelled and len(parts) == 2 and re.fullmatch(r"\s*\d{1,3}\s*", parts[0]):
        raise NotUnderstoodError  # “Borna 3, 12”: a Flur and a parcel, or two parcels
    for part in parts:
        found = RANGE.fullmatch(part)
        if found is None:
            raise NotUnderstoodError
        yield from _range(found[1], found[2]) if found[2] else (found[1],)


def _range(first: str, last: str) -> Iterator[str]:
    """Yield the parcels of a range: only denominators of one numerator leave nothing open."""
    ends = [re.fullmatch(r"(\d+)/(\d+)", number_of(end) or "") for end in (first, last)]
    low, high = ends
    if low is None or high is None or low[1] != high[1]:
        raise NotUnderstoodError
    start, end = int(low[2]), int(high[2])
    if not start < end <= start + MOST_IN_RANGE:
        raise NotUnderstoodError
    yield from (f"{low[1]}/{below}" for below in range(start, end + 1))


def _too_many() -> Refusal:
    return Refusal(
        "parcels-too-many",
        Text(
            f"Die Liste nennt mehr als {MOST} Flurstücke; bitte den Umriss als Datei einreichen.",
            f"The list names more than {MOST:,} parcels; hand in the outline as a file.",
        ),
    )


def _not_understood(lines: Lines) -> Refusal:
    shown = "; ".join(f"{n}: „{line.strip()[:40]}“" for n, line in lines[:MOST_SHOWN])
    rest = [n for n, _ in lines[MOST_SHOWN:]]
    more = f"; {', '.join(map(str, rest[:100]))}" if rest else ""
    return Refusal(
        "parcels-line",
        Text(
            f"Keine Flurstücke oder nicht eindeutig sind die Zeilen {shown}{more}; bitte ganze "
            "Flurstücke angeben, etwa „Gemarkung Borna, Flur 3, Flst. 124/5“ oder „Borna; 3; "
            "124/5“ (ohne Flur: „Borna; 124/5“), Bereiche nur als „124/1 bis 124/5“, oder das "
            "Flurstückskennzeichen.",
            f"No parcels, or not clear, are the lines {shown}{more}; name whole parcels such as "
            "“Gemarkung Borna, Flur 3, Flst. 124/5” or “Borna; 3; 124/5” (without a Flur: “Borna; "
            "124/5”), ranges only as “124/1 bis 124/5”, or the parcel's official key.",
        ),
    )
