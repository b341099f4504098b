"""`belang check` of a plan of the sample region, beside a Python that only imports libraries.

`python -m bench.command` prints JSON: whole processes by turns, from start to end. The region is
drawn, and its layers are imported by a first check, before anything is timed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.timing import machine

LIBRARIES = [sys.executable, "-c", "import shapely, pyproj, pyogrio"]
BELANG = [sys.executable, "-m", "service.cli"]
PLANS = ("wohnen-am-hainer-see", "radweg-borna-kitzscher")
STATUS = {0, 3}  # 3: something is left open, as in most cases
GOAL = 2.0


def measured(data: Path, runs: int) -> dict[str, Any]:
    """Return how long each takes, s, and how many times as long as the imports, run by run."""
    environment = {**os.environ, "BELANG_DATA": str(data)}
    if not (data / "sample").exists():
        build = [*BELANG, "sample", "build"]
        subprocess.run(build, env=environment, check=True, capture_output=True)  # noqa: S603 - ours
    plans = [data / "sample" / "plans" / f"{name}.geojson" for name in PLANS]
    commands = {"imports": LIBRARIES} | {p.stem: [*BELANG, "check", str(p)] for p in plans}
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            took = _timed(command, environment)
            if run:
                spent[name].append(took)
    imports = spent.pop("imports")
    return {
        "imports_s": [round(s, 3) for s in imports],
        "checks": {name: _beside(imports, times) for name, times in spent.items()},
        "goal": GOAL,
    }


def _timed(command: list[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - our own program
    took = time.perf_counter() - begun
    if done.returncode not in STATUS:
        raise RuntimeError(done.stderr.decode())
    return took


def _beside(imports: list[float], times: list[float]) -> dict[str, Any]:
    ratios = [a / b for a, b in zip(times, imports, strict=True)]
    return {
        "seconds": [round(s, 3) for s in times],
        "to_imports": round(median(ratios), 3),
        "spread": [round(r, 3) for r in sorted(ratios)],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--data", type=Path, help="data folder with a sample region that is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="belang-command-") as folder:
        result = {**measured(given.data or Path(folder) / "data", given.runs), "machine": machine()}
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
