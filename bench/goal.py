"""All proofs at full length, one after the other, and one table of what came of them.

Each is a module of its own that prints one figure as JSON (`bench.figure`) and ends with 0 where
nothing failed; what it printed stays in `bench/results`. A proof that tried nothing has failed.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figure import NOTHING
from bench.running import ROOT

RESULTS = ROOT / "bench" / "results"
SHOWN = 3  # failures that stand in the table; the file has all


@dataclass(frozen=True, slots=True)
class Proof:
    """A module of `bench` with its arguments, and what its result is called on the disk."""

    key: str
    module: str
    arguments: tuple[str, ...] = ()


UPSTREAM = ("tests/layers/sources", "tests/layers/harvest", "tests/layers/test_refresh.py")
AUTHORISATION = ("tests/service/api/test_rights.py", "tests/service/access",
                 "tests/service/api/test_log_in.py")  # fmt: skip
WEB = ("tests/service/portal", "tests/maps", "tests/service/test_unseen.py",
       "tests/service/test_web.py", "tests/service/public")  # fmt: skip
PROOFS = (
    Proof("hostile", "hostile"),
    Proof("oracle", "oracle"),
    Proof("fuzz", "fuzz"),
    Proof("points", "points"),
    Proof("points-full", "points", ("--full",)),
    Proof("crashes", "crashes", ("--kills", "1000")),
    Proof("restarts", "restarts"),
    Proof("kills", "kills", ("--kills", "200")),
    Proof("full", "full"),
    Proof("upstream", "suite", ("faults upstream", *UPSTREAM)),
    Proof("schema", "schema"),
    Proof("authorisation", "suite", ("who may do what", *AUTHORISATION)),
    Proof("unseen", "unseen"),
    Proof("barriers", "barriers"),
    Proof("web", "suite", ("pages, maps and what they give away", *WEB)),
    Proof("audit", "audit"),
    Proof("restored", "restored"),
)
COLUMNS = ("figure", "tries", "left out", "known", "failures", "seed", "versions", "duration")
NUMBERS = ("tries", "left out", "known", "duration")


def run(proof: Proof) -> dict[str, Any]:
    """Carry out a proof; return its figure, in which it is a failure that there is none."""
    begun = time.monotonic()
    missing: dict[str, Any] = {
        "name": proof.key,
        "tries": 0,
        "seed": None,
        "seconds": 0.0,
        "versions": {},
    }
    if find_spec(f"bench.{proof.module}") is None:
        return {**missing, "failures": [f"there is no bench.{proof.module}"]}
    command = [sys.executable, "-m", f"bench.{proof.module}", *proof.arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own command
    (RESULTS / f"{proof.key}.json").write_bytes(done.stdout)
    missing["seconds"] = round(time.monotonic() - begun, 1)
    try:
        found = {**missing, **json.loads(done.stdout)}
    except ValueError:
        return {**missing, "failures": [f"ended with {done.returncode} and said nothing"]}
    return {**found, "failures": failures(found, done.returncode)}


def failures(found: dict[str, Any], status: int) -> list[str]:
    """Return what failed in a figure, as sentences; a status says so, too, and so do no tries."""
    told = found.get("failures", [])
    listed = [str(one) for one in told] if isinstance(told, list) else [f"{told}"] * bool(told)
    ended = [f"ended with {status}"] if status else []
    return listed or ended or [NOTHING] * (not found["tries"])


def row(found: dict[str, Any]) -> tuple[str, ...]:
    """Return a figure as a row of the table: `known` counts deviations that have a reason."""
    wrong = found["failures"]
    more = [f"… {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    minutes, seconds = divmod(round(found["seconds"]), 60)
    versions = {
        name: found["versions"].get(name) for name in ("belang", "commit", "geos", "python")
    }
    return (
        found["name"],
        f"{found['tries']:,}",
        str(len(found.get("left_out", ()))),
        str(len(found.get("known_deviations", ()))),
        "\n".join([str(len(wrong)), *wrong[:SHOWN], *more]),
        "–" if found["seed"] is None else str(found["seed"]),
        ", ".join(f"{name} {number}" for name, number in versions.items() if number),
        f"{minutes}:{seconds:02d}",
    )


def table(figures: list[dict[str, Any]]) -> Table:
    """Return all figures as a table."""
    made = Table(title="make goal")
    for column in COLUMNS:
        made.add_column(column, justify="right" if column in NUMBERS else "left")
    for found in figures:
        made.add_row(*row(found))
    return made


def main() -> None:
    """Carry out all proofs and print the table; status 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    keys = [proof.key for proof in PROOFS]
    parser.add_argument("--only", action="append", choices=keys, help="this one; may be repeated")
    given = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    figures = []
    for proof in PROOFS:
        if given.only and proof.key not in given.only:
            continue
        sys.stderr.write(f"{proof.key} …\n")
        figures.append(run(proof))
    Console(width=160).print(table(figures))
    (RESULTS / "goal.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    sys.exit(1 if any(found["failures"] for found in figures) else 0)


if __name__ == "__main__":
    main()
