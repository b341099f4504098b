"""Files read in a process of their own: one may cost it time, memory or its life, not ours."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from pyproj import CRS
from pyproj.datadir import get_data_dir, get_user_data_dir  # type: ignore[attr-defined]  # stubs do not export it

from gis.problem import Problem, Refusal, Text
from layers.apart import forked
from layers.apart.apart import Apart, BrokenError, TooMuchError, UnavailableError
from layers.apart.limits import Isolation, Limits
from layers.apart.told import Told
from layers.apart.wire import UnfitError, packed, unpacked
from layers.reading import raster
from layers.reading.ogr import SETTINGS
from service.plans.child import Job, Outlines, Several, work
from service.plans.handing import copied, own_folder, suffix
from service.plans.intake import Intake, read_plan, unreadable
from service.plans.paperreader import PaperReader
from service.plans.plan import Plan
from service.plans.several import Gather, Gathered, Outline, Wanted
from service.plans.sheet import Draw, Lay, Sheet

WORK = "service.plans.child:work"
log = logging.getLogger(__name__)


class Reader:
    """Reads plans in children; safe to use from several threads, to be closed at the end.

    `papers` looks through documents in the same ones.

    What is started serves until `close`; it is started with the first plan or by `isolation`.
    `work` names the function that reads, ``module:function``; `most` plans are read at a time.
    """

    def __init__(
        self, limits: Limits | None = None, *, most: int | None = None, work: str = WORK
    ) -> None:
        self._apart = Apart(
            work,
            warm="service.plans.child:warm",
            limits=limits,
            most=most,
            readable=_of_proj(),
            environment={**SETTINGS, "PROJ_USER_WRITABLE_DIRECTORY": get_user_data_dir()},
        )
        self.papers = PaperReader(self._apart)

    def started(self) -> "Reader":
        """Start what serves, without waiting for it; whether it can be started says `isolation`."""
        threading.Thread(target=self._begun, name="reading", daemon=True).start()
        return self

    def _begun(self) -> None:
        with suppress(UnavailableError):
            self.isolation()

    def close(self) -> None:
        """End what was started."""
        self._apart.close()

    def isolation(self) -> Isolation:
        """Return the means in force on this machine; errors as `layers.apart.apart.Apart`."""
        return self._apart.isolation()

    def read(self, path: Path, intake: Intake) -> Plan:
        """Return the plan in the file at `path`; what lies beside it does not belong to it.

        Raises
        ------
        Refusal, Question
            As `service.plans.intake.read_plan`; ``plan-too-large`` also where reading takes
            more time or memory than it may, ``format-mismatch`` where it breaks off.
        UnavailableError
            If no child can be started, or the disk has no room for a copy.
        """
        if not path.is_file():
            raise unreadable(path)
        said = intake if intake.named else replace(intake, named=path.stem)
        with own_folder() as folder:
            own = folder / f"plan{suffix(path)}"
            try:
                sha256 = copied(path, own)
            except OSError as error:
                raise unreadable(path) from error
            return self._read(Job(own.name, said), folder, sha256)

    def several(self, files: Sequence[tuple[Path, Intake]]) -> list[Plan | Problem]:
        """Return for every file its plan, or what is wrong with it; one child reads them all.

        A file that breaks it off is found by reading each in a child of its own.

        Raises
        ------
        UnavailableError
            As `read`.
        """
        try:
            return self._several(files)
        except (OSError, TooMuchError, BrokenError, UnfitError):
            return [self._alone(path, intake) for path, intake in files]

    def _several(self, files: Sequence[tuple[Path, Intake]]) -> list[Plan | Problem]:
        with own_folder() as folder:
            jobs, hashes = [], []
            for number, (path, intake) in enumerate(files):
                said = intake if intake.named else replace(intake, named=path.stem)
                own = folder / f"plan{number}{suffix(path)}"
                hashes.append(copied(path, own))
                jobs.append(Job(own.name, said))
            answer = self._apart.run(packed(Several(tuple(jobs))), folder)
            found: Outlines = unpacked(answer, Outlines, _only(files[0][1].crs))
        if len(found.plans) != len(files):
            raise UnfitError("another number of plans")
        for plan, sha256 in zip(found.plans, hashes, strict=True):
            if isinstance(plan, Plan) and plan.sha256 != f"sha256:{sha256}":
                raise UnfitError("the plan of another file")
        return [one.problem if isinstance(one, Told) else one for one in found.plans]

    def _alone(self, path: Path, intake: Intake) -> Plan | Problem:
        try:
            return self.read(path, intake)
        except Problem as problem:
            return problem

    def sheet(self, path: Path, job: Lay | Draw) -> Sheet:
        """Return the picture at `path` as a sheet, laid or drawn as the job says; the job's file
        names nothing but its copy.

        Raises
        ------
        Refusal, Question
            As `service.plans.sheet.work`; ``raster-too-large`` also where it takes more time or
            memory than it may, ``raster-unreadable`` where decoding breaks off.
        UnavailableError
            If no child can be started, or the disk has no room for a copy.
        """
        with own_folder() as folder:
            copied(path, folder / job.file, most=raster.MOST_BYTES)
            try:
                answer = self._apart.run(packed(job), folder)
                found: Sheet | Told = unpacked(answer, Sheet | Told, cache(CRS.from_user_input))
            except TooMuchError as error:
                raise Refusal("raster-too-large", raster.TOO_LARGE) from error
            except (BrokenError, UnfitError) as error:
                log.error("reading a picture broke off: %s", error)
                raise Refusal("raster-unreadable", raster.UNREADABLE) from error
        if isinstance(found, Told):
            raise found.problem
        return found

    def gathered(self, path: Path, by: tuple[str, ...], intake: Intake) -> Gathered:
        """Return the objects of a file of geodata with the references of their cases.

        Raises
        ------
        Refusal, Question, UnavailableError
            As `service.plans.several.gather` and `read`.
        """
        with own_folder() as folder, _understood(self._apart.limits):
            own = folder / f"objects{suffix(path)}"
            copied(path, own)
            answer = self._apart.run(packed(Gather(own.name, by, intake)), folder)
            found: Gathered | Told = unpacked(answer, Gathered | Told, _only(intake.crs))
        if isinstance(found, Told):
            raise found.problem
        return found

    def outlines(self, wanted: Sequence[Wanted], intake: Intake) -> list[Plan | Problem]:
        """Return for everything wanted a plan, or what is wrong with it; one child for all.

        Raises
        ------
        Refusal, UnavailableError
            As `read`.
        """
        with own_folder() as folder, _understood(self._apart.limits):
            answer = self._apart.run(packed(Outline(tuple(wanted), intake)), folder)
            found: Outlines = unpacked(answer, Outlines, _only(intake.crs))
            if len(found.plans) != len(wanted):
                raise UnfitError("another number of plans")
        return [one.problem if isinstance(one, Told) else one for one in found.plans]

    def _read(self, job: Job, folder: Path, sha256: str) -> Plan:
        with _understood(self._apart.limits):
            plan = _plan(self._apart.run(packed(job), folder), job.intake.crs)
            if plan.sha256 != f"sha256:{sha256}":
                raise UnfitError("the plan of another file")
        return plan


def read_plan_apart(path: Path, intake: Intake, reader: Reader) -> Plan:
    """Return the plan in the file at `path`; errors as `Reader.read`."""
    return reader.read(path, intake)


def read_plan_forked(path: Path, intake: Intake, limits: Limits | None = None) -> Plan:
    """Return the plan in the file at `path`, read in a child of this very process.

    For a command that reads one file: quick, and what lies beside a file may belong to it.
    Where the system knows no such children, it is read here. Errors as `Reader.read`.
    """
    if not hasattr(os, "memfd_create"):
        return read_plan(path, intake)
    if not path.is_file():
        raise unreadable(path)
    job, limits = packed(Job(str(path.absolute()), intake)), limits or Limits()
    places = (path.absolute().parent, path.resolve().parent, *_of_proj())
    with own_folder() as folder, _understood(limits):
        answer = forked.run(work, job, folder, readable=places, limits=limits)
        return _plan(answer, intake.crs)


def _of_proj() -> tuple[Path, ...]:
    """Return where PROJ's data and grids lie."""
    return (Path(get_user_data_dir()), *map(Path, get_data_dir().split(os.pathsep)))


