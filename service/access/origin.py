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
    token is what they must bring. Behind a proxy the origin is that of `base_url`, or of the host
    the proxy passes.
    """
    if request.headers.get("sec-fetch-site", "none").lower() not in OURS:
        return True
    said = request.headers.get("origin")
    return said is not None and _origin(said) not in _own(request, settings)


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


def _own(request: Request, settings: Settings) -> set[tuple[str, str, int | None] | None]:
    own = {_origin(str(request.url))}
    if settings.base_url is not None:
        own.add(_origin(str(settings.base_url)))
    return own - {None}


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
