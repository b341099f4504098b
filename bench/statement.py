"""How long a statement takes from its content to its documents, and the share of each step.

The sample statement: a plan of the sample region, a dozen offices, nine maps. In one process, each
round with another reference, so that typst cannot take the pages of the round before. `first` is
the first statement of a process, which loads libraries and typefaces.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from layers.sample import build
from maps import figure
from service.statements import handover
from service.statements.edition import Copy, cut
from service.statements.page import page
from service.statements.weighing import spreadsheet, word
from tests.service.statements import sample as made

MOST_S = 3.0
STATEMENT = ("compose", "maps", "pdf")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print; 1 where the PDF takes longer than three seconds of computing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        sample = Path(folder) / "sample"
        build(sample)
        found = {e: measured(sample, e, given.rounds) for e in ("outward", "inner")}
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
    return int(any(one["statement"]["cpu_s"] > MOST_S for one in found.values()))


def measured(sample: Path, edition: str, rounds: int) -> dict[str, Any]:
    """Return medians of every step, and what they add up to."""
    first = once(sample, edition, 0)
    taken = [once(sample, edition, number) for number in range(1, rounds + 1)]
    steps = {
        name: {
            "wall_s": round(statistics.median(t[name][0] for t in taken), 3),
            "cpu_s": round(statistics.median(t[name][1] for t in taken), 3),
        }
        for name in taken[0]
    }
    statement = [steps[name] for name in STATEMENT]
    return {
        "first": {"cpu_s": round(sum(first[name][1] for name in STATEMENT), 3)},
        "statement": {k: round(sum(s[k] for s in statement), 3) for k in ("wall_s", "cpu_s")},
        "share": shares(steps),
        "steps": steps,
    }


def shares(steps: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return what part of all computing each step takes."""
    whole = sum(step["cpu_s"] for step in steps.values())
    return {name: round(step["cpu_s"] / whole, 3) for name, step in steps.items()}


def once(sample: Path, edition: Any, number: int) -> dict[str, tuple[float, float]]:
    """Return wall and computing time of every step."""
    taken: dict[str, tuple[float, float]] = {}

    def step(name: str, make: Callable[[], Any]) -> Any:
        wall, cpu = perf_counter(), process_time()
        result = make()
        taken[name] = (perf_counter() - wall, process_time() - cpu)
        return result

    figure.draw.cache_clear()
    inner, outer = made.result(sample, "internal"), made.result(sample, "planner")
    reference = f"KE-2026-{number:04}"

    def copied() -> Copy:
        return cut(made.content(sample, reference=reference), inner, outer, edition)

    copy = step("compose", copied)
    ready = step("maps", lambda: handover.prepare(copy))
    files = {"stellungnahme.pdf": step("pdf", lambda: handover.statement_pdf(ready))}
    step("docx", lambda: handover.statement_docx(ready))
    step("page", lambda: page(ready.document, ready.svg))
    step("map", lambda: handover.statement_map(ready))
    step("tables", lambda: (spreadsheet(ready.content), word(ready.content)))
    step("geopackage", lambda: handover.statement_geopackage(ready))
    step("package", lambda: handover.package(ready.content, {**files, **ready.data}))
    return taken


if __name__ == "__main__":
    sys.exit(main())
