"""Kill -9 at random moments of a refresh: the store must verify each time, and go on.

What the killed have left is collected by the store itself, a day later by its own clock.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import shapely

from bench.figure import figure, tell
from gis.crs import crs_from
from gis.problem import Text
from layers.collect import bases, collect, garbage
from layers.folder import ABANDONED_S, ASIDE
from layers.layer import Layer, Source
from layers.refresh import refresh
from layers.store import Store
from layers.verification import verified

ROOT = Path(__file__).parent.parent
CRS = crs_from("EPSG:25833")
COUNTS = (400, 420)  # what the source holds, by turns
MOMENTS_S = 0.4
KEEP_DAYS = 365.0  # of versions nothing is to go
LEFT = (f"versions/{ASIDE}*", "published/*/.*.part")  # in which steps a writer was killed


def layer(path: Path) -> Layer:
    """Return the layer that is refreshed."""
    return Layer(
        code="parcels", title=Text("Flurstücke", "parcels"), theme="planung", keeper="AMT",
        source=Source("file", path), id="nr", name=None, accuracy_m=0.0, half_width=None,
        linear_reference=None, visibility="public", declaratory=False, coverage=None,
        data_date=None, licence="", attribution="", note=None,
    )  # fmt: skip


def write_source(path: Path, count: int) -> None:
    """Write a source of so many squares, in place of what stood there."""
    squares = [shapely.box(3e5 + 9 * n, 5.6e6, 3e5 + 9 * n + 8, 5.6e6 + 8) for n in range(count)]
    features = [
        {"type": "Feature", "properties": {"nr": n, "name": f"Flurstück {n}"},
         "geometry": json.loads(shapely.to_geojson(square))}
        for n, square in enumerate(squares)
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "EPSG:25833"}}
    aside = path.with_suffix(".part")
    document = {"type": "FeatureCollection", "crs": crs, "features": features}
    aside.write_text(json.dumps(document), encoding="utf-8")
    aside.replace(path)


def refresh_for_ever(folder: Path) -> None:
    """Refresh by turns until somebody kills this process."""
    store, path = Store(folder / "store", CRS), folder / "source.geojson"
    os.write(1, b".")
    while True:
        for count in COUNTS:
            write_source(path, count)
            refresh(store, layer(path), who="refresher")


def kill_once(folder: Path, moment_s: float) -> None:
    """Start a refresher, and kill it so long after its first refresh began."""
    command = [sys.executable, "-m", "bench.kills", "--refresh", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603 - ours
    assert process.stdout is not None  # noqa: S101 - piped
    if process.stdout.read(1) != b".":
        raise RuntimeError("the refresher did not start")
    time.sleep(moment_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def state_after(folder: Path) -> str:
    """Return what a kill has left; then refresh, which must succeed.

    Raises
    ------
    AssertionError
        With what is wrong.
    """
    store, path = Store(folder / "store", CRS), folder / "source.geojson"
    damage = [f"{d.path.name}: {d.reason}" for d in verified(store)]
    if damage:
        raise AssertionError(f"damaged: {damage}")
    left = _left(folder)
    before = store.version(layer(path)).count if store.published(layer(path)).exists() else 0
    if before not in (0, *COUNTS):
        raise AssertionError(f"neither the old state nor the new one: {before} objects")
    write_source(path, COUNTS[0])
    outcome = refresh(store, layer(path), who="next")
    if outcome.kept or store.version(layer(path)).count != COUNTS[0] or list(verified(store)):
        raise AssertionError(f"the next refresh did not succeed: {outcome.reason}")
    return left


def _left(folder: Path) -> str:
    """Return in which step the refresher was killed, as told by what it left."""
    version, pointer = (list((folder / "store").glob(pattern)) for pattern in LEFT)
    if version:
        return "while a version was written"
    return "while a pointer was written" if pointer else "between two steps"


def collected(folder: Path) -> int:
    """Let a day pass for what the killed have left, and have the store collect it; return how much
    that was.

    Raises
    ------
    AssertionError
        If anything of it stays, or something else goes.
    """
    store, old = Store(folder / "store", CRS), time.time() - ABANDONED_S - 1
    left = {path for base in bases(store) for pattern in LEFT for path in base.glob(pattern)}
    for path in left:
        os.utime(path, (old, old))
    found = garbage(store, KEEP_DAYS)
    collect(found)
    if set(found.paths) != left or any(path.exists() for path in left):
        raise AssertionError(f"left: {sorted(left)}, collected: {found.paths}")
    return len(left)


def run(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill so many refreshers, until a promise is broken; return what was seen."""
    moments = random.Random(seed)  # noqa: S311 - no secret
    seen: Counter[str] = Counter()
    found: dict[str, Any] = {"tries": 0, "failures": [], "collected": 0, "killed": seen}
    try:
        while found["tries"] < kills:
            found["tries"] += 1
            kill_once(folder, moments.uniform(0, MOMENTS_S))
            seen[state_after(folder)] += 1
            found["collected"] += collected(folder)
    except AssertionError as error:
        found["failures"].append(str(error))
    return found


def main() -> None:
    """Kill and print what was seen as JSON; status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--refresh", type=Path, metavar="DIR", help="be the one who is killed")
    given = parser.parse_args()
    if given.refresh:
        refresh_for_ever(given.refresh)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="belang-kills-") as folder:
        seen = run(Path(folder), given.kills, given.seed)
    name = "kill -9 at random moments of a refresh"
    tell(figure(name, seed=given.seed, begun=begun, **seen))


if __name__ == "__main__":
    main()
