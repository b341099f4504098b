"""Places by name, address or parcel, of the district's own public layers."""

from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from gis.problem import Text
from gis.transform import transform
from layers.gazetteer import Place, find
from maps.shapes import WGS84
from service.api.dependencies import InDistrict, Unhurried, Who
from service.api.language import language_of
from service.district import District
from service.upkeep import DRAWN, NAMES

router = APIRouter(include_in_schema=False)
KINDS = {
    "municipality": Text("Gemeinde", "municipality"),
    "place": Text("Ort", "place"),
    "address": Text("Adresse", "address"),
    "parcel": Text("Flurstück", "parcel"),
}
MOST = 8
Sought = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


@router.get("/orte", dependencies=[Unhurried])
def places(request: Request, who: Who, district: InDistrict, q: Sought = "") -> Response:
    """Return places of that name: what they are, and where, south, west, north, east."""
    rows = found(request, district, q)
    return JSONResponse({"places": rows}, headers={"Cache-Control": "no-store"})


def found(request: Request, district: District, text: str) -> list[dict[str, Any]]:
    """Return places of that name as pages and scripts show them."""
    if not text.strip():
        return []
    kept = request.app.state.settings.data / DRAWN / NAMES
    language = language_of(request)
    hits = find(text, district.catalogue, district.store, kept, most=MOST)
    return [
        {
            "name": one.name,
            "kind": KINDS[one.kind].in_language(language),
            "box": _box(one, district),
        }
        for one in hits
    ]


def _box(place: Place, district: District) -> list[float]:
    """Return where a place lies in degrees: south, west, north, east."""
    moved = transform(shapely.box(*place.box), district.catalogue.crs, WGS84)[0][0]
    west, south, east, north = moved.bounds
    return [round(value, 6) for value in (south, west, north, east)]
