"""A PostgreSQL cluster with PostGIS of the tests' own: unprivileged, private socket, no TCP."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

CONTROLS = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
# The newest server that has PostGIS; a place where nothing lies if none has.
EXTENSION = max(
    CONTROLS, key=lambda p: int(p.parts[4]), default=Path("/usr/share/postgresql/none/x")
)
PROGRAMS = Path("/usr/lib/postgresql") / EXTENSION.parts[4] / "bin"


def _unprivileged() -> list[str]:
    """Return what to write before a command that must not run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=INT"]


@contextmanager
def postgis() -> Iterator[str]:
    """Run a cluster; give the connection string of a database with PostGIS."""
    # A socket's name may have some hundred characters, which pytest's folders exceed.
    folder = Path(mkdtemp(prefix="belang-pg-", dir="/tmp"))
    log = folder / "log"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        run = {"check": True, "capture_output": True, "cwd": folder}
        data = folder / "data"
        subprocess.run(
            [*_unprivileged(), PROGRAMS / "initdb", "-D", data, "-U", "belang", "-A", "trust",
             "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"],
            **run,
        )  # fmt: skip
        with log.open("wb") as output:
            server = subprocess.Popen(
                [*_unprivileged(), PROGRAMS / "postgres", "-D", data, "-k", folder, "-h", "",
                 "-F", "-c", "max_connections=20", "-c", "jit=off"],
                stdout=output, stderr=output, cwd=folder,
            )  # fmt: skip
        try:
            dsn = f"host={folder} user=belang dbname=postgres"
            _wait(folder, server, log)
            subprocess.run([PROGRAMS / "psql", dsn, "-qc", "CREATE EXTENSION postgis"], **run)
            yield dsn
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(200):
        if (folder / ".s.PGSQL.5432").exists():
            ready = [PROGRAMS / "pg_isready", "-q", "-h", folder]
            if subprocess.run(ready, check=False).returncode == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(log.read_text(errors="replace"))
