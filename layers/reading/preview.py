"""A scanned plan as an overlay of a web map: small, north up, in Web Mercator."""

from dataclasses import dataclass
from io import BytesIO
from math import ceil, cos, radians, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from pyproj import CRS

from gis.crs import crs_from
from gis.transform import transform
from layers.reading.raster import Raster, opened

MERCATOR, DEGREES = "EPSG:3857", "EPSG:4326"
GRID = 9  # places along each side at which the fit is tried
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Preview:
    """A PNG and the corners of its frame in degrees (WGS 84), to be laid on a Web Mercator map.

    `error_m` is the largest distance on the ground between where a pixel is shown and where it
    lies: the turning between the two systems is undone, their bending within the picture is not.
    """

    png: bytes
    width: int
    height: int
    west: float
    south: float
    east: float
    north: float
    error_m: float


def preview(path: Path, raster: Raster, crs: CRS, *, most_pixels: int = 4_000_000) -> Preview:
    """Return the picture at `path`, which lies as `raster` says in `crs`, as an overlay.

    Outside the picture it is transparent. Nothing else of the file, such as its remarks, is left.

    Raises
    ------
    Refusal
        As `layers.reading.raster.opened`; ``coords-out-of-range`` where it lies nowhere.
    """
    pixels, places = _grid(raster, crs)
    left, bottom = places.min(axis=0)
    right, top = places.max(axis=0)
    back, error = _fitted(places, pixels)
    small = _small(path, most_pixels)
    shrunk = np.array([[small.width / raster.width], [small.height / raster.height]])
    size = _size(right - left, top - bottom, small, most_pixels)
    across, down = (right - left) / size[0], (top - bottom) / size[1]
    # From a pixel of the overlay to Web Mercator, from there to a pixel of the small picture.
    to_map = np.array([[across, 0.0, left], [0.0, -down, top], [0.0, 0.0, 1.0]])
    steps = (shrunk * back) @ to_map
    flat = small.transform(
        size, Image.Transform.AFFINE, tuple(steps.ravel()), Image.Resampling.BILINEAR
    )
    frame = _moved([(left, bottom), (right, top)], MERCATOR, DEGREES)
    west, south, east, north = map(float, frame.ravel())
    error_m = error * _pixel_m(raster, places, (south + north) / 2)
    return Preview(_png(flat), *size, west, south, east, north, error_m)


def _grid(raster: Raster, crs: CRS) -> tuple[Numbers, Numbers]:
    """Return places all over the picture: in pixels, and in Web Mercator."""
    columns, rows = np.meshgrid(
        np.linspace(0, raster.width, GRID), np.linspace(0, raster.height, GRID)
    )
    pixels = np.column_stack([columns.ravel(), rows.ravel()])
    placed = [raster.affine.at(float(c), float(r)) for c, r in pixels]
    return pixels, _moved(placed, crs, MERCATOR)


def _moved(places: Any, source: CRS | str, target: str) -> Numbers:
    of = crs_from(source) if isinstance(source, str) else source
    moved, _ = transform(shapely.points(places), of, crs_from(target))
    return shapely.get_coordinates(moved)


def _fitted(places: Numbers, pixels: Numbers) -> tuple[Numbers, float]:
    """Return the affine way from places to pixels (2 × 3), and how far it misses, pixels."""
    centre = places.mean(axis=0)  # differences first: Web Mercator's numbers are large
    near = np.column_stack([places - centre, np.ones(len(places))])
    found, *_ = np.linalg.lstsq(near, pixels, rcond=None)
    missed = float(np.hypot(*(near @ found - pixels).T).max())
    way = found.T.copy()
    way[:, 2] -= way[:, :2] @ centre
    return way, missed


def _small(path: Path, most_pixels: int) -> Image.Image:
    with opened(path) as image:
        factor = sqrt(min(1.0, most_pixels / (image.width * image.height)))
        size = max(1, int(image.width * factor)), max(1, int(image.height * factor))
        image.draft("RGB", size)  # a JPEG can be decoded small
        small = image.convert("RGBA")
        if small.size != size:
            small = small.resize(size, Image.Resampling.BOX)
        return small


def _size(wide: float, high: float, small: Image.Image, most_pixels: int) -> tuple[int, int]:
    """Return how many pixels an overlay has: as fine as the small picture, and not too many."""
    pixel = max(
        sqrt(wide * high / (small.width * small.height)), sqrt(wide * high / most_pixels)
    )  # fmt: skip
    return max(1, ceil(wide / pixel)), max(1, ceil(high / pixel))


def _pixel_m(raster: Raster, places: Numbers, latitude: float) -> float:
    """Return the size of a pixel on the ground, m: Web Mercator stretches with the latitude."""
    corners = places[[0, GRID - 1, GRID * GRID - 1, GRID * (GRID - 1)]]
    stretched = shapely.area(shapely.polygons(corners)) / (raster.width * raster.height)
    return sqrt(float(stretched)) * cos(radians(latitude))


def _png(image: Image.Image) -> bytes:
    bare = Image.new("RGBA", image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, "PNG", optimize=False)
    return out.getvalue()
