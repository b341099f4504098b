"""Whether a layer lies where it can: a wrong label would put it elsewhere, and clear every plan."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from, label, readings
from gis.problem import Problem, Refusal, Text
from gis.transform import transform
from layers.features import Ready
from layers.reading import Features

BEYOND_USE_DEG = 10.0  # a little outside is a surveyor's choice, not a mistake
NEAR_M = 15_000.0
SAMPLE = 1_000  # objects looked at


def checked(features: Features, ready: Ready, crs: CRS, area: BaseGeometry | None) -> None:
    """Refuse a layer whose coordinates cannot be in the CRS it names.

    All of it far outside the working CRS' area of use; or none of it near the area of competence
    while most of it would lie there if read another way.

    Raises
    ------
    Refusal
        ``coords-out-of-range``, ``crs-mislabelled``.
    """
    if not len(ready.geometries):
        return
    if area is not None:
        shapely.prepare(near := shapely.buffer(area, NEAR_M))
        if not shapely.intersects(near, ready.geometries).any():
            _other_reading(features, ready, crs, near)
    if not _in_use(shapely.bounds(ready.geometries), crs).any():
        raise Refusal("coords-out-of-range", _out_of_use(ready.transformation.source, label(crs)))


def _in_use(boxes: NDArray[np.float64], crs: CRS) -> NDArray[np.bool_]:
    use = crs.area_of_use
    if use is None:
        return np.ones(len(boxes), dtype=bool)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    moved, _ = transform(shapely.points(middles), crs, crs_from("EPSG:4326"))
    lon, lat = shapely.get_coordinates(moved).T
    east_west = (lon > use.west - BEYOND_USE_DEG) & (lon < use.east + BEYOND_USE_DEG)
    inside: NDArray[np.bool_] = (
        east_west & (lat > use.south - BEYOND_USE_DEG) & (lat < use.north + BEYOND_USE_DEG)
    )
    return inside


def _other_reading(features: Features, ready: Ready, crs: CRS, near: BaseGeometry) -> None:
    some = features.geometries[~shapely.is_missing(features.geometries)][:SAMPLE]
    for reading in readings():
        turned = shapely.transform(some, lambda xy: xy[:, ::-1]) if reading.swapped else some
        try:
            moved, _ = transform(turned, reading.crs, crs)
        except Problem:
            continue
        if np.mean(shapely.intersects(near, moved)) > 0.5:
            raise _mislabelled(ready.transformation.source, label(reading.crs), reading.swapped)


def _out_of_use(named: str, working: str) -> Text:
    return Text(
        f"Als {named} gelesen liegt alles weit außerhalb des Gültigkeitsbereichs von {working}; "
        "bitte das Koordinatensystem der Quelle berichtigen.",
        f"Read as {named}, everything lies far outside the area of use of {working}; correct the "
        "coordinate reference system of the source.",
    )


def _mislabelled(named: str, other: str, swapped: bool) -> Refusal:
    turned = Text(" mit vertauschten Achsen", " with axes swapped") if swapped else Text("", "")
    return Refusal(
        "crs-mislabelled",
        Text(
            f"Als {named} gelesen liegt kein Objekt beim Zuständigkeitsgebiet, als {other}"
            f"{turned.de} lägen sie darin; bitte das Koordinatensystem der Quelle berichtigen.",
            f"Read as {named}, no object lies near the area of competence; as {other}{turned.en} "
            "they would. Correct the coordinate reference system of the source.",
        ),
    )
