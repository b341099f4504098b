"""A simple filter as SQL, for ArcGIS (values written out) and PostGIS (values as parameters)."""

from collections.abc import Callable, Mapping
from typing import Any

from layers.harvest.where import COMPARISONS, JOINTS


def sql_of(tree: Mapping[str, Any], name: Callable[[str], str], value: Callable[[Any], str]) -> str:
    """Return the condition; `name` and `value` write attributes and values."""
    operator, arguments = tree["op"], tree["args"]
    if operator in JOINTS:
        joint = f" {operator.upper()} "
        return "(" + joint.join(sql_of(a, name, value) for a in arguments) + ")"
    if operator == "not":
        return f"NOT ({sql_of(arguments[0], name, value)})"
    column = name(arguments[0]["property"])
    if operator == "isNull":
        return f"{column} IS NULL"
    if operator == "between":
        return f"{column} BETWEEN {value(arguments[1])} AND {value(arguments[2])}"
    if operator == "in":
        return f"{column} IN ({', '.join(map(value, arguments[1]))})"
    return f"{column} {COMPARISONS[operator]} {value(arguments[1])}"


def written(value: Any) -> str:
    """Return a value as SQL writes it; whole numbers without a decimal point."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(int(value) if float(value).is_integer() else value)
