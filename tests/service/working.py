"""A worker as a process of its own, at a pace that suits tests.

`python -m tests.service.working DATA CATALOGUE URL SMTP_PORT SLOW_S` works until SIGTERM. With
`SLOW_S` reading a plan takes so long.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.plans.intake import read_plan

PACE = {"heartbeat_s": 0.3, "dead_s": 1.2, "look_s": 0.3, "grace_s": 0.6, "lost_s": 60.0}
ROOT = Path(__file__).parent.parent.parent


@contextmanager
def worker(
    data: Path, catalogue: Path, url: str, *, smtp_port: int = 0, slow_s: float = 0.0
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker as long as this lasts; its log is `worker.log` in the data folder."""
    command = [sys.executable, "-m", "tests.service.working"]
    given = [str(data), str(catalogue), url, str(smtp_port), str(slow_s)]
    with (data / "worker.log").open("ab") as log:
        process = subprocess.Popen([*command, *given], cwd=ROOT, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until a condition holds; fails after some time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def main(data: str, catalogue: str, url: str, smtp_port: str, slow_s: str) -> int:
    from service import logs
    from service import worker as working
    from service.blobs import Blobs
    from service.config import Settings
    from service.db import engine_for
    from service.district import Districts
    from service.watch import Pace

    mail: dict[str, Any] = {}
    if int(smtp_port):
        mail = {"smtp_host": "127.0.0.1", "smtp_port": int(smtp_port)}
    settings = Settings(data=Path(data), catalogue=Path(catalogue), **mail)
    logs.configure(settings)

    def read(path: Path, intake: Any) -> Any:
        (Path(data) / f"reading-{os.getpid()}").touch()
        time.sleep(float(slow_s))
        return read_plan(path, intake)

    work = working.Work(
        settings, engine_for(url), Districts(settings), Blobs(settings.data / "blobs"), read
    )
    return working.run(work, url, Pace(poll_s=0.3, **PACE))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
