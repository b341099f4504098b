"""What a schema finds wrong in a catalogue, said so that a person can mend it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from layers.document import Key

TYPES = {
    "string": "a text", "array": "a list", "object": "a group of keys", "number": "a number",
    "integer": "a whole number", "boolean": "true or false", "null": "null",
}  # fmt: skip


def complaints(error: Any, schema: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """Yield key and message for a validation error of jsonschema-rs."""
    key, kind = tuple(error.instance_path), error.kind
    where = _at(schema, error.schema_path[:-1])
    match kind.name:
        case "additionalProperties":
            allowed = ", ".join(where.get("properties", {}))
            for name in kind.unexpected:
                yield (*key, name), f"is not known here; known are {allowed}"
        case "required":
            yield (*key, kind.property), "is missing"
        case "anyOf":
            yield from _of_several(error, schema, where["anyOf"])
        case "enum":
            yield key, f"must be one of {', '.join(map(_word, where['enum']))}"
        case "type":
            yield key, f"must be {' or '.join(TYPES[t] for t in kind.types)}"
        case "pattern":
            yield key, f"must be {where.get('description', 'like ' + str(kind.pattern))}"
        case "minLength" | "minItems" | "minProperties":
            names = ", ".join(where.get("properties", {}))
            yield key, "must not be empty" + (f"; known are {names}" if names else "")
        case _:
            yield key, str(error.message)


def _of_several(
    error: Any, schema: Mapping[str, Any], forms: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Key, str]]:
    """Yield what is wrong with the form that was meant, or which forms there are."""
    forms = [_resolved(form, schema) for form in forms]
    value = error.instance
    for form, inner in zip(forms, error.kind.context, strict=True):
        if isinstance(value, dict) and value.keys() & set(form.get("required", ())):
            for fault in inner:
                yield from complaints(fault, schema)
            return
    yield tuple(error.instance_path), f"must be {', or '.join(_form(form) for form in forms)}"


def _form(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(_word, schema["enum"]))
    if "required" in schema:
        return "{" + ", ".join(f"{name}: …" for name in schema["required"]) + "}"
    return str(schema.get("description") or TYPES[schema["type"]])


def _word(value: Any) -> str:
    return str(value) if isinstance(value, str) else json.dumps(value)


def _at(schema: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        schema = schema[step]
    return schema


def _resolved(form: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = form.get("$ref")
    return _at(schema, reference.removeprefix("#/").split("/")) if reference else form
