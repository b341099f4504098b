"""Writing what was asked for: each file whole or not at all, and never over an input."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.commands.usage import UsageError


def put_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document as JSON text; numbers that are not finite are a bug."""
    put(path, json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def put(path: Path, text: str) -> None:
    """Write a text; errors as `writing`."""
    with writing(path):
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            aside.write_text(text, encoding="utf-8", newline="")
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folder of `path`; what goes wrong on the way to a whole file is said in words.

    Raises
    ------
    UsageError
        With the path and the reason.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path} cannot be written: {reason}") from error


def require_apart(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise `UsageError` where two outputs are one file, or one is a file that is read."""
    taken = {path.resolve() for path in inputs}
    for path in outputs:
        if path.resolve() in taken:
            raise UsageError(f"{path} is read or written already; name another file")
        taken.add(path.resolve())
