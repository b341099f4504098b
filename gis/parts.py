"""The single pieces a geometry is made of, however deep its collections are nested."""

from collections.abc import Iterator

import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

MULTIPLE = 4  # types of shapely from here on have parts


def single(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    """Yield the points, lines and polygons of `geometry` in their order; none for an empty one."""
    if shapely.get_type_id(geometry) < MULTIPLE:
        if not shapely.is_empty(geometry):
            yield geometry
        return
    for part in shapely.get_parts(geometry):
        yield from single(part)


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """Return the polygons among the pieces of `geometry`."""
    return [part for part in single(geometry) if isinstance(part, Polygon)]


def line_strings(geometry: BaseGeometry) -> list[LineString]:
    """Return the lines among the pieces of `geometry`."""
    return [part for part in single(geometry) if isinstance(part, LineString)]


def lines(geometry: BaseGeometry) -> MultiLineString:
    """Return the lines of `geometry` as one, in their order; maybe empty."""
    return MultiLineString(line_strings(geometry))


def merged(geometry: BaseGeometry) -> BaseGeometry:
    """Return lines joined where two of them end at one place; anything else as it is.

    A line drawn in two pieces must give the same verdict as one drawn in one.
    """
    if geometry.geom_type != "MultiLineString":
        return geometry
    return shapely.line_merge(geometry)
