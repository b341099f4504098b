"""Well-known text: one geometry, maybe with ``SRID=25833;`` in front."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.errors import GEOSException

from layers.reading.arcs import circular
from layers.reading.features import Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

DEEPEST, LONGEST = 16, 20_000_000
WORKING = "working"  # coordinates without SRID are in the working CRS of the catalogue
ARC = re.compile(r"CIRCULARSTRING\(([^()]*)\)")
HEIGHT = re.compile(r" (?:Z|M|ZM)(?=\()")
HIGHER = re.compile(r"([-+.E\d]+ [-+.E\d]+)(?: [-+.E\d]+)+")  # a place with more than x and y
ODD = re.compile(r"[^\w\s().,+-]|[^\x00-\x7f]|0[xX]")  # GEOS reads numbers in hex
CURVED = re.compile(
    r"CURVEPOLYGON|CIRCULARSTRING|COMPOUNDCURVE|MULTISURFACE|MULTICURVE", re.IGNORECASE
)


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read one geometry; depth is checked first, since GEOS would crash on it."""
    try:
        text = path.read_bytes().decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise refuse("encoding") from error
    if len(text) > LONGEST:
        raise refuse("plan-too-large")
    if "\0" in text:
        raise refuse("text-control")
    _shallow(text)
    srid = re.match(r"SRID=(\d+);", text, re.IGNORECASE)
    body = text[srid.end() :] if srid else text
    if re.search(r"\b[+-]?(?:nan|inf)", body, re.IGNORECASE):
        raise refuse("geometry-nonfinite")
    if ODD.search(body):
        raise refuse("wkt-malformed")
    curved = bool(CURVED.search(body))
    try:
        with np.errstate(all="ignore"):  # 1e400 is looked at afterwards
            shape = shapely.from_wkt(_straight(body) if curved else body)
        heights = curved and bool(re.search(r"\b(?:Z|M|ZM)\s*\(", body, re.IGNORECASE))
    except (GEOSException, ValueError, NotImplementedError) as error:
        raise refuse("wkt-malformed") from error
    codes = (("curve-linearised", curved), ("z-dropped", heights))
    notices = tuple(notice(code) for code, applies in codes if applies)
    crs = f"EPSG:{srid[1]}" if srid else WORKING
    return Features(shapes([shape]), ({},), crs, "wkt", notices=notices)


def _shallow(text: str) -> None:
    depth = 0
    for bracket in re.finditer(r"[()]", text):
        depth += 1 if bracket[0] == "(" else -1
        if depth > DEEPEST:
            raise refuse("wkt-depth")
        if depth < 0:
            raise refuse("wkt-malformed")
    if depth:
        raise refuse("wkt-malformed")


def _straight(text: str) -> str:
    """Return the text with arcs resolved and the curved types named by their straight ones."""
    # Blanks first: patterns over runs of them would take for ever on a text made of blanks.
    flat = re.sub(r" ?([(),]) ?", r"\1", " ".join(text.upper().split()))
    flat = ARC.sub(lambda m: _arc(m[1]), HIGHER.sub(r"\1", HEIGHT.sub("", flat)))
    # A compound curve of one piece, or several that follow each other, is one ring.
    flat = re.sub(
        r"COMPOUNDCURVE\(((?:\([^()]*\),?)+)\)",
        lambda m: "(" + ",".join(re.findall(r"\(([^()]*)\)", m[1])) + ")",
        flat,
    )
    flat = flat.replace("MULTISURFACE", "MULTIPOLYGON").replace("MULTICURVE", "MULTILINESTRING")
    if flat.startswith("CURVEPOLYGON"):
        return flat.replace("CURVEPOLYGON", "POLYGON")
    inner = re.sub(r"(?<=[(,])(?:CURVEPOLYGON|POLYGON)", "", flat)
    return inner if not inner.startswith("(") else "LINESTRING" + inner


def _arc(inner: str) -> str:
    points = [tuple(float(v) for v in p.split()[:2]) for p in inner.split(",")]
    if any(len(p) != 2 for p in points):
        raise refuse("wkt-malformed")
    return "(" + ",".join(f"{x!r} {y!r}" for x, y in circular(points)) + ")"
