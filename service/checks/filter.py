"""Attribute filters in CQL2, with three answers: yes, no, and unknown where a value is missing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import cql2

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """A CQL2 text expression over the attributes of an object or a plan."""

    text: str

    def matches(self, attributes: Mapping[str, Any]) -> bool | None:
        """Return whether the attributes satisfy the filter; None where one of them is missing.

        Missing means absent, null, or of a kind that cannot be compared. ``a AND b`` is False as
        soon as one side is, whatever is unknown about the other (Kleene's strong logic).
        """
        return _decide(_parsed(self.text), {k: v for k, v in attributes.items() if v is not None})

    @property
    def attributes(self) -> frozenset[str]:
        """Names of the attributes it asks for."""
        return frozenset(_names(_parsed(self.text)))


def filter_from(text: str) -> Filter:
    """Return the filter for `text`.

    Raises
    ------
    ValueError
        If it is not CQL2.
    """
    try:
        _parsed(text)
    except (cql2.ParseError, cql2.ValidationError) as error:
        raise ValueError(f"not CQL2: {text}") from error
    return Filter(text)


@cache
def _parsed(text: str) -> Node:
    expression: Node = cql2.parse_text(text).to_json()
    return expression


def _decide(node: Any, attributes: Mapping[str, Any]) -> bool | None:
    operator = node.get("op") if isinstance(node, dict) else None
    if operator == "not":
        inner = _decide(node["args"][0], attributes)
        return None if inner is None else not inner
    if operator in ("and", "or"):
        answers = {_decide(argument, attributes) for argument in node["args"]}
        decisive: bool = operator == "or"
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive
    if isinstance(operator, str) and operator in SPELLED_OUT:
        return _decide(SPELLED_OUT[operator](*node["args"]), attributes)
    if operator == "isNull":
        return not _names(node) & attributes.keys()
    if _names(node) - attributes.keys():
        return None
    try:
        return bool(cql2.parse_json(json.dumps(node)).matches({"properties": dict(attributes)}))
    except Exception:  # noqa: BLE001 - cql2 raises bare Exception for what it cannot compare
        return None


def _in(value: Any, choices: list[Any]) -> Node:
    return {"op": "or", "args": [{"op": "=", "args": [value, choice]} for choice in choices]}


def _between(value: Any, low: Any, high: Any) -> Node:
    bounds = ((">=", low), ("<=", high))
    return {"op": "and", "args": [{"op": op, "args": [value, b]} for op, b in bounds]}


# The library answers these with no where a text is held against a number; that is unknown.
SPELLED_OUT: Mapping[str, Callable[..., Node]] = {"in": _in, "between": _between}


def _names(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {str(node["property"])} if "property" in node else set()
        return own.union(*(_names(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_names(value) for value in node))
    return set()
