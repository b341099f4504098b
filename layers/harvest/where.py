"""A filter in CQL2: decided here for every object, and sent to the source where it understands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cql2

from layers.harvest.refusals import refuse

COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
JOINTS = ("and", "or")


@dataclass(frozen=True)
class Where:
    """A filter over the attributes of an object; an object of which it is not true is dropped."""

    text: str
    tree: Mapping[str, Any]

    @property
    def names(self) -> frozenset[str]:
        """The attributes it asks for."""
        return frozenset(_names(self.tree))

    @property
    def simple(self) -> bool:
        """Whether it is made of comparisons of attributes with values, which every source knows."""
        return _simple(self.tree)

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Return whether it is true of a row; false where a value it needs is missing."""
        return _true(self.tree, {k: v for k, v in row.items() if v is not None}) is True


def where_from(text: str) -> Where:
    """Return the filter for a CQL2 text.

    Raises
    ------
    Refusal
        ``source-filter``.
    """
    try:
        tree = cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError) as error:
        raise refuse("source-filter", text) from error
    if not isinstance(tree, dict):
        raise refuse("source-filter", text)
    return Where(text, tree)


def _names(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {str(node["property"])} if "property" in node else set()
        return own.union(*map(_names, node.values()))
    return set().union(*map(_names, node)) if isinstance(node, list) else set()


def _simple(node: Any) -> bool:
    operator, arguments = node.get("op"), node.get("args", ())
    if operator in (*JOINTS, "not"):
        return all(isinstance(a, dict) and _simple(a) for a in arguments)
    if operator == "in" and isinstance(arguments[1], list):
        return _is_name(arguments[0]) and all(map(_is_value, arguments[1]))
    if operator in (*COMPARISONS, "between", "isNull"):
        return _is_name(arguments[0]) and all(map(_is_value, arguments[1:]))
    return False


def _is_name(node: Any) -> bool:
    return isinstance(node, dict) and set(node) == {"property"}


def _is_value(node: Any) -> bool:
    return isinstance(node, str | int | float)


def _true(node: Any, row: Mapping[str, Any]) -> bool | None:
    """Return the truth of an expression in the logic of SQL; None is unknown."""
    operator = node.get("op")
    if operator == "not":
        inner = _true(node["args"][0], row)
        return None if inner is None else not inner
    if operator in JOINTS:
        answers = {_true(argument, row) for argument in node["args"]}
        decisive: bool = operator == "or"
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive
    if operator == "isNull":
        return not _names(node) & row.keys()
    if _names(node) - row.keys():
        return None
    try:
        return bool(cql2.parse_json(json.dumps(node)).matches({"properties": dict(row)}))
    except Exception:  # noqa: BLE001 - cql2 raises bare Exception for what it cannot compare
        return None
