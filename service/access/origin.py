"""Where a request comes from: a page of ours, a program, or a page of somebody else."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

from service.config import Settings

PORTS = {"http": 80, "https": 443}
OURS = ("same-origin", "none")  # none: typed by the user


def is_foreign(request: Request, settings: Settings) -> bool:
    """Tell whether a browser says that a page of another origin has sent this.

    Programs say nothing of that kind and are not foreign; where they have a session, its own
    token is what they must bring. Ours is the origin of `base_url` and no other; where that is not
    set, the host of the request or what its proxy passes, which may be a stranger's name that leads
    here.
    """
    if request.headers.get("sec-fetch-site", "none").lower() not in OURS:
        return True
    said = request.headers.get("origin")
    if said is None:
        return False
    own = _origin(str(settings.base_url or request.url))
    return own is None or _origin(said) != own


def external(request: Request, settings: Settings) -> str:
    """Return the address under which users see the service, without a slash at the end."""
    return str(settings.base_url or request.base_url).rstrip("/")


def address(request: Request) -> str:
    """Return whom to count attempts for: the address, of IPv6 its network of 64 bit."""
    host = request.client.host if request.client else "unknown"
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return host
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port; None for ``null`` and whatever is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.scheme not in PORTS:
        return None
    return parts.scheme, parts.hostname.lower(), port or PORTS[parts.scheme]
