"""Where a picture lies: by the tags of a GeoTIFF, or by a world file beside it."""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from gis.problem import Refusal, Text

SCALE, TIEPOINTS, MATRIX, KEYS = 33550, 33922, 34264, 34735  # tags of GeoTIFF
RASTER_TYPE, GEOGRAPHIC, PROJECTED = 1025, 2048, 3072  # its keys
AT_CENTRE = 2  # tie points are at the centre of their pixel
USER_DEFINED = 32767
LARGEST_WORLD = 1_000  # bytes
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
# How world files of these endings of pictures end.
WORLD = {
    ".png": (".pgw", ".pngw"),
    ".jpg": (".jgw", ".jpgw"),
    ".jpeg": (".jgw", ".jpegw", ".jpgw"),
    ".tif": (".tfw", ".tifw"),
    ".tiff": (".tfw", ".tiffw"),
}


class Affine(NamedTuple):
    """From pixels to coordinates: x = a·column + b·row + c, y = d·column + e·row + f.

    Columns and rows count from the upper left corner of the picture, not from a pixel's centre.
    """

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def at(self, column: float, row: float) -> tuple[float, float]:
        """Return the coordinates of a place in the picture."""
        return (
            self.a * column + self.b * row + self.c,
            self.d * column + self.e * row + self.f,
        )


def world_file(path: Path) -> Path | None:
    """Return the world file beside a picture; None without one."""
    for ending in (*WORLD.get(path.suffix.lower(), ()), ".wld"):
        for name in (ending, ending.upper()):
            if (beside := path.with_suffix(name)).is_file():
                return beside
    return None


def from_world(path: Path) -> Affine:
    """Return what a world file says: six numbers, the last two at the first pixel's centre.

    Raises
    ------
    Refusal
        ``raster-world``.
    """
    if path.stat().st_size > LARGEST_WORLD:
        raise Refusal("raster-world", WORLD_MALFORMED)
    words = path.read_bytes().decode("ascii", "replace").replace(",", ".").split()
    if len(words) != 6 or not all(map(NUMBER.fullmatch, words)):
        raise Refusal("raster-world", WORLD_MALFORMED)
    a, d, b, e, c, f = map(float, words)
    return usable(Affine(a, b, c - (a + b) / 2, d, e, f - (d + e) / 2))


def from_tags(tags: Mapping[int, Any]) -> Affine | None:
    """Return what the tags of a GeoTIFF say; None where they do not place it.

    Several tie points without a scale place nothing exactly: somebody has to rectify the picture.

    Raises
    ------
    Refusal
        ``raster-world`` where they are malformed.
    """
    try:
        found = _from_tags(tags)
    except (TypeError, ValueError, IndexError) as error:
        raise Refusal("raster-world", WORLD_MALFORMED) from error
    return None if found is None else usable(found)


def _from_tags(tags: Mapping[int, Any]) -> Affine | None:
    half = 0.5 if keys(tags).get(RASTER_TYPE) == AT_CENTRE else 0.0
    if MATRIX in tags:
        m = [float(v) for v in tags[MATRIX]]
        whole = Affine(m[0], m[1], m[3], m[4], m[5], m[7])
    elif SCALE in tags and len(tags.get(TIEPOINTS, ())) >= 6:
        east, south = (float(v) for v in tags[SCALE][:2])
        column, row, _, x, y, _ = (float(v) for v in tags[TIEPOINTS][:6])
        whole = Affine(east, 0.0, x - column * east, 0.0, -south, y + row * south)
    else:
        return None
    c, f = whole.at(-half, -half)
    return whole._replace(c=c, f=f)


def keys(tags: Mapping[int, Any]) -> dict[int, int]:
    """Return the keys of a GeoTIFF whose value stands in the directory itself."""
    numbers: Sequence[int] = tags.get(KEYS, ())
    rows = [numbers[i : i + 4] for i in range(4, len(numbers) - 3, 4)]
    return {int(row[0]): int(row[3]) for row in rows if row[1] == 0}


def crs_of(tags: Mapping[int, Any]) -> str | None:
    """Return the CRS that the tags name by its EPSG code; None where they name none."""
    named = keys(tags)
    for key in (PROJECTED, GEOGRAPHIC):
        if 0 < (code := named.get(key, 0)) < USER_DEFINED:
            return f"EPSG:{code}"
    return None


def usable(affine: Affine) -> Affine:
    """Return `affine`, or refuse one that maps the picture to a line or nowhere."""
    if not all(map(isfinite, affine)) or not affine.a * affine.e - affine.b * affine.d:
        raise Refusal("raster-world", WORLD_MALFORMED)
    return affine


WORLD_MALFORMED = Text(
    "Die Lage des Bildes (Weltdatei oder GeoTIFF-Angaben) ist nicht lesbar; bitte neu "
    "georeferenzieren.",
    "The place of the picture (world file or GeoTIFF tags) cannot be read; georeference it again.",
)
