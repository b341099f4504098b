"""A scanned plan laid on the map to be traced, and how exact an outline traced over it can be."""

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
import shapely

from gis.crs import crs_from
from layers.reading import raster
from layers.reading.preview import Preview, preview
from layers.reading.raster import Raster
from service.plans.declared import Intake
from service.plans.origin import traced_accuracy_m
from service.plans.place import placed
from service.plans.plan import Shapes


@dataclass(frozen=True, slots=True)
class Laid:
    """A raster in the working CRS: its corners round from the upper left one, the size of a
    pixel on the ground and the accuracy to propose for a traced outline, both in metres.
    """

    raster: Raster
    crs: str
    corners: tuple[tuple[float, float], ...]
    pixel_m: float
    accuracy_m: float


def laid(
    path: Path, intake: Intake, *, world: Path | None = None, scale: float | None = None
) -> Laid:
    """Return where the picture at `path` lies, drawn for a scale of 1 : `scale`.

    The transformation's own accuracy is part of the proposal: what is traced has it, too.

    Raises
    ------
    Refusal, Question
        As `layers.reading.raster.read` and `service.plans.place.placed`; the answers are those
        for a plan.
    """
    found = raster.read(path, world=world, crs=intake.source_crs)
    outline: Shapes = np.array([shapely.Polygon(found.corners)], dtype=object)
    moved, how, source = placed(
        outline, found.crs, intake.crs, intake.area, intake.beside_m, intake.accept
    )
    pixel_m = sqrt(float(moved[0].area) / (found.width * found.height))
    traced = traced_accuracy_m(pixel_m, scale)
    corners = tuple((float(x), float(y)) for x, y in shapely.get_coordinates(moved[0])[:4])
    accuracy_m = sqrt(traced**2 + how.accuracy_m**2)
    return Laid(found, source, corners, pixel_m, accuracy_m)


def overlay(path: Path, on: Laid, *, most_pixels: int = 4_000_000) -> Preview:
    """Return the picture as an overlay of a web map; errors as `layers.reading.preview`."""
    return preview(path, on.raster, crs_from(on.crs), most_pixels=most_pixels)
