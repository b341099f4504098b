"""Points of two offices that exclude each other: proposals for a person to settle.

Two ways lead here besides the coordinator's own mark: pairs of demands declared in
`contradictions.yaml`, and opposing demands at one place. A pattern is a hint, never a verdict.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import combinations
from typing import Any, Literal

import shapely
import shapely.geometry
import yaml
from shapely.geometry.base import BaseGeometry

from gis.problem import Text
from layers.entry import text_from
from service.statements.content import Point, Resolution

DEMANDING = frozenset({"einwendung", "bedenken", "forderung", "eigene_planung"})
NEAR_M = 5.0  # places a person drew agree no better than that
Way = Literal["marked", "declared", "place"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two points by number; `because` says what makes them look contradicting."""

    first: str
    second: str
    way: Way
    code: str
    because: Text
    resolution: Resolution | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has settled it yet."""
        return self.resolution is None


@dataclass(frozen=True)
class Pair:
    """Two patterns that exclude each other; `at_place` only where both points meet at one."""

    code: str
    first: re.Pattern[str]
    second: re.Pattern[str]
    because: Text
    at_place: bool


@cache
def declared() -> tuple[Pair, ...]:
    """Return the pairs of `contradictions.yaml`."""
    text = resources.files(__package__).joinpath("contradictions.yaml").read_text(encoding="utf-8")
    return tuple(_pair(row) for row in yaml.safe_load(text)["pairs"])


def _pair(row: Mapping[str, Any]) -> Pair:
    first, second = (re.compile(row[key], re.IGNORECASE) for key in ("first", "second"))
    return Pair(row["code"], first, second, text_from(row["because"]), row.get("at_place", False))


def contradictions(
    points: Iterable[Point],
    *,
    marked: Iterable[tuple[str, str]] = (),
    resolutions: Iterable[Resolution] = (),
) -> tuple[Contradiction, ...]:
    """Return every contradiction once, the marked ones first, with its resolution if it has one."""
    settled = {frozenset((r.first, r.second)): r for r in resolutions}
    found: dict[frozenset[str], Contradiction] = {}
    everything = tuple(points)
    for one in (*_marked(everything, marked), *_proposed(everything)):
        key = frozenset((one.first, one.second))
        if key not in found:
            found[key] = Contradiction(
                one.first, one.second, one.way, one.code, one.because, settled.get(key)
            )
    return tuple(found.values())


MARKED = Text("Von der Koordination als Widerspruch vermerkt.", "Marked by the coordinator.")


def _marked(points: Sequence[Point], marked: Iterable[tuple[str, str]]) -> Iterator[Contradiction]:
    known = {point.number for point in points}
    for first, second in marked:
        if first in known and second in known:
            yield Contradiction(first, second, "marked", "marked", MARKED)


def _proposed(points: Sequence[Point]) -> Iterator[Contradiction]:
    demanding = [(point, _place(point)) for point in points if point.kind in DEMANDING]
    for (one, here), (other, there) in combinations(demanding, 2):
        if one.office == other.office:
            continue
        for pair, said, against in zip(declared(), _said(one.text), _said(other.text), strict=True):
            if _excluded(said, against) and _meet(pair, one, here, other, there):
                way: Way = "place" if pair.at_place else "declared"
                yield Contradiction(one.number, other.number, way, pair.code, pair.because)
                break


@lru_cache(maxsize=8192)
def _said(text: str) -> tuple[tuple[bool, bool], ...]:
    """Return which side of each declared pair a text is on; every text is searched once only."""
    return tuple((bool(p.first.search(text)), bool(p.second.search(text))) for p in declared())


def _excluded(said: tuple[bool, bool], against: tuple[bool, bool]) -> bool:
    """Tell whether one text is on the first side alone, and the other on the second."""
    return any(
        first[0] and second[1] and not first[1]
        for first, second in ((said, against), (against, said))
    )


def _meet(
    pair: Pair, one: Point, here: BaseGeometry | None, other: Point, there: BaseGeometry | None
) -> bool:
    """Tell whether two points speak of one place; without places a declared pair is enough."""
    if here is not None and there is not None:
        return bool(shapely.dwithin(here, there, NEAR_M))
    if one.object is not None and one.object == other.object:
        return True
    return not pair.at_place


def _place(point: Point) -> BaseGeometry | None:
    return None if point.place is None else shapely.geometry.shape(dict(point.place))
