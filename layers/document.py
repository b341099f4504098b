"""A YAML document whose every value remembers its file and line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a catalogue: where it stands and what it is."""

    file: Path
    line: int
    key: str
    message: str

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

    def fault(self, key: Key, message: str) -> Fault:
        """Return a fault at `key`, or at the nearest thing above it that has a line."""
        at = key
        while at and at not in self.lines:
            at = at[:-1]
        return Fault(self.path, self.lines.get(at, 1), dotted(key), message)


def dotted(key: Key) -> str:
    """Return ``rules[3].when`` for ``("rules", 3, "when")``."""
    return "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in key).lstrip(".")


def read_document(path: Path) -> Document:
    """Read one YAML document; dates become ISO text.

    Raises
    ------
    CatalogueError
        If the file is missing, not UTF-8, not YAML, or says a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError([Fault(path, 1, "", f"cannot be read: {error}")]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueError([Fault(path, line, "", f"not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise CatalogueError([Fault(path, 1, "", f"not YAML: {error}")]) from error
    lines: dict[Key, int] = {}
    faults: list[Fault] = []
    data = _plain(node, (), path, lines, faults) if node is not None else {}
    if faults:
        raise CatalogueError(faults)
    return Document(path, data, lines)


def _plain(node: Any, key: Key, path: Path, lines: dict[Key, int], faults: list[Fault]) -> Any:
    lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, (*key, i), path, lines, faults) for i, n in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, key, path, lines, faults)
    return _scalar(node)


def _mapping(
    node: Any, key: Key, path: Path, lines: dict[Key, int], faults: list[Fault]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name_node, value in node.value:
        name = str(name_node.value)
        if name in result:
            line = name_node.start_mark.line + 1
            faults.append(Fault(path, line, dotted((*key, name)), "stands here twice"))
        result[name] = _plain(value, (*key, name), path, lines, faults)
        lines[*key, name] = name_node.start_mark.line + 1
    return result


def _scalar(node: Any) -> Any:
    value = yaml.constructor.SafeConstructor().construct_object(node)
    return value.isoformat() if isinstance(value, date) else value
