"""A picture of results: what a check costs, over the number of objects."""

import argparse
import json
from collections.abc import Sequence
from math import ceil, floor, log10
from pathlib import Path


def plotted(results: Sequence[Path], to: Path) -> None:
    """Draw the median plan of every way over the size of the district, from files of results."""
    from matplotlib.figure import Figure

    read = sorted((json.loads(p.read_text("utf-8")) for p in results), key=lambda r: r["objects"])
    figure = Figure(figsize=(8, 4), layout="tight")
    for number, kind in enumerate(("areas", "routes")):
        axes = figure.add_subplot(1, 2, number + 1)
        with_it = [result for result in read if result[kind]]
        for name in dict.fromkeys(name for result in with_it for name in result[kind]["ways"]):
            points = [
                (result["objects"], result[kind]["ways"][name]["wall"]["p50_ms"])
                for result in with_it
                if name in result[kind]["ways"]
            ]
            axes.loglog(*zip(*points, strict=True), marker="o", label=name)
        if with_it:  # whole decades: what hardly grows has to look like it
            low, high = axes.get_ylim()
            axes.set_ylim(10 ** floor(log10(low)), 10 ** ceil(log10(high)))
        axes.set_xlabel("objects")
        axes.set_ylabel("median plan, ms")
        axes.set_title(kind)
        axes.legend()
    figure.savefig(to, metadata={"Date": None} if to.suffix == ".svg" else None)


def main() -> None:
    """Draw several results, one point a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", nargs="+", type=Path, metavar="JSON")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE")
    given = parser.parse_args()
    plotted(given.results, given.to)


if __name__ == "__main__":
    main()
