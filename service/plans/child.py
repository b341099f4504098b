"""What a child does: read plans and papers, lay a sheet, gather or make outlines; in bytes."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import shapely
from pyproj import CRS

from gis.crs import crs_from, label, readings
from gis.problem import Problem
from layers.apart.told import Told, told
from layers.apart.wire import packed, unpacked
from layers.reading.ogr import engine
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.papers import Papers, Recognise, Recognised, Unpack, recognise, unpack
from service.plans.plan import Plan
from service.plans.several import Gather, Gathered, Outline, gather, outlined
from service.plans.sheet import Draw, Lay, Sheet
from service.plans.sheet import work as sheet_of


@dataclass(frozen=True, slots=True)
class Job:
    """What a child is asked: read the file of this name in its folder, or at this place."""

    file: str
    intake: Intake


@dataclass(frozen=True, slots=True)
class Several:
    """Read one file after the other."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Plans, or what is wrong with them, in the order in which they were wanted."""

    plans: tuple[Plan | Told, ...]


Task = Job | Several | Lay | Draw | Gather | Outline | Recognise | Unpack


def warm() -> None:
    """Import and look up what every plan needs, before the first one comes."""
    engine()
    list(readings())
    for code in ("EPSG:25832", "EPSG:25833"):  # what districts here work in
        label(crs := crs_from(code))
    intake = Intake(crs, vocabulary_of(), shapely.box(300_000, 5_600_000, 500_000, 5_900_000))
    with TemporaryDirectory(prefix="belang-") as folder:
        path = Path(folder) / "plan.wkt"
        path.write_text("POLYGON ((12.4 51.3, 12.5 51.3, 12.5 51.4, 12.4 51.3))", encoding="ascii")
        content = packed(Job(path.name, replace(intake, source_crs="EPSG:4326")))
        work(content, path.parent)


def work(content: bytes, folder: Path) -> bytes:
    """Read what a job names; return it, or the refusal or question, as bytes.

    Raises
    ------
    MemoryError
        If that was what reading failed for.
    """
    job: Task = unpacked(content, Task, cache(CRS.from_user_input))
    try:
        return packed(_done(job, folder))
    except Problem as problem:
        return packed(told(problem))


def _done(job: Task, folder: Path) -> Plan | Sheet | Gathered | Outlines | Recognised | Papers:
    match job:
        case Job():
            return read_plan(folder / job.file, job.intake)
        case Several():
            return Outlines(tuple(_each(one, folder) for one in job.jobs))
        case Gather():
            return gather(job, folder)
        case Outline():
            found = outlined(job, folder)
            return Outlines(tuple(p if isinstance(p, Plan) else told(p) for p in found))
        case Recognise():
            return recognise(job, folder)
        case Unpack():
            return unpack(job, folder)
        case _:
            return sheet_of(job, folder)


def _each(job: Job, folder: Path) -> Plan | Told:
    try:
        return read_plan(folder / job.file, job.intake)
    except Problem as problem:
        return told(problem)
