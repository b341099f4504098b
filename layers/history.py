"""What happened to a published layer: one line an event, only ever added to."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.folder import synced

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """The events of a layer in a file of lines; a line that was cut off by a crash counts for
    nothing.
    """

    path: Path

    def events(self) -> list[Event]:
        """Return all events, the oldest first."""
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        return [event for line in lines if (event := _event(line)) is not None]

    def damaged(self) -> list[int]:
        """Return the numbers of lines that are none; one cut off by a crash is not counted."""
        if not self.path.exists():
            return []
        lines = self.path.read_bytes().split(b"\n")
        wrong = [n for n, line in enumerate(lines, 1) if line and _event(line) is None]
        return [n for n in wrong if n != len(lines) and not _cut_off(lines[n - 1])]

    def add(self, event: Event) -> None:
        """Write an event down; it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists()
        with self.path.open("ab+") as file:
            start = b"" if _ends_well(file) else b"\n"
            file.write(start + json.dumps(event, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if new:
            synced(self.path.parent)


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _cut_off(line: bytes) -> bool:
    """Tell whether a line is the beginning of an event: what a crash has left."""
    return line.startswith(b"{") and not line.endswith(b"}")


def _ends_well(file: Any) -> bool:
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
