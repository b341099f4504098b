"""The ground of the live maps: what the region's layers hold within a box, as packed shapes."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.api.dependencies import InDistrict, Unhurried, Who
from service.api.revision import IfNoneMatch, kept
from service.errors import UnusableError
from service.portal.live import BOX, ground

router = APIRouter(include_in_schema=False)
NUMBER = r"-?\d{1,3}(\.\d{1,9})?"
Corners = Annotated[str, Query(pattern=rf"^{NUMBER}(,{NUMBER}){{3}}$", examples=["12,51,13,51.5"])]


@router.get("/kartengrund", dependencies=[Unhurried])
def piece(
    box: Corners, who: Who, district: InDistrict, if_none_match: IfNoneMatch = None
) -> Response:
    """Return the ground within a box: west, south, east, north in degrees."""
    west, south, east, north = (float(part) for part in box.split(","))
    if west > east or south > north:
        raise UnusableError("bbox-invalid", BOX)
    body, digest = ground(district, (west, south, east, north))
    headers = {"Cache-Control": "public, max-age=3600", "ETag": f'"{digest}"'}
    if kept(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type="application/json")
