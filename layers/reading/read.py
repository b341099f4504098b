"""Read a file: recognise it, scan it, decode it, and look at what came out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely

from gis.problem import Notice, Problem, Refusal, Text
from layers.reading import archive, dxf, geojson, geoparquet, gml, gpkg, kml, ogr, shapefile, wkt
from layers.reading.features import Features
from layers.reading.profile import UPLOAD, Profile
from layers.reading.refusals import TEXTS, notice, refuse
from layers.reading.sniff import sniff


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
    except (OSError, ValueError, ArithmeticError, LookupError, RuntimeError) as error:
        # Nothing a file holds may end in a traceback: what no scanner foresaw is unreadable.
        raise _unforeseen(error) from error


def _read(path: Path, profile: Profile, answers: Answers, folder: Path) -> Features:
    kind = sniff(path)
    if kind == "zip":
        path, kind = archive.unpacked(path, folder, answers.layer)
        if path.parent != folder and kind == "shapefile":
            answers = replace(answers, layer=None)
    if kind not in profile.formats:
        raise refuse("format-not-allowed")
    return READERS[kind](path, profile, answers)


def _unforeseen(error: Exception) -> Refusal:
    text = TEXTS["format-mismatch"]
    what = f" ({type(error).__name__})"
    return Refusal("format-mismatch", Text(text.de + what, text.en + what))


def _looked_over(found: Features, profile: Profile) -> Features:
    """Return `found` without heights and null geometries, or refuse what cannot be used."""
    _within_limits(found, profile)
    missing = shapely.is_missing(found.geometries)
    if missing.all():
        raise refuse("no-features" if not len(missing) else "no-geometry")
    notes: list[Notice] = list(found.notices)
    if missing.any():
        notes.append(notice("geometry-null-dropped"))
    kept = found.geometries[~missing]
    if shapely.has_z(kept).any() and "z-dropped" not in {n.code for n in notes}:
        notes.append(notice("z-dropped"))
    flat = shapely.force_2d(kept)
    xy = shapely.get_coordinates(flat)
    if not np.isfinite(xy).all():
        raise refuse("geometry-nonfinite")
    if profile is UPLOAD and shapely.is_empty(flat).any():
        raise refuse("geometry-empty")
    if len(xy) and np.abs(xy).max() > 1e9:
        raise refuse("coords-out-of-range")
    rows = tuple(a for a, gone in zip(found.attributes, missing, strict=True) if not gone)
    return replace(found, geometries=flat, attributes=rows, notices=tuple(notes))


def _within_limits(found: Features, profile: Profile) -> None:
    if len(found.geometries) > profile.most_features:
        raise refuse("plan-too-large")
    for row in found.attributes:
        if len(row) > profile.most_fields:
            raise refuse("too-many-fields")
        for value in row.values():
            if isinstance(value, str):
                if len(value) > profile.most_text:
                    raise refuse("field-too-long")
                if not value.isprintable() and any(c < " " and c not in "\t\r\n" for c in value):
                    raise refuse("text-control")
