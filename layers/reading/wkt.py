"""Well-known text: one geometry, maybe with ``SRID=25833;`` in front."""

import re
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.reading import rings
from layers.reading.arcs import circular
from layers.reading.features import Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

DEEPEST, LONGEST = 16, 20_000_000
WORKING = "working"  # coordinates without SRID are in the working CRS of the catalogue
# A word, brackets with nothing but numbers between them, or a mark; none is gone through twice.
TOKEN = re.compile(r"\s*+(?:([A-Za-z]++)|\(([-+.\deE\s,]*+)\)|([(),]))", re.ASCII)
DIMENSIONS = ("ZM", "Z", "M")
LINES = ("LINESTRING", "CIRCULARSTRING", "COMPOUNDCURVE")
PLACES = ("POINT", "LINESTRING", "CIRCULARSTRING")
# What else is made of what: how a member without a name is read, and which it may be called.
MEMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "POLYGON": ("LINESTRING", ()),
    "CURVEPOLYGON": ("LINESTRING", LINES),
    "COMPOUNDCURVE": ("LINESTRING", LINES[:2]),
    "MULTIPOINT": ("POINT", ()),
    "MULTILINESTRING": ("LINESTRING", ()),
    "MULTICURVE": ("LINESTRING", LINES),
    "MULTIPOLYGON": ("POLYGON", ()),
    "MULTISURFACE": ("POLYGON", ("POLYGON", "CURVEPOLYGON")),
}
KINDS = (*PLACES, *MEMBERS, "GEOMETRYCOLLECTION")
MEMBERS["GEOMETRYCOLLECTION"] = ("", KINDS)
COLLECTED: dict[str, Any] = {
    "MULTIPOINT": shapely.multipoints,
    "MULTILINESTRING": shapely.multilinestrings,
    "MULTICURVE": shapely.multilinestrings,
    "MULTIPOLYGON": shapely.multipolygons,
    "MULTISURFACE": shapely.multipolygons,
    "GEOMETRYCOLLECTION": shapely.geometrycollections,
}
STRAIGHT = {
    "CIRCULARSTRING": "LINESTRING", "COMPOUNDCURVE": "LINESTRING", "CURVEPOLYGON": "POLYGON",
    "MULTICURVE": "MULTILINESTRING", "MULTISURFACE": "MULTIPOLYGON",
}  # fmt: skip
Point = tuple[float, float]


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read one geometry; an open ring is asked about as in other formats."""
    try:
        text = path.read_bytes().decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise refuse("encoding") from error
    if len(text) > LONGEST:
        raise refuse("plan-too-large")
    if "\0" in text:
        raise refuse("text-control")
    _shallow(text)
    srid = re.match(r"SRID=(\d+);", text, re.IGNORECASE)
    body = text[srid.end() :] if srid else text
    if re.search(r"\b[+-]?(?:nan|inf)", body, re.IGNORECASE):
        raise refuse("geometry-nonfinite")
    written = _Text(body)
    shape = _shape(written.whole(), answers.accept)
    codes = (("curve-linearised", written.curved), ("z-dropped", written.heights))
    notices = tuple(notice(code) for code, applies in codes if applies)
    crs = f"EPSG:{srid[1]}" if srid else WORKING
    return Features(shapes([shape]), ({},), crs, "wkt", notices=notices)


def _shallow(text: str) -> None:
    depth = 0
    for bracket in re.finditer(r"[()]", text):
        depth += 1 if bracket[0] == "(" else -1
        if depth > DEEPEST:
            raise refuse("wkt-depth")
        if depth < 0:
            raise refuse("wkt-malformed")
    if depth:
        raise refuse("wkt-malformed")


@dataclass(frozen=True, slots=True)
class _Written:
    """A geometry as it is written: places, or members; neither where it is empty."""

    kind: str
    places: list[Point] = field(default_factory=list)
    members: "list[_Written]" = field(default_factory=list)


@dataclass
class _Text:
    """Goes through a text; remembers whether it met arcs or heights."""

    text: str
    at: int = 0
    curved: bool = False
    heights: bool = False

    def whole(self) -> _Written:
        """Return the one geometry of the text.

        Raises
        ------
        Refusal
            ``wkt-malformed``, ``geometry-nonfinite``.
        """
        found = self._named(self._next()[0], KINDS)
        if self.at < len(self.text):
            raise refuse("wkt-malformed")
        return found

    def _next(self) -> tuple[str | None, str | None, str | None]:
        """Return the next word, what the next brackets hold, or the next mark."""
        found = TOKEN.match(self.text, self.at)
        if found is None:
            raise refuse("wkt-malformed")
        self.at = found.end()
        word, places, mark = found.groups()
        return word and word.upper(), places, mark

    def _named(self, word: str | None, among: tuple[str, ...]) -> _Written:
        """Return the geometry that begins with a word, which may have its dimension behind it."""
        kind, dimension = word or "", ""
        for end in DIMENSIONS:
            if kind not in KINDS and kind.endswith(end):  # POINTZ
                kind, dimension = kind.removesuffix(end), end
        if kind not in among:
            raise refuse("wkt-malformed")
        word, places, mark = self._next()
        if word in DIMENSIONS and not dimension:
            dimension = word
            word, places, mark = self._next()
        if word == "EMPTY":
            return _Written(kind)
        if word is not None:
            raise refuse("wkt-malformed")
        return self._inside(kind, dimension, places, mark)

    def _inside(self, kind: str, dimension: str, places: str | None, mark: str | None) -> _Written:
        """Return a geometry whose brackets hold nothing but `places`, or were opened by `mark`."""
        if places is not None:
            return self._drawn(kind, self._places(places, dimension))
        if mark != "(" or kind in PLACES:
            raise refuse("wkt-malformed")
        members = [self._member(kind, dimension)]
        while (mark := self._next()[2]) == ",":
            members.append(self._member(kind, dimension))
        if mark != ")":
            raise refuse("wkt-malformed")
        return _Written(kind, members=members)

    def _drawn(self, kind: str, places: list[Point]) -> _Written:
        if kind == "MULTIPOINT":
            return _Written(kind, members=[_Written("POINT", [place]) for place in places])
        if kind not in PLACES:
            raise refuse("wkt-malformed")
        self.curved = self.curved or kind == "CIRCULARSTRING"
        return _Written(kind, places)

    def _member(self, kind: str, dimension: str) -> _Written:
        plain, names = MEMBERS[kind]
        word, places, mark = self._next()
        if word == "EMPTY" and plain:
            return _Written(plain)
        if word is not None:
            return self._named(word, names)
        if not plain:
            raise refuse("wkt-malformed")
        return self._inside(plain, dimension, places, mark)

    def _places(self, text: str, dimension: str) -> list[Point]:
        places = [place.split() for place in text.split(",")]
        sizes = set(map(len, places))
        if len(sizes) != 1 or not sizes <= {2, 3, 4}:
            raise refuse("wkt-malformed")
        self.heights = self.heights or sizes == {4} or (sizes == {3} and dimension != "M")
        try:
            found = [(x, y) for x, y, *_ in (map(float, place) for place in places)]
        except ValueError as error:
            raise refuse("wkt-malformed") from error
        if not all(isfinite(x) and isfinite(y) for x, y in found):  # 1e400
            raise refuse("geometry-nonfinite")
        return found


def _shape(written: _Written, accept: frozenset[str]) -> BaseGeometry:
    """Return the geometry that is written.

    Raises
    ------
    Refusal, Question
        As `layers.reading.rings`; ``wkt-malformed`` for a point of several places.
    """
    kind = written.kind
    if not written.places and not written.members:
        return shapely.from_wkt(f"{STRAIGHT.get(kind, kind)} EMPTY")
    if kind == "POINT":
        if len(written.places) > 1:
            raise refuse("wkt-malformed")
        return shapely.Point(written.places[0])
    if kind in LINES:
        points = _line(written, accept)
        if len(points) < 2:
            raise refuse("geometry-invalid")
        return shapely.LineString(points)
    if kind in ("POLYGON", "CURVEPOLYGON"):
        return rings.polygon([_line(member, accept) for member in written.members], accept)
    collected: BaseGeometry = COLLECTED[kind]([_shape(m, accept) for m in written.members])
    return collected


def _line(written: _Written, accept: frozenset[str]) -> list[Point]:
    """Return the places along a line, arcs resolved."""
    if written.kind == "COMPOUNDCURVE":
        return rings.joined([_line(member, accept) for member in written.members], accept)
    return circular(written.places) if written.kind == "CIRCULARSTRING" else written.places
