"""Scripts and styles of the pages, each under an address that holds its hash; packed where the
browser takes that. (Pages are not packed: what is secret in them could be guessed by its length.)
"""

import gzip
import hashlib
from functools import cache
from importlib import resources
from typing import Annotated

from fastapi import APIRouter, Header, Response

from maps import assets
from service.errors import NotFoundError

router = APIRouter(include_in_schema=False)
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"
OTHERS = {
    "map.css": assets.style, "map.js": assets.script, "leaflet.js": assets.library,
    "protomaps.js": assets.tile_script,
}  # fmt: skip


def address(name: str, root: str = "") -> str:
    """Return the address of a file; it changes with the content, which may be kept for ever."""
    digest = hashlib.sha256(content(name)).hexdigest()[:16]
    return f"{root}/static/{digest}/{name}"


@router.get("/static/{digest}/{name}")
def file(
    digest: str, name: str, accept_encoding: Annotated[str, Header(max_length=1_000)] = ""
) -> Response:
    """Return a script or style."""
    if name not in names():
        raise NotFoundError
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    kind = TYPES[name[name.rindex(".") :]]
    if "gzip" not in accept_encoding:
        return Response(content(name), 200, headers, media_type=kind)
    return Response(packed(name), 200, {**headers, "Content-Encoding": "gzip"}, media_type=kind)


@cache
def names() -> frozenset[str]:
    """Return the names of all files there are."""
    static = resources.files(__package__).joinpath("static")
    kinds = (static / kind for kind in ("css", "js"))
    return frozenset({*OTHERS, *(f.name for kind in kinds for f in kind.iterdir())})


@cache
def content(name: str) -> bytes:
    """Return the bytes of a file; the map's are those every map file carries."""
    if name in OTHERS:
        return OTHERS[name]().encode()
    kind = name.rpartition(".")[2]
    return resources.files(__package__).joinpath("static", kind, name).read_bytes()


@cache
def packed(name: str) -> bytes:
    """Return a file compressed, the same bytes each time."""
    return gzip.compress(content(name), 9, mtime=0)
