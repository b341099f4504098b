"""A Dask cluster of processes of their own, as they run on machines of their own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
# Silence is taken for death after the shortest time that Dask allows.
HASTY = {
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
}
SCHEDULER = "distributed.cli.dask_scheduler"
WORKER = "distributed.cli.dask_worker"


@contextmanager
def program(
    module: str, *options: str, log: Path, within: Sequence[str] = (), **more: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program of Dask, killed at the end; `within` is what goes before the command."""
    environment = {**os.environ, **HASTY, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
                   "TMPDIR": str(log.parent), **more}  # fmt: skip
    command = [*within, sys.executable, "-m", module, *options]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=log.parent, env=environment, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def scheduler(folder: Path, host: str = "127.0.0.1") -> Iterator[str]:
    """Run a scheduler; yield its address."""
    log = folder / "scheduler.log"
    options = ("--host", host, "--port", "0", "--no-dashboard", "--no-show")
    with program(SCHEDULER, *options, log=log) as process:
        yield said(log, rb"Scheduler at: *(tcp://\S+)", process)


def worker(
    folder: Path, address: str, name: str, within: Sequence[str] = (), **more: str
) -> "contextmanager[subprocess.Popen[bytes]]":
    """Run a worker of one process and one thread without a nanny: killed, it stays dead."""
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name,
               "--preload", "service.bulk.assessing")  # fmt: skip
    log = folder / f"{name}.log"
    return program(WORKER, address, *options, log=log, within=within, **more)


def said(log: Path, pattern: bytes, process: "subprocess.Popen[bytes]") -> str:
    """Wait until a log says something; return it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = re.search(pattern, log.read_bytes()) if log.exists() else None
        if found:
            return found[1].decode()
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())
