"""Scanned plans as tests need them: with a world file, or as GeoTIFF."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, TiffImagePlugin

KEY_DIRECTORY, SCALE, TIEPOINTS, MATRIX = 34735, 33550, 33922, 34264
DOUBLE, SHORT = 12, 3


def picture(path: Path, size: tuple[int, int] = (200, 100), mode: str = "RGB") -> Path:
    """Write a white picture whose upper left quarter is black."""
    white = {"RGB": (255, 255, 255), "RGBA": (255, 255, 255, 255), "CMYK": (0, 0, 0, 0)}
    if mode == "P":  # a palette of greys
        picture(path, size, "L")
        with Image.open(path) as grey:
            grey.convert("P").save(path)
        return path
    image = Image.new(mode, size, white.get(mode, 255 if mode == "L" else 1))
    black = {"RGB": (0, 0, 0), "RGBA": (0, 0, 0, 255), "CMYK": (0, 0, 0, 255)}
    image.paste(black.get(mode, 0), (0, 0, size[0] // 2, size[1] // 2))
    image.save(path)
    return path


def world(path: Path, *numbers: float) -> Path:
    path.write_text("\n".join(map(repr, numbers)) + "\n", encoding="ascii")
    return path


def geotiff(
    path: Path, size: tuple[int, int] = (200, 100), keys: Mapping[int, int] | None = None,
    **tags: Any,
) -> Path:  # fmt: skip
    """Write a GeoTIFF; `keys` by number, tags `scale`, `tiepoints` and `matrix`."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    given = {1024: 1, 1025: 1, 3072: 25833} if keys is None else keys
    numbers = [1, 1, 0, len(given)]
    for key, value in sorted(given.items()):
        numbers += [key, 0, 1, value]
    if given:
        info[KEY_DIRECTORY] = tuple(numbers)
        info.tagtype[KEY_DIRECTORY] = SHORT
    for tag, name in ((SCALE, "scale"), (TIEPOINTS, "tiepoints"), (MATRIX, "matrix")):
        if name in tags:
            info[tag] = tuple(float(v) for v in tags[name])
            info.tagtype[tag] = DOUBLE
    image = Image.new("L", size, 255)
    image.paste(0, (0, 0, size[0] // 2, size[1] // 2))
    image.save(path, tiffinfo=info)
    return path
