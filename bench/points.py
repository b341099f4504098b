"""Kill -9 at every counted call of an upload, a check, a mail, a statement's sending, a refresh.

strace counts what a process asks of the kernel that lasts or leaves it: writes, syncs, renames,
and everything sent to the database, so every statement and every commit. Before each of them the
process is killed once. With ``--full`` the disk is full from that call on instead.

A strike need not end anything: calls counted once may not be made again, or be those of a child
whose end is survived. A deed that no strike has ended was not tried, and has failed.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.deeds import Checked, Deed, Place, Refreshed, Upload
from bench.figure import figure, tell, untried
from bench.mailbox import Mailbox, listening
from bench.running import coordinator
from bench.sendings import Mailed, StatementSent
from bench.strikes import KILL, NoTracerError, struck
from service.app import create_app
from service.cluster import Cluster
from service.config import Settings
from service.db import upgrade
from service.plans.intake import read_plan
from tests.service.cases.region import district, region

DEEDS: tuple[type[Deed], ...] = (Upload, Checked, Mailed, StatementSent, Refreshed)
FULL = "error=ENOSPC"
ON_DISK = frozenset({"write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat",
                     "renameat2", "mkdir", "mkdirat", "ftruncate", "fallocate"})  # fmt: skip


@contextmanager
def place(folder: Path, url: str) -> Iterator[Place]:
    """Yield a place in a folder, with a database that is up to date and empty."""
    (folder / "district").mkdir()
    here, box = district(region(folder / "district"), folder), Mailbox()
    app = create_app(Settings(data=folder, uploads_per_minute=1_000_000), url, here, read_plan)
    with listening(box) as port:
        yield Place(url, folder, here, app, coordinator(url), box, port)


def run(
    here: Place, folder: Path, *, deeds: tuple[type[Deed], ...] = DEEDS, warm: bool = True,
    every: int = 1, first: int = 0, how: str = KILL,
) -> dict[str, Any]:  # fmt: skip
    """Strike deeds at every so manieth of their calls; return what came of it, by deed.

    The calls are counted at the second time (`warm`): the first time more is done than ever again.
    """
    found: dict[str, Any] = {}
    for kind in deeds:
        deed, wrong = kind(here), list[str]()
        for _ in range(1 + warm):
            deed.prepare()
            counting = struck(deed.do, folder)
            if counting.told is None:
                raise RuntimeError(counting.error)
            wrong += deed.settle(folder, counting)
        points = [p for p in counting.points if how == KILL or p.call in ON_DISK]
        came: Counter[str] = Counter()
        for point in points[first::every]:
            deed.prepare()
            one = struck(deed.do, folder, point, how)
            came["acknowledged" if one.told else "not acknowledged"] += 1
            came["killed" if one.status < 0 else "ended"] += 1
            wrong += [f"{kind.__name__} at {point}: {what}" for what in deed.settle(folder, one)]
        if how == KILL and not came["killed"]:
            wrong.append(f"{kind.__name__}: no strike has ended it")
        calls = dict(sorted(counting.calls.items()))
        found[kind.__name__] = {"calls": calls, "struck": len(points[first::every]),
                                "killed": 0, **came, "wrong": wrong}  # fmt: skip
    return found


def main() -> None:
    """Strike and print what was seen as JSON; status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="strike at every so manieth call only")
    parser.add_argument("--first", type=int, default=0, help="leave out so many before")
    parser.add_argument("--full", action="store_true", help="a full disk instead of a kill")
    given = parser.parse_args()
    how, begun = FULL if given.full else KILL, time.monotonic()
    name = "a full disk at every call" if given.full else "kill -9 at every counted call"
    with (
        tempfile.TemporaryDirectory(prefix="belang-points-") as base,
        Cluster(Path(base) / "pg", fsync=False) as cluster,
    ):
        Path(base).chmod(0o755)  # the database runs as somebody else
        upgrade(cluster.url)
        (folder := Path(base) / "data").mkdir()
        try:
            with place(folder, cluster.url) as here:
                deeds = run(here, Path(base), every=given.every, first=given.first, how=how)
        except NoTracerError as error:
            tell(untried(name, str(error)))
    tell(
        figure(
            name,
            tries=sum(deed["struck"] for deed in deeds.values()),
            failures=[what for deed in deeds.values() for what in deed.pop("wrong")],
            seed=None,
            begun=begun,
            killed=sum(deed["killed"] for deed in deeds.values()),
            deeds=deeds,
        )
    )


if __name__ == "__main__":
    main()