@contextmanager
def _understood(limits: Limits) -> Iterator[None]:
    """Say in words for users how a child has ended."""
    try:
        yield
    except TooMuchError as error:
        raise Refusal("plan-too-large", _too_much(limits)) from error
    except (BrokenError, UnfitError) as error:
        log.error("reading a plan broke off: %s", error)
        raise Refusal("format-mismatch", BROKEN) from error


def _plan(answer: bytes, crs: CRS) -> Plan:
    """Return the plan in an answer, or raise the problem that is."""
    found: Plan | Told = unpacked(answer, Plan | Told, _only(crs))
    if isinstance(found, Told):
        raise found.problem
    return found


def _only(crs: CRS) -> Callable[[str], CRS]:
    """Find the one CRS plans may be in."""

    def found(name: str) -> CRS:
        if name != crs.srs:
            raise UnfitError("another CRS")
        return crs

    return found


def _too_much(limits: Limits) -> Text:
    return Text(
        f"Die Datei ist zu aufwendig, um sie sicher zu lesen (Grenzen: {limits.cpu_s} s "
        f"Rechenzeit, {limits.wall_s:g} s im Ganzen, {limits.memory_mb} MB Speicher); bitte die "
        "Geometrie vereinfachen, bereinigen oder teilen.",
        f"The file takes too much to be read safely (limits: {limits.cpu_s} s of computing, "
        f"{limits.wall_s:g} s in all, {limits.memory_mb} MB of memory); please simplify, clean "
        "or split its geometry.",
    )


BROKEN = Text(
    "Das Lesen der Datei brach ab; bitte neu exportieren, am besten als GeoPackage.",
    "Reading the file broke off; please export it again, preferably as a GeoPackage.",
)
