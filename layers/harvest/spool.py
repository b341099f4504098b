"""Answers kept on disk until a harvest is complete, so that an interrupted one goes on."""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from layers.harvest.request import Answer, Request


@dataclass
class Spool:
    """A folder for the answers of one harvest; whatever is unfinished in it is ignored.

    The answers of an earlier attempt are used only if the source gave the same `stamp` then and
    they are younger than `longest` seconds.
    """

    folder: Path
    longest: float
    now: Callable[[], float] = time.time

    def begin(self, stamp: str) -> bool:
        """Say what state the source is in; tell whether answers of an earlier attempt count."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._earlier() == stamp:
            return True
        self.clear()
        self.folder.mkdir(parents=True)
        aside = self.folder / "stamp.part"
        aside.write_text(json.dumps({"stamp": stamp, "since": self.now()}), encoding="utf-8")
        aside.replace(self.folder / "stamp.json")
        return False

    def _earlier(self) -> str | None:
        try:
            kept = json.loads((self.folder / "stamp.json").read_text(encoding="utf-8"))
            young = 0 <= self.now() - kept["since"] <= self.longest
            return str(kept["stamp"]) if young else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # none, or one that a crash has left half written

    def place(self, request: Request) -> Path:
        """Return where the answer to `request` is to be written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{request.key}.body"

    def keep(self, request: Request, answer: Answer) -> None:
        """Mark a written answer as whole."""
        with answer.path.open("rb") as file:
            os.fsync(file.fileno())
        aside = self.folder / f"{request.key}.json.part"
        aside.write_text(answer.facts(), encoding="utf-8")
        aside.replace(self.folder / f"{request.key}.json")

    def kept(self, request: Request) -> Answer | None:
        """Return the answer of an earlier attempt."""
        path = self.place(request)
        try:
            facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            if path.is_file():
                return Answer(path, facts["status"], facts["url"], facts["headers"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def drop(self, request: Request) -> None:
        """Forget an answer that turned out to be unusable."""
        path = self.place(request)
        path.with_suffix(".json").unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove everything; the harvest is complete, or what it began no longer counts."""
        shutil.rmtree(self.folder, ignore_errors=True)
