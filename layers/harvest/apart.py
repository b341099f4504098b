"""What sources give, read in processes of their own: it may cost them time or life, not ours."""

import logging
import os
import shutil
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyproj.datadir import get_user_data_dir  # type: ignore[attr-defined]  # stubs do not export it

from gis.problem import Refusal, Text
from layers.apart import surroundings
from layers.apart.apart import Apart, BrokenError, TooMuchError, UnavailableError
from layers.apart.limits import Limits
from layers.apart.told import Told
from layers.apart.wire import UnfitError, no_crs, packed, unpacked
from layers.harvest import child, osmreader
from layers.harvest.child import (
    Capabilities,
    Collection,
    Geodatabase,
    Page,
    Root,
    Schema,
    Task,
    Whole,
)
from layers.harvest.esri import Objects
from layers.harvest.featuretype import FeatureType
from layers.harvest.osmreader import Extract
from layers.harvest.refusals import refuse
from layers.reading import Features, gdb, ogr
from layers.reading.batch import unpacked_batch
from layers.unavailable import LayerUnavailableError

# A whole land may be in one file, read in one piece where its format asks for that. Of time there
# is plenty, as a child waits while its features are worked on.
LIMITS = Limits(
    memory_mb=16_384, cpu_s=14_400, wall_s=43_200.0, file_mb=65_536, answer_mb=4_096, files=512
)
BATCH = 10_000  # objects in memory at a time
MOST = 16  # at a time; most of them wait
WORK = "layers.harvest.child:work"
log = logging.getLogger(__name__)


def batches(
    path: Path, *, layer: str | None = None, encoding: str | None = None, size: int = BATCH
) -> Iterator[Features]:
    """Yield the features of a file or file geodatabase, `size` at a time, at least one batch.

    Raises
    ------
    Refusal, Question
        As `layers.reading.batches`, at any moment; ``plan-too-large`` also where reading takes
        more time or memory than it may, ``format-mismatch`` where it breaks off.
    LayerUnavailableError
        If no child can be started.
    """
    with _understood():
        if not gdb.is_geodatabase(path):
            yield from _features(_files(), Whole(path.name, layer, encoding, size), path)
            return
        with closing(_alone(gdb.SETTINGS, LIMITS)) as apart:
            yield from _features(apart, Geodatabase(path.name, layer, size), path)


def page(path: Path, *, layer: str | None, accept: frozenset[str]) -> Features:
    """Return the features of a page; errors as `batches`."""
    with _understood():
        found = list(_features(_files(), Page(path.name, layer, accept), path))
        if len(found) != 1:
            raise UnfitError("no single page")
        return found[0]


def collection(
    path: Path, *, layer: str, accept: frozenset[str]
) -> tuple[Mapping[str, str], Features]:
    """Return the root of a WFS's page, as `root`, and its features; errors as `page`.

    Raises
    ------
    Refusal
        ``source-content`` also where it is no collection.
    """
    job = Collection(path.name, layer, accept)
    said, found = _both(job, path, Mapping[str, str])
    return said, found


def objects(path: Path, wanted: Objects) -> tuple[bool, Features]:
    """As `layers.harvest.esri.objects`, and `page`."""
    said, found = _both(replace(wanted, file=path.name), path, Mapping[str, bool])
    return bool(said.get("limited")), found


def extract(path: Path, wanted: Extract, limits: Limits) -> Iterator[Features]:
    """Yield features of an OpenStreetMap file, a batch at a time.

    Raises
    ------
    Refusal
        As `layers.harvest.osmreader.stream`; ``source-slow``, ``source-too-large`` where it takes
        more than `limits`, ``format-mismatch`` where it breaks off.
    """
    with _understood(), closing(_alone(osmreader.SETTINGS, limits)) as apart:
        try:
            yield from _features(apart, wanted, path)
        except TooMuchError as error:
            code = "source-slow" if error.what == "time" else "source-too-large"
            raise refuse(code, f"> {limits.wall_s:g} s, {limits.memory_mb} MB") from error


def root(path: Path) -> Mapping[str, str]:
    """As `layers.harvest.xmlpage.root`, and `batches`."""
    found: Mapping[str, str] = _value(Root(path.name), path, Mapping[str, str])
    return found


def feature_type(path: Path, url: str, layer: str) -> FeatureType:
    """As `layers.harvest.featuretype.feature_type`, and `batches`."""
    found: FeatureType = _value(Capabilities(path.name, url, layer), path, FeatureType)
    return found


def attribute_types(path: Path, local: str) -> Mapping[str, str]:
    """As `layers.harvest.featuretype.attribute_types`, and `batches`."""
    found: Mapping[str, str] = _value(Schema(path.name, local), path, Mapping[str, str])
    return found


def _features(apart: Apart, job: Task, path: Path) -> Iterator[Features]:
    with closing(_pieces(apart, job, path)) as pieces:
        for kind, content in pieces:
            if kind != child.FEATURES:
                raise UnfitError("no features")
            yield unpacked_batch(content)


