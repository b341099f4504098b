"""Points that ask for the same: grouped, but each kept in its office's own words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from service.statements.content import Point

Pair = tuple[str, str]


def joined(points: Iterable[Point], pairs: Iterable[Pair]) -> tuple[Point, ...]:
    """Return the points, each with the numbers of those of other offices that ask for the same.

    These are the `pairs` a person joined, and points of one kind with the same words.
    """
    everything = tuple(points)
    groups = _groups(everything, [*pairs, *_alike(everything)])
    office = {point.number: point.office for point in everything}
    return tuple(
        replace(
            point,
            same_as=tuple(
                number
                for number in groups.get(point.number, ())
                if number != point.number and office[number] != point.office
            ),
        )
        for point in everything
    )


def _alike(points: Iterable[Point]) -> Iterable[Pair]:
    seen: dict[tuple[str, str], str] = {}
    for point in points:
        key = (point.kind, plain(point.text))
        if key in seen:
            yield seen[key], point.number
        seen.setdefault(key, point.number)


def plain(text: str) -> str:
    """Return a text without what does not change what it asks for: case, spaces, end marks."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def _groups(points: tuple[Point, ...], pairs: Iterable[Pair]) -> Mapping[str, tuple[str, ...]]:
    """Return for every number the whole group it belongs to, in the order of the points."""
    group = {point.number: {point.number} for point in points}
    for first, second in pairs:
        if first in group and second in group:
            whole = group[first] | group[second]
            group.update(dict.fromkeys(whole, whole))
    members: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for number, whole in group.items():
        members[number] = tuple(p.number for p in points if p.number in whole)
    return members
