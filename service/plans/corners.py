"""Lists of coordinates, a pair a line, as letters and tables have them."""

import re
from collections.abc import Sequence
from math import isfinite

from gis.problem import Proposal, Question, Refusal, Text
from layers.reading.refusals import refuse
from service.plans.declared import Intake

Pair = tuple[float, float]
Block = list[Pair]

NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,15})?", re.ASCII)
NAMED_CRS = re.compile(r"\s*(?:SRID\s*=|EPSG\s*:)\s*(\d{4,6})\s*;?\s*", re.IGNORECASE | re.ASCII)
# Words beside the numbers; the first of them says whether the northing stands in front.
LABEL = re.compile(
    r"(?<![^\W\d_])(ostwert|nordwert|rechtswert|hochwert|easting|northing|ost|nord|rechts|hoch|"
    r"lon|lat|länge|breite|[enrh])(?![^\W\d_])\s*[:=.]?",
    re.IGNORECASE,
)
NORTH = ("n", "h", "la", "b")
MOST_SHOWN = 5
MOST_PAIRS = 100_000  # counted as they are read: no plan may have more vertices
SHAPES = {
    "area": Text("ein Umriss (Fläche)", "an outline (area)"),
    "route": Text("eine Trasse (Linie)", "a route (line)"),
    "sites": Text("einzelne Standorte (Punkte)", "single sites (points)"),
}
LEAST = {"area": 3, "route": 2, "sites": 1}


def wkt(text: str, intake: Intake) -> str:
    """Return a list as WKT: its pairs in the order of the lines, parts parted by empty lines.

    Numbers that can be degrees are longitude and latitude in WGS 84, others are in the working
    CRS, unless a line such as ``EPSG:31468`` says otherwise; where that does not fit, placing
    the plan asks which CRS it is.

    Raises
    ------
    Refusal
        ``list-line`` with the lines that are not understood; ``plan-too-large``.
    Question
        ``list-shape`` where pairs may be an outline, a route or sites.
    """
    srid, blocks = _blocks(text)
    shape = _shape(blocks, intake)
    if srid is None and all(abs(x) <= 180 and abs(y) <= 90 for b in blocks for x, y in b):
        srid = "4326"
    return (f"SRID={srid};" if srid else "") + _WRITTEN[shape](blocks)


def _blocks(text: str) -> tuple[str | None, list[Block]]:
    srid: str | None = None
    blocks: list[Block] = [[]]
    wrong: list[tuple[int, str]] = []
    pairs = 0
    for number, line in enumerate(text.splitlines(), 1):
        if named := NAMED_CRS.fullmatch(line):
            srid = named[1]
        elif not line.strip():
            blocks.append([])
        elif (pair := _pair(line)) is not None:
            blocks[-1].append(pair)
            pairs += 1
            if pairs > MOST_PAIRS:
                raise refuse("plan-too-large")
        elif any(c.isdigit() for c in line) and not line.lstrip().startswith("#"):
            wrong.append((number, line))
    filled = [block for block in blocks if block]
    if wrong or not filled:
        raise _not_understood(wrong or [(1, text.strip())])
    return srid, filled


def _pair(line: str) -> Pair | None:
    """Return the easting and northing of a line; None where it is not exactly two numbers."""
    labels = [word.lower() for word in LABEL.findall(line)]
    words = _words(LABEL.sub(" ", line).replace("°", " "))
    if len(words) != 2 or not all(map(NUMBER.fullmatch, words)):
        return None
    first, second = (float(word.replace(",", ".")) for word in words)
    if not (isfinite(first) and isfinite(second)):
        return None
    turned = bool(labels) and labels[0].startswith(NORTH)
    return (second, first) if turned else (first, second)


def _words(line: str) -> list[str]:
    """Return the numbers of a line as texts: semicolons or tabs part them, then blanks with or
    without a comma, then a comma alone. A comma between digits is otherwise a decimal one.
    """
    for pattern in (r"[;\t]", r",?\s+"):
        words = [w for part in re.split(pattern, line.strip()) if (w := part.strip(" ,"))]
        if len(words) > 1:
            return words
    return line.strip().split(",") if line.count(",") == 1 else [line.strip()]


def _shape(blocks: Sequence[Block], intake: Intake) -> str:
    known = intake.vocabulary.kinds.get(intake.kind or "")
    allowed = known.geometry if known else tuple(SHAPES)
    possible = [s for s in SHAPES if s in allowed and min(map(len, blocks)) >= LEAST[s]]
    if said := [s for s in possible if f"list-{s}" in intake.accept]:
        return said[0]
    if "area" in possible and all(len(b) > 3 and b[0] == b[-1] for b in blocks):
        return "area"
    if len(possible) == 1:
        return possible[0]
    if not possible:  # too few pairs, or a kind without any: the reader says so
        return "sites"
    raise Question(
        "list-shape",
        Text(
            "Die Koordinaten sind nicht geschlossen; bitte wählen, was sie beschreiben.",
            "The coordinates are not closed; choose what they describe.",
        ),
        tuple(Proposal(SHAPES[s], f"--accept list-{s}") for s in possible),
    )


def _places(block: Block) -> str:
    return "(" + ",".join(f"{x!r} {y!r}" for x, y in block) + ")"


def _area(blocks: Sequence[Block]) -> str:
    closed = [b if b[0] == b[-1] else [*b, b[0]] for b in blocks]
    return "MULTIPOLYGON(" + ",".join(f"({_places(b)})" for b in closed) + ")"


def _route(blocks: Sequence[Block]) -> str:
    return "MULTILINESTRING(" + ",".join(map(_places, blocks)) + ")"


def _sites(blocks: Sequence[Block]) -> str:
    return "MULTIPOINT(" + ",".join(_places([pair]) for b in blocks for pair in b) + ")"


_WRITTEN = {"area": _area, "route": _route, "sites": _sites}


def _not_understood(lines: Sequence[tuple[int, str]]) -> Refusal:
    shown = "; ".join(f"{n}: „{line.strip()[:40]}“" for n, line in lines[:MOST_SHOWN])
    more = ", …" if len(lines) > MOST_SHOWN else ""
    return Refusal(
        "list-line",
        Text(
            f"Keine Koordinaten sind die Zeilen {shown}{more}; bitte je Zeile genau Ostwert und "
            "Nordwert (oder Länge und Breite) angeben, ohne Punkt als Tausendertrennung.",
            f"No coordinates are the lines {shown}{more}; write exactly easting and northing (or "
            "longitude and latitude) on each line, without separators of thousands.",
        ),
    )
