"""What is to be checked in bulk, as plain values that travel between processes and machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gis.problem import Text
from service.db import Json


@dataclass(frozen=True, slots=True)
class Told:
    """Why there is no result: a stable code and a sentence."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Job:
    """One plan: its place in the run, its name, hash and file, and what is said about it.

    `content` is the file itself where those who check it cannot see `path`. With `skipped` it is
    not checked at all, and its row says why.
    """

    number: int
    name: str
    sha256: str
    path: str
    said: Json
    key: str | None = None  # the draft of a case it is
    content: bytes | None = None
    skipped: Told | None = None

    def carried(self) -> "Job":
        """Return the job with its file; one that is gone stays without and is told of later."""
        try:
            return replace(self, content=Path(self.path).read_bytes())
        except OSError:
            return self


@dataclass(frozen=True, slots=True)
class Chunk:
    """Jobs that are done and kept together; a worker that is lost costs no more than them."""

    number: int
    jobs: tuple[Job, ...]


def chunks(jobs: Sequence[Job], size: int) -> Iterator[Chunk]:
    """Yield the jobs in chunks of `size`: the same ones in every attempt at a run."""
    for number, first in enumerate(range(0, len(jobs), size)):
        yield Chunk(number, tuple(jobs[first : first + size]))
