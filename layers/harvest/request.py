"""One request to a service, and the answer that lies on disk."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from layers.harvest.refusals import refuse


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an address with its parameters, and what may come back."""

    url: str
    accept: str = "*/*"

    @property
    def key(self) -> str:
        """Name of this request in a spool."""
        return hashlib.sha256(f"{self.accept} {self.url}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer on disk, unpacked, and the headers (names in lower case)."""

    path: Path
    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def facts(self) -> str:
        """Return everything but the body as JSON."""
        return json.dumps({"status": self.status, "url": self.url, "headers": dict(self.headers)})


def with_parameters(url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return an address with parameters set, those of the same name (in any case) replaced.

    Raises
    ------
    Refusal
        ``source-unreachable`` where it is no address.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise refuse("source-unreachable", url) from error
    new = list(parameters)
    names = {name.lower() for name, _ in new}
    kept = [(k, v) for k, v in parse_qsl(parts.query, True) if k.lower() not in names]
    return urlunsplit(parts._replace(query=urlencode(kept + new), fragment=""))


def origin(url: str) -> str:
    """Return scheme, host and port of an address, the port written out."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def followed(url: str, link: str, *, elsewhere: bool = False) -> str:
    """Return the address a link on `url` leads to, which is on the same server.

    From http to https is the same server; with `elsewhere` any other will do, too.

    Raises
    ------
    Refusal
        ``source-link``.
    """
    try:
        target = urljoin(url, link)
        if target.startswith(("http://", "https://")) and (elsewhere or _same(url, target)):
            return target
    except ValueError:
        target = link
    raise refuse("source-link", target)


def _same(url: str, other: str) -> bool:
    if origin(url) == origin(other):
        return True
    mine, its = urlsplit(url), urlsplit(other)
    upgraded = (mine.scheme, its.scheme) == ("http", "https")
    return upgraded and mine.hostname == its.hostname and its.port in (None, 443)
