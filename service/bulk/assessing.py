"""The work itself: a chunk of plans, read, checked and told, as a table that is kept as it is."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from gis.problem import Problem, Question, Text
from service.bulk.job import Job, Told
from service.bulk.row import Row, told_row
from service.bulk.setup import Setup, day_of, opened, setup_from
from service.bulk.table import table_of, written
from service.cases.opening import known
from service.cases.results import INTERNAL, tell, told_to
from service.district import District
from service.errors import ServiceError
from service.plans.apart import Reader
from service.plans.plan import Plan
from service.review import gather

log = logging.getLogger(__name__)
GONE = Text(
    "Die Datei der Planung ist nicht mehr da oder nicht lesbar; bitte wieder hinlegen und den Lauf "
    "neu beginnen.",
    "The file of the plan is gone or cannot be read; put it back and begin the run anew.",
)
CHANGED = Text(
    "Die Datei der Planung wurde seit Beginn des Laufs verändert; bitte den Lauf neu beginnen.",
    "The file of the plan was changed since the run began; begin the run anew.",
)
BUG = Text(
    "Die Prüfung ist gescheitert ({0}). Das ist ein Fehler in Belang oder seiner Umgebung; bitte "
    "melden.",
    "The check failed ({0}). This is a bug in Belang or in what it runs on; please report it.",
)


@dataclass(frozen=True)
class _Place:
    """A district as one process has opened it."""

    setup: Setup
    district: District


def assessed(setup: bytes, jobs: Sequence[Job]) -> bytes | Told:
    """Return the results of `jobs` as a table; `Told` where nobody can be checked here.

    Whatever is wrong with a plan is said in its row; nothing but the end of this process can keep
    a row from being there.
    """
    try:
        place = _place(setup)
        return written(table_of([_row(place, job, plan) for job, plan in _read(place, jobs)]))
    except (Problem, ServiceError) as error:
        return Told(error.code, error.text)


@lru_cache(maxsize=1)
def _place(packed: bytes) -> _Place:
    """Open a district once for all chunks of a run."""
    setup = setup_from(packed)
    return _Place(setup, opened(setup))


@cache
def _reader() -> Reader:
    """Return what reads plans in this process, for all runs it ever works for."""
    return Reader()


def _read(place: _Place, jobs: Sequence[Job]) -> Sequence[tuple[Job, Plan | Told]]:
    """Return every job with its plan, or with why there is none."""
    with TemporaryDirectory(prefix="belang-") as folder:
        paths = {job.number: _file(job, Path(folder)) for job in jobs if job.skipped is None}
        there = [job for job in jobs if (path := paths.get(job.number)) and path.is_file()]
        intakes = [(paths[job.number], known(place.district, job.said)) for job in there]
        plans = _reader().several(intakes) if intakes else []
        found = dict(zip((job.number for job in there), plans, strict=True))
    return [(job, _usable(job, found.get(job.number))) for job in jobs]


def _file(job: Job, folder: Path) -> Path:
    """Return the file of a job, written to `folder` where it came along."""
    if job.content is None:
        return Path(job.path)
    path = folder / f"{job.number}{Path(job.path).suffix}"
    path.write_bytes(job.content)
    return path


def _usable(job: Job, found: Plan | Problem | None) -> Plan | Told:
    if job.skipped is not None:
        return job.skipped
    if found is None:
        return Told("plan-missing", GONE)
    if isinstance(found, Problem):
        kind = "question:" if isinstance(found, Question) else ""
        return Told(f"{kind}{found.code}", found.text)
    if found.sha256.removeprefix("sha256:") != job.sha256:
        return Told("plan-changed", CHANGED)
    return found


def _row(place: _Place, job: Job, plan: Plan | Told) -> Row:
    if isinstance(plan, Told):
        return told_row(job, plan)
    try:
        return _checked(place, job, plan)
    except Problem as problem:
        return told_row(job, Told(problem.code, problem.text))
    except Exception as error:  # a bug, too, must end as a row, never as silence
        log.exception("a check failed")
        name = type(error).__name__
        text = Text(BUG.de.format(name), BUG.en.format(name))
        return told_row(job, Told("check-failed", text), failed=True)


def _checked(place: _Place, job: Job, plan: Plan) -> Row:
    district = place.district
    gathered = gather(
        plan,
        district.catalogue,
        district.store,
        district.rules,
        district.vocabulary,
        on=day_of(place.setup),
    )
    if place.setup.everybody:
        return Row.of(job, plan, tell(gathered))
    return Row.of(job, plan, [told_to(gathered, INTERNAL, place.setup.language)])
