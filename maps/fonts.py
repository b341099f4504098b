"""The typeface of documents and their maps, brought along so that it is the same everywhere."""

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties

KEPT = "\n\t\u00ad"  # line ends, tabs, places to break a word


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


def fallback() -> tuple[Path, ...]:
    """Return the files that hold signs the typeface lacks: Greek, Cyrillic, arrows, mathematics."""
    files = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return (files / "DejaVuSans.ttf", files / "DejaVuSans-Bold.ttf")


@cache
def signs() -> frozenset[int]:
    """Return the code points that can be written."""
    known: set[int] = set()
    for path in (file("Regular"), fallback()[0]):
        with TTFont(path, lazy=True) as font:
            known.update(font["cmap"].getBestCmap())
    return frozenset(known)


def writable(text: str) -> str:
    """Return a text with what no typeface can show written out: ``[U+4E2D]``; nothing is lost.

    What shows nothing by itself is left out, and what would turn the direction of the words.
    """
    return "".join(map(_sign, text))


def _sign(character: str) -> str:
    if character in KEPT:
        return character
    if unicodedata.category(character) in ("Cc", "Cf"):
        return ""
    return character if ord(character) in signs() else f"[U+{ord(character):04X}]"


@cache
def regular(points: float) -> FontProperties:
    """Return the upright face in a size."""
    return FontProperties(fname=str(file("Regular")), size=points)


@cache
def bold(points: float) -> FontProperties:
    """Return the semibold face in a size."""
    return FontProperties(fname=str(file("Semibold")), size=points)
