"""Whether a layer lies where it can: a wrong label would put it elsewhere, and clear every plan."""

from dataclasses import dataclass, field

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
from layers.reading.features import shapes

BEYOND_USE_DEG = 10.0  # a little outside is a surveyor's choice, not a mistake
NEAR_M = 15_000.0
SAMPLE = 1_000  # objects looked at


@dataclass
class Whereabouts:
    """Where the batches of a layer lie, as compared with an `area` of competence and the CRS.

    Refused is a layer of which all lies far outside the working CRS' area of use; or of which
    none lies near the area of competence while most of it would if it were read another way.
    """

    crs: CRS
    area: BaseGeometry | None
    _seen: bool = False
    _in_use: bool = False
    _near: bool = False
    _source: str = ""
    _some: list[BaseGeometry] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the surroundings of the area."""
        self._around = None if self.area is None else shapely.buffer(self.area, NEAR_M)
        if self._around is not None:
            shapely.prepare(self._around)

    def add(self, features: Features, ready: Ready) -> None:
        """Look at a batch, as read and as made ready."""
        if not len(ready.geometries):
            return
        self._seen, self._source = True, ready.transformation.source
        if not self._near and self._around is not None:
            self._near = bool(shapely.intersects(self._around, ready.geometries).any())
            there = features.geometries[~shapely.is_missing(features.geometries)]
            self._some += list(there[: SAMPLE - len(self._some)])
        if not self._in_use:
            self._in_use = bool(_in_use(shapely.bounds(ready.geometries), self.crs).any())

    def check(self) -> None:
        """Refuse a layer whose coordinates cannot be in the CRS it names.

        Raises
        ------
        Refusal
            ``coords-out-of-range``, ``crs-mislabelled``.
        """
        if self._seen and not self._near and self._around is not None:
            _other_reading(shapes(self._some), self._source, self.crs, self._around)
        if self._seen and not self._in_use:
            raise Refusal("coords-out-of-range", _out_of_use(self._source, label(self.crs)))


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


def _other_reading(some: NDArray[np.object_], source: str, crs: CRS, near: BaseGeometry) -> None:
    for reading in readings():
        turned = shapely.transform(some, lambda xy: xy[:, ::-1]) if reading.swapped else some
        try:
            moved, _ = transform(turned, reading.crs, crs)
        except Problem:
            continue
        if np.mean(shapely.intersects(near, moved)) > 0.5:
            raise _mislabelled(source, label(reading.crs), reading.swapped)


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
