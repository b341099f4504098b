"""Read a file: recognise it, scan it, decode it, and look at what came out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.problem import Notice, Problem, Refusal, Text
from layers.reading import archive, dxf, geojson, geoparquet, gml, gpkg, kml, ogr, shapefile, wkt
from layers.reading.features import Attributes, Features
from layers.reading.profile import UPLOAD, Profile
from layers.reading.refusals import TEXTS, notice, refuse
from layers.reading.sniff import sniff

FARTHEST = 1e9  # no CRS has coordinates beyond
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
    "wkt": wkt.read,
    "dxf": dxf.read,
    "flatgeobuf": ogr.read_flatgeobuf,
    "geoparquet": geoparquet.read,
}


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
    try:
        size = path.stat().st_size
        if not size:
            raise refuse("file-empty")
        if size > profile.most_bytes:
            raise refuse("plan-too-large")
        with TemporaryDirectory(prefix="belang-") as folder:
            found = _read(path, profile, answers, Path(folder))
        return _looked_over(found, profile)
    except Problem:
        raise
    except Exception as error:
        # Nothing a file holds may end in a traceback: what no scanner foresaw is unreadable.
        raise _unforeseen(error) from error


def _read(path: Path, profile: Profile, answers: Answers, folder: Path) -> Features:
    kind = sniff(path)
    if kind == "zip":
        unpacked = archive.unpacked(path, folder, profile, answers.layer)
        path, kind = unpacked.path, unpacked.format
        if unpacked.chosen:
            answers = replace(answers, layer=None)
    if kind not in profile.formats:
        raise refuse("format-not-allowed")
    return READERS[kind](path, profile, answers)


def _unforeseen(error: Exception) -> Refusal:
    text = TEXTS["format-mismatch"]
    what = f" ({type(error).__name__})"
    return Refusal("format-mismatch", Text(text.de + what, text.en + what))


def _looked_over(found: Features, profile: Profile) -> Features:
    """Return `found` without heights, or refuse what cannot be used.

    A plan's features without geometry are dropped; a layer keeps its objects without a place,
    since an object that is nowhere cannot be cleared.
    """
    _within_limits(found, profile)
    missing = shapely.is_missing(found.geometries)
    notes: list[Notice] = list(found.notices)
    if shapely.has_z(found.geometries).any() and "z-dropped" not in {n.code for n in notes}:
        notes.append(notice("z-dropped"))
    flat = shapely.force_2d(found.geometries)
    rows = found.attributes
    if profile.gaps:
        rows = tuple(map(_cleaned, rows))
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


def _in_range(xy: NDArray[np.float64], profile: Profile) -> None:
    finite = np.isfinite(xy)
    if not profile.gaps and not finite.all():
        raise refuse("geometry-nonfinite")
    if np.abs(xy[finite]).max(initial=0.0) > FARTHEST:
        raise refuse("coords-out-of-range")


def _within_limits(found: Features, profile: Profile) -> None:
    if len(found.geometries) > profile.most_features:
        raise refuse("plan-too-large")
    for row in found.attributes:
        if len(row) > profile.most_fields:
            raise refuse("too-many-fields")
        for text in _texts(row):
            if len(text) > profile.most_text:
                raise refuse("field-too-long")
            if not profile.gaps and not text.isprintable() and CONTROL.search(text):
                raise refuse("text-control")


def _texts(row: Attributes) -> Iterator[str]:
    yield from row
    yield from (value for value in row.values() if isinstance(value, str))


def _cleaned(row: Attributes) -> Attributes:
    """Return a layer's row with control characters as blanks; nobody can mend them elsewhere."""
    if all(text.isprintable() for text in _texts(row)):
        return row
    return {
        CONTROL.sub(" ", k): CONTROL.sub(" ", v) if isinstance(v, str) else v
        for k, v in row.items()
    }
