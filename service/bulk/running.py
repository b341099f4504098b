"""A run in a folder of its own, which can be ended at any moment and gone on with.

`run.json` says what the run is about and is written once; each chunk that is done lies below
`chunks/`, whole. What is not there has yet to be done, and nothing is done twice. The tables for
people are made of the chunks at the end.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pyarrow as pa
from pyproj import CRS

from gis.problem import Text
from layers.folder import write_whole
from service.bulk.fanning import Pool, fanned
from service.bulk.job import Chunk, Job, Told, chunks
from service.bulk.setup import Setup
from service.bulk.table import read, whole
from service.db import Json
from service.errors import ConflictError

RUN, CHUNKS, LOCK, DONE = "run.json", "chunks", "lock", "done.json"
FORMAT = 1


@dataclass(frozen=True)
class Run:
    """What a run is about: `asked` tells one run from another, `crs` is the working CRS."""

    folder: Path
    name: str  # a UUID
    asked: Json
    setup: Setup
    jobs: tuple[Job, ...]
    size: int  # plans a chunk
    crs: str

    def chunks(self) -> list[Chunk]:
        """Return all chunks, done or not."""
        return list(chunks(self.jobs, self.size))

    def path(self, chunk: Chunk) -> Path:
        """Return where the table of a chunk lies, or would."""
        return self.folder / CHUNKS / f"{chunk.number:06d}.parquet"

    def is_done(self, chunk: Chunk) -> bool:
        """Tell whether the table of a chunk is there and can be read."""
        try:
            return bool(read(self.path(chunk), ["number"]).num_rows == len(chunk.jobs))
        except (OSError, pa.ArrowException):
            return False

    @property
    def said(self) -> Json:
        """What is to be said of a finished run."""
        said: Json = orjson.loads((self.folder / DONE).read_bytes())
        return said

    @property
    def finished(self) -> bool:
        """Whether all of it is done, and its tables are there."""
        return (self.folder / DONE).is_file()


def begin(folder: Path, asked: Json, setup: Setup, jobs: Sequence[Job], crs: str, size: int) -> Run:
    """Write down what a run is about, before anything is done."""
    run = Run(folder, str(uuid4()), asked, setup, tuple(jobs), size, crs)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {
        "format": FORMAT,
        "run": run.name,
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "asked": asked,
        "size": size,
        "crs": crs,
        "setup": asdict(setup),
        "jobs": [_plain(job) for job in jobs],
    }
    write_whole(folder / RUN, orjson.dumps(content, option=orjson.OPT_INDENT_2))
    return run


def begun(folder: Path) -> Run | None:
    """Return the run in a folder; None where there is none.

    Raises
    ------
    ConflictError
        ``recheck-unreadable``.
    """
    try:
        content = orjson.loads((folder / RUN).read_bytes())
        if content["format"] != FORMAT:
            raise ValueError("another format")
        return Run(
            folder,
            content["run"],
            content["asked"],
            Setup(**content["setup"]),
            tuple(_job(row) for row in content["jobs"]),
            content["size"],
            content["crs"],
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConflictError("recheck-unreadable", _unreadable(folder)) from error


def required(run: Run, asked: Json) -> Run:
    """Return the run if it is about what is `asked`.

    Raises
    ------
    ConflictError
        ``recheck-other`` where it is about something else: other plans, another catalogue.
    """
    if run.asked != orjson.loads(orjson.dumps(asked)):
        kinds = sorted(name for name in asked if run.asked.get(name) != asked[name])
        raise ConflictError("recheck-other", _other(run.folder, kinds))
    return run


def place(parent: Path, asked: Json) -> Path:
    """Return a folder below `parent` for what is `asked`: that of the run to go on with, if any,
    else a new one.
    """
    plain = orjson.loads(orjson.dumps(asked))
    for folder in sorted(path.parent for path in parent.glob(f"*/{RUN}")):
        run = begun(folder)
        if run is not None and not run.finished and run.asked == plain:
            return folder
    today = datetime.now(UTC).date().isoformat()
    numbers = (parent / f"{today}-{number}" for number in range(1, 10_000))
    return next(folder for folder in numbers if not (folder / RUN).exists())


def carry_on(
    run: Run,
    pool: Pool,
    *,
    keep: Callable[[bytes], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Do what has yet to be done of a run.

    `keep` gets the table of each chunk before it counts as done; it may get one twice where the
    run was ended in between. `progress` is told how many plans are done, those of earlier
    attempts first. Errors as `service.bulk.fanning.fanned` and of the pool.
    """
    every = run.chunks()
    left = [chunk for chunk in every if not run.is_done(chunk)]
    progress(len(run.jobs) - sum(len(chunk.jobs) for chunk in left))
    for chunk, content in fanned(pool, iter(left)):
        keep(content)
        write_whole(run.path(chunk), content)
        progress(len(chunk.jobs))


def finish(run: Run) -> None:
    """Make the tables of a run whose chunks are all there."""
    whole((run.path(chunk) for chunk in run.chunks()), run.folder, CRS.from_user_input(run.crs))


def close(run: Run, said: Json) -> None:
    """Note that a run is finished, with what is to be said of it."""
    write_whole(run.folder / DONE, orjson.dumps(said, option=orjson.OPT_INDENT_2))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a run's folder for this process.

    Raises
    ------
    ConflictError
        ``recheck-under-way``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConflictError("recheck-under-way", _under_way(folder)) from error
        yield
    finally:
        os.close(handle)


def forget(folder: Path) -> None:
    """Remove all that belongs to the run in a folder, and nothing else."""
    paths = [folder / RUN, folder / DONE, *folder.glob("*.parquet")]
    for path in [*paths, *(folder / CHUNKS).glob("*.parquet")]:
        path.unlink(missing_ok=True)
    with suppress(OSError):
        (folder / CHUNKS).rmdir()


def _plain(job: Job) -> Json:
    row = {name: value for name, value in asdict(job).items() if value is not None}
    if job.skipped is not None:
        row["skipped"] = {"code": job.skipped.code, "text": [*job.skipped.text]}
    return row


def _job(row: dict[str, Any]) -> Job:
    skipped = row.pop("skipped", None)
    told = None if skipped is None else Told(skipped["code"], Text(*skipped["text"]))
    return Job(**row, skipped=told)


def _unreadable(folder: Path) -> Text:
    return Text(
        f"Was in {folder} liegt, ist kein Lauf dieser Fassung von Belang; bitte mit --to einen "
        "anderen Ordner nennen oder mit --restart neu beginnen.",
        f"What lies in {folder} is no run of this version of Belang; name another folder with "
        "--to, or begin anew with --restart.",
    )


def _other(folder: Path, kinds: list[str]) -> Text:
    named = ", ".join(kinds)
    return Text(
        f"In {folder} liegt ein Lauf über anderes ({named}); bitte mit --to einen anderen Ordner "
        "nennen oder mit --restart neu beginnen.",
        f"In {folder} lies a run about something else ({named}); name another folder with --to, "
        "or begin anew with --restart.",
    )


def _under_way(folder: Path) -> Text:
    return Text(
        f"An dem Lauf in {folder} arbeitet gerade ein anderer Prozess; bitte dessen Ende abwarten.",
        f"Another process is at work on the run in {folder}; wait for its end.",
    )
