"""Chunks handed to whoever checks, and taken back whole, whatever becomes of those who check.

A chunk that took its worker with it is tried once more, then plan by plan: a plan that ends every
worker becomes a row that says so, and the others do not pay for it.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from gis.problem import Text
from service.bulk.job import Chunk, Job, Told
from service.bulk.row import told_row
from service.bulk.setup import SetupError
from service.bulk.table import joined, table_of, written

TRIES = 2
CRASHED = Text(
    "Die Prüfung dieser Planung hat zweimal den Prozess beendet (Speicher oder Absturz); bitte "
    "einzeln prüfen und melden.",
    "Checking this plan has ended the process twice (memory, or a crash); check it by itself, and "
    "report it.",
)


@dataclass(frozen=True, slots=True)
class Part:
    """What is handed out at a time: a chunk, or one plan of a chunk that ended its workers."""

    chunk: int
    jobs: tuple[Job, ...]
    tries: int = 0


Answer = bytes | Told | None


class Pool(Protocol):
    """Processes that check, here or elsewhere."""

    def room(self) -> int:
        """Return how many more parts are welcome now."""

    def submit(self, part: Part) -> None:
        """Have a part checked."""

    def ended(self) -> list[tuple[Part, Answer]]:
        """Wait a moment; return what ended: a table, why nobody can be checked, or None where
        the worker was lost.
        """


@dataclass
class _Under:
    """A chunk under way: its parts that are done, and how many plans they hold."""

    chunk: Chunk
    parts: list[bytes] = field(default_factory=list)
    plans: int = 0


def fanned(pool: Pool, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
    """Yield every chunk with its table, as they end.

    Raises
    ------
    SetupError
        If those who check do not have what the results must rest on.
    """
    under: dict[int, _Under] = {}
    again: deque[Part] = deque()
    while True:
        for _ in range(pool.room()):
            part = again.popleft() if again else _next(chunks, under)
            if part is None:
                break
            pool.submit(part)
        if not under:
            return
        for part, answer in pool.ended():
            if isinstance(answer, Told):
                raise SetupError(answer.code, answer.text)
            if answer is None and (more := _after_loss(part)):
                again.extend(more)
                continue
            there = under[part.chunk]
            there.parts.append(_crashed(part) if answer is None else answer)
            there.plans += len(part.jobs)
            if there.plans == len(there.chunk.jobs):
                del under[part.chunk]
                yield there.chunk, _whole(there.parts)


def _next(chunks: Iterator[Chunk], under: dict[int, _Under]) -> Part | None:
    chunk = next(chunks, None)
    if chunk is None:
        return None
    under[chunk.number] = _Under(chunk)
    return Part(chunk.number, chunk.jobs)


def _after_loss(part: Part) -> Sequence[Part]:
    """Return what to try after a worker was lost; nothing where it was tried often enough."""
    if part.tries + 1 < TRIES:
        return [replace(part, tries=part.tries + 1)]
    if len(part.jobs) == 1:
        return []
    return [Part(part.chunk, (job,)) for job in part.jobs]


def _crashed(part: Part) -> bytes:
    told = Told("check-crashed", CRASHED)
    return written(table_of([told_row(job, told, failed=True) for job in part.jobs]))


def _whole(parts: Sequence[bytes]) -> bytes:
    return parts[0] if len(parts) == 1 else joined(parts)
