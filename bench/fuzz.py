"""Coverage-guided fuzzing of every scanner: whatever the bytes, an answer or a problem.

Each scanner runs in a process of its own (`bench.scanner`, with atheris, which `make fuzz`
installs), begins with the hostile files and their variants (`bench.seeds`), and is told apart from
`reading.read`, which turns whatever nobody foresaw into `format-mismatch`: here that counts as a
find. So does an answer that takes longer than five seconds of computing, and a process that ends.
What takes the answer of a child is fuzzed as a scanner, too: a child may have been taken over.
A scanner that was not watched, so that every input looked like all others, is a failure, too.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.figure import figure, tell
from bench.running import ROOT
from bench.scanner import ENDINGS
from bench.seeds import seeds

BLIND = "Is the code instrumented"  # the fuzzer asks where no input makes a difference


def _sown(folder: Path, name: str, finds: Path) -> None:
    """Write what a scanner begins with; what was found before is tried again."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds(name)):
        (folder / str(number)).write_bytes(content)
    for old in finds.iterdir():
        old.replace(folder / f"found-{old.name}")


def fuzzed(name: str, seconds: int, seed: int, keep: Path | None) -> dict[str, Any]:
    """Fuzz one scanner for so long; return how often, and what was found."""
    with tempfile.TemporaryDirectory(prefix="belang-fuzz-") as place:
        sown, finds = ((keep or Path(place)) / f"{what}-{name}" for what in ("seeds", "finds"))
        finds.mkdir(parents=True, exist_ok=True)
        _sown(sown, name, finds)
        begun = time.perf_counter()
        command: list[str | Path] = [
            sys.executable, "-m", "bench.scanner", name, "--seeds", sown,
            "--finds", finds, "--seconds", str(seconds), "--seed", str(seed),
        ]  # fmt: skip
        around = {**os.environ, "TMPDIR": place}  # it never returns to remove what it made
        with (Path(place) / "said").open("w+", errors="replace") as file:
            process = subprocess.Popen(command, cwd=ROOT, env=around, stdout=file, stderr=file)  # noqa: S603 - our own command
            _, status, used = os.wait4(process.pid, 0)  # what it used, and no other at its side
            process.returncode = os.waitstatus_to_exitcode(status)
            file.seek(0)
            said = file.read()
        told = dict(line.removeprefix("stat::").split(":") for line in said.splitlines()
                    if line.startswith("stat::"))  # fmt: skip
        tries = int(told.get("number_of_executed_units", 0))
        return {
            "tries": tries, "status": process.returncode,
            "new": int(told.get("new_units_added", 0)),  # inputs that reached something new
            "blind": BLIND in said,
            "seconds": round(time.perf_counter() - begun, 1),
            "processor_s": round(used.ru_utime + used.ru_stime, 1),
            "finds": sorted(p.name for p in finds.iterdir()),
            "said": "" if tries else said[-300:],
        }  # fmt: skip


def main() -> None:
    """Fuzz the scanners, so many at once, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3_600, help="a scanner, by the clock")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=list(ENDINGS))
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="where finds are left, and inputs from which the next run goes on",
    )
    given = parser.parse_args()
    begun = time.monotonic()

    def fuzz(name: str) -> tuple[str, dict[str, Any]]:
        row = fuzzed(name, given.seconds, given.seed, given.keep)
        sys.stderr.write(f"{name}: {json.dumps(row)}\n")
        return name, row

    with ThreadPoolExecutor(given.at_once) as lanes:
        found = dict(lanes.map(fuzz, given.only or ENDINGS))
    wrong = [f"{name}: {find}" for name, row in found.items() for find in row["finds"]]
    wrong += [f"{name}: ended with {row['status']} {row['said']}" for name, row in found.items()
              if row["status"] or not row["tries"]]  # fmt: skip
    wrong += [f"{name}: nothing was watched" for name, row in found.items() if row["blind"]]
    tries = sum(row["tries"] for row in found.values())
    tell(
        figure(
            "fuzzed scanners", tries=tries, failures=wrong, seed=given.seed, begun=begun,
            at_once=given.at_once, scanners=found,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
