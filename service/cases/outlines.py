"""Outlines of cases: the footprint of the latest understood draft, and its form in GeoJSON."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from pyproj import CRS
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from gis.crs import crs_from
from gis.transform import transform
from service.db import SRID
from service.models.case import Case
from service.models.version import PlanVersion

DECIMALS = {"wgs84": 7, "working": 3}  # about a centimetre, a millimetre
# Where boxes in degrees are looked at: far beyond any district, still well-defined in the zone.
EUROPE = (0.0, 40.0, 30.0, 65.0)
STEP_DEGREES = 0.05


def standing() -> ColumnElement[bool]:
    """Return the condition for a version to be the latest of its case that was understood."""
    later = aliased(PlanVersion)
    superseded = exists().where(
        later.case_id == PlanVersion.case_id,
        later.number > PlanVersion.number,
        later.geometry.is_not(None),
    )
    return PlanVersion.geometry.is_not(None) & ~superseded


def outlines(session: Session, cases: Iterable[UUID]) -> dict[UUID, BaseGeometry]:
    """Return the outlines in the working CRS of those cases that have one."""
    rows = select(PlanVersion.case_id, PlanVersion.geometry).where(
        PlanVersion.case_id.in_(list(cases)), standing()
    )
    return {case: shape_of(found) for case, found in session.execute(rows) if found is not None}


def within(box: BaseGeometry) -> ColumnElement[bool]:
    """Return the condition for cases whose outline meets an area in the working CRS."""
    met = func.ST_Intersects(PlanVersion.geometry, from_shape(box, srid=SRID))
    return exists().where(PlanVersion.case_id == Case.id, standing(), met)


def near(shape: BaseGeometry, within_m: float) -> ColumnElement[bool]:
    """Return the condition for cases whose outline lies within a distance, metres."""
    return exists().where(PlanVersion.case_id == Case.id, standing(), close(shape, within_m))


def close(shape: BaseGeometry, within_m: float) -> ColumnElement[bool]:
    """Return the condition for a version whose outline lies within a distance, metres."""
    found: ColumnElement[bool] = func.ST_DWithin(
        PlanVersion.geometry, from_shape(shape, srid=SRID), within_m
    )
    return found


def box_from(corners: tuple[float, float, float, float], crs: str) -> BaseGeometry:
    """Return the box of those corners (x before y) in the working CRS; empty where far away."""
    if crs == "working":
        return shapely.box(*corners)
    clipped = shapely.box(*corners).intersection(shapely.box(*EUROPE))
    if clipped.is_empty:
        return clipped
    moved: BaseGeometry = transform(
        shapely.segmentize(clipped, STEP_DEGREES), wgs84(), working_crs()
    )[0][0]
    return moved


def geojson(shape: BaseGeometry, crs: str = "wgs84") -> dict[str, Any]:
    """Return a geometry in the working CRS as GeoJSON, outer rings anticlockwise (RFC 7946)."""
    placed = shape if crs == "working" else transform(shape, working_crs(), wgs84())[0][0]
    turned = shapely.orient_polygons(placed)
    return _rounded(shapely.geometry.mapping(turned), DECIMALS[crs])  # type: ignore[no-any-return]  # rounds whatever it is given


def shape_of(element: WKBElement) -> BaseGeometry:
    """Return a geometry of the database as shapely's."""
    return to_shape(element)


@cache
def working_crs() -> CRS:
    """Return the working CRS."""
    return crs_from(f"EPSG:{SRID}")


@cache
def wgs84() -> CRS:
    """Return WGS 84 as GeoJSON has it: longitude first."""
    return crs_from("EPSG:4326")


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, dict):
        return {key: _rounded(item, decimals) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item, decimals) for item in value]
    return value
