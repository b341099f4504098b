"""How many manipulations of the journal are found: all of them have to be."""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.figure import figure, tell
from bench.tampering import TAMPERINGS, opened, written
from service import journal
from service.cluster import Cluster
from service.db import engine_for, transaction, upgrade

ENTRIES = 200
HEADS = 4  # kept elsewhere


def tried(engine: Engine, tries: int, seed: int, entries: int = ENTRIES) -> dict[str, Any]:
    """Tamper `tries` times with the journal in `engine`, each time undone, and count what is found.

    The heads that were kept elsewhere are the last one and some from the middle.
    """
    luck = random.Random(seed)  # noqa: S311 - for tries that can be repeated
    heads = dict[int, str]()
    for number in range(HEADS):
        with transaction(engine) as session:
            written(session, entries // HEADS, seed + number)
            heads |= dict([journal.head(session)])
    with transaction(engine) as session:
        sound = [fault.what for fault in journal.faults(session, heads)]
    missed, done = [], Counter[str]()
    for number in range(tries):
        kind = TAMPERINGS[number % len(TAMPERINGS)]
        with Session(engine) as session:
            opened(session)
            told = kind.do(session, luck)
            session.expire_all()
            if not list(journal.faults(session, heads)):
                missed.append(f"{kind.name} {told}")
            session.rollback()
        done[kind.name] += 1
    kept = {"entries": max(heads), "heads_kept": len(heads)}
    return {**kept, "kinds": dict(done), "missed": missed, "false_alarms": sound}


def main() -> None:
    """Run it and print what came of it as JSON; exit status 1 where anything was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="belang-bench-") as folder,
        Cluster(Path(folder) / "pg", fsync=False) as cluster,
    ):
        upgrade(cluster.url)
        engine = engine_for(cluster.url, pool=1)
        result = tried(engine, given.tries, given.seed)
        engine.dispose()
    wrong = [f"not found: {what}" for what in result.pop("missed")]
    wrong += [f"found where nothing was done: {what}" for what in result.pop("false_alarms")]
    name = "manipulations of the journal"
    tell(figure(name, tries=given.tries, failures=wrong, seed=given.seed, begun=begun, **result))


if __name__ == "__main__":
    main()
