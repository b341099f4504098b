"""Checking on a Dask cluster that runs already: it is an address.

Whoever may talk to a Dask scheduler may run code on its workers, and what they send holds plans
and findings: beyond this machine only over TLS, unless somebody says that the network is their own.
"""

import ipaddress
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from gis.problem import Text
from service.bulk.assessing import assessed
from service.bulk.fanning import Answer, Part
from service.bulk.job import Told
from service.errors import ServiceError, UnavailableError

AHEAD = 2  # parts for each thread: one at work, one waiting there
CONNECT_S = 30
LOOK_S = 1.0
PATIENCE_S = 300.0  # without any worker


class MissingDaskError(ServiceError):
    """Dask is an extra."""


class Cluster:
    """The cluster whose scheduler is at `address`; a context that talks to it.

    `tls` are the files of authority, certificate and key. Errors: ``dask-missing``,
    ``cluster-unprotected``, ``cluster-unreachable``.
    """

    def __init__(
        self,
        setup: bytes,
        address: str,
        *,
        tls: tuple[Path, Path, Path] | None = None,
        unprotected: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> None:
        if not (unprotected or address.startswith("tls://") or _here(address)):
            raise UnavailableError("cluster-unprotected", _UNPROTECTED)
        self.setup, self.address, self.tls = setup, address, tls
        self.patience_s = patience_s
        self._dask = _dask()
        self._under: dict[Any, Part] = {}
        self._seen = time.monotonic()

    def __enter__(self) -> "Cluster":
        """Connect to the scheduler."""
        security = None
        if self.tls is not None:
            ca, certificate, key = map(str, self.tls)
            security = self._dask.Security(
                tls_ca_file=ca,
                tls_client_cert=certificate,
                tls_client_key=key,
                require_encryption=True,
            )
        try:
            self._client = self._dask.Client(self.address, timeout=CONNECT_S, security=security)
        except (OSError, TypeError, ValueError) as error:
            text = Text(f"{_UNREACHABLE.de} {self.address}: {error}",
                        f"{_UNREACHABLE.en} {self.address}: {error}")  # fmt: skip
            raise UnavailableError("cluster-unreachable", text) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take back what nobody waits for any more, and leave the cluster as it was."""
        with suppress(Exception):
            self._client.cancel(list(self._under), force=True)
        with suppress(Exception):
            self._client.close(timeout=5)

    def room(self) -> int:
        """Return how many more parts the workers of this moment could have at hand."""
        threads = int(sum(self._client.nthreads().values()))
        if threads or not self._under:
            self._seen = time.monotonic()
        return max(0, AHEAD * max(threads, 1) - len(self._under))

    def submit(self, part: Part) -> None:
        """Send a part with the files of its plans."""
        jobs = tuple(job if job.skipped else job.carried() for job in part.jobs)
        future = self._client.submit(assessed, self.setup, jobs, pure=False, priority=-part.chunk)
        self._under[future] = part

    def ended(self) -> list[tuple[Part, Answer]]:
        """Return the parts that ended within a moment.

        Raises
        ------
        UnavailableError
            ``cluster-gone``: the scheduler, or for minutes every worker.
        """
        with suppress(TimeoutError):
            self._dask.wait(list(self._under), timeout=LOOK_S, return_when="FIRST_COMPLETED")
        if self._client.status != "running" or time.monotonic() - self._seen > self.patience_s:
            raise UnavailableError("cluster-gone", _GONE)
        over = [future for future in self._under if future.status not in ("pending", "lost")]
        return [(self._under.pop(future), self._answer(future)) for future in over]

    def _answer(self, future: Any) -> Answer:
        if future.status == "cancelled":  # the scheduler has forgotten it
            return None
        try:
            answer: Answer = future.result(timeout=CONNECT_S)
            return answer
        except (self._dask.KilledWorker, TimeoutError, self._dask.CancelledError):
            return None
        except Exception as error:  # noqa: BLE001 - Belang is not there, or another one
            name = f"{type(error).__name__}: {error}"
            return Told("cluster-differs", Text(_UNABLE.de.format(name), _UNABLE.en.format(name)))


def _here(address: str) -> bool:
    host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    if host == "localhost" or address.startswith("inproc://"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _dask() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise MissingDaskError("dask-missing", _MISSING) from error


_MISSING = Text(
    "Für --scheduler fehlt Dask: pip install 'belang[bulk]'",
    "Dask is not installed, which --scheduler needs: pip install 'belang[bulk]'",
)
_UNPROTECTED = Text(
    "Ein Cluster auf anderen Rechnern wird nur über tls:// angesprochen; in einem eigenen, "
    "abgeschlossenen Netz erlaubt --unprotected auch tcp://.",
    "A cluster on other machines is only talked to over tls://; in a closed network of its own "
    "--unprotected allows tcp://, too.",
)
_UNREACHABLE = Text("Der Scheduler antwortet nicht:", "The scheduler does not answer:")
_GONE = Text(
    "Der Cluster ist nicht mehr da. Was fertig ist, bleibt; derselbe Befehl macht weiter.",
    "The cluster is gone. What is done stays; the same command goes on.",
)
_UNABLE = Text(
    "Ein Rechner des Clusters kann nicht prüfen ({0}); bitte dort dasselbe Belang installieren.",
    "A machine of the cluster cannot check ({0}); install the same Belang there.",
)
