"""A backup restored where nothing was before: old checks made again give the same bytes.

The checks rest on several states of their layers. The place they were made at is removed before
the backup is restored, with a database cluster of its own.
"""

import argparse
import hashlib
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from bench.figure import figure, tell
from layers.store import Store
from service import journal
from service.backup import Sources, backup
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.cases.repeating import compared
from service.cluster import Cluster
from service.db import engine_for, snapshot, transaction, upgrade
from service.district import District
from service.dump import of_cluster
from service.models import Check, Report
from service.plans.intake import read_plan
from service.restore import restore
from service.running.database import FOLDER
from tests.builders import X, Y, geojson, rectangle
from tests.service.cases.handing import CORNER, hand_in, outline
from tests.service.cases.region import district, publish, region

STATES = 10  # of a layer, one after the other
Kept = dict[tuple[UUID, str, str], str]


def made(base: Path, checks: int, seed: int) -> tuple[Kept, dict[int, str], dict[str, Any]]:
    """Make so many checks and a backup, and remove all else.

    Return the hashes of their reports, the head of the journal, and what the backup says of itself.
    """
    data, folder = base / "data", base / "district"
    folder.mkdir()
    catalogue = region(folder)
    here = district(catalogue, data)
    with Cluster(data / FOLDER, fsync=False) as cluster:
        upgrade(cluster.url)
        engine = engine_for(cluster.url, pool=1)
        _checked(engine, here, folder, checks, random.Random(seed))  # noqa: S311 - no secret
        with transaction(engine) as session:
            kept, head = reports(engine), dict([journal.head(session)])
        engine.dispose()
        files = tuple(sorted(folder.glob("*.yaml")))  # the catalogue and the rules beside it
        sources = Sources(of_cluster(cluster), data, files)
        manifest = backup(sources, base / "all.tar")
    shutil.rmtree(data)
    shutil.rmtree(folder)
    return kept, head, manifest


def _checked(
    engine: Engine, here: District, folder: Path, checks: int, chance: random.Random
) -> None:
    data = folder.parent / "data"
    for number in range(checks):
        if number % -(-checks // STATES) == 0:
            side = 20 + number % 71
            geojson(folder / "nsg.geojson", [rectangle(0, 0, side, side)])
            publish(here, "nsg")
        east, north = (corner + chance.uniform(-200, 200) for corner in (X, Y))
        content = outline(chance.uniform(5, 300), east=east - CORNER[0], north=north - CORNER[1])
        check_id = hand_in(engine, here, data, content, title=f"Plan {number}")
        carry_out(engine, here, Blobs(data / "blobs"), check_id)


def reports(engine: Engine) -> Kept:
    """Return the hash of every report there is."""
    with transaction(engine) as session:
        rows = session.execute(select(Report.check_id, Report.audience, Report.language,
                                      Report.body))  # fmt: skip
        return {(c, a, lang): hashlib.sha256(body).hexdigest() for c, a, lang, body in rows}


def wrong_at(there: Path, kept: Kept, head: dict[int, str]) -> tuple[int, list[str]]:
    """Return how many checks there are where the backup was restored, and what is not the same."""
    wrong, number = list[str](), 0
    with Cluster(there / FOLDER) as cluster:
        engine = engine_for(cluster.url, pool=1)
        wrong += [] if reports(engine) == kept else ["other reports than before"]
        with snapshot(engine) as session:
            wrong += [f"journal {f.seq}: {f.what}" for f in journal.faults(session, head)]
            checks = list(session.scalars(select(Check.id).where(Check.state == "done")))
        store, blobs = _store(there), Blobs(there / "blobs")
        for check_id in checks:
            number += 1
            again = compared(engine, check_id, blobs, store, read_plan)
            wrong += [f"{check_id} for {one.audience} ({one.language}) differs"
                      for one in again if not one.same]  # fmt: skip
        engine.dispose()
    return number, wrong


def _store(there: Path) -> Store:
    return district(there / "catalogue" / "catalogue.yaml", there).store


def run(base: Path, checks: int, seed: int) -> tuple[int, list[str], dict[str, Any]]:
    """Make checks, a backup, and from it the same once more; return how it went."""
    kept, head, manifest = made(base, checks, seed)
    there = base / "there"
    begun = time.monotonic()
    restore(base / "all.tar", there)
    seconds = round(time.monotonic() - begun, 1)
    number, wrong = wrong_at(there, kept, head)
    if number != checks:
        wrong.append(f"{number} checks are there, not {checks}")
    return number, wrong, {"reports": len(kept), "restored_in_s": seconds,
                           "rows": sum(manifest["rows"].values())}  # fmt: skip


def main() -> None:
    """Run it and print what came of it as JSON; status 1 where anything is not the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="belang-restored-") as base:
        Path(base).chmod(0o755)  # the database runs as somebody else
        number, wrong, more = run(Path(base), given.checks, given.seed)
    name = "old checks from a restored backup, byte by byte"
    tell(figure(name, tries=number, failures=wrong, seed=given.seed, begun=begun, **more))


if __name__ == "__main__":
    main()
