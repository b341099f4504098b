"""Answers by hand: for themes that exist only as a viewer or as an inquiry to others.

One file a layer, `manual/<code>.json` in the store. Answers are added and never changed: the last
one counts. What cannot be read is an error, for an answer that was lost must not pass
for one that was never given.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from gis.problem import Refusal, Text
from layers.folder import unwritable

FOLDER = "manual"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody found out by hand; days are ISO.

    `plan` is the hash of the plan it is about, None for a standing reason, which holds for every
    plan. `until` is the last day on which it counts, None where it does not end.
    """

    outcome: Literal["affected", "clear"]
    by: str
    on: str
    basis: str
    plan: str | None = None
    until: str | None = None

    def holds(self, on: date) -> bool:
        """Tell whether it still counts on a day."""
        return self.until is None or on <= date.fromisoformat(self.until)


def answers(root: Path, code: str) -> tuple[Answer, ...]:
    """Return all answers on record for a layer, oldest first.

    Raises
    ------
    Refusal
        ``answers-unreadable``.
    """
    path = _file(root, code)
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_answer(row) for row in rows)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as error:
        text = Text(
            f"Die Antworten von Hand in {path.name} sind nicht lesbar: {error}",
            f"The answers by hand in {path.name} cannot be read: {error}",
        )
        raise Refusal("answers-unreadable", text) from error


def _answer(row: dict[str, Any]) -> Answer:
    answer = Answer(**row)
    for day in (answer.on, answer.until):
        if day is not None:
            date.fromisoformat(day)
    if answer.outcome not in ("affected", "clear"):
        raise ValueError(f"outcome {answer.outcome!r}")
    return answer


def counting(found: Iterable[Answer], plan: str, on: date) -> Answer | None:
    """Return the answer that counts: the last one about the plan, else the last standing one.

    Once that has expired there is none: what it has replaced does not come back.
    """
    every = tuple(found)
    about = [answer for answer in every if answer.plan == plan]
    standing = [answer for answer in every if answer.plan is None]
    last = next(reversed(about or standing), None)
    return last if last is not None and last.holds(on) else None


def record(root: Path, code: str, answer: Answer) -> Path:
    """Add an answer; return the file it stands in.

    Raises
    ------
    Refusal
        ``answers-unreadable``, ``data-folder``.
    """
    path = _file(root, code)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            rows = [asdict(a) for a in (*answers(root, code), answer)]
            aside = path.with_suffix(f".{secrets.token_hex(4)}.part")
            with aside.open("w", encoding="utf-8") as file:
                json.dump(rows, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    return path


def _file(root: Path, code: str) -> Path:
    return root / FOLDER / f"{code}.json"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process after the other read, add and write."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
