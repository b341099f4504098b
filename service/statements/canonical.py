"""The content as JSON: canonical bytes, the same for the same statement, and back.

Described by `schema.json`, which `schema_of` derives from the dataclasses; a test compares them.
"""

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, Union, get_args, get_origin

from service.statements.content import Content

FORMAT = "https://belang.example/schema/statement-1"


def to_bytes(content: Content) -> bytes:
    """Return the canonical JSON: keys sorted, no spaces, UTF-8, no number that is not finite."""
    document = {"format": FORMAT, **dataclasses.asdict(content)}
    text = json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def from_bytes(data: bytes) -> Content:
    """Return the content that canonical JSON holds.

    Raises
    ------
    ValueError
        If it is no statement of this format.
    """
    document = json.loads(data)
    if document.pop("format", None) != FORMAT:
        raise ValueError(f"not a statement of format {FORMAT}")
    try:
        built = _built(Content, document)
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a whole statement: {error}") from error
    assert isinstance(built, Content)  # noqa: S101 - what _built was asked for
    return built


def _built(kind: Any, value: Any) -> Any:
    """Return `value` as the type a field declares: dataclasses and tuples from JSON."""
    if dataclasses.is_dataclass(kind):
        build: Any = kind
        hints = _hints(build)
        return build(**{k: _built(hints[k], v) for k, v in value.items()})
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = [option for option in get_args(kind) if option is not type(None)]
        return None if value is None else _built(inner[0], value)
    if origin is tuple:
        kinds = get_args(kind)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(_built(kinds[0], item) for item in value)
        return tuple(_built(k, item) for k, item in zip(kinds, value, strict=True))
    return value


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


@cache
def schema() -> Mapping[str, Any]:
    """Return the published JSON Schema of a statement."""
    text = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def schema_of(kind: Any = Content) -> dict[str, Any]:
    """Return the JSON Schema that the dataclasses imply."""
    named: dict[str, Any] = {}
    _described(kind, named)
    whole = named.pop(kind.__name__)
    whole["properties"] = {"format": {"const": FORMAT}, **whole["properties"]}
    whole["required"] = ["format", *whole["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": FORMAT,
        "title": "A consolidated statement of Belang",
        **whole,
        "$defs": dict(sorted(named.items())),
    }


PLAIN = {str: "string", int: "integer", bool: "boolean", float: "number", type(None): "null"}


def _described(kind: Any, named: dict[str, Any]) -> dict[str, Any]:
    if dataclasses.is_dataclass(kind):
        return _object(kind, named)
    if kind in PLAIN:
        return {"type": PLAIN[kind]}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_described(option, named) for option in arguments]}
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _described(arguments[0], named)}
    if origin is tuple:
        shapes = [_described(a, named) for a in arguments]
        return {"type": "array", "prefixItems": shapes, "minItems": len(shapes), "items": False}
    return {"type": "object"}


def _object(kind: Any, named: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in named:
        named[kind.__name__] = {}  # held while its fields are described
        hints = _hints(kind)
        named[kind.__name__] = {
            "type": "object",
            "properties": {f.name: _described(hints[f.name], named) for f in _fields(kind)},
            "required": [f.name for f in _fields(kind)],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _fields(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind)
