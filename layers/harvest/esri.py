"""Geometries and rows of ArcGIS as its REST interface writes them in JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from layers.harvest import jsonpage
from layers.harvest.refusals import refuse
from layers.reading import Features
from layers.reading.features import shapes

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Objects:
    """What is expected in an answer: objects of the table `name`, their ids in `oid`, in one CRS.

    `dates` are attributes that count milliseconds.
    """

    file: str
    name: str
    oid: str
    wkid: int
    dates: frozenset[str]


def objects(path: Path, wanted: Objects) -> tuple[bool, Features]:
    """Return whether the server says that it kept some back, and the objects it gave.

    Raises
    ------
    Refusal
        ``source-exception``, ``source-crs``, ``source-content``; as `jsonpage.document`.
    """
    document = answered(jsonpage.document(path))
    members = document.get("features")
    if not isinstance(members, list) or not all(isinstance(m, dict) for m in members):
        raise refuse("source-content", "features")
    if members and number(document.get("spatialReference")) != wanted.wkid:
        raise refuse("source-crs", f"{document.get('spatialReference')} – {wanted.wkid}")
    rows = [row(m.get("attributes") or {}, wanted.dates) for m in members]
    if not all(isinstance(r.get(wanted.oid), int) for r in rows):
        raise refuse("source-content", wanted.oid)
    geometries = shapes([geometry(m.get("geometry")) for m in members])
    found = Features(geometries, tuple(rows), f"EPSG:{wanted.wkid}", "esrijson", wanted.name)
    return bool(document.get("exceededTransferLimit")), found


def answered(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer, unless it is an error, which comes with status 200."""
    if (error := document.get("error")) is not None:
        said = error if isinstance(error, dict) else {"message": error}
        raise refuse("source-exception", f"{said.get('code', '')} {said.get('message', '')}")
    return document


def number(reference: Any) -> int | None:
    """Return the number of a CRS; None where there is none."""
    if not isinstance(reference, dict):
        return None
    return jsonpage.whole(reference.get("latestWkid", reference.get("wkid")))


def geometry(member: Any) -> BaseGeometry | None:
    """Return the geometry of a feature, without heights and measures; None where it has none.

    Raises
    ------
    Refusal
        ``source-content`` for anything that is no geometry.
    """
    if member is None:
        return None
    try:
        return _geometry(member)
    except (
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as error:
        raise refuse("source-content", f"geometry: {error}") from error


def _geometry(member: Mapping[str, Any]) -> BaseGeometry | None:
    if "x" in member:
        place = member["x"], member["y"]
        nowhere = any(v is None or v == "NaN" for v in place)
        return None if nowhere else shapely.Point(_place(place))
    if "points" in member:
        return shapely.MultiPoint([_place(p) for p in member["points"]])
    if "paths" in member:
        lines = [shapely.LineString([_place(p) for p in path]) for path in member["paths"]]
        return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)
    if "rings" in member:
        return area([[_place(p) for p in ring] for ring in member["rings"]])
    raise ValueError(", ".join(member) or "{}")


def _place(numbers: Sequence[Any]) -> tuple[float, float]:
    x, y = float(numbers[0]), float(numbers[1])
    if not (isfinite(x) and isfinite(y)):
        raise ValueError("not a finite number")
    return x, y


def area(rings: Sequence[Ring]) -> BaseGeometry:
    """Return the polygons that rings make, which are listed in no particular order.

    Shells turn one way and holes the other. Clockwise is right for shells, but not everybody
    keeps to it: the largest ring is a shell in any case, as a hole needs a larger one around it,
    and so is a ring that no other is around.
    """
    if not rings:
        return Polygon()
    sizes = [_signed(ring) for ring in rings]
    way = max(sizes, key=abs) >= 0
    shells = [Polygon(r) for r, size in zip(rings, sizes, strict=True) if (size >= 0) == way]
    others = [Polygon(r) for r, size in zip(rings, sizes, strict=True) if (size >= 0) != way]
    holes: list[list[Polygon]] = [[] for _ in shells]
    for ring in others:
        if (around := _around(ring, shells)) is None:
            shells.append(ring)
            holes.append([])
        else:
            holes[around].append(ring)
    parts = [
        Polygon(shell.exterior, [hole.exterior for hole in inner])
        for shell, inner in zip(shells, holes, strict=True)
    ]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _around(hole: Polygon, shells: Sequence[Polygon]) -> int | None:
    """Return which shell a hole belongs to: the smallest around it; None where none is.

    Only the ring counts, since an island may lie in the hole.
    """
    around = [i for i, shell in enumerate(shells) if shell.covers(hole.exterior)]
    return min(around, key=lambda i: shells[i].area, default=None)


def _signed(ring: Ring) -> float:
    """Return twice the area of a ring, positive where it turns clockwise."""
    return sum(
        (x1 - x0) * (y1 + y0) for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True)
    )


def row(attributes: Mapping[str, Any], dates: frozenset[str]) -> dict[str, Any]:
    """Return a feature's attributes; those in `dates` count milliseconds and become ISO text."""
    return {k: _date(v) if k in dates else _plain(v) for k, v in attributes.items()}


def _date(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _plain(value)
    try:
        moment = datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(value)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)
