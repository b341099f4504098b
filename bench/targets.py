"""What is fuzzed: every scanner of files, and whatever takes the answer of a child.

A target gets a file. It returns whatever it likes, or raises a `Problem`; anything else is a find.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gis.crs import crs_from
from layers.apart.child import WHOLE
from layers.apart.exchange import BrokenError, _piece
from layers.apart.limits import Limits
from layers.harvest import apart as sources
from layers.harvest.child import Whole
from layers.reading import (
    archive,
    document,
    dxf,
    geojson,
    georeference,
    gml,
    gpkg,
    gpx,
    kml,
    packages,
    raster,
    shapefile,
    wkt,
    xml,
    xplan,
)
from layers.reading.attachments import attachments
from layers.reading.georeference import Affine
from layers.reading.gmlshape import Shaper
from layers.reading.profile import UPLOAD
from layers.reading.raster import Raster
from layers.reading.read import Answers
from layers.reading.sniff import sniff
from layers.reading.wkb import is_shallow
from service.plans import apart as plans
from service.plans.paperreader import PaperReader, opened
from service.plans.sheet import Draw
from service.plans.tracing import Laid

SAID = Answers()
WORKING = crs_from("EPSG:25833")
LIMITS = Limits(answer_mb=1)
BREAK = b"\0\r\n\0"  # between an answer and what is left

# --- scanners of files ---------------------------------------------------------------------------


def of_archive(path: Path) -> object:
    """Unpack the data set of an archive."""
    with tempfile.TemporaryDirectory() as folder:
        return archive.unpacked(path, Path(folder), UPLOAD, None)


def beside(path: Path) -> object:
    """Copy out what an archive holds beside its data."""
    with tempfile.TemporaryDirectory() as folder:
        return list(attachments(path, Path(folder)))


def records(path: Path) -> object:
    """Go through the records of a Shapefile."""
    content = path.read_bytes()
    places = shapefile._records(content)
    return [shapefile._kind(content[begin : begin + length]) for begin, length in places]


def drawing(path: Path) -> object:
    """Go through the entities of a drawing."""
    entities = dxf._entities(dxf._pairs(path))
    dxf._resolvable(entities)
    return [dxf._is_curved(entity) for entity in entities]


def of_xplan(path: Path) -> object:
    """Read what an XPlanGML document says, whatever its coordinates are in."""
    xml.scan(path)
    root = xml.parse(path)
    plan = xplan.plan_element(root)
    return None if plan is None else xplan.outline(root, plan, Shaper())


# --- what a child that was taken over may answer -------------------------------------------------


@dataclass
class Taken:
    """A child that was taken over: it answers what stands in a file, and leaves what stands there
    behind a `BREAK` each, as files, links, folders or pipes by their first byte.
    """

    content: bytes
    user: None = None
    limits: Limits = LIMITS

    def run(self, job: bytes, folder: Path) -> bytes:
        """Leave something, and answer."""
        answer, *left = self.content.split(BREAK)
        for number, one in enumerate(left):
            LEAVE[one[0] % len(LEAVE) if one else 0](folder / str(number), one[1:])
        return answer

    def stream(
        self, job: bytes, folder: Path, *, readable: Sequence[Path] = ()
    ) -> Iterator[bytearray]:
        """Answer piece by piece."""
        with tempfile.TemporaryFile(buffering=0) as answer:
            answer.write(self.content)
            answer.seek(0)
            while (piece := _piece(answer, self.limits)) is not None:
                if piece[0] != WHOLE:
                    raise BrokenError("it said so")
                yield piece[1]


PICTURE = Raster("TIFF", 9, 9, Affine(1, 0, 0, 0, -1, 0), None)
DRAW = Draw("sheet", Laid(PICTURE, "EPSG:25833", (), 1, 1))
LEAVE: tuple[Callable[[Path, bytes], object], ...] = (
    lambda path, content: path.write_bytes(content),
    lambda path, _: path.symlink_to("/etc/hostname"),
    lambda path, _: path.mkdir(),
    lambda path, _: os.mkfifo(path),
)


def plan(path: Path) -> object:
    """Take the answer for a plan."""
    with plans._understood(LIMITS):
        return plans._plan(path.read_bytes(), WORKING).sigma_m


def sheet(path: Path) -> object:
    """Take the answer for a scanned plan."""
    reader: Any = SimpleNamespace(_apart=Taken(path.read_bytes()))  # no other child is started
    return plans.Reader.sheet(reader, path, DRAW)


def papers(path: Path) -> object:
    """Take the answer for what lies beside a plan, and read what was left."""
    reader = PaperReader(Taken(path.read_bytes()))  # type: ignore[arg-type]  # stands in for Apart
    with reader.beside(_archive(path)) as found:
        return [_read(copy) for paper, copy in found if paper.media_type is not None]


def _archive(path: Path) -> Path:
    """Return a file that passes for an archive, whatever its child says of it."""
    made = path.with_name("archive")
    if not made.exists():
        made.write_bytes(b"PK\x03\x04")
    return made


def _read(copy: Path) -> bytes:
    with opened(copy) as file:
        return file.read()


def features(path: Path) -> object:
    """Take the answer for a source: features, a batch at a time."""
    taken, job = Taken(path.read_bytes()), Whole("input", None, None, 10)
    with sources._understood():
        return list(sources._features(taken, job, path))  # type: ignore[arg-type]  # stands in for Apart


TARGETS: Mapping[str, Callable[[Path], object]] = {
    "sniff": sniff,
    "archive": of_archive,
    "attachments": beside,
    "packages": lambda p: packages.recognised(p, document.recognised),
    "document": document.recognised,
    "geojson": lambda p: geojson.read(p, UPLOAD, SAID),
    "xml": xml.scan,
    "gml": lambda p: gml.read(p, UPLOAD, SAID),
    "xplan": of_xplan,
    "kml": lambda p: kml.read(p, UPLOAD, SAID),
    "gpx": lambda p: gpx.read(p, UPLOAD, SAID),
    "gpkg": lambda p: gpkg.examined(p, UPLOAD, SAID),
    "wkt": lambda p: wkt.read(p, UPLOAD, SAID),
    "shapefile": records,
    "table": lambda p: shapefile._table(p, 1),
    "dxf": drawing,
    "wkb": lambda p: is_shallow(p.read_bytes()),
    "raster": raster.read,
    "world": georeference.from_world,
    "plan": plan,
    "sheet": sheet,
    "papers": papers,
    "features": features,
}
