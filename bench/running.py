"""A service as it runs everywhere, in a data folder of its own, to be measured from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from signal import SIGKILL
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import tokens
from service.access.passwords import hashed
from service.access.principal import SCOPES, Principal
from service.cluster import Cluster
from service.db import engine_for, transaction
from service.models import Account, Membership, Organisation

ROOT = Path(__file__).parent.parent
LONGEST_S = 120
LOOK_S = 0.05  # to look more often takes time that what starts needs
LOG_BYTES = 4_000  # of it that are shown where something fails
PASSWORD = "vier Worte auf Wanderschaft"  # noqa: S105 - as in the examples of the interface


@contextmanager
def serving(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a service in a process group of its own, which is killed at the end."""
    command = [sys.executable, "-m", "service.cli", "serve"]
    # What is installed is compiled; where Python may not keep that, each start compiles anew.
    compiled = {k: v for k, v in environment.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=ROOT, env=compiled, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        except BaseException:  # the folder with the log goes; its end may say why
            sys.stderr.write(log.read_bytes()[-LOG_BYTES:].decode(errors="replace"))
            raise
        finally:
            kill(process)
            process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a service and all it has started; its database, which has left it, lives on."""
    # Workers and readers have sessions of their own, and are told of its end more gently.
    for number in [process.pid, *family(process.pid)]:
        with suppress(ProcessLookupError):
            os.kill(number, SIGKILL)


def family(process: int) -> list[int]:
    """Return the processes that descend from one, as they are now."""
    found = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # it ends meanwhile
            for child in map(int, thread.read_text(encoding="ascii").split()):
                found += [child, *family(child)]
    return found


def ready(address: str, process: subprocess.Popen[bytes], path: str = "/healthz") -> float:
    """Wait until the service answers at `path` that all is well; return after how many seconds.

    Raises
    ------
    RuntimeError
        If it ends, or does not answer for two minutes.
    """
    begun = time.monotonic()
    # One client: to make one takes the processor time that what starts here needs.
    with httpx2.Client(timeout=2) as client:
        while time.monotonic() - begun < LONGEST_S:
            if process.poll() is not None:
                raise RuntimeError(f"the service ended with {process.returncode}")
            with suppress(httpx2.TransportError):
                if client.get(f"{address}{path}").status_code == 200:
                    return time.monotonic() - begun
            time.sleep(LOOK_S)
    raise RuntimeError("the service was not ready in time")


def busy_s(process: subprocess.Popen[bytes]) -> float:
    """Return how long a service, its reader and its workers have kept processors busy, whatever
    else the machine does; its database is not counted.
    """
    ticks = 0
    for number in [process.pid, *family(process.pid)]:
        with suppress(OSError):  # it ends meanwhile
            told = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
            user, system = told.rpartition(")")[2].split()[11:13]
            ticks += int(user) + int(system)
    return ticks / os.sysconf("SC_CLK_TCK")


def database_url(data: Path) -> str:
    """Return the URL of the service's own database while it runs."""
    return Cluster(data / "pg").attach().url


def person(
    url: str,
    role: str,
    login: str | None = None,
    mail: str | None = None,
    office: str = "UNB",
) -> dict[str, str]:
    """Make an account of that role, an officer of that office, with `PASSWORD` and a token for all.

    Return the header that proves it.
    """
    engine = engine_for(url)
    now = datetime.now(UTC)
    until = now + timedelta(days=360)
    name = login or f"bench-{role}-{uuid4().hex[:8]}"
    try:
        with transaction(engine) as session:
            account = Account(
                login=name, name=name, role=role, password=_hashed(), mail=mail,
                office=office if role == "officer" else None,
            )  # fmt: skip
            session.add(account)
            session.flush()
            if role == "planner":
                acting = Membership(account_id=account.id, organisation_id=_organisation(session))
                session.add(acting)
            who = Principal(role, account.id, str(account.pseudonym))
            token, _ = tokens.created(
                session,
                who,
                name="bench",
                scopes=SCOPES,
                now=now,
                expires=until,
            )
    finally:
        engine.dispose()
    return {"Authorization": f"Bearer {token}"}


def coordinator(url: str, mail: str | None = None) -> dict[str, str]:
    """Make a coordinator; return the header that proves it."""
    return person(url, "coordinator", mail=mail)


@cache
def _hashed() -> str:
    return hashed(PASSWORD)


def _organisation(session: Session) -> UUID:
    """Return an organisation that is there, else a new one."""
    there = session.scalars(select(Organisation.id).order_by(Organisation.name)).first()
    if there is not None:
        return there
    made = Organisation(name="bench", kind="municipality")
    session.add(made)
    session.flush()
    return made.id
