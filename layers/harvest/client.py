"""A polite HTTP client: asks one thing at a time, waits when told to, and gives up in time."""

import random
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from gis.problem import Refusal
from layers.harvest.backoff import AGAIN, pause, retry_after
from layers.harvest.body import CutOffError, save
from layers.harvest.deadline import deadline, hang_up
from layers.harvest.gate import GATES, Gates
from layers.harvest.manners import POLITE, Manners
from layers.harvest.protocol import Ledger
from layers.harvest.refusals import refuse
from layers.harvest.request import Answer, Request, followed, origin

REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
KEPT = ("content-type", "content-crs", "etag", "last-modified")  # headers anybody looks at


class AgainError(Exception):
    """An attempt failed in a way that may be over in a moment; `refusal` if it is not."""

    def __init__(self, refusal: Refusal, wait: float | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal, self.wait = refusal, wait


@dataclass
class Client:
    """Asks servers for one harvest; proxy and certificates come from the environment.

    Not to be shared by threads: the gates are what several harvests share.
    """

    ledger: Ledger
    manners: Manners = POLITE
    gates: Gates = GATES
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    _sockets: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open a connection pool; nothing is asked yet."""
        manners = self.manners
        self._started = self.clock()
        self._http = httpx2.Client(
            headers={"User-Agent": manners.user_agent, "Accept-Encoding": "gzip"},
            timeout=httpx2.Timeout(manners.read, connect=manners.connect),
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1),
            verify=_certificates(),
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def fetch(
        self,
        request: Request,
        into: Path,
        *,
        headers: Mapping[str, str] | None = None,
        elsewhere: bool = False,
    ) -> Answer:
        """Ask, again where that may help, and write the body to `into`, which then exists.

        `headers` may make the request conditional: the answer can be 304 without a body.
        Redirections are followed on the same server, to others only with `elsewhere`.

        Raises
        ------
        Refusal
            With the cause, when the server was given every chance.
        """
        waited = 0.0
        for attempt in range(1, self.manners.attempts + 1):
            try:
                return self._redirected(request, into, dict(headers or {}), elsewhere)
            except AgainError as again:
                wait = again.wait
                if wait is None:
                    wait = pause(attempt + 1, first=self.manners.first_wait, chance=self.chance())
                waited += wait
                if attempt == self.manners.attempts or waited > self.manners.longest_wait:
                    raise again.refusal from again
                self.ledger.retries += 1
                self.sleep(wait)
        raise AssertionError("unreachable")  # the last attempt has raised

    def _redirected(
        self, request: Request, into: Path, headers: dict[str, str], elsewhere: bool
    ) -> Answer:
        headers["Accept"] = request.accept
        url = request.url
        for _ in range(self.manners.redirects + 1):
            answer = self._once(url, into, headers)
            if answer.status not in REDIRECTS:
                return answer
            url = followed(url, answer.headers.get("location", ""), elsewhere=elsewhere)
        raise refuse("source-link", url)

    def _once(self, url: str, into: Path, headers: Mapping[str, str]) -> Answer:
        if self.clock() - self._started > self.manners.harvest:
            raise refuse("source-slow", f"> {self.manners.harvest:.0f} s")
        try:
            gate = self.gates.of(origin(url), self.manners)
        except ValueError as error:
            raise refuse("source-unreachable", url) from error
        with gate.passage(), deadline(self.manners.request, self._cut) as late:
            self.ledger.requests += 1
            try:
                return self._asked(url, into, headers)
            except (httpx2.HTTPError, httpx2.InvalidURL, CutOffError) as error:
                raise (refuse("source-slow") if late.is_set() else _failed(error)) from error

    def _asked(self, url: str, into: Path, headers: Mapping[str, str]) -> Answer:
        trace = {"trace": self._traced}
        with self._http.stream("GET", url, headers=dict(headers), extensions=trace) as response:
            status = response.status_code
            if status in AGAIN:
                wait = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
                raise AgainError(refuse("source-busy", f"HTTP {status}"), wait)
            if status >= 400:
                raise refuse("source-status", f"HTTP {status}")
            if status not in REDIRECTS and status != NOT_MODIFIED:
                self._saved(response, into)
            return Answer(into, status, url, _kept(response.headers, status))

    def _saved(self, response: httpx2.Response, into: Path) -> None:
        part = into.with_name(into.name + ".part")
        with part.open("wb") as file:
            save(
                response.iter_raw(),
                file,
                packed=response.headers.get("content-encoding", "").strip().lower(),
                manners=self.manners,
                clock=self.clock,
                count=self._count,
            )
        part.replace(into)

    def _count(self, size: int) -> None:
        self.ledger.bytes += size

    def _traced(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection: no timeout of a single read ends an answer that drips."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            connected = info["return_value"].get_extra_info("socket")
            if connected is not None:
                self._sockets = [connected]

    def _cut(self) -> None:
        for connected in self._sockets:
            hang_up(connected)


@cache
def _certificates() -> ssl.SSLContext:
    """Return whom to trust, from the environment; read once a process, which takes a while."""
    return httpx2.create_ssl_context()


def _kept(headers: httpx2.Headers, status: int) -> dict[str, str]:
    names = (*KEPT, "location") if status in REDIRECTS else KEPT
    return {name: headers[name] for name in names if name in headers}


def _failed(error: Exception) -> AgainError | Refusal:
    """Return what a failed attempt means; all but a bad address may be over in a moment."""
    what = f"{type(error).__name__} {error}"
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return refuse("source-unreachable", what)
    if isinstance(error, httpx2.TimeoutException):
        connecting = isinstance(error, httpx2.ConnectTimeout)
        return AgainError(refuse("source-unreachable" if connecting else "source-slow", what))
    if isinstance(error, httpx2.ConnectError | httpx2.ProxyError):
        return AgainError(refuse("source-unreachable", what))
    return AgainError(refuse("source-truncated", what))
