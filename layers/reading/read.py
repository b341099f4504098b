"""Read a file: recognise it, scan it, decode it, and look at what came out."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from gis.problem import Notice, Problem, Refusal, Text
from layers.apart.limits import FULL
from layers.reading import (
    archive,
    dxf,
    geojson,
    geoparquet,
    gml,
    gpkg,
    gpx,
    kml,
    ogr,
    shapefile,
    wkt,
)
from layers.reading.features import Attributes, Features
from layers.reading.profile import UPLOAD, Profile
from layers.reading.refusals import TEXTS, notice, refuse
from layers.reading.sniff import sniff

FARTHEST = 1e9  # no CRS has coordinates beyond
COLLECTION = 7  # of shapely's types
UNUSABLE = Text(
    "Eine Geometrie der Datei ist fehlerhaft und lässt sich nicht auswerten; bitte in der Quelle "
    "bereinigen.",
    "A geometry of the file is invalid and cannot be used; please clean it in its source.",
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # no database stores these


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person has decided about a file: which layer, which encoding, what is accepted."""

    layer: str | None = None
    encoding: str | None = None
    accept: frozenset[str] = frozenset()


Reader = Callable[[Path, Profile, Answers], Features]
READERS: dict[str, Reader] = {
    "geojson": geojson.read,
    "gpkg": gpkg.read,
    "shapefile": shapefile.read,
    "gml": gml.read,
    "kml": kml.read,
    "gpx": gpx.read,
    "wkt": wkt.read,
    "dxf": dxf.read,
    "flatgeobuf": ogr.read_flatgeobuf,
    "geoparquet": geoparquet.read,
}

Stream = Callable[[Path, Profile, Answers, int], Iterator[Features]]
# What proves that nothing of it was lost; a stream that yields nothing leaves it to `read`.
STREAMS: dict[str, Stream] = {
    "gpkg": gpkg.stream,
    "flatgeobuf": ogr.stream_flatgeobuf,
    "geoparquet": geoparquet.stream,
}
BATCH = 10_000  # objects in memory at a time


def read(
    path: Path,
    *,
    profile: Profile = UPLOAD,
    layer: str | None = None,
    encoding: str | None = None,
    accept: frozenset[str] = frozenset(),
) -> Features:
    """Return the features in the file at `path`.

    `layer`, `encoding` and `accept` answer questions an earlier call has asked.

    Raises
    ------
    Refusal
        Where the file cannot be read completely and without guessing.
    Question
        Where a person must choose: the layer, the encoding, closing a ring.
    """
    answers = Answers(layer, encoding, accept)
    with _foreseen(path, profile), TemporaryDirectory(prefix="belang-") as folder:
        return _looked_over(_read(path, profile, answers, Path(folder)), profile)


@contextmanager
def _foreseen(path: Path, profile: Profile) -> Iterator[None]:
    """Look at the size first; nothing a file holds may end in a traceback.

    Raises
    ------
    OSError
        Where the disk is full, which is no fault of the file.
    """
    try:
        size = path.stat().st_size
        if not size:
            raise refuse("file-empty")
        if size > profile.most_bytes:
            raise refuse("plan-too-large")
        yield
    except Problem:
        raise
    except GEOSException as error:
        raise Refusal("geometry-invalid", UNUSABLE) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        # What no scanner foresaw is unreadable.
        raise _unforeseen(error) from error


def batches(
    path: Path,
    *,
    profile: Profile,
    layer: str | None = None,
    encoding: str | None = None,
    size: int = BATCH,
) -> Iterator[Features]:
    """Yield the features of `read`, `size` at a time, at least one batch.

    A GeoPackage without arcs is read as it is asked for, other formats in one piece.

    Raises
    ------
    Refusal, Question
        As `read`, at any moment; what was yielded before is then worth nothing.
    """
    answers = Answers(layer, encoding)
    with _foreseen(path, profile):
        kind = sniff(path)
        if kind not in STREAMS or kind not in profile.formats:
            yield from _cut(read(path, profile=profile, layer=layer, encoding=encoding), size)
            return
        number = 0
        for found in STREAMS[kind](path, profile, answers, size):
            number += len(found.geometries)
            if number > profile.most_features:
                raise refuse("plan-too-large")
            yield _looked_over(found, profile)
        if not number:  # an empty layer still says in which CRS; arcs are read as a whole
            yield from _cut(read(path, profile=profile, layer=layer), size)


