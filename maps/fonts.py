"""The typeface of documents and their maps, brought along so that it is the same everywhere."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import FontProperties

FAMILY = "Source Sans Pro"


@cache
def folder() -> Path:
    """Return the folder of the font files.

    Raises
    ------
    FileNotFoundError
        If the distribution with the fonts is not installed.
    """
    found = find_spec("font_source_sans_pro")
    if found is None or found.origin is None:
        raise FileNotFoundError("the fonts are missing; run `make install`")
    return Path(found.origin).parent / "files"


def file(style: str) -> Path:
    """Return the file of a style, such as ``Regular``, ``It``, ``Semibold`` or ``Bold``."""
    return folder() / f"SourceSansPro-{style}.ttf"


@cache
def regular(points: float) -> FontProperties:
    """Return the upright face in a size."""
    return FontProperties(fname=str(file("Regular")), size=points)


@cache
def bold(points: float) -> FontProperties:
    """Return the semibold face in a size."""
    return FontProperties(fname=str(file("Semibold")), size=points)
