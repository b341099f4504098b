"""How fast a layer becomes a version: steps and whole, from GeoPackage to published version."""

import argparse
import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.data import VERTICES, write_geopackage
from gis.crs import crs_from
from layers import reading
from layers.encoded import encoded
from layers.features import ready
from layers.harvest import apart
from layers.importing import imported
from layers.reading import gpkg
from layers.reading.read import Answers
from layers.version import verify_version

CRS = crs_from("EPSG:25833")
GOAL = 50_000


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something took, s, and what it returned."""
    begun = time.perf_counter()
    result = what()
    return time.perf_counter() - begun, result


def steps(path: Path, id_attribute: str | None = "nr") -> dict[str, float]:
    """Return the time of every step alone, s, one after the other and without overlap."""
    spent = dict.fromkeys(("look", "read", "ready", "encode"), 0.0)
    spent["look"], _ = timed(lambda: gpkg.examined(path, reading.SOURCE, Answers()))
    batches: Iterator[reading.Features] = reading.batches(path, profile=reading.SOURCE)
    begun = time.perf_counter()
    for batch in batches:
        spent["read"] += time.perf_counter() - begun
        took, made = timed(partial(ready, batch, CRS, id_attribute=id_attribute))
        spent["ready"] += took
        spent["encode"] += timed(partial(encoded, made))[0]
        begun = time.perf_counter()
    spent["read"] -= spent["look"]
    return {name: round(seconds, 3) for name, seconds in spent.items()}


class Anonymous(threading.Thread):
    """Watches how much memory this process and its children hold that no file backs, bytes.

    What is mapped from files counts as resident, too, and is given back when others need it.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._over = threading.Event()

    def run(self) -> None:
        """Look every few milliseconds until told to stop."""
        while not self._over.wait(0.02):
            self.peak = max(self.peak, sum(map(_anonymous, _family())))

    def stop(self) -> int:
        """Return the most that was seen."""
        self._over.set()
        self.join()
        return self.peak


def _family() -> list[int]:
    """Return this process and all that stem from it."""
    found, new = [], [os.getpid()]
    while new:
        found += new
        new = [child for process in new for child in _children(process)]
    return found


def _children(process: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return [int(child) for t in tasks for child in (t / "children").read_text().split()]
    except OSError:  # it has just ended
        return []


def _anonymous(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:  # it has just ended
        return 0
    lines = [line.split() for line in status.splitlines() if line.startswith("RssAnon:")]
    return int(lines[0][1]) * 1024 if lines else 0


def whole(path: Path, folder: Path, *, here: bool) -> dict[str, Any]:
    """Return what the import comes to, and what verifying and opening cost afterwards.

    The source is read in a child, as a refresh does, or `here`.
    """
    source = reading.batches(path, profile=reading.SOURCE) if here else apart.batches(path)
    watch = Anonymous()
    watch.start()
    busy = time.process_time()
    seconds, built = timed(lambda: imported(folder, source, CRS, id_attribute="nr"))
    busy = time.process_time() - busy
    anonymous = watch.stop()
    checked, _ = timed(lambda: verify_version(built.version.folder))
    count = built.version.count
    return {
        "objects": count,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(busy, 3),
        "objects_per_second": round(count / seconds),
        "goal_per_second": GOAL,
        "verify_seconds": round(checked, 3),
        "version": built.version.sha256,
        "peak_anonymous_mb": round(anonymous / 2**20),  # with the other processes
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Run the benchmark and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="folder in which the source stays")
    parser.add_argument("--steps", action="store_true", help="time every step alone, too")
    parser.add_argument("--here", action="store_true", help="read without a child, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        keep = given.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        path = write_geopackage(keep / f"parcels-{given.objects}.gpkg", given.objects)
        list(apart.batches(path, size=given.objects))  # starts what reads, and warms the disk
        here = whole(path, Path(folder) / "here", here=True) if given.here else None
        result = {
            "vertices": VERTICES,
            "import": whole(path, Path(folder) / "versions", here=False),
            "import_here": here,
            "steps_alone": steps(path) if given.steps else None,
            "python": platform.python_version(),
            "load": os.getloadavg(),
            "cores": len(os.sched_getaffinity(0)),
            "versions": {n: version(n) for n in ("belang", "shapely", "pyogrio", "pyarrow")},
        }
        shutil.rmtree(Path(folder) / "versions")
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