def _both(job: Task, path: Path, hint: Any) -> tuple[Any, Features]:
    """Return a value of the type `hint`, and features."""
    with _understood(), closing(_pieces(_files(), job, path)) as pieces:
        found = list(pieces)
        if [kind for kind, _ in found] != [child.VALUE, child.FEATURES]:
            raise UnfitError("no page")
        said, features = (content for _, content in found)
        return unpacked(bytes(said), hint, no_crs), unpacked_batch(features)


def _value(job: Task, path: Path, hint: Any) -> Any:
    with _understood(), closing(_pieces(_files(), job, path)) as pieces:
        found = list(pieces)
        if [kind for kind, _ in found] != [child.VALUE]:
            raise UnfitError("no single value")
        return unpacked(bytes(found[0][1]), hint, no_crs)


def _pieces(apart: Apart, job: Task, path: Path) -> Generator[tuple[bytes, memoryview]]:
    """Yield what a child answers, each piece with its kind; raise the problem that it tells."""
    with closing(_answer(apart, packed(job), path)) as answer:
        for piece in answer:
            kind, content = bytes(piece[:1]), memoryview(piece)[1:]
            if kind == child.PROBLEM:
                said: Told = unpacked(bytes(content), Told, no_crs)
                raise said.problem
            yield kind, content


def _answer(apart: Apart, job: bytes, path: Path) -> Generator[bytes | bytearray]:
    """Yield the pieces of the answer; where the system knows no such children, made here."""
    if not hasattr(os, "memfd_create"):
        log.warning("sources are read in this process: the system has no children for it")
        yield from child.work(job, path.parent)
        return
    with TemporaryDirectory(prefix="belang-") as folder:
        readable = _placed(path, Path(folder), apart.user)
        with closing(apart.stream(job, Path(folder), readable=readable)) as answer:
            yield from answer


def _placed(path: Path, folder: Path, user: int | None) -> Sequence[Path]:
    """Put a file, and what belongs to it, into a child's folder; return what it may read there.

    A link will do where the child may follow it; as another user it may need a copy.
    """
    parts = [path, *(ogr.siblings(path) if path.suffix.lower() == ".shp" else ())]
    log_of_database = path.with_name(f"{path.name}-wal")
    parts += [log_of_database] if log_of_database.exists() else []
    linked = []
    for part in parts:
        own = folder / part.name
        if user is None or _open_to_all(part):
            own.symlink_to(part.resolve())
            linked.append(part)
        elif part.is_dir():
            shutil.copytree(part, own)
        else:
            shutil.copyfile(part, own)
    return linked


def _open_to_all(path: Path) -> bool:
    inner = path.iterdir() if path.is_dir() else ()
    return all(map(surroundings.open_to_all, (path, *inner)))


@contextmanager
def _understood() -> Iterator[None]:
    """Say in words for users how a child has ended."""
    try:
        yield
    except TooMuchError as error:
        raise Refusal("plan-too-large", TOO_MUCH) from error
    except UnavailableError as error:
        log.error("no child for a source: %s", error)
        raise LayerUnavailableError(UNAVAILABLE) from error
    except (BrokenError, UnfitError) as error:
        log.error("reading a source broke off: %s", error)
        raise Refusal("format-mismatch", BROKEN) from error


def _files() -> Apart:
    """Return the processes that read files, which serve as long as this one."""
    return _of(os.getpid())


@cache
def _of(process: int) -> Apart:
    """Return those of one process: what is forked from it must not talk to them."""
    return Apart(
        WORK,
        warm="layers.harvest.child:warm",
        limits=LIMITS,
        most=MOST,
        environment={**ogr.SETTINGS, "PROJ_USER_WRITABLE_DIRECTORY": get_user_data_dir()},
    )


def _alone(settings: Mapping[str, str], limits: Limits) -> Apart:
    """Return processes in which GDAL has one other driver only; to be closed."""
    return Apart(WORK, warm="layers.harvest.child:warm_alone", limits=limits, environment=settings)


TOO_MUCH = Text(
    f"Die Daten sind zu aufwendig, um sie sicher zu lesen (Grenzen: {LIMITS.cpu_s // 3600} h "
    f"Rechenzeit, {LIMITS.memory_mb // 1024} GB Speicher); bitte teilen oder als GeoPackage "
    "liefern.",
    f"The data take too much to be read safely (limits: {LIMITS.cpu_s // 3600} h of computing, "
    f"{LIMITS.memory_mb // 1024} GB of memory); split them or supply a GeoPackage.",
)
BROKEN = Text(
    "Das Lesen der Daten brach ab; bitte neu exportieren, am besten als GeoPackage.",
    "Reading the data broke off; please export them again, preferably as a GeoPackage.",
)
UNAVAILABLE = Text(
    "Der Kindprozess, der die Daten liest, startet nicht oder hat keinen Platz; die Ursache steht "
    "im Protokoll.",
    "The child process that reads the data does not start or has no room; the reason is in the "
    "log.",
)
