"""Which results refer to which versions: one small file a result, so that none is collected."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from layers.folder import write_whole

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class References:
    """References in a folder; a result is named by letters, digits, ``.``, ``_`` and ``-``."""

    folder: Path

    def put(self, result: str, versions: Iterable[str]) -> None:
        """Say that a result rests on versions (``sha256:…`` or bare), in place of what it said.

        Raises
        ------
        ValueError
            If the result has a name that no file may have.
        """
        named = sorted({version.removeprefix("sha256:") for version in versions})
        write_whole(self._path(result), json.dumps({"versions": named}).encode())

    def drop(self, result: str) -> None:
        """Say that a result no longer exists."""
        self._path(result).unlink(missing_ok=True)

    def results(self) -> list[str]:
        """Return the names of all results that refer to something."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def written(self, result: str) -> float:
        """Return when a result last said what it rests on, seconds since the epoch; OSError."""
        return self._path(result).stat().st_mtime

    def versions(self) -> set[str]:
        """Return all versions that some result rests on.

        Raises
        ------
        ValueError
            If a reference cannot be read: nothing may be collected then.
        """
        found: set[str] = set()
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.update(json.loads(path.read_text(encoding="utf-8"))["versions"])
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise ValueError(f"the reference {path.name} cannot be read") from error
        return found

    def _path(self, result: str) -> Path:
        if not NAME.fullmatch(result):
            raise ValueError(f"{result!r} cannot name a result")
        return self.folder / f"{result}.json"
