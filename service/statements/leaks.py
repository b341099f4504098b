"""Words that would tell an outsider of data not meant for them, looked for in free texts.

Offices write what they like; a name of a restricted object in a sentence for everybody would pass
every cut. Such texts are shown to the coordinator before the statement can be closed.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.statements.content import Content

Json = Mapping[str, Any]

SHORTEST = 4  # letters a name must have to be looked for


@dataclass(frozen=True, slots=True)
class Leak:
    """A name of an object that is not public, in a text of the outward edition."""

    where: str
    name: str


def leaks(shown: Content, inner: Json, outer: Json) -> tuple[Leak, ...]:
    """Return every place of the outward edition `shown` that names an object of a hidden layer.

    `inner` and `outer` are the reports for the house and for outsiders; what the latter names as
    well is no secret.
    """
    secret = names(inner, public=False) - names(outer, public=True)
    return tuple(
        Leak(where, name)
        for where, text in texts(shown)
        for name in sorted(secret)
        if name in text.casefold()
    )


def names(report: Json, *, public: bool) -> frozenset[str]:
    """Return names and ids of objects of layers that are (not) public, in lower case."""
    found = (
        str(value).casefold()
        for finding in report["findings"]
        if (finding["visibility"] == "public") is public
        for thing in finding["objects"]
        for value in (thing["id"], thing["name"])
        if value
    )
    return frozenset(name for name in found if len(name) >= SHORTEST and not name.isdigit())


def texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a content with the path that leads to it."""
    if isinstance(value, str):
        yield where, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            step = f"{where}.{field.name}" if where else field.name
            yield from texts(getattr(value, field.name), step)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts(inner, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from texts(inner, f"{where}[{number}]")
