"""A service as the catalogue names it: where it is, which of its layers, and how much of it."""

from dataclasses import dataclass

from pyproj import Transformer

from gis.crs import crs_from
from layers.harvest.place import Region
from layers.harvest.where import Where, where_from
from layers.reading.gml import northing_first


@dataclass(frozen=True, slots=True)
class Service:
    """A layer of a WFS, an OGC API or an ArcGIS server.

    `bbox` is west, south, east, north in degrees; `where` CQL2 text; `page` the number of objects
    asked for at a time. Without `crs` the service's own is used: its transformations are not
    ours to judge. `swapped` says that its coordinates are known to stand the wrong way round.
    """

    url: str
    layer: str = ""
    version: str | None = None
    crs: str | None = None
    bbox: Region | None = None
    where: str | None = None
    page: int = 1_000
    sort: str | None = None
    swapped: bool = False

    @property
    def filter(self) -> Where | None:
        """The filter, parsed.

        Raises
        ------
        Refusal
            ``source-filter``.
        """
        return None if self.where is None else where_from(self.where)


def box_in(bbox: Region, crs: str) -> tuple[float, float, float, float]:
    """Return the box that covers `bbox` in a CRS, in the axis order the name of the CRS implies."""
    to = Transformer.from_crs("OGC:CRS84", crs_from(crs), always_xy=True)
    left, bottom, right, top = to.transform_bounds(*bbox, densify_pts=21)
    return (bottom, left, top, right) if northing_first(crs) else (left, bottom, right, top)
