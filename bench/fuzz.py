"""Coverage-guided fuzzing of every scanner: whatever the bytes, an answer or a problem.

Each scanner runs in a process of its own (`bench.scanner`, with atheris, which `make fuzz`
installs), begins with the hostile files and their variants, and is told apart from
`reading.read`, which turns whatever nobody foresaw into `format-mismatch`: here that counts as a
find. So does an answer that takes longer than five seconds of computing, and a process that ends.
A scanner that was not watched, so that every input looked like all others, is a failure, too.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.brought import papers
from bench.corpus import samples
from bench.figure import figure, tell
from bench.running import ROOT
from bench.scanner import ENDINGS, MOST_BYTES
from bench.variants import variants

BLIND = "Is the code instrumented"  # the fuzzer asks where no input makes a difference


def _seeds(folder: Path, suffix: str, finds: Path) -> None:
    """Write what a scanner begins with; what was found before is tried again."""
    from bench.awkward_archives import shapefile
    from bench.awkward_databases import wkb

    folder.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate((*samples(), *variants(), *papers())):
        if sample.filename.endswith(suffix) and len(sample.content) <= MOST_BYTES:
            (folder / str(number)).write_bytes(sample.content)
    for old in finds.iterdir():
        old.replace(folder / f"found-{old.name}")
    if suffix in (".shp", ".dbf"):
        (folder / "good").write_bytes(shapefile()[suffix])
    if suffix == ".wkb":
        (folder / "good").write_bytes(wkb())


def fuzzed(name: str, seconds: int, seed: int, keep: Path | None) -> dict[str, Any]:
    """Fuzz one scanner for so long; return how often, and what was found."""
    with tempfile.TemporaryDirectory(prefix="belang-fuzz-") as place:
        seeds, finds = ((keep or Path(place)) / f"{what}-{name}" for what in ("seeds", "finds"))
        finds.mkdir(parents=True, exist_ok=True)
        _seeds(seeds, ENDINGS[name], finds)
        begun, busy = time.perf_counter(), _busy_s()
        command = [sys.executable, "-m", "bench.scanner", name, "--seeds", seeds,
                   "--finds", finds, "--seconds", str(seconds), "--seed", str(seed)]  # fmt: skip
        around = {**os.environ, "TMPDIR": place}  # it never returns to remove what it made
        ended = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True)  # noqa: S603 - our own command
        told = dict(line.removeprefix("stat::").split(":") for line in ended.stderr.splitlines()
                    if line.startswith("stat::"))  # fmt: skip
        tries = int(told.get("number_of_executed_units", 0))
        return {
            "tries": tries, "status": ended.returncode,
            "new": int(told.get("new_units_added", 0)),  # inputs that reached something new
            "blind": BLIND in ended.stderr,
            "seconds": round(time.perf_counter() - begun, 1),
            "processor_s": round(_busy_s() - busy, 1),
            "finds": sorted(p.name for p in finds.iterdir()),
            "said": "" if tries else ended.stderr[-300:],
        }  # fmt: skip


def _busy_s() -> float:
    """Return the processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Fuzz scanner after scanner and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3_600, help="a scanner")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=list(ENDINGS))
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="where finds are left, and inputs from which the next run goes on",
    )
    given = parser.parse_args()
    begun, found = time.monotonic(), {}
    for name in given.only or ENDINGS:
        found[name] = fuzzed(name, given.seconds, given.seed, given.keep)
        sys.stderr.write(f"{name}: {json.dumps(found[name])}\n")
    wrong = [f"{name}: {find}" for name, row in found.items() for find in row["finds"]]
    wrong += [f"{name}: ended with {row['status']} {row['said']}" for name, row in found.items()
              if row["status"] or not row["tries"]]  # fmt: skip
    wrong += [f"{name}: nothing was watched" for name, row in found.items() if row["blind"]]
    tries = sum(row["tries"] for row in found.values())
    tell(
        figure(
            "fuzzed scanners", tries=tries, failures=wrong, seed=given.seed, begun=begun,
            scanners=found,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
