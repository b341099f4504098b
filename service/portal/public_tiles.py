"""Tiles of public layers for the map: served in pieces, by range, and never of any other layer."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from starlette.responses import FileResponse

from layers.drawing import NAME, OVERVIEW
from layers.layer import Layer
from layers.tiles import FACTS, last_zoom, place, verify_tiles
from layers.version import DamagedError
from service.api.dependencies import InDistrict, Who
from service.api.revision import IfNoneMatch, kept
from service.district import District
from service.errors import NotFoundError
from service.portal.board import watched
from service.portal.files import FOREVER
from service.portal.layer_states import LayerState

router = APIRouter(include_in_schema=False)
ARCHIVES = {"tiles": NAME, "overview": OVERVIEW}
TYPE = "application/vnd.pmtiles"
Digest = Annotated[str, InPath(pattern=r"^[0-9a-f]{16}$")]
Code = Annotated[str, InPath(pattern=r"^\w{1,60}$")]
Name = Annotated[str, InPath(pattern=r"^(tiles|overview)$")]


@dataclass(frozen=True, slots=True)
class Tiled:
    """Tiles that can be served: below which part of an address, and up to which zoom they go."""

    folder: Path
    address: str
    last_zoom: int


def tiled(district: District, states: Iterable[LayerState]) -> dict[str, Tiled]:
    """Return the tiles of public layers that are there, by layer."""
    found = ((one.layer.code, _of(district, one.layer, one.version)) for one in states)
    return {code: tiles for code, tiles in found if tiles is not None}


def _of(district: District, layer: Layer, version: str | None) -> Tiled | None:
    if layer.visibility != "public" or version is None:
        return None
    folder = place(district.store.base(layer), version.removeprefix("sha256:"), layer)
    try:
        seen = (folder / FACTS).stat().st_mtime_ns
    except OSError:
        return None
    zoom = _zoom_of_whole(folder, seen)
    if zoom is None:
        return None
    name = hashlib.sha256(f"{version} {folder.name}".encode()).hexdigest()[:16]
    return Tiled(folder, f"{name}/{layer.code}", zoom)


@lru_cache(maxsize=1_000)
def _zoom_of_whole(folder: Path, seen: int) -> int | None:
    """Return the last zoom of tiles that are as they were written, else None; every byte is read
    once in a process.
    """
    try:
        verify_tiles(folder)
    except DamagedError:
        return None
    return last_zoom(folder / NAME)


@router.get("/kacheln/{digest}/{code}/{name}.pmtiles")
def archive(
    digest: Digest,
    code: Code,
    name: Name,
    request: Request,
    who: Who,
    district: InDistrict,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return an archive of tiles, or the part of it that `Range` names."""
    states = [one for one in watched(request).states(district) if one.layer.code == code]
    found = tiled(district, states).get(code)
    if found is None or found.address != f"{digest}/{code}":
        raise NotFoundError
    headers = {"Cache-Control": FOREVER, "ETag": f'"{digest}-{name}"'}
    if kept(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(found.folder / ARCHIVES[name], headers=headers, media_type=TYPE)
