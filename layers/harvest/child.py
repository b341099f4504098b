"""What a child does for a source: read a file, a page, or what a service says about itself.

Each answers in pieces: features, or one value, or the problem that ends it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely

from gis.problem import Problem
from layers import reading
from layers.apart.told import told
from layers.apart.wire import no_crs, packed, unpacked
from layers.harvest.esri import Objects, objects
from layers.harvest.featuretype import attribute_types, feature_type
from layers.harvest.osmreader import Extract
from layers.harvest.osmreader import stream as extracted
from layers.harvest.refusals import refuse
from layers.harvest.xmlpage import root
from layers.reading import Features, gdb, ogr
from layers.reading.batch import packed_batch

FEATURES, VALUE, PROBLEM = b"f", b"v", b"p"


@dataclass(frozen=True, slots=True)
class Whole:
    """Read the file of this name in the folder, `size` objects at a time."""

    file: str
    layer: str | None
    encoding: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    """Read it in one piece, as a page of many; `accept` answers questions."""

    file: str
    layer: str | None
    accept: frozenset[str]


@dataclass(frozen=True, slots=True)
class Collection:
    """Read a page of a WFS: its root as of `Root`, then its features, of the type `layer`."""

    file: str
    layer: str
    accept: frozenset[str]


@dataclass(frozen=True, slots=True)
class Geodatabase:
    """Read a layer of the file geodatabase of this name, `size` objects at a time."""

    file: str
    layer: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Root:
    """Look through an XML answer to its end; what of its root counts."""

    file: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Find a feature type in what a WFS at `url` says about itself."""

    file: str
    url: str
    layer: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Find the types of a feature type's attributes in an XML schema."""

    file: str
    local: str


Task = Whole | Page | Collection | Geodatabase | Extract | Objects | Root | Capabilities | Schema


def warm() -> None:
    """Import and look up what every file needs, before the first one comes."""
    pyogrio, point = ogr.engine(), shapely.to_wkb(shapely.Point(12, 51))
    with TemporaryDirectory(prefix="belang-") as folder:
        path = Path(folder) / "point.gpkg"
        about = {"crs": "EPSG:25833", "geometry_type": "Point", "driver": "GPKG"}
        pyogrio.raw.write(path, np.array([point, None], object)[:-1], [], [], layer="a", **about)
        for _ in work(packed(Whole(path.name, None, None, 1)), path.parent):
            pass


def warm_alone() -> None:
    """Import GDAL with the one driver that the environment leaves it."""
    import pyogrio  # noqa: F401 - imported here, every child has it


def work(content: bytes, folder: Path) -> Iterator[bytes]:
    """Yield what a job asks for, or the refusal or question that it ends with.

    Raises
    ------
    MemoryError
        If that was what reading failed for.
    """
    job: Task = unpacked(content, Task, no_crs)
    try:
        for found in _done(job, folder):
            yield (
                FEATURES + packed_batch(found)
                if isinstance(found, Features)
                else VALUE + packed(found)
            )
    except Problem as problem:
        yield PROBLEM + packed(told(problem))


def _done(job: Task, folder: Path) -> Iterator[Any]:
    path = folder / job.file
    match job:
        case Whole():
            yield from reading.batches(
                path,
                profile=reading.SOURCE,
                layer=job.layer,
                encoding=job.encoding,
                size=job.size,
            )
        case Page():
            yield _page(path, job)
        case Collection():
            top = root(path)
            if top[""] != "FeatureCollection":
                raise refuse("source-content", top[""])
            yield top
            yield _page(path, job)
        case Objects():
            limited, found = objects(path, job)
            yield {"limited": limited}
            yield found
        case Geodatabase():
            yield from gdb.stream(path, job.layer, job.size)
        case Extract():
            yield from extracted(job, folder)
        case _:
            yield _said(job, path)


def _page(path: Path, job: Page | Collection) -> Features:
    return reading.read(path, profile=reading.SOURCE, layer=job.layer, accept=job.accept)


def _said(job: Root | Capabilities | Schema, path: Path) -> Any:
    match job:
        case Root():
            return root(path)
        case Capabilities():
            return feature_type(path, job.url, job.layer)
        case Schema():
            return attribute_types(path, job.local)
