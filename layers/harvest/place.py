"""Do the features lie where they should, and do their coordinates stand in the right order?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from gis.crs import crs_from, label
from layers.harvest.refusals import refuse
from layers.reading import Features
from layers.reading.features import shapes

Region = tuple[float, float, float, float]  # west, south, east, north, degrees
BESIDE = 0.5  # degrees: what services say about their extent is seldom exact


def in_degrees(crs: CRS, box: Sequence[float]) -> Region:
    """Return a box in a CRS (x before y) as west, south, east, north."""
    left, bottom, right, top = box
    lonlat = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    west, south, east, north = lonlat.transform_bounds(left, bottom, right, top, densify_pts=21)
    return west, south, east, north


def swapped(features: Features) -> Features:
    """Return features with x and y exchanged."""
    turned = shapely.transform(features.geometries, lambda xy: xy[:, ::-1])
    return replace(features, geometries=shapes(list(turned)))


def check_place(features: Features, region: Region | None) -> None:
    """Refuse features of which none lies in `region`, or in the area their CRS is made for.

    Raises
    ------
    Refusal
        ``source-axes`` where they would lie there with x and y exchanged, ``source-place``
        where not even then, ``source-crs`` where they name no CRS.
    """
    xy = shapely.get_coordinates(features.geometries)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return
    if features.crs is None:
        raise refuse("source-crs", "–")
    crs = crs_from(features.crs)
    if _inside(xy, crs, region):
        return
    code = "source-axes" if _inside(xy[:, ::-1], crs, region) else "source-place"
    raise refuse(code, f"{label(crs)} {xy[0, 0]:.6g} {xy[0, 1]:.6g}")


def _inside(xy: NDArray[np.float64], crs: CRS, region: Region | None) -> bool:
    lonlat = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    lon, lat = lonlat.transform(xy[:, 0], xy[:, 1])
    west, south, east, north = _wanted(crs, region)
    hit = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return bool(hit.any())


def _wanted(crs: CRS, region: Region | None) -> Region:
    """Return the region, or the area of use of the CRS, a little widened."""
    if region is None:
        area = crs.area_of_use
        region = (-180.0, -90.0, 180.0, 90.0) if area is None else area.bounds
    west, south, east, north = region
    return west - BESIDE, south - BESIDE, east + BESIDE, north + BESIDE
