"""From a source's attributes to the catalogue's: names, constants, classes, widths."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from gis.problem import Refusal
from layers.harvest.refusals import refuse
from layers.reading import Features
from layers.reading.features import Attributes

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Classes:
    """A class by an attribute's value; `other` for values not listed, which may be None."""

    attribute: str
    values: Mapping[str, Value]
    other: Value = None


@dataclass(frozen=True, slots=True)
class Width:
    """A width by an attribute: metres = value × `factor`. A value with a unit is refused."""

    attribute: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Mapped:
    """How attributes are made: first renamed (new: old), then classes, widths and constants are
    set, then all but `keep` is dropped; an empty `keep` drops nothing.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, Value] = field(default_factory=dict)
    classes: Mapping[str, Classes] = field(default_factory=dict)
    widths: Mapping[str, Width] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """The attributes of the source that it asks for, as the source calls them."""
        old = dict(self.rename)
        inner = [c.attribute for c in self.classes.values()]
        inner += [w.attribute for w in self.widths.values()]
        return frozenset([*old.values(), *(old.get(name, name) for name in inner)])


def mapped(features: Features, mapping: Mapped) -> Features:
    """Return features with their attributes mapped."""
    return replace(features, attributes=tuple(row(r, mapping) for r in features.attributes))


def row(source: Attributes, mapping: Mapped) -> dict[str, Any]:
    """Return one object's attributes; what it lacks is None, never left out.

    Raises
    ------
    Refusal
        ``source-attribute`` where a width is no number of metres.
    """
    taken = set(mapping.rename.values()) - set(mapping.rename)
    result: dict[str, Any] = {k: v for k, v in source.items() if k not in taken}
    result |= {new: source.get(old) for new, old in mapping.rename.items()}
    made: dict[str, Any] = {name: _class(result, c) for name, c in mapping.classes.items()}
    made |= {name: _width(result, w) for name, w in mapping.widths.items()}
    result |= made | dict(mapping.constant)
    return {k: result.get(k) for k in mapping.keep} if mapping.keep else result


def check(mapping: Mapped, seen: frozenset[str]) -> None:
    """Refuse a mapping that asks for attributes no object has.

    Raises
    ------
    Refusal
        ``source-attribute`` with their names.
    """
    if lacking := mapping.needs - seen:
        raise refuse("source-attribute", ", ".join(sorted(lacking)))


def _class(values: Mapping[str, Any], classes: Classes) -> Value:
    value = values.get(classes.attribute)
    return classes.values.get(_text(value), classes.other)


def _text(value: Any) -> str:
    """Return a value as a catalogue's key writes it: 3.0 is 3, true is true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _width(values: Mapping[str, Any], width: Width) -> float | None:
    value = values.get(width.attribute)
    if value is None or value == "":
        return None
    number = _number(value)
    if number is None or not (isfinite(number) and 0 <= number * width.factor < 20_000):
        raise _no_width(width.attribute, value)
    return number * width.factor


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(str(value).strip().replace(",", "."))
    except ValueError:
        return None


def _no_width(name: str, value: Any) -> Refusal:
    return refuse("source-attribute", f"{name} = {str(value)[:40]}")
