"""A simple filter and a box as an OGC filter: FES 2.0 for WFS 2.0, 1.1 for WFS 1.1."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from layers.harvest.sql import written

OPERATORS = {
    "=": "PropertyIsEqualTo", "<>": "PropertyIsNotEqualTo", "<": "PropertyIsLessThan",
    ">": "PropertyIsGreaterThan", "<=": "PropertyIsLessThanOrEqualTo",
    ">=": "PropertyIsGreaterThanOrEqualTo", "and": "And", "or": "Or", "not": "Not",
}  # fmt: skip
NAMESPACES = {
    "2": 'xmlns:f="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"',
    "1": 'xmlns:f="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml"',
}


def filter_of(
    tree: Mapping[str, Any], *, version: str, box: tuple[str, str, str] | None = None
) -> str:
    """Return the filter for a WFS `version`; `box` is (srsName, lower corner, upper corner)."""
    major = version[:1]
    reference = "ValueReference" if major == "2" else "PropertyName"
    inner = _condition(tree, reference)
    if box is not None:
        inner = f"<f:And>{_box(*box)}{inner}</f:And>"
    return f"<f:Filter {NAMESPACES[major]}>{inner}</f:Filter>"


def _box(srs: str, lower: str, upper: str) -> str:
    return (
        f'<f:BBOX><gml:Envelope srsName="{escape(srs)}"><gml:lowerCorner>{lower}</gml:lowerCorner>'
        f"<gml:upperCorner>{upper}</gml:upperCorner></gml:Envelope></f:BBOX>"
    )


def _condition(node: Mapping[str, Any], reference: str) -> str:
    operator, arguments = node["op"], node["args"]
    if operator in ("and", "or", "not"):
        inner = "".join(_condition(a, reference) for a in arguments)
        return f"<f:{OPERATORS[operator]}>{inner}</f:{OPERATORS[operator]}>"
    name = f"<f:{reference}>{escape(arguments[0]['property'])}</f:{reference}>"
    if operator == "isNull":
        return f"<f:PropertyIsNull>{name}</f:PropertyIsNull>"
    if operator == "between":
        lower, upper = map(_literal, arguments[1:])
        return (
            f"<f:PropertyIsBetween>{name}<f:LowerBoundary>{lower}</f:LowerBoundary>"
            f"<f:UpperBoundary>{upper}</f:UpperBoundary></f:PropertyIsBetween>"
        )
    if operator == "in":
        each = [
            f"<f:{OPERATORS['=']}>{name}{_literal(v)}</f:{OPERATORS['=']}>" for v in arguments[1]
        ]
        return each[0] if len(each) == 1 else f"<f:Or>{''.join(each)}</f:Or>"
    return f"<f:{OPERATORS[operator]}>{name}{_literal(arguments[1])}</f:{OPERATORS[operator]}>"


def _literal(value: Any) -> str:
    text = value if isinstance(value, str) else written(value)
    if isinstance(value, bool):
        text = "true" if value else "false"
    return f"<f:Literal>{escape(text)}</f:Literal>"
