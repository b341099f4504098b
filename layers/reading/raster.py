"""Scanned plans to trace over: GeoTIFF, or a picture with a world file; looked at, not decoded."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from gis.crs import crs_from
from gis.problem import Refusal, Text
from layers.reading.georeference import Affine, crs_of, from_tags, from_world, world_file

FORMATS = ("PNG", "JPEG", "TIFF")
MOST_PIXELS = 80_000_000  # an A0 sheet at 230 dpi; below the limit at which Pillow warns
MOST_BYTES = 200_000_000
SWAPPED = "+swapped"


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture and where it lies. `crs` is what it says, None where it says nothing."""

    format: str
    width: int
    height: int
    affine: Affine
    crs: str | None

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Its corners in its own CRS, round from the upper left one as seen in the picture."""
        across, down = float(self.width), float(self.height)
        return tuple(
            self.affine.at(*place) for place in ((0, 0), (across, 0), (across, down), (0, down))
        )


def read(path: Path, *, world: Path | None = None, crs: str | None = None) -> Raster:
    """Return the picture at `path`; its pixels stay unread.

    A world file that is named counts first, then the picture's own tags, then a world file
    beside it. A `crs` that is named counts before the picture's own; ``+swapped`` behind it
    exchanges x and y.

    Raises
    ------
    Refusal
        ``raster-format``, ``raster-unreadable``, ``raster-too-large``, ``raster-unplaced``,
        ``raster-world``, ``crs-unknown``.
    """
    with opened(path) as image:
        tags = _tags(image)
        affine = from_world(world) if world is not None else from_tags(tags)
        if affine is None and (beside := world_file(path)) is not None:
            affine = from_world(beside)
        if affine is None:
            raise Refusal("raster-unplaced", UNPLACED)
        named = crs or crs_of(tags)
        if named is not None and named.endswith(SWAPPED):
            named, affine = named.removesuffix(SWAPPED), Affine(*affine[3:], *affine[:3])
        if named is not None:
            crs_from(named)
        return Raster(str(image.format), *image.size, affine, named)


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open a picture whose format and size have been looked at; decoding is up to the caller.

    Raises
    ------
    Refusal
        As `read`, and while the picture is decoded.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Refusal("raster-too-large", TOO_LARGE)
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refusal("raster-too-large", TOO_LARGE)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("raster-too-large", TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise Refusal("raster-format", FORMAT) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise Refusal("raster-unreadable", UNREADABLE) from error


def _tags(image: Image.Image) -> dict[int, Any]:
    try:
        return dict(getattr(image, "tag_v2", {}))
    except (LookupError, TypeError, struct.error) as error:  # decoded only when asked for
        raise Refusal("raster-unreadable", UNREADABLE) from error


FORMAT = Text(
    "Die Datei ist kein Bild in einem lesbaren Format; bitte als GeoTIFF, PNG oder JPEG liefern.",
    "The file is no picture in a readable format; supply a GeoTIFF, PNG or JPEG.",
)
UNREADABLE = Text(
    "Das Bild ist beschädigt oder unvollständig; bitte neu speichern.",
    "The picture is damaged or cut off; please save it again.",
)
TOO_LARGE = Text(
    "Das Bild ist zu groß (Grenze 200 MB, 80 Millionen Bildpunkte); bitte verkleinern oder den "
    "Ausschnitt der Planung liefern.",
    "The picture is too large (limit 200 MB, 80 million pixels); scale it down, or supply the "
    "section with the plan.",
)
UNPLACED = Text(
    "Das Bild sagt nicht, wo es liegt; bitte als GeoTIFF oder mit Weltdatei (.pgw, .jgw, .tfw, "
    ".wld) liefern.",
    "The picture does not say where it lies; supply a GeoTIFF, or a world file (.pgw, .jgw, "
    ".tfw, .wld) with it.",
)
