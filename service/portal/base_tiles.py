"""The base map under the maps, where one is set up: its tiles, from here and from nowhere else."""

import math
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath

from service.api.dependencies import InDistrict, Who
from service.basemap import BaseMap
from service.config import Settings
from service.district import District
from service.errors import NotFoundError
from service.portal.live import region

router = APIRouter(include_in_schema=False)
FOLDER = "basemap"  # below the data folder
KEPT = {"Cache-Control": "public, max-age=604800"}
AROUND = 0.5  # of its own size beside the district on each side
Zoom = Annotated[int, InPath(ge=0, le=22)]
Number = Annotated[int, InPath(ge=0, lt=2**22)]


@router.get("/grundkarte/{z}/{x}/{y}")
def tile(
    z: Zoom, x: Number, y: Number, request: Request, who: Who, district: InDistrict
) -> Response:
    """Return a tile; nothing (204) where there is none, below it the region is drawn."""
    found = _base(request)
    if found is None:
        raise NotFoundError
    if not _near(district, z, x, y, request.app.state.settings.base_map_zoom):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    made = found.tile(z, x, y)
    if made is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return Response(made.content, 200, KEPT, media_type=made.type)


def _base(request: Request) -> BaseMap | None:
    """Return the base map of this process."""
    state = request.app.state
    settings: Settings = state.settings
    if settings.base_map_url is None:
        return None
    if not hasattr(state, "base_map"):
        name = sha256(settings.base_map_url.encode()).hexdigest()[:12]  # another map, other tiles
        folder = settings.data / FOLDER / name
        state.base_map = BaseMap(
            folder, settings.base_map_url, settings.base_map_days, settings.base_map_bytes
        )
    made: BaseMap = state.base_map
    return made


def _near(district: District, z: int, x: int, y: int, most: int) -> bool:
    """Tell whether a tile shows the district or what is around it: this is no mirror of a world."""
    (south, west), (north, east) = region(district)
    dx, dy = AROUND * (east - west), AROUND * (north - south)
    left, top = _corner(z, x, y)
    right, bottom = _corner(z, x + 1, y + 1)
    across = left <= east + dx and right >= west - dx
    return z <= most and across and bottom <= north + dy and top >= south - dy


def _corner(z: int, x: int, y: int) -> tuple[float, float]:
    """Return longitude and latitude of the upper left corner of a tile (Web Mercator)."""
    side = 2**z
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))
    return x / side * 360 - 180, lat