def _cut(whole: Features, size: int) -> Iterator[Features]:
    for first in range(0, max(len(whole.geometries), 1), size):
        yield _part(whole, first, first + size)


def _part(whole: Features, first: int, end: int) -> Features:
    if first == 0 and end >= len(whole.geometries):
        return whole
    rows = whole.attributes[first:end]
    return replace(whole, geometries=whole.geometries[first:end], attributes=rows)


def _read(path: Path, profile: Profile, answers: Answers, folder: Path) -> Features:
    kind = sniff(path)
    said: tuple[Notice, ...] = ()
    if kind == "zip":
        unpacked = archive.unpacked(path, folder, profile, answers.layer)
        path, kind, said = unpacked.path, unpacked.format, unpacked.notices
        if unpacked.chosen:
            answers = replace(answers, layer=None)
    if kind not in profile.formats:
        raise refuse("format-not-allowed")
    found = READERS[kind](path, profile, answers)
    return replace(found, notices=(*found.notices, *said)) if said else found


def _unforeseen(error: Exception) -> Refusal:
    text = TEXTS["format-mismatch"]
    what = f" ({type(error).__name__})"
    return Refusal("format-mismatch", Text(text.de + what, text.en + what))


def _looked_over(found: Features, profile: Profile) -> Features:
    """Return `found` without heights, or refuse what cannot be used.

    A plan's features without geometry are dropped; a layer keeps its objects without a place,
    since an object that is nowhere cannot be cleared.
    """
    texts = _texts((*found.attributes, found.document))
    printable = "".join(texts).isprintable()
    _without_curves(found)
    _within_limits(found, profile, texts)
    if not profile.gaps and not printable:
        _without_controls(texts)
    missing = shapely.is_missing(found.geometries)
    notes: list[Notice] = list(found.notices)
    flat = found.geometries
    if shapely.has_z(flat).any() and "z-dropped" not in {n.code for n in notes}:
        notes.append(notice("z-dropped"))
    if (shapely.get_coordinate_dimension(flat) > 2).any():
        flat = shapely.force_2d(flat)
    rows = found.attributes
    if profile.gaps:
        rows = rows if printable else tuple(map(_cleaned, rows))
    else:
        if missing.all():
            raise refuse("no-features" if not len(missing) else "no-geometry")
        if missing.any():
            notes.append(notice("geometry-null-dropped"))
        flat = flat[~missing]
        rows = tuple(a for a, gone in zip(rows, missing, strict=True) if not gone)
        if shapely.is_empty(flat).any():
            raise refuse("geometry-empty")
    _in_range(shapely.get_coordinates(flat), profile)
    return replace(found, geometries=flat, attributes=rows, notices=tuple(notes))


def _without_curves(found: Features) -> None:
    """Refuse collections with arcs in them: GDAL resolves arcs that stand alone, and from these
    nobody gets a coordinate.
    """
    together = found.geometries[shapely.get_type_id(found.geometries) == COLLECTION]
    try:
        shapely.get_coordinates(together)
    except (GEOSException, NotImplementedError) as error:
        if found.format == "gpkg":
            raise refuse("gpkg-geometry") from error
        raise Refusal("geometry-invalid", UNUSABLE) from error


def _in_range(xy: NDArray[np.float64], profile: Profile) -> None:
    finite = np.isfinite(xy)
    if not profile.gaps and not finite.all():
        raise refuse("geometry-nonfinite")
    if np.abs(xy[finite]).max(initial=0.0) > FARTHEST:
        raise refuse("coords-out-of-range")


def _within_limits(found: Features, profile: Profile, texts: list[str]) -> None:
    if len(found.geometries) > profile.most_features:
        raise refuse("plan-too-large")
    if max(map(len, found.attributes), default=0) > profile.most_fields:
        raise refuse("too-many-fields")
    if max(map(len, texts), default=0) > profile.most_text:
        raise refuse("field-too-long")


def _without_controls(texts: list[str]) -> None:
    if any(not text.isprintable() and CONTROL.search(text) for text in texts):
        raise refuse("text-control")


def _texts(rows: Sequence[Attributes]) -> list[str]:
    """Return all texts of rows: names and values."""
    values = [value for row in rows for value in row.values() if type(value) is str]
    return [*set().union(*rows), *values]


def _cleaned(row: Attributes) -> Attributes:
    """Return a layer's row with control characters as blanks; nobody can mend them elsewhere."""
    return {
        CONTROL.sub(" ", k): CONTROL.sub(" ", v) if isinstance(v, str) else v
        for k, v in row.items()
    }
