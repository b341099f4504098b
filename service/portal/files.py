"""Scripts and styles of the pages, each under an address that holds its hash."""

import hashlib
from functools import cache
from importlib import resources

from fastapi import APIRouter, Response

from maps import assets
from service.errors import NotFoundError

router = APIRouter(include_in_schema=False)
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"


def address(name: str, root: str = "") -> str:
    """Return the address of a file; it changes with the content, which may be kept for ever."""
    digest = hashlib.sha256(content(name)).hexdigest()[:16]
    return f"{root}/static/{digest}/{name}"


@router.get("/static/{digest}/{name}")
def file(digest: str, name: str) -> Response:
    """Return a script or style."""
    if name not in names():
        raise NotFoundError
    suffix = name[name.rindex(".") :]
    return Response(content(name), 200, {"Cache-Control": FOREVER}, media_type=TYPES[suffix])


@cache
def names() -> frozenset[str]:
    """Return the names of all files there are."""
    static = resources.files(__package__).joinpath("static")
    kinds = (static / kind for kind in ("css", "js"))
    return frozenset({"map.css", "map.js", *(f.name for kind in kinds for f in kind.iterdir())})


@cache
def content(name: str) -> bytes:
    """Return the bytes of a file; the map's are those every map file carries."""
    if name == "map.js":
        return assets.script().encode()
    if name == "map.css":
        return assets.style().encode()
    kind = name.rpartition(".")[2]
    return resources.files(__package__).joinpath("static", kind, name).read_bytes()
