"""Which layers hold names of places and addresses to search for, and in which attributes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """A layer whose objects have names people search for: places, districts of towns, lakes."""

    layer: str
    name: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """A layer of addresses; `number` names one attribute, or number and its addition."""

    layer: str
    street: str
    number: tuple[str, ...]
    postcode: str | None = None
    town: str | None = None


def place_names_from(data: Iterable[Mapping[str, Any]]) -> tuple[PlaceNames, ...]:
    """Return what a catalogue says about names of places."""
    return tuple(PlaceNames(one["layer"], one["name"]) for one in data)


def addresses_from(data: Mapping[str, Any]) -> Addresses:
    """Return what a catalogue says about addresses."""
    number = data["number"]
    named = (number,) if isinstance(number, str) else tuple(number)
    return Addresses(data["layer"], data["street"], named, data.get("postcode"), data.get("town"))


def address_of(row: Mapping[str, Any], named: Addresses) -> str | None:
    """Return an address as people write it: ``Hauptstraße 12a, 04552 Borna``; None without a
    street.
    """
    street = _said(row, named.street)
    if not street:
        return None
    number = "".join(filter(None, (_said(row, name) for name in named.number)))
    town = " ".join(filter(None, (_said(row, named.postcode), _said(row, named.town))))
    return ", ".join(filter(None, (f"{street} {number}".strip(), town)))


def _said(row: Mapping[str, Any], name: str | None) -> str:
    value = row.get(name) if name else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps
    return "" if value is None else str(value).strip()
