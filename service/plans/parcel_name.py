"""A parcel as somebody names it, in a text or a table."""

import re
from dataclasses import dataclass

from layers.parcel import alike, flur_of, number_of, place_of

FLUR = re.compile(r"\s*\d{0,3}\s*", re.ASCII)
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """A parcel as somebody wrote it; with a `key` nothing else counts.

    A `flur` of None: not stated. `line` is the first one that names it, from 1.
    """

    line: int
    gemarkung: str = ""
    flur: str | None = None
    number: str = ""
    key: str | None = None

    @property
    def same(self) -> tuple[str, ...]:
        """What makes two of them the same parcel, however they are spelt."""
        if self.key is not None:
            return (str(place_of(self.key) or self.key),)
        return alike(self.gemarkung), self.flur or "", self.number

    @property
    def written(self) -> str:
        """How it is called in answers."""
        flur = f" Flur {self.flur}" if self.flur else ""
        return self.key or f"{self.gemarkung}{flur} Flst. {self.number}"


class NotUnderstoodError(ValueError):
    """This line names no parcels, or might name several."""


def named(gemarkung: str, flur: str | None, number: str) -> Asked:
    """Return a parcel by its names; NotUnderstoodError where one of them is none."""
    name, whole = " ".join(gemarkung.split()), number_of(number)
    if not 0 < len(name) <= LONGEST_NAME or whole is None or not FLUR.fullmatch(flur or ""):
        raise NotUnderstoodError
    return Asked(0, name, flur_of(flur), whole)


def by_key(text: str) -> Asked:
    """Return a parcel by its official key; NotUnderstoodError where it is none."""
    if place_of(text) is None:
        raise NotUnderstoodError
    return Asked(0, key=re.sub(r"\s", "", text))
