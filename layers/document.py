"""A YAML document whose every value remembers its file and line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Key = tuple[str | int, ...]
DEEPEST, MOST_VALUES, MOST_FAULTS = 20, 200_000, 50
LARGEST = 1e15  # a larger number in a catalogue is a slip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a catalogue: where it stands and what it is; `at` is `key` as steps."""

    file: Path
    line: int
    key: str
    message: str
    at: Key = ()

    def __str__(self) -> str:
        """Return ``file:line: key: message``."""
        return f"{self.file}:{self.line}: {self.key or 'document'}: {self.message}"


class CatalogueError(ValueError):
    """A catalogue that cannot be used; `faults` lists everything found wrong in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data read from `path`, and the line of every key in it (counted from 1)."""

    path: Path
    data: Any
    lines: dict[Key, int]
    text: str = ""

    def fault(self, key: Key, message: str) -> Fault:
        """Return a fault at `key`, or at the nearest thing above it that has a line."""
        at = key
        while at and at not in self.lines:
            at = at[:-1]
        return Fault(self.path, self.lines.get(at, 1), dotted(key), message, key)


def dotted(key: Key) -> str:
    """Return ``rules[3].when`` for ``("rules", 3, "when")``."""
    return "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in key).lstrip(".")


def read_document(path: Path, text: str | None = None) -> Document:
    """Read one YAML document, or take `text` for it; dates become ISO text.

    Raises
    ------
    CatalogueError
        If the file is missing, not UTF-8, not YAML, or says a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
        node = yaml.compose(text, Loader=Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError([Fault(path, 1, "", f"cannot be read: {error}")]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueError([Fault(path, line, "", f"not YAML: {error.problem}")]) from error
    except yaml.reader.ReaderError as error:
        line = (text or "").count("\n", 0, error.position) + 1
        what = f"not YAML: the character {chr(error.character)!r} may not stand here"
        raise CatalogueError([Fault(path, line, "", what)]) from error
    except RecursionError as error:
        raise CatalogueError([Fault(path, 1, "", "not YAML: nested without end")]) from error
    reading = _Reading(path)
    data = reading.plain(node, ()) if node is not None else {}
    if reading.faults:
        raise CatalogueError(reading.faults)
    return Document(path, data, reading.lines, text)


@dataclass
class _Reading:
    """One way through a document: plain values, the line of every key, and what is wrong."""

    path: Path
    lines: dict[Key, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def plain(self, node: Any, key: Key) -> Any:
        """Return the plain value of a node; None where something is wrong with it."""
        self.lines.setdefault(key, node.start_mark.line + 1)
        # A value that holds itself by an alias, or copies of copies, would never end.
        if len(key) > DEEPEST or len(self.lines) > MOST_VALUES:
            return self._fault(node, key[:8], "is nested or repeated without end")
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(n, (*key, i)) for i, n in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        return self._scalar(node, key)

    def _mapping(self, node: Any, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name_node, value in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                self._fault(name_node, key, "has a key that is no text")
                continue
            name = str(name_node.value)
            if name in result:
                self._fault(name_node, (*key, name), "stands here twice")
            self.lines[*key, name] = name_node.start_mark.line + 1
            result[name] = self.plain(value, (*key, name))
        return result

    def _scalar(self, node: Any, key: Key) -> Any:
        if node.tag == "tag:yaml.org,2002:str":  # most of a catalogue
            return str(node.value)
        try:
            value = yaml.constructor.SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            return self._fault(node, key, f"cannot be understood: {str(node.value)[:60]}")
        if isinstance(value, date):
            return value.isoformat()
        usable = value is None or isinstance(value, str | bool | int | float)
        if not usable or (isinstance(value, int | float) and not abs(value) < LARGEST):
            return self._fault(node, key, f"is no usable value: {str(node.value)[:60]}")
        return value

    def _fault(self, node: Any, key: Key, message: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            line = node.start_mark.line + 1
            self.faults.append(Fault(self.path, line, dotted(key), message))
