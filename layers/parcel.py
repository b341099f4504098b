"""Parcels of the cadastre as a catalogue's layer holds them: named, never owned.

Of all attributes only those the catalogue names are read; whose a parcel is, nobody asks here.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

# Fixed widths of the official key, filled with zeros or _; and the older form with hyphens.
OFFICIAL = re.compile(r"(\d{6})([\d_]{3})(\d{5})([\d_]{4})?(?:[\d_]{2})?", re.ASCII)
HYPHENED = re.compile(r"(\d{6})-(\d{3})-(\d{1,5})(?:/(\d{1,4}))?", re.ASCII)
NUMBER = re.compile(
    r"0*(\d{1,5})(?:\s*/\s*0*(\d{1,4}|[a-z]))?\s*([a-z])?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Parcels:
    """Which layer holds the parcels, and its attributes with their names.

    `number` names one attribute, or numerator and denominator. Without `flur` the key says it,
    where it is an official one; without `key` the object's id is the key.
    """

    layer: str
    gemarkung: str
    number: tuple[str, ...]
    flur: str | None = None
    key: str | None = None


class Place(NamedTuple):
    """What an official key says: Gemarkung (land and number), Flur, number."""

    gemarkung: str
    flur: str | None
    number: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """How a parcel is called; None where its layer does not say."""

    gemarkung: str | None
    flur: str | None
    number: str | None
    key: str


def parcels_from(data: Mapping[str, Any]) -> Parcels:
    """Return what a catalogue says about its parcels."""
    number = data["number"]
    named = (number,) if isinstance(number, str) else tuple(number)
    return Parcels(data["layer"], data["gemarkung"], named, data.get("flur"), data.get("key"))


def parcel_from(id: str, row: Mapping[str, Any], named: Parcels) -> Parcel:
    """Return what an object of the layer is called, as people write it."""
    parts = [said for name in named.number if (said := _said(row.get(name)))]
    key = (_said(row.get(named.key)) if named.key else None) or id
    place = place_of(key)
    flur = _said(row.get(named.flur)) if named.flur else place and place.flur
    return Parcel(
        gemarkung=_said(row.get(named.gemarkung)),
        flur=flur_of(flur),
        number=number_of("/".join(parts)) or "/".join(parts) or None,
        key=key,
    )


def _said(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps
    return None if value is None else str(value).strip() or None


def number_of(text: str) -> str | None:
    """Return a parcel's number without blanks and leading zeros; None where it is none.

    Whole and divided ones, and those with a letter: ``124``, ``124/5``, ``124a``, ``124/a``.
    A denominator of 0 is none.
    """
    found = NUMBER.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        return None
    below = "" if found[2] in (None, "0") else f"/{found[2].lower()}"
    return f"{found[1]}{below}{(found[3] or '').lower()}"


def flur_of(text: str | None) -> str | None:
    """Return a Flur without leading zeros; None for ``0``, ``___`` and nothing: there is none."""
    return (text or "").strip(" _").lstrip("0") or None


def place_of(key: str) -> Place | None:
    """Return what an official key says; None where it has another form."""
    text = re.sub(r"\s", "", key)
    found = OFFICIAL.fullmatch(text) or HYPHENED.fullmatch(text)
    if found is None:
        return None
    below = (found[4] or "").strip("_")
    number = number_of(f"{found[3]}/{below}" if below else found[3])
    return None if number is None else Place(found[1], flur_of(found[2]), number)


def alike(name: str) -> str:
    """Return a name so that its spellings compare equal: case, blanks, composed letters."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
