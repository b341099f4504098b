"""The running server of a cluster, as the files and processes of the machine tell of it."""

import time
from dataclasses import dataclass
from pathlib import Path

from service.postgres import account

ORPHANS_S = 30.0
# All processes of a server work in its data. Asked as their user: root in a container may not
# look into processes of others.
WORKING = """
for process in /proc/[0-9]*; do
    [ "$process/cwd" -ef "$1" ] && read -r name <"$process/comm" && [ "$name" = postgres ] &&
        echo "${process#/proc/}"
done 2>/dev/null
:
"""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The process that serves a cluster, or did so before it was killed."""

    pid: int
    socket: Path  # the folder of its socket


def recorded(data: Path) -> Postmaster | None:
    """Return the server that `postmaster.pid` tells of; None where there is no such file."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return Postmaster(int(lines[0]), Path(lines[4]))
    except (FileNotFoundError, ValueError, IndexError):
        return None  # none, or killed while it wrote the file


def running(data: Path) -> Postmaster | None:
    """Return the server that serves `data` now; a number may be another process's meanwhile."""
    found = recorded(data)
    return found if found is not None and found.pid in working_in(data) else None


def clear_remains(data: Path, socket: Path) -> None:
    """Remove what a killed server has left and the next one could stumble upon.

    Sessions of a killed server may outlive it for a moment; a new one beside them would tear
    the data, so they are waited for, and the file that guards them goes only after them.
    """
    deadline = time.monotonic() + ORPHANS_S
    while working_in(data):
        if time.monotonic() > deadline:
            return  # the server will refuse to start and say why
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)
    remove_socket(socket)


def remove_socket(folder: Path) -> None:
    """Remove the socket that a killed server has left in `folder`."""
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (folder / name).unlink(missing_ok=True)


def working_in(data: Path) -> frozenset[int]:
    """Return the numbers of PostgreSQL's processes that work in `data`."""
    owner = account(data)
    with owner.reaching(data.parent) as (here, descriptors):
        found = owner.run(
            ["sh", "-c", WORKING, "sh", str(here / data.name)], descriptors=descriptors
        )
    return frozenset(map(int, found.stdout.split()))
