"""A disk that is full, at fifty levels: nothing corrupt, a problem with a code, no restart needed.

The whole data folder, database and all, lies on a file system of fixed size in a mount namespace
of its own (root only). For each level all but so many bytes are taken away while clients hand in
plans, a worker checks them and sends mails, and a layer is refreshed. Then the room is given back,
and the same service must take plans again. In the end every promise is looked at.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import kills
from bench.clients import Clients
from bench.crashes import spread
from bench.figure import figure, tell, untried
from bench.mailbox import Mailbox, free_port, listening
from bench.promises import GIVEN_UP, broken_at, checks_at, head_at, late, mails_told
from bench.running import coordinator, database_url, ready, serving
from layers.refresh import refresh
from layers.store import Store
from layers.verification import verified

SIZE_MB = 400
PAGE, STEP = 4096, 1 << 24  # bytes that are taken away at a time, least and most
MOST = 40e6  # bytes left at the last level; a segment of the database's log has 16 MB
CLIENTS = 4
AT_LEVEL_S = 2.0
PATIENCE_S = 60.0
NO_ROOT = "only root can mount a file system of fixed size (unshare, mount)"
FINE = ("201", "503", "507", "429")


@dataclass
class Disk:
    """A folder on a file system of its own, of which all but a rest can be taken away."""

    folder: Path

    def fill(self, rest: int) -> None:
        """Take away all but so many bytes, and go on where others are faster."""
        with (self.folder / "filler").open("wb") as file:
            taken, step = 0, STEP
            while (size := min(self._free() - rest, step)) > 0:
                try:
                    os.posix_fallocate(file.fileno(), taken, size)
                    taken += size
                except OSError:  # somebody else has just taken a part of it
                    step = max(step // 2, PAGE)  # a smaller one is sooner taken than they write

    def _free(self) -> int:
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize

    def give_back(self) -> None:
        """Give back what was taken away."""
        (self.folder / "filler").unlink()


@dataclass
class Seen:
    """What was seen at all levels."""

    refreshed: Counter[str] = field(default_factory=Counter)
    recovered_s: list[float] = field(default_factory=list)
    heads: dict[int, str] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)  # in the end, by how they stand
    acknowledged_full: int = 0
    levels: int = 0
    wrong: list[str] = field(default_factory=list)


def levels(count: int) -> list[int]:
    """Return how many bytes are left at each level: none, then ever more."""
    return [0, *(round(4096 * (MOST / 4096) ** (n / (count - 2))) for n in range(count - 1))]


def refreshed(folder: Path, source: Path, number: int) -> str:
    """Refresh a layer whose source has changed; return what came of it."""
    kills.write_source(source, kills.COUNTS[number % 2])
    try:
        return str(refresh(Store(folder, kills.CRS), kills.layer(source), who="steward").event)
    except OSError as error:
        return os.strerror(error.errno or 0)


def at(rest: int, disk: Disk, clients: Clients, seen: Seen, refreshing: tuple[Path, Path]) -> bool:
    """Leave so many bytes for a while, then give the room back and wait for a plan to be taken;
    tell whether one was.
    """
    seen.levels += 1
    before = len(clients.promised)
    disk.fill(rest)
    seen.refreshed[refreshed(*refreshing, rest)] += 1
    time.sleep(AT_LEVEL_S)
    seen.acknowledged_full += len(clients.promised) - before
    disk.give_back()
    seconds = clients.taken_s(PATIENCE_S)
    if seconds is None:
        seen.wrong.append(f"with {rest} bytes left: takes nothing {PATIENCE_S:.0f} s later")
        return False
    seen.recovered_s.append(seconds)
    return True


def run(folder: Path, count: int) -> dict[str, Any]:
    """Fill the disk to so many levels; return what was seen."""
    begun, disk, box, seen, port = time.monotonic(), Disk(folder), Mailbox(), Seen(), free_port()
    data, source = folder / "data", Path(f"{folder}.geojson")
    clients = Clients(f"http://127.0.0.1:{port}", CLIENTS)
    with listening(box) as smtp:
        environment = {
            **os.environ,
            "BELANG_DATA": str(data),
            "BELANG_PORT": str(port),
            "BELANG_SMTP_HOST": "127.0.0.1",
            "BELANG_SMTP_PORT": str(smtp),
            "BELANG_UPLOADS_PER_MINUTE": "1000000",
            "BELANG_DOCUMENT_BYTES": "1000000",
        }
        with serving(environment, Path(f"{folder}.log")) as process:
            ready(clients.address, process, "/readyz")
            clients.start(coordinator(database_url(data), mail="koordination@example.org"))
            for rest in levels(count):
                seen.heads |= head_at(data)
                if not at(rest, disk, clients, seen, (folder / "refreshed", source)):
                    break
            if process.poll() is not None:
                seen.wrong.append("the service ended")
            clients.stop()
            # A check that found the disk full twice has failed; the coordinator is told.
            seen.wrong += broken_at(data, clients.promised, seen.heads, box.arrived, {GIVEN_UP})
            seen.checks = checks_at(data)
            seen.wrong += damaged(folder)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    seen.wrong += [f"answered {what} {n} times" for what, n in clients.refused.items()
                   if not what.startswith(FINE) or "no problem" in what]  # fmt: skip
    return figure(
        "a full disk",
        tries=seen.levels,
        failures=seen.wrong + late(seen.recovered_s),
        seed=None,
        begun=begun,
        size_mb=SIZE_MB,
        acknowledged=len(clients.promised),
        acknowledged_while_full=seen.acknowledged_full,
        answers_that_refused=dict(clients.refused),
        refreshes=dict(seen.refreshed),
        mails=mails_told(box.arrived),
        checks=seen.checks,
        heads_kept=len(seen.heads),
        takes_plans_again_s=spread(seen.recovered_s),
    )


def damaged(folder: Path) -> list[str]:
    """Return what is wrong with the versions of the layer that was refreshed."""
    store = Store(folder / "refreshed", kills.CRS)
    return [f"{one.path.name}: {one.reason}" for one in verified(store)]


def inside(count: int) -> None:
    """Mount and run, in a mount namespace that goes with this process."""
    with tempfile.TemporaryDirectory(prefix="belang-full-") as base:
        Path(base).chmod(0o755)
        (folder := Path(base) / "disk").mkdir()
        size = f"size={SIZE_MB}m,mode=755"
        mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
        subprocess.run(mount, check=True)  # noqa: S603 - our own command
        try:
            found = run(folder, count)
            said = Path(f"{folder}.log").read_text(encoding="utf-8", errors="replace").splitlines()
            sys.stderr.writelines(f"{line}\n" for line in said if '"level": "ERROR"' in line)
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607 - the system's umount
        tell(found)


def main() -> None:
    """Fill the disk and print what was seen as JSON; status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--levels", type=int, default=50)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        inside(given.levels)
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        tell(untried("a full disk", NO_ROOT))
    again = [sys.executable, "-m", "bench.full", "--inside", "--levels", str(given.levels)]
    sys.exit(subprocess.run([unshare, "-m", *again], check=False).returncode)  # noqa: S603 - our own command


if __name__ == "__main__":
    main()
