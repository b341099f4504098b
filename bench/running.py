"""A service as it runs everywhere, in a data folder of its own, to be measured from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGKILL

import httpx2

from service.access import tokens
from service.access.principal import SCOPES, Principal
from service.cluster import Cluster
from service.db import engine_for, transaction
from service.models import Account

ROOT = Path(__file__).parent.parent
LONGEST_S = 120


@contextmanager
def serving(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a service in a process group of its own, which is killed at the end."""
    command = [sys.executable, "-m", "service.cli", "serve"]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=ROOT, env=dict(environment), stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, SIGKILL)
            process.wait()


def ready(address: str, process: subprocess.Popen[bytes]) -> float:
    """Wait until the service answers; return after how many seconds.

    Raises
    ------
    RuntimeError
        If it ends, or does not answer for two minutes.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < LONGEST_S:
        if process.poll() is not None:
            raise RuntimeError(f"the service ended with {process.returncode}")
        with suppress(httpx2.TransportError):
            if httpx2.get(f"{address}/healthz", timeout=2).status_code == 200:
                return time.monotonic() - begun
        time.sleep(0.02)
    raise RuntimeError("the service was not ready in time")


def database_url(data: Path) -> str:
    """Return the URL of the service's own database while it runs."""
    return Cluster(data / "pg").attach().url


def coordinator(url: str) -> dict[str, str]:
    """Make a coordinator; return the header that proves it."""
    engine = engine_for(url)
    now = datetime.now(UTC)
    try:
        with transaction(engine) as session:
            account = Account(login="bench", name="bench", role="coordinator")
            session.add(account)
            session.flush()
            who = Principal("coordinator", account.id, str(account.pseudonym))
            token, _ = tokens.created(
                session, who, name="bench", scopes=SCOPES, now=now, expires=now + timedelta(days=1)
            )
    finally:
        engine.dispose()
    return {"Authorization": f"Bearer {token}"}
